package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"

	"rolecall/classifier"
	"rolecall/cmd/internal/broker"
	"rolecall/cmd/internal/ops"
)

func TestMain(m *testing.M) {
	if os.Getenv("ROLECALL_TEST_ANSWER") != "" {
		judge := Judge{"child", deadly}
		if err := Answer(context.Background(), os.Stdin, os.Stdout, judge); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/blevesearch/bleve_index_api.AnalysisWorker"), // bleve starts them when it is imported
		goleak.IgnoreAnyFunction("rolecall/cmd/internal/worker.(*lanes).run"),             // lanes that a test left hanging on purpose
	)
}

// deadly is a classifier that some postings end the process of.
func deadly(p classifier.Posting) classifier.Result {
	switch p.Title {
	case "exit":
		fmt.Fprintln(os.Stderr, "fatal error: as if out of memory")
		os.Exit(2)
	case "sleep":
		time.Sleep(time.Minute)
	}
	return plain(p)
}

// plain labels by title, and puts the description's size into the answer.
func plain(p classifier.Posting) classifier.Result {
	r := classifier.Result{Format: classifier.Format, ID: p.ID, Title: p.Title, State: classifier.Classified, Label: classifier.None, Reason: strconv.Itoa(len(p.Description))}
	for _, l := range classifier.Labels {
		if p.Title == string(l) {
			r.Label = l
		}
	}
	if p.Title == "short" {
		r.Label, r.State = "", classifier.TooShort
	}
	return r
}

// bench is a broker inside the test and what stands on it.
type bench struct {
	t      *testing.T
	ctx    context.Context
	broker *broker.Embedded
	link   *broker.Link
	sender *Sender
}

func newBench(t *testing.T, plan broker.Plan) *bench {
	t.Helper()
	return newBenchOn(t, broker.EmbeddedConfig{Dir: t.TempDir()}, plan)
}

func newBenchOn(t *testing.T, cfg broker.EmbeddedConfig, plan broker.Plan) *bench {
	t.Helper()
	t.Parallel()
	e, err := broker.Start(cfg)
	must(t, err)
	t.Cleanup(e.Stop)
	link, err := e.Connect(&broker.Config{})
	must(t, err)
	t.Cleanup(link.Close)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	_, err = broker.Apply(ctx, link, plan)
	must(t, err)
	return &bench{t, ctx, e, link, NewSender(link, "test", 0)}
}

// start runs a worker; stop ends it and gives what Run returned.
func (b *bench) start(classify func(classifier.Posting) classifier.Result, opts Options) (w *Worker, stop func() error) {
	b.t.Helper()
	if opts.Log == nil {
		opts.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	w, err := New(b.ctx, b.link, Judge{"rev-1", classify}, ops.NewMetrics("test"), opts)
	must(b.t, err)
	ctx, cancel := context.WithCancel(b.ctx)
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	stopped := false
	stop = func() error {
		stopped = true
		cancel()
		return <-done
	}
	b.t.Cleanup(func() {
		if !stopped {
			must(b.t, stop())
		}
	})
	return w, stop
}

func (b *bench) send(ps ...classifier.Posting) {
	b.t.Helper()
	for _, p := range ps {
		must(b.t, b.sender.Posting(b.ctx, p, "test"))
	}
	must(b.t, b.sender.Flush(b.ctx))
}

func (b *bench) sendRaw(data []byte, h nats.Header) {
	b.t.Helper()
	b.sendMsg(&nats.Msg{Subject: "postings.test", Data: data, Header: h})
}

func (b *bench) sendMsg(msg *nats.Msg) {
	b.t.Helper()
	ack, err := b.link.JS.PublishMsg(b.ctx, msg)
	must(b.t, err)
	b.sender.last = max(b.sender.last, ack.Sequence)
}

// settle waits until nothing waits and nothing is out.
func (b *bench) settle() {
	b.t.Helper()
	for {
		info, err := broker.Lookup(b.ctx, b.link)
		must(b.t, err)
		if broker.Done(info, b.sender.Last()) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// said reads all of a stream.
func (b *bench) said(stream string) []*nats.Msg {
	b.t.Helper()
	s, err := b.link.JS.Stream(b.ctx, stream)
	must(b.t, err)
	var all []*nats.Msg
	for seq := uint64(1); seq <= s.CachedInfo().State.LastSeq; seq++ {
		m, err := s.GetMsg(b.ctx, seq)
		must(b.t, err)
		all = append(all, &nats.Msg{Subject: m.Subject, Data: m.Data, Header: m.Header})
	}
	return all
}

// counts are how many results there are of each posting id.
func (b *bench) counts() map[string]int {
	b.t.Helper()
	n := map[string]int{}
	for _, m := range b.said(broker.Results) {
		var r classifier.Result
		must(b.t, json.Unmarshal(m.Data, &r))
		n[r.ID]++
	}
	return n
}

func (b *bench) rejections() []Rejection {
	b.t.Helper()
	var all []Rejection
	for _, m := range b.said(broker.Rejected) {
		var r Rejection
		must(b.t, json.Unmarshal(m.Data, &r))
		all = append(all, r)
	}
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func posting(n int, title string) classifier.Posting {
	return classifier.Posting{ID: "p" + strconv.Itoa(n), Title: title, Description: strings.Repeat("work ", 100)}
}

func postings(n int) []classifier.Posting {
	var all []classifier.Posting
	titles := append([]classifier.Label{"short"}, classifier.Labels...)
	for i := range n {
		all = append(all, posting(i, string(titles[i%len(titles)])))
	}
	return all
}

// answering is the command of a child whose classifier is deadly.
func answering() *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "ROLECALL_TEST_ANSWER=1")
	return cmd
}

func metrics() *ops.Metrics { return ops.NewMetrics("test") }

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }
