// Package batch classifies a pile of postings: records in, rows out, in order,
// on all cores.
//
// One goroutine reads and makes batches; workers read the postings and sign
// them; one goroutine looks for copies, in order; workers classify and encode;
// one goroutine writes, in order. Batches travel between them, not records, so
// that the channels cost nothing beside the work.
package batch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"

	"rolecall/classifier"
	"rolecall/cmd/internal/dedup"
	"rolecall/cmd/internal/feed"
	"rolecall/cmd/internal/sink"
)

// Job is one run over a pile of postings.
type Job struct {
	Classifier *classifier.Classifier
	Sink       sink.Sink
	Workers    int // at least 1

	Copies *dedup.Index // finds copies; nil looks for none
	Unique bool         // copies are left out

	FailFast bool // the first bad record ends the run
	Limit    int  // records to read; 0 is all
	Done     int  // records that an earlier run has written already

	// Failed is told of every bad record, Wrote of every row written, Saved
	// after every batch with how many records are dealt with by then. All
	// three are called from one goroutine, in order, and may be nil.
	Failed func(*feed.Record, error) error
	Wrote  func(*sink.Row)
	Saved  func(records int) error

	Totals Totals
}

// Totals count, and may be read while the run goes on.
type Totals struct {
	Records, Written, Failed, Copies atomic.Int64
}

// A batch is as many records as one worker takes at a time.
const (
	batchRecords = 64
	batchBytes   = 256 << 10
)

type batch struct {
	first   int // number of its first record, from 0
	records []feed.Record
	size    int
	rows    []sink.Row
	errs    []error
	signs   []dedup.Signature
	keep    []sink.Row // rows to classify and write
	copies  int
	out     []byte
	ready   chan struct{}
}

var errFailFast = errors.New("stopped at the first bad record")

// Run deals with every record that read yields. It returns the context's error
// when that ends early; what was read by then is written.
func (j *Job) Run(ctx context.Context, read func(ctx context.Context, onWait func()) iter.Seq[feed.Record]) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &run{
		Job: j, ctx: ctx, cancel: cancel,
		work: make(chan func()), prepared: make(chan *batch, 2+j.Workers), classified: make(chan *batch, 2+j.Workers),
		pool: sync.Pool{New: func() any { return &batch{} }},
	}
	var workers sync.WaitGroup
	for range max(1, j.Workers) {
		workers.Go(func() {
			for task := range r.work {
				task()
			}
		})
	}
	go r.read(read)
	go r.sequence()
	err := r.write()
	cancel(err)
	for range r.classified { // let the stages before end, whatever they have
	}
	close(r.work)
	workers.Wait()
	if err == nil && context.Cause(ctx) != nil && !errors.Is(context.Cause(ctx), context.Canceled) {
		err = context.Cause(ctx)
	}
	return err
}

type run struct {
	*Job
	ctx        context.Context
	cancel     context.CancelCauseFunc
	work       chan func()
	prepared   chan *batch // in the order of the input
	classified chan *batch
	pool       sync.Pool
	begun      bool
}

func (r *run) read(read func(context.Context, func()) iter.Seq[feed.Record]) {
	defer close(r.prepared)
	n := 0
	b := r.fresh(0)
	flush := func() {
		if len(b.records) > 0 {
			r.start(b, r.prepared, r.prepare)
			b = r.fresh(n)
		}
	}
	for rec := range read(r.ctx, flush) {
		n++
		b.records = append(b.records, rec)
		if b.size += rec.Size(); len(b.records) == batchRecords || b.size >= batchBytes {
			flush()
		}
		if n == r.Limit || r.ctx.Err() != nil {
			break
		}
	}
	flush()
}

func (r *run) fresh(first int) *batch {
	b := r.pool.Get().(*batch)
	clear(b.records)
	clear(b.rows)
	clear(b.keep)
	*b = batch{
		first: first, records: b.records[:0], rows: b.rows[:0], errs: b.errs[:0],
		signs: b.signs[:0], keep: b.keep[:0], out: b.out[:0], ready: make(chan struct{}),
	}
	return b
}

