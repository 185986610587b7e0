package batch

import (
	"bytes"
	"context"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"rolecall/classifier"
	"rolecall/cmd/internal/dedup"
	"rolecall/cmd/internal/feed"
	"rolecall/cmd/internal/report"
	"rolecall/cmd/internal/sink"
)

// BenchmarkJob runs the whole pipeline over the postings of the folder that
// ROLECALL_DATA names.
func BenchmarkJob(b *testing.B) {
	name := filepath.Join(os.Getenv("ROLECALL_DATA"), "bulk.postings.jsonl")
	data, err := os.ReadFile(name)
	if err != nil {
		b.Skip("no bulk.postings.jsonl: set ROLECALL_DATA")
	}
	cl, err := classifier.Default(classifier.Options{})
	if err != nil {
		b.Fatal(err)
	}
	records := int64(0)
	for b.Loop() {
		s, _ := sink.New("jsonl", io.Discard, sink.Options{})
		j := Job{Classifier: cl, Sink: s, Workers: runtime.GOMAXPROCS(0), Copies: dedup.NewIndex()}
		j.Wrote = report.New(cl.Revision()).Add
		err := j.Run(context.Background(), func(ctx context.Context, wait func()) iter.Seq[feed.Record] {
			return feed.Read(ctx, nil, bytes.NewReader(data), feed.Options{OnWait: wait})
		})
		if err != nil {
			b.Fatal(err)
		}
		records += j.Totals.Records.Load()
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "postings/s")
}
