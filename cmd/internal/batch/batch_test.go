package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"rolecall/classifier"
	"rolecall/cmd/internal/dedup"
	"rolecall/cmd/internal/feed"
	"rolecall/cmd/internal/sink"
)

// TestMain wants no goroutine left behind, but for those of the one index that
// all tests share and that stays open.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/blevesearch/bleve_index_api.AnalysisWorker"),
		goleak.IgnoreAnyFunction("github.com/blevesearch/bleve/v2/index/scorch.(*Scorch).introducerLoop"))
}

var shared = sync.OnceValues(func() (*classifier.Classifier, error) { return classifier.Default(classifier.Options{}) })

// feedOf yields n postings, every tenth of them broken.
func feedOf(n int) func(context.Context, func()) iter.Seq[feed.Record] {
	var b strings.Builder
	for i := range n {
		if i%10 == 9 {
			fmt.Fprintln(&b, `{"id":"broken`)
			continue
		}
		fmt.Fprintf(&b, "{\"id\":\"p%d\",\"title\":\"Data Engineer %d\",\"description\":\"Pipelines.\"}\n", i, i)
	}
	return func(ctx context.Context, wait func()) iter.Seq[feed.Record] {
		return feed.Read(ctx, nil, strings.NewReader(b.String()), feed.Options{OnWait: wait})
	}
}

