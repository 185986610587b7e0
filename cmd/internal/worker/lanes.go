package worker

import (
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"rolecall/classifier"
)

// lanes classify, each one posting at a time. A posting that panics is
// rejected by its own lane. One that hangs is rejected by the watch over the
// lanes, which leaves the lane behind and opens another.
type lanes struct {
	w  *Worker
	wg sync.WaitGroup

	mu   sync.Mutex
	open map[*lane]bool
	hung int
}

type lane struct {
	now atomic.Pointer[turn]
}

// turn is one posting's time in a lane.
type turn struct {
	job   *job
	since time.Time
}

func newLanes(w *Worker) *lanes { return &lanes{w: w, open: map[*lane]bool{}} }

func (l *lanes) start() {
	for range l.w.opts.Lanes {
		l.add()
	}
	l.wg.Go(l.watch)
}

func (l *lanes) add() {
	n := &lane{}
	l.mu.Lock()
	l.open[n] = true
	l.mu.Unlock()
	go l.run(n)
}

func (l *lanes) run(n *lane) {
	for {
		select {
		case j := <-l.w.work:
			l.w.puller.taken()
			n.now.Store(&turn{j, time.Now()})
			l.w.take(j)
			if n.now.Swap(nil) == nil {
				return // given up on meanwhile; another lane has its place
			}
		case <-l.w.quit:
			return
		}
	}
}

// watch looks for lanes that do not come back.
func (l *lanes) watch() {
	tick := time.NewTicker(max(l.w.opts.HangAfter/8, time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-l.w.quit:
			return
		case now := <-tick.C:
			l.check(now)
		}
	}
}

func (l *lanes) check(now time.Time) {
	for _, n := range l.all() {
		t := n.now.Load()
		if t == nil || now.Sub(t.since) < l.w.opts.HangAfter || !t.job.claim() {
			continue
		}
		// A lane that came back just now is none to be left behind, but without the
		// claim it has answered nothing.
		if n.now.CompareAndSwap(t, nil) {
			l.w.metrics.Abandoned()
			l.replace(n)
		}
		go l.w.hung(t.job)
	}
}

// hung ends a claimed posting that a lane was left behind with. Where there
// is a child to ask, it has a second chance there: what hung may have been the
// machine.
func (w *Worker) hung(j *job) {
	if w.opts.Isolate != nil {
		w.ward.admit(j)
		return
	}
	w.reject(j, "hung", fmt.Sprintf("no answer within %v", w.opts.HangAfter))
}

func (l *lanes) all() []*lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]*lane, 0, len(l.open))
	for n := range l.open {
		all = append(all, n)
	}
	return all
}

func (l *lanes) replace(n *lane) {
	l.mu.Lock()
	delete(l.open, n)
	l.hung++
	tooMany := l.hung >= l.w.opts.MaxHung
	l.mu.Unlock()
	if tooMany {
		l.w.fail(fmt.Errorf("%d classifications hang: a new process is needed to be rid of them", l.hung))
	}
	l.add()
}

// take answers one posting, or hands it to the ward.
func (w *Worker) take(j *job) {
	w.metrics.Took("wait", time.Since(j.at))
	if int(j.delivered) >= w.opts.SuspectAt && w.opts.Isolate != nil {
		if j.claim() {
			w.ward.admit(j)
		}
		return
	}
	p, err := readPosting(j.msg)
	if err != nil {
		w.rejectOnce(j, "unreadable", err.Error())
		return
	}
	judge := w.judge.Load()
	begun := time.Now()
	r, err := safely(judge.Classify, p)
	if !j.claim() {
		return // it took too long and was rejected
	}
	if err != nil {
		w.reject(j, "crashed", err.Error())
		return
	}
	w.metrics.Took("classify", time.Since(begun))
	w.publish(j, p, r, judge.Revision)
}

// safely turns a panic into an error that says where it was.
func safely(classify func(classifier.Posting) classifier.Result, p classifier.Posting) (r classifier.Result, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, clip(string(debug.Stack()), 4<<10))
		}
	}()
	return classify(p), nil
}

// publish sends the result of a claimed posting.
func (w *Worker) publish(j *job, p classifier.Posting, r classifier.Result, revision string) {
	out, err := w.resultMessage(j.msg, p, r, revision)
	if err != nil {
		w.reject(j, "too_large", err.Error())
		return
	}
	w.metrics.Classified(j.source, len(r.Tools)+len(r.Skills)+len(r.Responsibilities) == 0)
	j.out, j.label = out, r.Label
	w.out.send(j)
}

func (w *Worker) rejectOnce(j *job, reason, detail string) {
	if j.claim() {
		w.reject(j, reason, detail)
	}
}

// reject sends the rejection of a claimed posting.
func (w *Worker) reject(j *job, reason, detail string) {
	w.rejection(j, reason, detail)
	w.out.send(j)
}

func (w *Worker) rejection(j *job, reason, detail string) {
	j.reason, j.detail = reason, clip(detail, 4<<10)
	j.out = w.rejectionMessage(j)
}
