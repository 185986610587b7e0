package worker

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// publisher stores results and rejections. At most InFlight are under way;
// each is sent under the same message id until the broker says that it has
// it, or GiveUpAfter has passed with a connection to say so on.
type publisher struct {
	w     *Worker
	inbox string
	sub   *nats.Subscription
	slots chan struct{}
	queue chan *parcel // in slots, and not sent yet
	done  chan struct{}
	wg    sync.WaitGroup

	mu      sync.Mutex
	next    uint64
	waiting map[uint64]*parcel
	bundle

	results, rejections refusal // by their streams
}

// parcel is a message that is to be sent, or was and is not yet confirmed.
type parcel struct {
	job    *job
	begun  time.Time // when it was ready
	again  time.Time // when it is sent again
	giveUp time.Time
	twice  bool // it was sent more than once

	bundled bool // it was sent in the last batch
}

func newPublisher(w *Worker) *publisher {
	return &publisher{
		w: w, inbox: w.link.NC.NewInbox() + ".",
		slots: make(chan struct{}, w.opts.InFlight), queue: make(chan *parcel, w.opts.InFlight), done: make(chan struct{}),
		waiting: make(map[uint64]*parcel),
	}
}

func (p *publisher) start() error {
	sub, err := p.w.link.NC.Subscribe(p.inbox+"*", p.receive)
	if err != nil {
		return fmt.Errorf("inbox for confirmations: %w", err)
	}
	if err := sub.SetPendingLimits(-1, -1); err != nil {
		return err
	}
	p.sub = sub
	p.wg.Go(p.loop)
	p.wg.Go(p.sendQueued)
	return nil
}

func (p *publisher) stop() {
	close(p.done)
	p.wg.Wait()
	_ = p.sub.Unsubscribe()
}

// send waits for a slot and leaves a job's message to sendQueued.
func (p *publisher) send(j *job) {
	select {
	case p.slots <- struct{}{}:
	case <-p.w.quit: // and not done, for which the ward would have to end first
		return // it is in flight, and will be returned
	}
	p.queue <- &parcel{job: j, begun: time.Now()} // never full: it has room for every slot
}

// sendQueued sends what is queued, for all lanes: whoever sends holds the
// connection's lock until the broker has read what came before, and lanes that
// waited for it left a fifth of the processors idle.
func (p *publisher) sendQueued() {
	for {
		select {
		case pc := <-p.queue:
			p.sendHolding(pc)
		case <-p.w.quit:
			return // all that is in flight is returned
		case <-p.done:
			return // Run could not begin
		}
	}
}

// sendHolding sends a message in a slot that it has.
func (p *publisher) sendHolding(pc *parcel) {
	now := time.Now()
	pc.again, pc.giveUp = now.Add(p.w.opts.PublishWait), now.Add(p.w.opts.GiveUpAfter)
	p.mu.Lock()
	p.next++
	n := p.next
	p.waiting[n] = pc
	out := pc.job.out // while it is this parcel's: replace makes it another
	out.Reply = p.inbox + strconv.FormatUint(n, 36)
	gathered := p.gather(n, pc)
	p.mu.Unlock()
	if gathered {
		p.sendBatch()
		return
	}
	if err := p.w.link.NC.PublishMsg(out); err != nil {
		p.postpone(n, 250*time.Millisecond, "")
	}
}

// postpone is told by what the broker refused it, "" being that it was not asked.
func (p *publisher) postpone(n uint64, d time.Duration, cause string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pc, now := p.waiting[n], time.Now()
	if pc == nil {
		return
	}
	pc.again = now.Add(d)
	if cause != "" {
		p.notStored(pc.job, cause, now)
	}
}