func jobTo(t *testing.T, w io.Writer) *Job {
	t.Helper()
	cl, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	s, err := sink.New("jsonl", w, sink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &Job{Classifier: cl, Sink: s, Workers: 3, Copies: dedup.NewIndex()}
}

func TestRun(t *testing.T) {
	var out bytes.Buffer
	var failed []int
	j := jobTo(t, &out)
	j.Failed = func(r *feed.Record, _ error) error {
		failed = append(failed, r.Place.Line)
		return nil
	}
	if err := j.Run(context.Background(), feedOf(1000)); err != nil {
		t.Fatal(err)
	}
	if j.Totals.Records.Load() != 1000 || j.Totals.Written.Load() != 900 || j.Totals.Failed.Load() != 100 || len(failed) != 100 || failed[99] != 1000 {
		t.Errorf("%d records, %d written, failed on lines %v", j.Totals.Records.Load(), j.Totals.Written.Load(), failed)
	}
	want := 0
	for line := range strings.Lines(out.String()) {
		if want%10 == 9 {
			want++
		}
		if !strings.HasPrefix(line, fmt.Sprintf(`{"format":1,"id":"p%d",`, want)) {
			t.Fatalf("p%d wanted: %.60s", want, line)
		}
		want++
	}
}

// TestRunGoesOn gives the rest of the output when the start was written before.
func TestRunGoesOn(t *testing.T) {
	var whole, rest bytes.Buffer
	if err := jobTo(t, &whole).Run(context.Background(), feedOf(300)); err != nil {
		t.Fatal(err)
	}
	j := jobTo(t, &rest)
	j.Done = 200
	if err := j.Run(context.Background(), feedOf(300)); err != nil {
		t.Fatal(err)
	}
	if lines := strings.SplitAfter(whole.String(), "\n"); strings.Join(lines[180:], "") != rest.String() {
		t.Error("the rest is another than in a whole run")
	}
}

// full is a disk that is full after n bytes.
type full struct{ n int }

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestRunStops(t *testing.T) {
	if err := jobTo(t, &full{100_000}).Run(context.Background(), feedOf(2000)); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
	var before strings.Builder
	j := jobTo(t, &before)
	j.FailFast = true
	if err := j.Run(context.Background(), feedOf(2000)); !StoppedEarly(err) || !strings.Contains(err.Error(), "-:10:") || strings.Count(before.String(), "\n") != 9 {
		t.Errorf("fail fast: %v, %d rows of the 9 before it", err, strings.Count(before.String(), "\n"))
	}
	j = jobTo(t, io.Discard)
	j.Limit = 15
	if err := j.Run(context.Background(), feedOf(2000)); err != nil || j.Totals.Records.Load() != 15 {
		t.Errorf("limit: %v, %d records", err, j.Totals.Records.Load())
	}
	ctx, cancel := context.WithCancel(context.Background())
	j = jobTo(t, io.Discard)
	j.Saved = func(n int) error {
		if n >= 500 {
			cancel()
		}
		return nil
	}
	if err := j.Run(ctx, feedOf(20_000)); !errors.Is(err, context.Canceled) || j.Totals.Records.Load() == 20_000 {
		t.Errorf("cancelled: %v, %d records", err, j.Totals.Records.Load())
	}
}

// TestCutOffAgain: a run that goes on and is cut off before it comes to new
// records leaves the earlier one's count as it was.
func TestCutOffAgain(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	j := jobTo(t, io.Discard)
	j.Done = 5000
	j.Totals.Records.Store(5000)
	read := feedOf(20_000)
	n := 0
	err := j.Run(ctx, func(ctx context.Context, wait func()) iter.Seq[feed.Record] {
		return func(yield func(feed.Record) bool) {
			for r := range read(ctx, wait) {
				if n++; n == 1000 {
					cancel()
				}
				if !yield(r) {
					return
				}
			}
		}
	})
	if got := j.Totals.Records.Load(); !errors.Is(err, context.Canceled) || got != 5000 {
		t.Errorf("%v: %d records, 5000 wanted", err, got)
	}
}

func TestOutput(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out")
	state := func() ([]byte, error) { return []byte(`{"x":1}`), nil }
	o, err := Create(name, "", "run one")
	if err != nil {
		t.Fatal(err)
	}
	o.Rows().WriteString("good\n")
	if err := o.Save(1, &Totals{}, true, state); err != nil {
		t.Fatal(err)
	}
	o.Rows().WriteString("half a li")
	o.Abandon() // as if killed
	if _, err := Resume(name, "", "run two"); err == nil || !strings.Contains(err.Error(), "other inputs") {
		t.Errorf("another run's file was gone on with: %v", err)
	}
	o, err = Resume(name, "", "run one")
	if err != nil {
		t.Fatal(err)
	}
	if n, _, s := o.Done(); n != 1 || string(s) != `{"x":1}` {
		t.Errorf("done %d, state %s", n, s)
	}
	o.Rows().WriteString("more\n")
	if err := o.Finish(); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(name); string(data) != "good\nmore\n" || err != nil {
		t.Errorf("%q %v", data, err)
	}
	if _, err := Resume(name, "", "run one"); !errors.Is(err, ErrComplete) {
		t.Errorf("a complete output is gone on with: %v", err)
	}
}

// TestOutputCannotBegin: where the errors have no place, what an earlier run
// left stays as it is, to be gone on with.
func TestOutputCannotBegin(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out")
	o, err := Create(name, "", "run one")
	if err != nil {
		t.Fatal(err)
	}
	o.Rows().WriteString("good\n")
	if err := o.Save(1, &Totals{}, true, func() ([]byte, error) { return []byte("{}"), nil }); err != nil {
		t.Fatal(err)
	}
	o.Abandon()
	if _, err := Create(name, filepath.Join(name, "errors"), "run two"); err == nil {
		t.Fatal("errors were written to a folder that is not there")
	}
	if o, err = Resume(name, "", "run one"); err != nil {
		t.Fatal(err)
	}
	if n, _, _ := o.Done(); n != 1 || !o.Begun() {
		t.Errorf("%d records are left of the earlier run", n)
	}
	o.Abandon()
	other := filepath.Join(t.TempDir(), "out")
	if _, err := Create(other, filepath.Join(other, "errors"), "run"); err == nil || exists(other+".part") || exists(other+".part.json") {
		t.Errorf("%v, and files are left", err)
	}
}
