//go:build unix

package main

import (
	"context"
	"flag"
	"fmt"
	"sync/atomic"
	"time"

	"rolecall/classifier"
	"rolecall/cmd/internal/worker"
)

// stall runs the worker beside CPU hogs and looks for gaps between answers.
func stall(ctx context.Context, flags *flag.FlagSet, args []string) error {
	n := flags.Int("n", 40_000, "postings a run")
	rounds := flags.Int("rounds", 20, "runs")
	hogs := flags.Int("hogs", 4, "goroutines in a process of their own that only burn")
	most := flags.Duration("most", 3*time.Second, "the longest gap that is allowed")
	_ = flags.Parse(args)
	judge, err := judgment()
	if err != nil {
		return err
	}
	postings, err := sample(*n)
	if err != nil {
		return err
	}
	burning, err := startRole("hogs", fmt.Sprint(*hogs))
	if err != nil {
		return err
	}
	defer burning.end()
	var worst time.Duration
	for i := range *rounds {
		gap, took, err := longestGap(ctx, postings, judge)
		if err != nil {
			return err
		}
		worst = max(worst, gap)
		fmt.Printf("run %2d: %d postings in %.1f s beside %d hogs, longest gap %d ms\n", i+1, *n, took.Seconds(), *hogs, gap.Milliseconds())
	}
	fmt.Printf("longest gap of %d runs: %d ms (at most %d)\n", *rounds, worst.Milliseconds(), most.Milliseconds())
	if worst > *most {
		return fmt.Errorf("a gap of %v", worst)
	}
	return nil
}

func longestGap(ctx context.Context, postings []classifier.Posting, judge worker.Judge) (gap, took time.Duration, err error) {
	s, err := newStand(ctx, postings)
	if err != nil {
		return 0, 0, err
	}
	defer s.close()
	var last, longest atomic.Int64
	last.Store(time.Now().UnixNano())
	took, err = s.work(ctx, worker.Judge{Revision: judge.Revision, Classify: func(p classifier.Posting) classifier.Result {
		now := time.Now().UnixNano()
		if g := now - last.Swap(now); g > longest.Load() {
			longest.Store(g)
		}
		return judge.Classify(p)
	}})
	end := time.Now().UnixNano() - last.Load()
	return time.Duration(max(longest.Load(), min(end, int64(took))-int64(time.Second+500*time.Millisecond))), took, err
}
