//go:build unix

package main

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"rolecall/classifier"
	"rolecall/cmd/internal/worker"
)

// Bars of the model.
const (
	leastShare   = 0.80 // of the modelled rate
	leastFetches = 4.0  // times the rate of a worker that fetches one by one
)

// model compares the worker's rate with cores / (cost of a relay that does
// nothing + cost of classifying, in CPU time). All are measured in turns, so that whatever
// else the machine does is shared among them; medians are compared.
func model(ctx context.Context, flags *flag.FlagSet, args []string) error {
	n := flags.Int("n", 20_000, "postings a run")
	rounds := flags.Int("rounds", 5, "runs of each")
	_ = flags.Parse(args)
	judge, err := judgment()
	if err != nil {
		return err
	}
	postings, err := sample(*n)
	if err != nil {
		return err
	}
	var relays, costs, workers, singles, shares, burnt []float64
	size := 0
	for i := range *rounds {
		cost, bytes := classifying(judge, postings)
		size = bytes
		relay, relayCPU, err := timed(ctx, postings, func(s *stand) (time.Duration, error) { return relay(ctx, s, bytes) })
		if err != nil {
			return err
		}
		work, workCPU, err := timed(ctx, postings, func(s *stand) (time.Duration, error) { return s.work(ctx, judge) })
		if err != nil {
			return err
		}
		few := postings[:max(1, *n/5)]
		single, _, err := timed(ctx, few, func(s *stand) (time.Duration, error) { return fetchOne(ctx, s, judge) })
		if err != nil {
			return err
		}
		share := work / modelled(relay, cost)
		burn := (relayCPU + cost) / workCPU
		burnt = append(burnt, burn)
		fmt.Printf("round %d: relay %6.0f/s (%3.0f µs of CPU), classify %4.0f µs of CPU, worker %6.0f/s (%3.0f µs): %.2f of the model by rate, %.2f by CPU; fetch one by one %5.0f/s\n",
			i+1, relay, relayCPU*1e6, cost*1e6, work, workCPU*1e6, share, burn, single)
		relays, costs, workers, singles, shares = append(relays, relay), append(costs, cost), append(workers, work), append(singles, single), append(shares, share)
	}
	fmt.Printf("by CPU, which other programs on the machine take less from: %.2f of the model\n", median(burnt))
	return verdict(relays, costs, workers, singles, shares, size)
}

func verdict(relays, costs, workers, singles, shares []float64, size int) error {
	relay, cost, work, single, share := median(relays), median(costs), median(workers), median(singles), median(shares)
	fmt.Printf("medians: relay %.0f/s with results of %d bytes, classify %.1f µs, worker %.0f/s; model %.0f/s on %d cores: %.2f of it (at least %.2f); %.1f times one by one (at least %.1f)\n",
		relay, size, cost*1e6, work, modelled(relay, cost), runtime.GOMAXPROCS(0), share, leastShare, work/single, leastFetches)
	if share < leastShare || work/single < leastFetches {
		return fmt.Errorf("below the bar")
	}
	return nil
}

// modelled is cores / (cores/relay + cost), in postings a second.
func modelled(relay, cost float64) float64 {
	cores := float64(runtime.GOMAXPROCS(0))
	return cores / (cores/relay + cost)
}

// timed gives postings a second, and CPU seconds a posting, of one run on a
// fresh broker, whose own CPU is among them.
func timed(ctx context.Context, postings []classifier.Posting, run func(*stand) (time.Duration, error)) (rate, cpu float64, err error) {
	s, err := newStand(ctx, postings)
	if err != nil {
		return 0, 0, err
	}
	defer s.close()
	runtime.GC()
	before := burnt()
	took, err := run(s)
	n := float64(len(postings))
	return n / took.Seconds(), (burnt() - before) / n, err
}

// burnt is the CPU time of this process so far, in seconds.
func burnt() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// classifying is the cost of a posting from message to result, in seconds of
// one core while all are at it, and the mean size of a result.
func classifying(judge worker.Judge, postings []classifier.Posting) (cost float64, size int) {
	messages := encoded(postings[:min(len(postings), 5000)])
	runtime.GC()
	begun := burnt()
	var wg sync.WaitGroup
	var bytes atomic.Int64
	lanes := runtime.GOMAXPROCS(0)
	for lane := range lanes {
		wg.Go(func() {
			var out []byte
			for i := lane; i < len(messages); i += lanes {
				out, _ = judge.Answer(out[:0], messages[i])
				bytes.Add(int64(len(out)))
			}
		})
	}
	wg.Wait()
	return (burnt() - begun) / float64(len(messages)), int(bytes.Load()) / len(messages)
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
