package worker

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"rolecall/classifier"
	"rolecall/cmd/internal/broker"
)

func TestUnreadableIsRejectedOnceWithItsBytes(t *testing.T) {
	b := newBench(t, broker.Plan{})
	b.start(plain, Options{})
	for _, c := range []struct{ in, reason, wants string }{
		{`{"id":"x","title":7}`, "unreadable", `title"`},
		{"{\"id\": \"\xff\xfe broken", "unreadable", "byte"},
		{``, "unreadable", "unexpected end"},
		{`{"title":"no id"}`, "unreadable", `"id" is missing`},
		{`{"id":"big","description":"` + strings.Repeat("x", classifier.MaxPosting) + `"}`, "unreadable", "at most"},
		{`[{"@type":"JobPosting","title":"a"},{"@type":"JobPosting","title":"b"}]`, "unreadable", "2 records"},
	} {
		before := len(b.rejections())
		b.sendRaw([]byte(c.in), nil)
		b.settle()
		all := b.rejections()
		if len(all) != before+1 {
			t.Fatalf("%.30q: %d rejections, want 1", c.in, len(all)-before)
		}
		r := all[before]
		if r.Reason != c.reason || !strings.Contains(r.Error, c.wants) {
			t.Errorf("%.30q: rejected as %s: %s; want %s: …%s…", c.in, r.Reason, r.Error, c.reason, c.wants)
		}
		if !bytes.Equal(r.Original(), []byte(c.in)) || r.Size != len(c.in) || r.Cut {
			t.Errorf("%.30q: the rejection holds %.30q", c.in, r.Original())
		}
		b.sendRaw([]byte(c.in), nil) // a repeat is known
		b.settle()
		if n := len(b.rejections()); n != before+1 {
			t.Errorf("%.30q: %d rejections after it came again, want 1", c.in, n-before)
		}
	}
	if got := b.counts(); len(got) != 0 {
		t.Errorf("results of what cannot be read: %v", got)
	}
}

// What the broker says of a request has the same form as an empty posting with
// a header: such a posting is rejected as others are.
func TestPostingThatLooksLikeTheBroker(t *testing.T) {
	b := newBench(t, broker.Plan{})
	b.start(plain, Options{})
	for _, status := range []string{"100", "409", "503"} {
		b.sendRaw(nil, nats.Header{"Status": {status}, headerPlace: {"status " + status}})
	}
	b.settle()
	if n := len(b.rejections()); n != 3 {
		t.Errorf("%d rejections, want 3", n)
	}
}

func TestFeedsOwnReasonIsKept(t *testing.T) {
	b := newBench(t, broker.Plan{})
	b.start(plain, Options{})
	must(t, b.sender.Unreadable(b.ctx, []byte("<job>"), "feed.xml:7", errors.New("job without a title\nor an end")))
	must(t, b.sender.Flush(b.ctx))
	b.settle()
	r := b.rejections()[0]
	if r.Place != "feed.xml:7" || r.Error != "job without a title or an end" || string(r.Original()) != "<job>" {
		t.Errorf("rejected as %+v", r)
	}
}

// A posting that panics, and one that hangs, cost nobody else anything.
func TestCrashAndHangCostOnePosting(t *testing.T) {
	b := newBench(t, broker.Plan{})
	release := make(chan struct{})
	defer close(release)
	b.start(func(p classifier.Posting) classifier.Result {
		switch p.Title {
		case "panic":
			panic("index out of range")
		case "hang":
			<-release
		}
		return plain(p)
	}, Options{Lanes: 2, HangAfter: 300 * time.Millisecond})
	b.send(posting(1, "hang"), posting(2, "panic"), posting(3, "hang"), posting(4, "panic"))
	b.send(postings(500)[10:]...)
	b.settle()
	reasons := map[string]int{}
	for _, r := range b.rejections() {
		reasons[r.Reason]++
		if r.Reason == "crashed" && !strings.Contains(r.Error, "index out of range") {
			t.Errorf("crashed without saying why: %s", r.Error)
		}
	}
	if reasons["crashed"] != 2 || reasons["hung"] != 2 || len(reasons) != 2 {
		t.Errorf("rejected %v, want 2 crashed and 2 hung", reasons)
	}
	if n := len(b.counts()); n != 490 {
		t.Errorf("%d results, want 490", n)
	}
}

// After too many hung classifications the process is no good any more, and
// the worker says so.
func TestTooManyHungEndTheWorker(t *testing.T) {
	b := newBench(t, broker.Plan{})
	release := make(chan struct{})
	defer close(release)
	w, err := New(b.ctx, b.link, Judge{"rev-1", func(classifier.Posting) classifier.Result { <-release; return classifier.Result{} }}, metrics(), Options{HangAfter: 50 * time.Millisecond, MaxHung: 3, DrainWithin: time.Second, Log: quiet()})
	must(t, err)
	b.send(postings(10)...)
	if err := w.Run(b.ctx); err == nil || !strings.Contains(err.Error(), "hang") {
		t.Errorf("Run = %v, want that classifications hang", err)
	}
}

