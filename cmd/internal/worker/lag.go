package worker

import (
	"context"
	"time"

	"rolecall/cmd/internal/broker"
)

// watchLag records how far behind all workers are together.
func (w *Worker) watchLag(ctx context.Context) {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		asking, cancel := context.WithTimeout(ctx, 2*time.Second)
		info, err := broker.Lookup(asking, w.link)
		cancel()
		if err == nil {
			w.metrics.Lag(int64(info.NumPending), int64(info.NumAckPending))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
