package worker

import (
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"rolecall/cmd/internal/broker"
)

// newDurableBench is a bench whose broker forces every write to disk.
func newDurableBench(t *testing.T, plan broker.Plan) *bench {
	t.Helper()
	return newBenchOn(t, broker.EmbeddedConfig{Dir: t.TempDir(), Always: true}, plan)
}

// batches are the ids of the atomic batches that results came in.
func (b *bench) batches() map[string]int {
	ids := map[string]int{}
	for _, m := range b.said(broker.Results) {
		if id := m.Header.Get("Nats-Batch-Id"); id != "" {
			ids[id]++
		}
	}
	return ids
}

func (b *bench) wantOneResultEach(n int) {
	b.t.Helper()
	got := b.counts()
	for i := range n {
		if got[fmt.Sprintf("p%d", i)] != 1 {
			b.t.Fatalf("posting p%d has %d results, want 1", i, got[fmt.Sprintf("p%d", i)])
		}
	}
}

// Results come in batches, and repeats, which a batch cannot hold, make no
// second result: within the window, where their ids are known, and after it.
func TestBatches(t *testing.T) {
	const n = 400
	b := newDurableBench(t, broker.Plan{Batches: true, Window: time.Second})
	b.send(postings(n)...)
	w, _ := b.start(plain, Options{Batches: true})
	b.settle()
	b.wantOneResultEach(n)
	ids, in := b.batches(), 0
	for _, k := range ids {
		in += k
	}
	if in < n/2 || in < batchLeast*len(ids) {
		t.Errorf("%d of %d results came in %d batches", in, n, len(ids))
	}
	for _, wait := range []time.Duration{0, 2 * time.Second} {
		time.Sleep(wait)
		before := counted(t, w, "rolecall_postings_total", "repeated")
		b.send(postings(n + 50)...)
		b.settle()
		b.wantOneResultEach(n)
		if got := counted(t, w, "rolecall_postings_total", "repeated") - before; got < n {
			t.Errorf("after %v %d of %d were known for repeats", wait, got, n)
		}
	}
	b.wantOneResultEach(n + 50)
}

// A stream that takes no batches takes the same results one by one.
func TestStreamWithoutBatches(t *testing.T) {
	b := newDurableBench(t, broker.Plan{})
	b.send(postings(100)...)
	w, _ := b.start(plain, Options{Batches: true})
	b.settle()
	b.wantOneResultEach(100)
	if n := len(b.batches()); n != 0 {
		t.Errorf("%d batches in a stream that takes none", n)
	}
	if n := counted(t, w, "rolecall_publish_retries_total", "batch_refused"); n == 0 {
		t.Error("no batch was tried")
	}
}

// Results that are too large for a batch's worth of them to go together are
// sent all the same, those that come last too.
func TestLargeResultsInBatches(t *testing.T) {
	const n = 40
	b := newDurableBench(t, broker.Plan{Batches: true})
	w, err := New(b.ctx, b.link, Judge{"rev-1", plain}, metrics(), Options{Batches: true, Log: quiet()})
	must(t, err)
	must(t, w.out.start())
	defer w.out.stop()
	large := make([]byte, batchBytes/(batchLeast-5))
	for i := range n {
		j := &job{msg: &nats.Msg{}, at: time.Now(), out: &nats.Msg{Subject: fmt.Sprintf("results.none.%d", i), Data: large, Header: nats.Header{}}}
		w.flight.add(j)
		w.out.send(j)
	}
	until(t, "all are settled", func() bool { return w.InFlight() == 0 })
	if got := len(b.said(broker.Results)); got != n {
		t.Errorf("%d results are stored, want %d", got, n)
	}
}

// While the stream is away batches are too; none of their results is lost.
func TestBatchesWithoutStream(t *testing.T) {
	b := newDurableBench(t, broker.Plan{Batches: true})
	must(t, b.link.JS.DeleteStream(b.ctx, broker.Results))
	b.start(plain, Options{Batches: true, GiveUpAfter: 300 * time.Millisecond, RetryAfter: 100 * time.Millisecond})
	b.send(postings(100)...)
	time.Sleep(500 * time.Millisecond)
	_, err := broker.Apply(b.ctx, b.link, broker.Plan{Batches: true})
	must(t, err)
	b.settle()
	b.wantOneResultEach(100)
}
