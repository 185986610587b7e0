package worker

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rolecall/cmd/internal/broker"
)

// counted reads a counter: its child whose label has a value.
func counted(t *testing.T, w *Worker, name, value string) int {
	t.Helper()
	families, err := w.metrics.Registry.Gather()
	must(t, err)
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.Metric {
			if m.Label[0].GetValue() == value {
				return int(m.Counter.GetValue())
			}
		}
	}
	t.Fatalf("no metric %s of %s", name, value)
	return 0
}

// until waits for something that happens soon.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 30 s: %s", what)
		}
	}
}

// A consumer that somebody gave a max_deliver drops postings that could not be
// answered for a while. Each is kept, once, however many workers hear of it.
func TestPostingsBeyondMaxDeliverAreKept(t *testing.T) {
	const n, times = 20, 2
	b := newBench(t, broker.Plan{})
	cfg := broker.Plan{}.Durable()
	cfg.MaxDeliver = times
	_, err := b.link.JS.UpdateConsumer(b.ctx, broker.Postings, cfg)
	must(t, err)
	must(t, b.link.JS.DeleteStream(b.ctx, broker.Results)) // nothing can be answered
	var workers []*Worker
	for i := range 3 {
		w, _ := b.start(plain, Options{GiveUpAfter: 200 * time.Millisecond, RetryAfter: 50 * time.Millisecond})
		w.Use(Judge{Revision: "rev-" + string(rune('1'+i)), Classify: plain}) // as while a new one is rolled out
		workers = append(workers, w)
	}
	b.send(postings(n)...)
	for _, w := range workers {
		until(t, "every worker hears of every posting", func() bool {
			return counted(t, w, "rolecall_advisories_total", "max_deliveries") == n && w.InFlight() == 0
		})
	}
	kept, rejected := map[uint64]bool{}, 0
	for _, r := range b.rejections() {
		original, err := broker.Message(b.ctx, b.link, r.Sequence)
		must(t, err)
		if r.Reason != "max_deliveries" || r.Deliveries != times || r.Subject != "postings.test" || !bytes.Equal(r.Original(), original.Data) {
			t.Errorf("kept as %+v", r)
		}
		if kept[r.Sequence] {
			t.Errorf("posting %d is kept twice", r.Sequence)
		}
		kept[r.Sequence] = true
	}
	for _, w := range workers {
		rejected += counted(t, w, "rolecall_rejected_total", "max_deliveries")
	}
	if len(kept) != n || rejected != n {
		t.Errorf("%d of %d postings are kept, %d are counted", len(kept), n, rejected)
	}
}

// A posting that somebody else terminates is an alarm; one that a worker
// rejects is none.
func TestTerminationByOthers(t *testing.T) {
	b := newBench(t, broker.Plan{})
	b.send(posting(1, "none"))
	consumer, err := b.link.JS.Consumer(b.ctx, broker.Postings, broker.Consumer)
	must(t, err)
	batch, err := consumer.Fetch(1, jetstream.FetchMaxWait(5*time.Second))
	must(t, err)
	msg := <-batch.Messages()
	var log lockedBuffer
	w, _ := b.start(plain, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	b.sendRaw([]byte("{"), nil)
	until(t, "the worker works", func() bool { return len(b.rejections()) == 1 })
	must(t, msg.TermWithReason("by hand"))
	until(t, "both terminations are counted", func() bool {
		return counted(t, w, "rolecall_advisories_total", "terminated") == 1 && counted(t, w, "rolecall_advisories_total", "rejected") == 1
	})
	if s := log.String(); !strings.Contains(s, "sequence=1 deliveries=1 reason=\"by hand\"") || strings.Count(s, "somebody") != 1 {
		t.Errorf("logged: %s", s)
	}
	if n := len(b.rejections()); n != 1 {
		t.Errorf("%d rejections, want that of the worker alone", n)
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
