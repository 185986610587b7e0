package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v3"
	"golang.org/x/sync/errgroup"

	"rolecall/classifier"
	"rolecall/cmd/internal/broker"
	"rolecall/cmd/internal/feed"
	"rolecall/cmd/internal/ops"
	"rolecall/cmd/internal/sink"
	"rolecall/cmd/internal/worker"
)

// show writes results as they come, and counts them.
type show struct {
	mu     sync.Mutex
	sink   sink.Sink // nil shows nothing
	raw    io.Writer // for JSON Lines, byte for byte as published
	stderr io.Writer
	begun  bool

	labels   map[classifier.Label]int
	rejected map[string]int
	last     map[string]uint64 // sequence a stream was shown up to
}

func newShow(format string, stdout, stderr io.Writer) (*show, error) {
	s := &show{stderr: stderr, labels: map[classifier.Label]int{}, rejected: map[string]int{}, last: map[string]uint64{}}
	switch format {
	case "none":
	case "jsonl":
		s.raw = stdout
	case "table":
		var err error
		if s.sink, err = sink.New("table", stdout, sink.Options{Width: width(stdout)}); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("--format %s: table, jsonl or none was wanted", format)
	}
	return s, nil
}

func (s *show) said(stream string, m worker.Said) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last[stream] = m.Sequence
	if m.Rejection != nil {
		return s.rejection(m.Rejection)
	}
	s.labels[m.Result.Label]++
	if s.raw != nil {
		_, err := s.raw.Write(append(m.Data, '\n'))
		return err
	}
	if s.sink == nil {
		return nil
	}
	row := sink.Row{Result: *m.Result}
	if !s.begun {
		s.begun = true
		s.sink.Begin(&row)
	}
	return s.sink.Write(s.sink.Encode(nil, &row), []sink.Row{row})
}

// rejection goes to standard error: a reader of results wants results.
func (s *show) rejection(r *worker.Rejection) error {
	s.rejected[r.Reason]++
	if s.sink == nil && s.raw == nil {
		return nil
	}
	_, err := fmt.Fprintf(s.stderr, "rejected: %s: %s: %s\n", sink.Printable(or(r.Place, fmt.Sprintf("message %d", r.Sequence))), r.Reason, sink.Printable(firstLine(r.Error)))
	return err
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func (s *show) shownUpTo(stream string) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last[stream]
}

// summary says how many there were of each.
func (s *show) summary(took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	total, parts := 0, []string{}
	for _, l := range append(classifier.Labels, "") {
		if n := s.labels[l]; n > 0 || l != "" {
			total += n
			parts = append(parts, fmt.Sprintf("%d %s", n, or(string(l), "unanswered")))
		}
	}
	line := fmt.Sprintf("\n%d results in %.1f s: %s", total, took.Seconds(), strings.Join(parts, ", "))
	for _, reason := range ops.Reasons {
		if n := s.rejected[reason]; n > 0 {
			line += fmt.Sprintf("; %d rejected as %s", n, reason)
		}
	}
	fmt.Fprintln(s.stderr, line)
}

// marks are the last sequences of the streams that are shown, before anything
// is added to them.
func (s *service) marks(ctx context.Context) (map[string]uint64, error) {
	marks := map[string]uint64{}
	if s.show.sink == nil && s.show.raw == nil && !s.c.Bool("once") {
		return marks, nil
	}
	for _, name := range []string{broker.Results, broker.Rejected} {
		stream, err := s.link.JS.Stream(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("stream %s: %w (`rolecall streams apply` makes it; --format none does without)", name, err)
		}
		marks[name] = stream.CachedInfo().State.LastSeq
	}
	return marks, nil
}

// follow shows what is added behind the marks; the returned function waits
// for its end.
func (s *service) follow(ctx context.Context, marks map[string]uint64) (wait func() error) {
	var g errgroup.Group
	for name, mark := range marks {
		g.Go(func() error {
			return worker.Follow(ctx, s.link, name, worker.From{Sequence: mark + 1}, func(m worker.Said) error { return s.show.said(name, m) })
		})
	}
	return g.Wait
}

// publish sends the files that were named, and tells the sequence of the last
// posting.
func (s *service) publish(ctx context.Context) (last uint64, err error) {
	if s.c.NArg() == 0 {
		return 0, nil
	}
	n, last, err := publishFiles(ctx, s.link, s.c, s.feed, s.c.Int("max-lag"), s.log)
	s.log.Info("published", "postings", n)
	return last, err
}

// settled waits until every posting up to the last is answered for.
func (s *service) settled(ctx context.Context, last uint64) error {
	for {
		info, err := broker.Lookup(ctx, s.link)
		if err == nil && broker.Done(info, last) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// caughtUp waits until everything in the streams was shown.
func (s *service) caughtUp(ctx context.Context, marks map[string]uint64) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for name, mark := range marks {
		stream, err := s.link.JS.Stream(ctx, name)
		if err != nil {
			return err
		}
		last := stream.CachedInfo().State.LastSeq
		for last > mark && s.show.shownUpTo(name) < last {
			if ctx.Err() != nil {
				return errors.New("not all results could be shown")
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	return nil
}

// publishFiles sends the postings of the command's arguments and says how
// many are stored, and the sequence of the last.
func publishFiles(ctx context.Context, link *broker.Link, c *cli.Command, opts feed.Options, maxLag int, log *slog.Logger) (n int, last uint64, err error) {
	sender := worker.NewSender(link, sourceName(c), maxLag)
	sender.Log = log
	for r := range feed.Read(ctx, c.Args().Slice(), c.Root().Reader, opts) {
		if err := sendRecord(ctx, sender, &r); err != nil {
			return sender.Stored(), 0, err
		}
	}
	if err := ctx.Err(); err != nil {
		return sender.Stored(), 0, err
	}
	err = sender.Flush(ctx)
	return sender.Stored(), sender.Last(), err
}

func sendRecord(ctx context.Context, sender *worker.Sender, r *feed.Record) error {
	p, err := r.Posting()
	if err != nil {
		return sender.Unreadable(ctx, r.Raw(), r.Place.String(), err)
	}
	return sender.Posting(ctx, p, r.Place.String())
}
