//go:build unix

package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"rolecall/cmd/internal/broker"
	"rolecall/cmd/internal/ops"
	"rolecall/cmd/internal/worker"
)

// memory has one worker answer a great many postings, with its broker in a
// process apart, and watches its resident memory.
func memory(ctx context.Context, flags *flag.FlagSet, args []string) error {
	n := flags.Int("n", 1_000_000, "postings")
	most := flags.Float64("most", 150, "MiB that are allowed")
	_ = flags.Parse(args)
	postings, err := sample(2000)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "rolecall-rate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	server, err := startRole("broker", dir)
	if err != nil {
		return err
	}
	defer server.end()
	url, err := server.line()
	if err != nil {
		return err
	}
	link, err := broker.Connect(broker.Config{URL: url})
	if err != nil {
		return err
	}
	defer link.Close()
	if _, err := broker.Apply(ctx, link, broker.Plan{PostingsBytes: 2 << 30, ResultsBytes: 30 << 30}); err != nil {
		return err
	}
	w, err := startRole("worker", url)
	if err != nil {
		return err
	}
	defer w.end()
	sampled := make(chan []float64, 1)
	watching, enough := context.WithCancel(ctx)
	defer enough()
	go func() { sampled <- watch(watching, w.pid()) }()
	sender := worker.NewSender(link, "rate", 20_000)
	for i := range *n {
		p := postings[i%len(postings)]
		p.ID = fmt.Sprintf("m%d", i)
		if err := sender.Posting(ctx, p, "rate"); err != nil {
			return err
		}
		if i%100_000 == 99_999 {
			fmt.Printf("%7d postings sent, worker %.0f MiB\n", i+1, resident(w.pid()))
		}
	}
	if err := sender.Flush(ctx); err != nil {
		return err
	}
	if err := (&stand{link: link, last: sender.Last()}).done(ctx); err != nil {
		return err
	}
	enough()
	return judgeMemory(<-sampled, *n, *most)
}

func judgeMemory(mib []float64, n int, most float64) error {
	if len(mib) < 8 {
		return fmt.Errorf("%d samples: too short a run", len(mib))
	}
	q := len(mib) / 4
	second, last := mean(mib[q:2*q]), mean(mib[3*q:])
	top := slices.Max(mib)
	fmt.Printf("%d postings: resident %.0f MiB in the second quarter, %.0f in the last (%+.0f %%, at most 10), %.0f at most (under %.0f)\n",
		n, second, last, 100*(last/second-1), top, most)
	if last > 1.1*second || top > most {
		return fmt.Errorf("memory is not flat, or too much")
	}
	return nil
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

func watch(ctx context.Context, pid int) (mib []float64) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return mib
		case <-tick.C:
			mib = append(mib, resident(pid))
		}
	}
}

// resident is a process's memory in MiB, as Linux has it; 0 elsewhere.
func resident(pid int) float64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		var kib float64
		if _, err := fmt.Sscanf(line, "VmRSS: %f kB", &kib); err == nil {
			return kib / 1024
		}
	}
	return 0
}

func playWorker(ctx context.Context, url string) error {
	judge, err := judgment()
	if err != nil {
		return err
	}
	link, err := broker.Connect(broker.Config{URL: url})
	if err != nil {
		return err
	}
	defer link.Close()
	w, err := worker.New(ctx, link, judge, ops.NewMetrics("rate"), worker.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	return w.Run(ctx)
}
