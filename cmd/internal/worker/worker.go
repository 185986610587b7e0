// Package worker takes postings from the POSTINGS stream, has each classified,
// publishes the result and only then acknowledges the posting. It loses
// nothing and says nothing twice, whatever crashes when.
//
// A posting's way: puller -> lane (parse, classify) -> publisher -> settle,
// which alone answers the broker. What cannot be read, crashes or hangs goes
// the same way to the rejected stream. The worker makes no streams, chooses no
// classifier and listens on nothing.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"rolecall/classifier"
	"rolecall/cmd/internal/broker"
	"rolecall/cmd/internal/ops"
)

// Judge answers postings, under the name of its revision: same revision, same
// posting, same result.
type Judge struct {
	Revision string
	Classify func(classifier.Posting) classifier.Result
}

// Options change how a worker works. The zero value is production.
type Options struct {
	Lanes       int           // postings classified at once; 0 is one a processor
	Batch       int           // postings asked for at once; 0 is 500
	InFlight    int           // results sent and not yet stored; 0 is 2000
	PublishWait time.Duration // for a result to be stored, before it is sent again; 0 is 1 s
	GiveUpAfter time.Duration // of sending again, with a connection; then the posting is returned; 0 is 10 s
	RetryAfter  time.Duration // until a returned posting is delivered again; 0 is 5 s
	HangAfter   time.Duration // a classification that takes longer is rejected as hung; 0 is 10 s
	MaxHung     int           // hung classifications left behind before the worker gives up; 0 is 8
	DrainWithin time.Duration // for what is under way, when it is told to stop; 0 is 8 s
	Batches     bool          // store results in atomic batches, where every write is forced to disk (see bundle)

	// Isolate makes the command of a child process that answers postings on
	// its standard input (see Answer). Postings that were delivered SuspectAt
	// times without an answer (0 is 4) are classified there: whatever they do
	// to the process, they do to the child. nil classifies them here.
	Isolate   func() *exec.Cmd
	SuspectAt int

	// Fault breaks the worker on purpose, to show that the chaos harness
	// would notice. It has no flag.
	Fault Fault

	Log *slog.Logger // nil is slog.Default()
}

// Fault is a mistake that a worker could have.
type Fault string

const (
	FaultNone       Fault = ""
	FaultNoID       Fault = "no-id"       // results carry nothing by which a repeat is known
	FaultEarlyAck   Fault = "early-ack"   // postings are acknowledged before their result is stored
	FaultWindowOnly Fault = "window-only" // repeats are known by message id alone, as long as the stream's window is
)

func (o Options) filled() Options {
	o.Lanes = or(o.Lanes, runtime.GOMAXPROCS(0))
	o.Batch = or(o.Batch, 500)
	o.InFlight = or(o.InFlight, 2000)
	o.PublishWait = or(o.PublishWait, time.Second)
	o.GiveUpAfter = or(o.GiveUpAfter, 10*time.Second)
	o.RetryAfter = or(o.RetryAfter, 5*time.Second)
	o.HangAfter = or(o.HangAfter, 10*time.Second)
	o.MaxHung = or(o.MaxHung, 8)
	o.DrainWithin = or(o.DrainWithin, 8*time.Second)
	o.SuspectAt = or(o.SuspectAt, 4)
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Worker is one worker on one connection.
type Worker struct {
	link    *broker.Link
	opts    Options
	metrics *ops.Metrics
	log     *slog.Logger
	judge   atomic.Pointer[Judge]
	payload atomic.Int64 // see measure

	ackWait time.Duration
	work    chan *job
	flight  flight
	puller  *puller
	out     *publisher
	lanes   *lanes
	ward    *ward
	alarms  *alarms
	failed  chan error
	quit    chan struct{} // closed when nothing more is begun

	second, complained atomic.Int64 // see complain
}

// New makes a worker of a connection on which the streams and the consumer
// exist (see broker.Apply): it looks them up and changes nothing.
func New(ctx context.Context, link *broker.Link, judge Judge, m *ops.Metrics, opts Options) (*Worker, error) {
	info, err := broker.Lookup(ctx, link)
	if err != nil {
		return nil, err
	}
	opts = opts.filled()
	w := &Worker{
		link: link, opts: opts, metrics: m, log: opts.Log,
		ackWait: info.Config.AckWait,
		work:    make(chan *job, 3*opts.Batch),
		failed:  make(chan error, 1),
		quit:    make(chan struct{}),
	}
	w.Use(judge)
	w.measure()
	w.puller = newPuller(w)
	w.out = newPublisher(w)
	w.lanes = newLanes(w)
	w.ward = newWard(w)
	w.alarms = newAlarms(w)
	return w, nil
}

// Use answers with another judge from the next posting on; postings under way
// keep the one they have.
func (w *Worker) Use(j Judge) {
	w.judge.Store(&j)
	w.metrics.Answering(j.Revision)
	if w.ward != nil {
		w.ward.renew.Store(true)
	}
}

// InFlight is the number of postings that were delivered and not settled.
func (w *Worker) InFlight() int { return w.flight.len() }

// Reconnected must be called when the connection was made again (see
// broker.Config): what was asked for and sent on the old one is void.
func (w *Worker) Reconnected() {
	w.metrics.Reconnected()
	w.measure()
	w.puller.reset("reconnect")
	w.out.resend()
}

// Ready says what keeps the worker from its work, or nil.
func (w *Worker) Ready() error {
	if !w.link.NC.IsConnected() {
		return errors.New("not connected to the broker")
	}
	return errors.Join(w.puller.trouble(), w.out.trouble(time.Now()))
}

// Run works until ctx ends, then finishes what is under way, for at most
// DrainWithin. It returns nil when nothing was left unfinished.
func (w *Worker) Run(ctx context.Context) error {
	if err := w.out.start(); err != nil {
		return err
	}
	if err := w.puller.start(); err != nil {
		w.out.stop()
		return err
	}
	if err := w.alarms.start(); err != nil {
		return errors.Join(err, w.drain())
	}
	w.lanes.start()
	w.ward.start()
	keep, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { w.keepFlying(keep) })
	wg.Go(func() { w.watchLag(keep) })
	var err error
	select {
	case <-ctx.Done():
	case err = <-w.failed:
	}
	err = errors.Join(err, w.drain())
	stop()
	wg.Wait()
	return err
}

// drain stops asking for postings and waits for those that were asked for.
// Every request that is still open is left to run out, which takes at most
// pullExpires: one that was cut off could be handed postings that nobody
// reads, and they would come again.
func (w *Worker) drain() error {
	deadline := time.Now().Add(w.opts.DrainWithin)
	w.puller.stop(deadline)
	w.alarms.stop()
	for w.flight.len() > 0 && time.Now().Before(deadline) {
		time.Sleep(2 * time.Millisecond)
	}
	close(w.quit)
	left := w.flight.takeAll()
	for _, j := range left {
		w.settle(j, returned)
	}
	w.ward.stop()
	w.out.stop()
	err := w.link.Flush(time.Second)
	switch {
	case len(left) > 0:
		return fmt.Errorf("%d postings were not finished within %v: they will be delivered again", len(left), w.opts.DrainWithin)
	case err != nil:
		return fmt.Errorf("the last acknowledgements may not have arrived: %w", err)
	}
	return nil
}

// fail ends Run with an error.
func (w *Worker) fail(err error) {
	select {
	case w.failed <- err:
	default:
	}
}
