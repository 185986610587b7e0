//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"rolecall/classifier"
	"rolecall/cmd/internal/broker"
	"rolecall/cmd/internal/ops"
	"rolecall/cmd/internal/worker"
)

// stand is a broker inside this process, filled with postings.
type stand struct {
	dir    string
	broker *broker.Embedded
	link   *broker.Link
	last   uint64
}

func newStand(ctx context.Context, postings []classifier.Posting) (*stand, error) {
	dir, err := os.MkdirTemp("", "rolecall-rate-")
	if err != nil {
		return nil, err
	}
	s := &stand{dir: dir}
	if s.broker, err = broker.Start(broker.EmbeddedConfig{Dir: dir}); err != nil {
		return nil, err
	}
	if s.link, err = s.broker.Connect(&broker.Config{}); err != nil {
		return nil, err
	}
	if _, err := broker.Apply(ctx, s.link, broker.Plan{}); err != nil {
		return nil, err
	}
	sender := worker.NewSender(s.link, "rate", 0)
	for _, p := range postings {
		if err := sender.Posting(ctx, p, "rate"); err != nil {
			return nil, err
		}
	}
	err = sender.Flush(ctx)
	s.last = sender.Last()
	return s, err
}

func (s *stand) close() {
	if s.link != nil {
		s.link.Close()
	}
	if s.broker != nil {
		s.broker.Stop()
	}
	os.RemoveAll(s.dir)
}

// done waits until every posting is answered for.
func (s *stand) done(ctx context.Context) error {
	for {
		info, err := broker.Lookup(ctx, s.link)
		if err == nil && broker.Done(info, s.last) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// work has a worker answer all postings, and gives how long it took.
func (s *stand) work(ctx context.Context, judge worker.Judge) (time.Duration, error) {
	w, err := worker.New(ctx, s.link, judge, ops.NewMetrics("rate"), worker.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return 0, err
	}
	working, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	begun := time.Now()
	go func() { ended <- w.Run(working) }()
	if err := s.done(ctx); err != nil {
		return 0, err
	}
	took := time.Since(begun)
	stop()
	return took, <-ended
}

func judgment() (worker.Judge, error) {
	c, err := classifier.Default(classifier.Options{})
	if err != nil {
		return worker.Judge{}, err
	}
	return worker.Judge{Revision: c.Revision(), Classify: c.Classify}, nil
}

// sample gives n postings with ids of their own, of the kind and size of real
// ones: those of testdata, whose mean is about 2 KB, over and over.
func sample(n int) ([]classifier.Posting, error) {
	files, err := filepath.Glob("testdata/postings/*.json")
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no testdata/postings here: run it from the top of the project (%v)", err)
	}
	var all []classifier.Posting
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		p, err := classifier.ParsePosting(data)
		if err != nil || len(p.Description) > 20_000 || len(p.Description) < 800 {
			continue // a few are made to be odd
		}
		all = append(all, p)
	}
	out := make([]classifier.Posting, n)
	for i := range out {
		out[i] = all[i%len(all)]
		out[i].ID = fmt.Sprintf("%s-%d", out[i].ID, i)
	}
	return out, nil
}

// encoded are postings as messages.
func encoded(postings []classifier.Posting) [][]byte {
	out := make([][]byte, len(postings))
	for i, p := range postings {
		out[i], _ = json.Marshal(p)
	}
	return out
}
