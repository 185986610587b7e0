package worker

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"rolecall/classifier"
	"rolecall/cmd/internal/broker"
)

func TestEveryPostingHasOneResult(t *testing.T) {
	b := newBench(t, broker.Plan{})
	b.start(plain, Options{})
	b.send(postings(2000)...)
	b.settle()
	got := b.counts()
	for i := range 2000 {
		if n := got[fmt.Sprintf("p%d", i)]; n != 1 {
			t.Fatalf("posting p%d has %d results, want 1", i, n)
		}
	}
	subjects := map[string]int{}
	for _, m := range b.said(broker.Results) {
		subjects[m.Subject[:strings.LastIndex(m.Subject, ".")]]++
	}
	want := map[string]int{"results.unanswered": 400, "results.ai_engineer": 400, "results.data_engineer": 400, "results.hybrid": 400, "results.none": 400}
	if diff := cmp.Diff(want, subjects); diff != "" {
		t.Error(diff)
	}
}

// A repeat is the same posting under the same revision, however much later.
func TestRepeats(t *testing.T) {
	edited := posting(1, "none")
	edited.Description += " and more"
	for _, c := range []struct {
		name  string
		fault Fault
		again func(*bench, *Worker)
		want  int
	}{
		{"at once", FaultNone, func(b *bench, _ *Worker) { b.send(posting(1, "none")) }, 1},
		{"after the window", FaultNone, func(b *bench, _ *Worker) { time.Sleep(400 * time.Millisecond); b.send(posting(1, "none")) }, 1},
		{"edited", FaultNone, func(b *bench, _ *Worker) { b.send(edited) }, 2},
		{"new revision", FaultNone, func(b *bench, w *Worker) { w.Use(Judge{"rev-2", plain}); b.send(posting(1, "none")) }, 2},
		// The faults show that the cases above can fail.
		{"without ids", FaultNoID, func(b *bench, _ *Worker) { b.send(posting(1, "none")) }, 2},
		{"window only", FaultWindowOnly, func(b *bench, _ *Worker) { time.Sleep(1500 * time.Millisecond); b.send(posting(1, "none")) }, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, broker.Plan{Window: 100 * time.Millisecond})
			w, _ := b.start(plain, Options{Fault: c.fault})
			b.send(posting(1, "none"))
			b.settle()
			c.again(b, w)
			b.settle()
			if got := b.counts()["p1"]; got != c.want {
				t.Errorf("%d results, want %d", got, c.want)
			}
		})
	}
}

// A subject can be any bytes: the metrics that name its second word take them.
func TestSourceThatIsNotUTF8(t *testing.T) {
	b := newBench(t, broker.Plan{})
	w, _ := b.start(plain, Options{})
	b.sendMsg(&nats.Msg{Subject: "postings.a\xffb", Data: []byte(`{"id":"p1","title":"none"}`)})
	b.settle()
	if n := b.counts()["p1"]; n != 1 {
		t.Errorf("%d results, want 1", n)
	}
	if n := counted(t, w, "rolecall_source_postings_total", "a_b"); n != 1 {
		t.Errorf("%d postings of the source are counted, want 1", n)
	}
}

// A posting that takes longer than the broker's patience is not given to
// anybody else meanwhile.
func TestSlowPostingIsDeliveredOnce(t *testing.T) {
	b := newBench(t, broker.Plan{AckWait: time.Second})
	var calls atomic.Int32
	b.start(func(p classifier.Posting) classifier.Result {
		calls.Add(1)
		time.Sleep(2500 * time.Millisecond)
		return plain(p)
	}, Options{})
	b.send(posting(1, "none"))
	b.settle()
	if n := calls.Load(); n != 1 {
		t.Errorf("classified %d times, want 1", n)
	}
}

