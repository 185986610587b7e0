package broker

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// linked is a connection to a broker of the test's own, and ten seconds.
func linked(t *testing.T) (context.Context, *Link) {
	t.Helper()
	l, err := start(t, EmbeddedConfig{}).Connect(&Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx, l
}

func TestApply(t *testing.T) {
	ctx, l := linked(t)
	if _, err := Lookup(ctx, l); err == nil || !strings.Contains(err.Error(), "streams apply") {
		t.Errorf("before: %v, want that streams apply is named", err)
	}
	for _, c := range []struct {
		plan Plan
		want string
	}{
		{Plan{}, "created created created created"},
		{Plan{}, "unchanged unchanged unchanged unchanged"},
		{Plan{Window: time.Hour}, "updated updated updated unchanged"},
		{Plan{Window: time.Hour, AckWait: time.Minute, ResultsBytes: 1 << 20}, "unchanged updated unchanged updated"},
		{Plan{Window: time.Hour, AckWait: time.Minute, ResultsBytes: 1 << 20, Batches: true}, "unchanged updated unchanged unchanged"},
		{Plan{Window: time.Hour, AckWait: time.Minute, ResultsBytes: 1 << 20}, "unchanged unchanged unchanged unchanged"},
	} {
		changes, err := Apply(ctx, l, c.plan)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, ch := range changes {
			got = append(got, ch.What)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%+v: %s, want %s", c.plan, s, c.want)
		}
	}
	if _, err := l.JS.Publish(ctx, "postings.x", make([]byte, 5000)); err != nil {
		t.Fatal(err)
	}
	if _, err := Apply(ctx, l, Plan{PostingsBytes: 1000}); err == nil || !strings.Contains(err.Error(), "would delete the oldest") {
		t.Errorf("shrinking below what is held: %v", err)
	}
}

// An operator's own settings survive.
func TestApplyKeepsWhatIsNotItsOwn(t *testing.T) {
	ctx, l := linked(t)
	own := Plan{}.Streams()[1]
	own.MaxAge, own.MaxBytes = 90*24*time.Hour, 1<<20
	if _, err := l.JS.CreateStream(ctx, own); err != nil {
		t.Fatal(err)
	}
	if _, err := Apply(ctx, l, Plan{}); err != nil {
		t.Fatal(err)
	}
	s, err := l.JS.Stream(ctx, Results)
	if err != nil {
		t.Fatal(err)
	}
	if cfg := s.CachedInfo().Config; cfg.MaxAge != own.MaxAge || cfg.MaxBytes != 8<<30 || cfg.Discard != jetstream.DiscardNew {
		t.Errorf("max age %v, max bytes %d, discard %v", cfg.MaxAge, cfg.MaxBytes, cfg.Discard)
	}
}

// What differs is set, or it is an error: it is never said to be done.
func TestApplyToStreamsOfOthers(t *testing.T) {
	ctx, l := linked(t)
	for _, c := range []struct {
		name  string
		other func(*jetstream.StreamConfig)
		wants string // of an error
	}{
		{"work queue", func(s *jetstream.StreamConfig) { s.Retention = jetstream.WorkQueuePolicy }, "retention"},
		{"memory", func(s *jetstream.StreamConfig) { s.Storage, s.MaxBytes = jetstream.MemoryStorage, 1<<20 }, "storage"},
		{"interest", func(s *jetstream.StreamConfig) { s.Retention = jetstream.InterestPolicy }, ""},
		{"no direct gets", func(s *jetstream.StreamConfig) { s.AllowDirect = false }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			other := Plan{}.Streams()[0]
			c.other(&other)
			s, err := l.JS.CreateStream(ctx, other)
			if err != nil {
				t.Fatal(err)
			}
			defer l.JS.DeleteStream(ctx, Postings)
			changes, err := Apply(ctx, l, Plan{})
			if c.wants != "" {
				if err == nil || !strings.Contains(err.Error(), c.wants) {
					t.Errorf("%v, %v; want an error about %s", changes, err, c.wants)
				}
				return
			}
			if err != nil || changes[0].What != "updated" {
				t.Fatalf("%v, %v; want updated", changes, err)
			}
			info, err := s.Info(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if diff := diffStream(info.Config, Plan{}.Streams()[0]); len(diff) > 0 {
				t.Errorf("it still differs: %v", diff)
			}
		})
	}
}

func TestApplyToConsumerOfOthers(t *testing.T) {
	ctx, l := linked(t)
	if _, err := l.JS.CreateStream(ctx, Plan{}.Streams()[0]); err != nil {
		t.Fatal(err)
	}
	other := Plan{}.Durable()
	other.AckPolicy = jetstream.AckAllPolicy
	if _, err := l.JS.CreateConsumer(ctx, Postings, other); err != nil {
		t.Fatal(err)
	}
	if changes, err := Apply(ctx, l, Plan{}); err == nil || !strings.Contains(err.Error(), "ack policy") {
		t.Errorf("%v, %v; want an error about the ack policy", changes, err)
	}
}