// start has a worker do a step on b, and queues b for whoever takes the step's
// outcome in order.
func (r *run) start(b *batch, next chan<- *batch, step func(*batch)) {
	next <- b
	r.work <- func() {
		defer close(b.ready)
		step(b)
	}
}

// prepare reads the postings of a batch.
func (r *run) prepare(b *batch) {
	for i := range b.records {
		rec := &b.records[i]
		p, err := rec.Posting()
		b.rows = append(b.rows, sink.Row{Record: rec, Posting: p})
		b.errs = append(b.errs, err)
		if r.Copies != nil {
			var s dedup.Signature
			if err == nil {
				s = dedup.Sign(&p)
			}
			b.signs = append(b.signs, s)
		}
	}
}

// sequence finds the copies, in order, and has the rest done.
func (r *run) sequence() {
	defer close(r.classified)
	for b := range r.prepared {
		<-b.ready
		b.ready = make(chan struct{})
		for i := range b.rows {
			if r.FailFast && b.errs[i] != nil && b.first+i >= r.Done {
				break // the run ends here
			}
			if r.wanted(b, i) {
				b.keep = append(b.keep, b.rows[i])
			}
		}
		r.start(b, r.classified, r.classify)
	}
}

// wanted says whether a row is to be written, and marks it if it is a copy.
func (r *run) wanted(b *batch, i int) bool {
	if b.errs[i] != nil {
		return false
	}
	row := &b.rows[i]
	if r.Copies != nil {
		row.DuplicateOf, row.Similarity = r.Copies.First(&b.signs[i], row.Posting.ID)
	}
	if !r.begun {
		r.begun = true
		r.Sink.Begin(row)
	}
	if b.first+i < r.Done {
		return false
	}
	if row.DuplicateOf != "" {
		b.copies++
	}
	return row.DuplicateOf == "" || !r.Unique
}

func (r *run) classify(b *batch) {
	for i := range b.keep {
		row := &b.keep[i]
		row.Result = r.Classifier.Classify(row.Posting)
		b.out = r.Sink.Encode(b.out, row)
	}
}

// write writes batches in order until there are no more, or one cannot be written.
func (r *run) write() error {
	for b := range r.classified {
		<-b.ready
		if err := r.writeBatch(b); err != nil {
			return err
		}
		r.pool.Put(b)
	}
	if err := r.ctx.Err(); err != nil {
		return context.Cause(r.ctx)
	}
	return nil
}

func (r *run) writeBatch(b *batch) error {
	end := b.first + len(b.records)
	if end <= r.Done { // an earlier run's, counted then
		return nil
	}
	if err := r.Sink.Write(b.out, b.keep); err != nil {
		return err
	}
	for i := range b.keep {
		if r.Wrote != nil {
			r.Wrote(&b.keep[i])
		}
	}
	r.Totals.Written.Add(int64(len(b.keep)))
	r.Totals.Copies.Add(int64(b.copies)) // what is read ahead is another run's if this one is killed
	if err := r.fail(b); err != nil {
		return err
	}
	r.Totals.Records.Store(int64(end))
	if r.Saved != nil {
		return r.Saved(end)
	}
	return nil
}

// fail reports a batch's bad records.
func (r *run) fail(b *batch) error {
	for i, err := range b.errs {
		if err == nil || b.first+i < r.Done {
			continue
		}
		r.Totals.Failed.Add(1)
		if r.Failed != nil {
			if err := r.Failed(&b.records[i], err); err != nil {
				return err
			}
		}
		if r.FailFast {
			return fmt.Errorf("%w: %s: %w", errFailFast, b.records[i].Place, err)
		}
	}
	return nil
}

// StoppedEarly says that err is what FailFast ends a run with.
func StoppedEarly(err error) bool { return errors.Is(err, errFailFast) }
