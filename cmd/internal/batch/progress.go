package batch

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// Progress says on a terminal's last line, or in a log, how far a run is.
type Progress struct {
	W        io.Writer
	Terminal bool
	Totals   *Totals
	Read     *atomic.Int64 // bytes read
	Size     int64         // bytes to read; 0 where that is not known
	Done     int           // records of earlier runs
}

// How often progress is told.
const (
	onTerminal = 250 * time.Millisecond
	inLog      = 10 * time.Second
)

// Start tells progress until the function that it gives is called.
func (p *Progress) Start() (stop func()) {
	every := inLog
	if p.Terminal {
		every = onTerminal
	}
	began, done, ended := time.Now(), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticks := time.NewTicker(every)
		defer ticks.Stop()
		for {
			select {
			case <-ticks.C:
				p.tell(time.Since(began))
			case <-done:
				if p.Terminal {
					fmt.Fprint(p.W, "\r\x1b[K")
				}
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

func (p *Progress) tell(since time.Duration) {
	line := p.line(since)
	if p.Terminal {
		fmt.Fprint(p.W, "\r\x1b[K"+line)
		return
	}
	fmt.Fprintln(p.W, line)
}

func (p *Progress) line(since time.Duration) string {
	n := p.Totals.Records.Load()
	line := fmt.Sprintf("%d records, %.0f/s", n, float64(n-int64(p.Done))/since.Seconds())
	if failed := p.Totals.Failed.Load(); failed > 0 {
		line += fmt.Sprintf(", %d bad", failed)
	}
	if copies := p.Totals.Copies.Load(); copies > 0 {
		line += fmt.Sprintf(", %d copies", copies)
	}
	if read := p.Read.Load(); p.Size > 0 && read > 0 {
		left := time.Duration(float64(since) * float64(p.Size-read) / float64(read))
		line += fmt.Sprintf(", %.0f%%, %s left", 100*float64(read)/float64(p.Size), max(0, left).Round(time.Second))
	}
	return line
}
