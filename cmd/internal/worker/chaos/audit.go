package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rolecall/cmd/internal/broker"
	"rolecall/cmd/internal/worker"
)

// report is what came of a run.
type report struct {
	s              settings
	took           time.Duration
	late           bool // not all was answered for in time
	results        int
	rejected       int
	lost           int // postings with no answer
	repeated       int // answers too many
	wrong          int // results of what had to be rejected, or the other way round
	kills, felled  int
	deaths         int // of workers, for whatever cause
	redelivered    uint64
	gap            time.Duration // longest between two results, while there was work
	gapAt          time.Time
	examples       []string
	rejectedReason map[string]int
}

func (r *report) print(out io.Writer) {
	what := "broker"
	if r.s.cluster {
		what = "leader"
	}
	fmt.Fprintf(out, "  %d postings, seed %d, %.0f s: %d worker kills (%d worker deaths in all), %d %s kills, %d delivered more than once\n",
		r.s.n, r.s.seed, r.took.Seconds(), r.kills, r.deaths, r.felled, what, r.redelivered)
	fmt.Fprintf(out, "  %d results, %d rejected %v; lost %d, repeated %d, wrong %d; longest gap %.1f s, from %s\n",
		r.results, r.rejected, r.rejectedReason, r.lost, r.repeated, r.wrong, r.gap.Seconds(), r.gapAt.Local().Format("15:04:05.0"))
	for _, e := range r.examples {
		fmt.Fprintln(out, "   ", e)
	}
}

// verdict is an error unless every posting has exactly one answer.
func (r *report) verdict() error {
	switch {
	case r.lost+r.repeated+r.wrong > 0:
		return fmt.Errorf("lost %d, repeated %d, wrong %d", r.lost, r.repeated, r.wrong)
	case r.late:
		return errors.New("postings were still out at the end")
	}
	return nil
}

// audit reads both streams from end to end and compares.
func (st *stage) audit(ctx context.Context, items []item) (*report, error) {
	r := &report{s: st.s, kills: st.killed, felled: st.felled, rejectedReason: map[string]int{}}
	for _, w := range st.workers {
		r.deaths += w.died()
	}
	answers, turnedAway := map[string]int{}, map[string]int{}
	var before time.Time
	if err := st.read(ctx, broker.Results, func(m *jetstream.RawStreamMsg) error {
		var result struct {
			ID string `json:"id"`
		}
		r.results++
		answers[idOf(m.Data, &result.ID, &result)]++
		if !before.IsZero() {
			if gap := m.Time.Sub(before); gap > r.gap {
				r.gap, r.gapAt = gap, before
			}
		}
		before = m.Time
		return nil
	}); err != nil {
		return nil, err
	}
	if err := st.read(ctx, broker.Rejected, func(m *jetstream.RawStreamMsg) error {
		var rejection worker.Rejection
		r.rejected++
		turnedAway[idOf(m.Data, &rejection.Place, &rejection)]++
		r.rejectedReason[rejection.Reason]++
		if rejection.Deliveries > 1 {
			r.redelivered++
		}
		return nil
	}); err != nil {
		return nil, err
	}
	for _, it := range items {
		r.compare(it, answers[it.posting.ID], turnedAway[it.posting.ID])
	}
	return r, st.redeliveries(ctx, r)
}

func idOf(data []byte, id *string, into any) string {
	if err := json.Unmarshal(data, into); err != nil {
		return "unreadable"
	}
	return *id
}

func (r *report) compare(it item, answers, rejections int) {
	right, other := answers, rejections
	if it.reject {
		right, other = rejections, answers
	}
	r.repeated += max(answers+rejections-1, 0)
	switch {
	case answers+rejections == 0:
		r.lost++
	case right == 0 && other > 0:
		r.wrong++
	}
	if (right != 1 || other != 0) && len(r.examples) < 5 {
		r.examples = append(r.examples, fmt.Sprintf("%s %q: %d results, %d rejections", it.posting.ID, it.posting.Title, answers, rejections))
	}
}

// read gives every message of a stream.
func (st *stage) read(ctx context.Context, name string, give func(*jetstream.RawStreamMsg) error) error {
	stream, err := st.link.JS.Stream(ctx, name)
	if err != nil {
		return err
	}
	state := stream.CachedInfo().State
	if state.Msgs == 0 {
		return nil
	}
	c, err := st.link.JS.OrderedConsumer(ctx, name, jetstream.OrderedConsumerConfig{})
	if err != nil {
		return err
	}
	messages, err := c.Messages(jetstream.PullExpiry(2*time.Second), jetstream.PullHeartbeat(500*time.Millisecond))
	if err != nil {
		return err
	}
	defer messages.Stop()
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if errors.Is(err, jetstream.ErrNoHeartbeat) {
			continue
		}
		if err != nil {
			return err
		}
		meta, err := m.Metadata()
		if err != nil {
			return err
		}
		if err := give(&jetstream.RawStreamMsg{Data: m.Data(), Time: meta.Timestamp}); err != nil {
			return err
		}
		if meta.Sequence.Stream >= state.LastSeq {
			return nil
		}
	}
}

// redeliveries are the consumer's deliveries less the postings.
func (st *stage) redeliveries(ctx context.Context, r *report) error {
	info, err := broker.Lookup(ctx, st.link)
	if err == nil {
		r.redelivered = info.Delivered.Consumer - info.Delivered.Stream
	}
	return err
}