// receive is called by nats.go for every confirmation.
func (p *publisher) receive(msg *nats.Msg) {
	name := strings.TrimPrefix(msg.Subject, p.inbox)
	if id, ok := strings.CutPrefix(name, batchMark); ok {
		p.batchAnswered(id, readConfirmation(msg))
		return
	}
	n, err := strconv.ParseUint(name, 36, 64)
	if err != nil {
		return
	}
	switch a := readConfirmation(msg); a.verdict {
	case stored:
		p.finish(n, published)
	case storedBefore:
		p.finish(n, repeated)
	case busy:
		p.w.metrics.Retried(a.cause)
		p.postpone(n, 200*time.Millisecond, a.cause)
	case never:
		p.replace(n, a.cause)
	}
}

// replace sends the rejection of a result that its stream will never take, in
// the same slot: others come free in this handler alone. There is nothing in
// place of a rejection.
func (p *publisher) replace(n uint64, cause string) {
	pc := p.take(n, returned)
	switch {
	case pc == nil:
	case pc.job.reason != "":
		p.w.log.Error("the broker will never take this rejection", "sequence", pc.job.sequence, "error", cause)
		p.settle(pc, returned)
	default:
		p.w.rejection(pc.job, "too_large", cause)
		p.sendHolding(&parcel{job: pc.job, begun: pc.begun})
	}
}

// take takes what was sent and had an outcome, once: a second confirmation
// finds nothing.
func (p *publisher) take(n uint64, o outcome) *parcel {
	p.mu.Lock()
	pc := p.waiting[n]
	delete(p.waiting, n)
	last := false
	if pc != nil && o != returned {
		*p.refusalOf(pc.job) = refusal{}
	}
	if pc != nil && pc.bundled {
		p.underWay--
		last = p.underWay == 0
	}
	if pc != nil && (o == published || o == repeated) && !pc.twice && !p.w.opts.Batches {
		// It was sent once, and is confirmed: the connection has copied it long ago.
		recycle(pc.job.out.Data)
		pc.job.out = nil
	}
	p.mu.Unlock()
	if last {
		p.sendBatch()
	}
	return pc
}

func (p *publisher) finish(n uint64, o outcome) {
	if pc := p.take(n, o); pc != nil {
		p.settle(pc, o)
	}
}

func (p *publisher) settle(pc *parcel, o outcome) {
	<-p.slots
	p.w.metrics.Took("publish", time.Since(pc.begun))
	switch {
	case pc.job.dropped && o == repeated && !pc.twice:
		// Another worker heard of it too and was first: the count is its own.
	case pc.job.reason != "" && o != returned:
		o = rejected
	case o == repeated && pc.twice:
		o = published // the repeat is most likely of our own first try
	}
	p.w.settle(pc.job, o)
}

func (p *publisher) loop() {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var trouble error
	for {
		select {
		case <-p.done:
			return
		case now := <-tick.C:
			if p.w.link.NC.IsConnected() {
				p.w.measure()
				p.overdue(now)
				trouble = p.tell(trouble)
			}
		}
	}
}

// overdue sends again what the broker has not confirmed in time, and gives up
// on what it has not confirmed for long.
func (p *publisher) overdue(now time.Time) {
	var again []*nats.Msg
	var lost []uint64
	p.mu.Lock()
	for n, pc := range p.waiting {
		switch {
		case now.After(pc.giveUp):
			lost = append(lost, n)
		case now.After(pc.again):
			pc.again = now.Add(p.w.opts.PublishWait)
			pc.twice = true
			p.notStored(pc.job, "unconfirmed", now)
			again = append(again, pc.job.out)
		}
	}
	p.mu.Unlock()
	for _, msg := range again {
		p.w.metrics.Retried("unconfirmed")
		_ = p.w.link.NC.PublishMsg(msg) // if not now, then at its next turn
	}
	for _, n := range lost {
		p.finish(n, returned)
	}
}

// resend sends everything again at once, on a new connection, and gives it
// all the time from the start: while there was no connection it had none.
func (p *publisher) resend() {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unbundle()
	p.results, p.rejections = refusal{}, refusal{}
	for _, pc := range p.waiting {
		pc.again, pc.giveUp = now, now.Add(p.w.opts.GiveUpAfter)
	}
}