// What ends the process itself is found out in a child, and the healthy
// postings that were delivered as often are answered.
func TestSuspectsAreTreatedApart(t *testing.T) {
	b := newBench(t, broker.Plan{})
	b.start(plain, Options{SuspectAt: 1, Isolate: answering, HangAfter: 2 * time.Second})
	b.send(posting(1, "none"), posting(2, "exit"), posting(3, "hybrid"), posting(4, "sleep"), posting(5, "none"))
	b.sendRaw([]byte("{"), nil)
	b.settle()
	got := map[string]string{}
	for _, r := range b.rejections() {
		got[r.Reason] += r.Error
	}
	if !strings.Contains(got["crashed"], "as if out of memory") || !strings.Contains(got["hung"], "no answer") || got["unreadable"] == "" {
		t.Errorf("rejected: %v", got)
	}
	if c := b.counts(); c["p1"] != 1 || c["p3"] != 1 || c["p5"] != 1 || len(c) != 3 {
		t.Errorf("results: %v, want one each of p1, p3, p5", c)
	}
}

func TestTooLargeForTheBroker(t *testing.T) {
	r := Rejection{Format: 1, Reason: "unreadable"}
	data := r.encode(bytes.Repeat([]byte("\""), 10_000), 4000)
	if len(data) > 4000 || !r.Cut || len(r.Data) < 1000 {
		t.Errorf("%d bytes with %d of the original, cut %v", len(data), len(r.Data), r.Cut)
	}
}

// A result that its stream will never take is rejected, with all slots taken by
// such; a rejection that its own will never take comes again.
func TestResultThatIsNeverTaken(t *testing.T) {
	limit := func(b *bench, stream string, bytes int32) {
		s, err := b.link.JS.Stream(b.ctx, stream)
		must(t, err)
		cfg := s.CachedInfo().Config
		cfg.MaxMsgSize = bytes
		_, err = b.link.JS.UpdateStream(b.ctx, cfg)
		must(t, err)
	}
	b := newBench(t, broker.Plan{})
	limit(b, broker.Results, 300)
	limit(b, broker.Rejected, 600)
	w, _ := b.start(plain, Options{InFlight: 2, RetryAfter: 100 * time.Millisecond})
	b.send(postings(20)...)
	until(t, "postings are returned", func() bool { return counted(t, w, "rolecall_postings_total", "returned") > 20 })
	if n := len(b.rejections()); n != 0 {
		t.Errorf("%d rejections of a size that is not taken", n)
	}
	limit(b, broker.Rejected, -1)
	b.settle()
	all := b.rejections()
	if len(all) != 20 || all[0].Reason != "too_large" || !strings.Contains(all[0].Error, "message size exceeds") {
		t.Errorf("%d rejections, want 20 as too_large: %+v", len(all), all)
	}
}

func TestHeadersAreCarried(t *testing.T) {
	const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	plainPosting := `{"id":"e1","title":"none","description":"d"}`
	for _, c := range []struct {
		name, in string
		h        nats.Header
		stream   string
		want     map[string]string
	}{
		{"trace", plainPosting, nats.Header{"Traceparent": {trace}}, broker.Results, map[string]string{"traceparent": trace, "ce-id": ""}},
		{"binary event", plainPosting, nats.Header{"ce-specversion": {"1.0"}, "ce-id": {"9"}}, broker.Results, map[string]string{"ce-type": "rolecall.result.v1", "ce-subject": "e1"}},
		{"structured event", `{"specversion":"1.0","id":"9","type":"t","source":"s","data":` + plainPosting + `}`, nats.Header{"Content-Type": {"Application/CloudEvents+JSON ; charset=utf-8"}}, broker.Results, map[string]string{"ce-type": "rolecall.result.v1"}},
		{"event without data", `{"specversion":"1.0"}`, nats.Header{"content-type": {"application/cloudevents+json"}, "traceparent": {trace}}, broker.Rejected, map[string]string{"ce-type": "rolecall.rejection.v1", "traceparent": trace}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, broker.Plan{})
			b.start(plain, Options{})
			b.sendRaw([]byte(c.in), c.h)
			b.settle()
			all := b.said(c.stream)
			if len(all) != 1 {
				t.Fatalf("%d messages in %s, want 1", len(all), c.stream)
			}
			for k, v := range c.want {
				if got := strings.Join(all[0].Header[k], ","); got != v {
					t.Errorf("%s is %q, want %q", k, got, v)
				}
			}
		})
	}
}

// A child whose parent was killed ends, even while it hangs.
func TestOrphanEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 5 s")
	}
	t.Parallel()
	c, err := startChild(answering())
	must(t, err)
	must(t, c.ready(nil))
	_, err = c.in.Write([]byte(`{"id":"a","title":"sleep"}` + "\n"))
	must(t, err)
	must(t, c.in.Close()) // as the kernel does for a parent that is killed
	begun := time.Now()
	for range c.lines {
		t.Error("an answer from a child that hangs")
	}
	if took := time.Since(begun); took > 15*time.Second {
		t.Errorf("it took %v to end", took)
	}
	_ = c.cmd.Wait()
}