func TestDrainUnderLoad(t *testing.T) {
	b := newBench(t, broker.Plan{})
	slow := func(p classifier.Posting) classifier.Result { time.Sleep(time.Millisecond); return plain(p) }
	_, stop := b.start(slow, Options{})
	b.send(postings(8000)...)
	begun := time.Now()
	must(t, stop())
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("took %v to stop", took)
	}
	info, err := broker.Lookup(b.ctx, b.link)
	must(t, err)
	if info.NumAckPending != 0 || info.NumRedelivered != 0 {
		t.Errorf("%d postings are still out, %d delivered again; want none", info.NumAckPending, info.NumRedelivered)
	}
	if info.NumPending == 0 {
		t.Fatal("everything was done before the stop: the load was too small to show anything")
	}
	results := len(b.said(broker.Results))
	if done := 8000 - int(info.NumPending); results != done {
		t.Errorf("%d results of %d postings that were acknowledged", results, done)
	}
}

// A worker whose broker is gone ends in time, though results wait for a slot in
// the lanes and in the ward.
func TestDrainWithoutBroker(t *testing.T) {
	for name, opts := range map[string]Options{"lanes": {}, "ward": {SuspectAt: 1, Isolate: answering}} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, broker.Plan{})
			must(t, b.link.JS.DeleteStream(b.ctx, broker.Results))
			opts.InFlight, opts.DrainWithin = 2, time.Second
			w, stop := b.start(plain, opts)
			b.send(postings(10)...)
			until(t, "all slots are taken", func() bool { return len(w.out.slots) == 2 && w.InFlight() == 10 })
			b.broker.Stop()
			begun := time.Now()
			if err := stop(); err == nil || !strings.Contains(err.Error(), "10 postings were not finished") {
				t.Errorf("Run = %v, want that 10 postings were not finished", err)
			}
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("took %v to stop", took)
			}
		})
	}
}

// Reloading changes the revision between two postings and loses none.
func TestReloadUnderLoad(t *testing.T) {
	b := newBench(t, broker.Plan{})
	judge := func(rev string) Judge {
		return Judge{rev, func(p classifier.Posting) classifier.Result {
			r := plain(p)
			r.Model = rev
			return r
		}}
	}
	w, _ := b.start(judge("rev-0").Classify, Options{})
	go func() {
		for i := range 50 {
			w.Use(judge(fmt.Sprintf("rev-%d", i)))
			time.Sleep(2 * time.Millisecond)
		}
	}()
	b.send(postings(5000)...)
	b.settle()
	revisions := map[string]int{}
	for _, m := range b.said(broker.Results) {
		var r classifier.Result
		must(t, json.Unmarshal(m.Data, &r))
		revisions[r.Model]++
		if h := m.Header.Get(headerRevision); h != r.Model && r.Model != "rev-0" {
			t.Fatalf("result of %s says it is of %s", r.Model, h)
		}
	}
	if len(revisions) < 2 {
		t.Errorf("only revisions %v answered", revisions)
	}
	if n := len(b.counts()); n != 5000 {
		t.Errorf("%d postings answered, want 5000", n)
	}
}

// While results cannot be stored, postings wait; none is lost, and the worker
// says that it is not ready.
func TestResultsStreamAway(t *testing.T) {
	b := newBench(t, broker.Plan{})
	must(t, b.link.JS.DeleteStream(b.ctx, broker.Results))
	var log lockedBuffer
	w, _ := b.start(plain, Options{GiveUpAfter: 300 * time.Millisecond, RetryAfter: 100 * time.Millisecond, Log: slog.New(slog.NewTextHandler(&log, nil))})
	b.send(postings(50)...)
	b.sendRaw([]byte("{"), nil) // a rejection that is stored does not hide it
	until(t, "it is not ready", func() bool { return w.Ready() != nil })
	if err := w.Ready(); !strings.Contains(err.Error(), "no results were stored") {
		t.Errorf("Ready = %v, want that no results were stored", err)
	}
	time.Sleep(time.Second)
	if n := strings.Count(log.String(), "level=ERROR"); n != 1 {
		t.Errorf("said %d times, want once: %s", n, &log)
	}
	_, err := broker.Apply(b.ctx, b.link, broker.Plan{})
	must(t, err)
	b.settle()
	if n := len(b.counts()); n != 50 {
		t.Errorf("%d postings answered, want 50", n)
	}
	must(t, w.Ready())
}
