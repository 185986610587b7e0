package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"rolecall/cmd/internal/broker"
)

// How the broker is asked. A request that is not filled runs out after
// pullExpires, which is also how long an idle worker takes to stop; while it is open the broker sends a heartbeat at least every
// pullHeartbeat; after pullSilence without either, the request is taken for
// lost and made anew.
const (
	pullExpires   = time.Second
	pullHeartbeat = 400 * time.Millisecond
	pullSilence   = 2500 * time.Millisecond
	pullBytes     = 32 << 20
)

// puller asks for postings. nats.go's own Consume can sleep for 30 s after a
// lost wake-up, hence this one. Its arithmetic is one number: postings asked
// for and neither delivered nor refused.
type puller struct {
	w       *Worker
	inbox   string
	subject string
	sub     *nats.Subscription
	wake    chan struct{}
	done    chan struct{}
	wg      sync.WaitGroup
	blocked atomic.Bool // the handler waits for room, and so hears nothing
	held    atomic.Bool // no request was made because the lanes had enough

	mu       sync.Mutex
	asked    int // outstanding
	requests int // ever made; the last word of the next one's inbox
	heard    time.Time
	notUntil time.Time
	stopped  bool
	problem  error
}

func newPuller(w *Worker) *puller {
	return &puller{
		w:       w,
		inbox:   w.link.NC.NewInbox(),
		subject: w.link.Prefix + ".CONSUMER.MSG.NEXT." + broker.Postings + "." + broker.Consumer,
		wake:    make(chan struct{}, 1),
		done:    make(chan struct{}),
	}
}

func (p *puller) start() error {
	sub, err := p.w.link.NC.Subscribe(p.inbox+".*", p.receive)
	if err != nil {
		return fmt.Errorf("inbox for postings: %w", err)
	}
	// What can pile up is bounded by what was asked for.
	if err := sub.SetPendingLimits(-1, -1); err != nil {
		return err
	}
	p.sub = sub
	p.wg.Go(p.loop)
	return nil
}

func (p *puller) loop() {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		p.ask()
		select {
		case <-p.done:
			return
		case <-p.wake:
		case <-tick.C:
		}
	}
}

// ask makes a request when half of the last one is used up, unless the lanes
// are behind: that is all the back-pressure there is.
func (p *puller) ask() {
	batch := p.w.opts.Batch
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.asked > 0 && now.Sub(p.heard) > pullSilence && !p.blocked.Load() {
		p.w.metrics.PullReset("silence")
		p.asked = 0
		p.problem = errors.New("the broker does not answer when it is asked for postings (may this user ask? `rolecall doctor` says)")
	}
	if p.stopped || p.asked > batch/2 || now.Before(p.notUntil) || !p.w.link.NC.IsConnected() {
		return
	}
	if len(p.w.work) > batch {
		p.held.Store(true)
		return
	}
	p.requests++
	req, _ := json.Marshal(map[string]any{ // durations are nanoseconds
		"batch": batch, "max_bytes": pullBytes, "expires": pullExpires, "idle_heartbeat": pullHeartbeat,
	})
	if err := p.w.link.NC.PublishRequest(p.subject, p.inbox+"."+strconv.Itoa(p.requests), req); err != nil {
		p.notUntil = now.Add(250 * time.Millisecond)
		return
	}
	p.asked += batch
	p.heard = now
}

// receive is called by nats.go for every message of the inbox, in order.
func (p *puller) receive(msg *nats.Msg) {
	status := ""
	if len(msg.Data) == 0 && strings.HasPrefix(msg.Subject, p.inbox) { // a posting keeps its own subject, and may have any header
		status = msg.Header.Get("Status")
	}
	p.mu.Lock()
	p.heard = time.Now()
	if status != "" {
		p.status(status, msg.Header)
		p.mu.Unlock()
		return
	}
	p.asked = max(p.asked-1, 0)
	half := p.asked == p.w.opts.Batch/2
	p.problem = nil
	p.mu.Unlock()
	p.hand(msg)
	if half {
		p.nudge()
	}
}

// status reads what the broker says of a request instead of a posting. All
// that end a request say how much of it was left.
func (p *puller) status(code string, h nats.Header) {
	if code == "100" {
		p.problem = nil
		return // a heartbeat
	}
	about := h.Get("Description")
	left, err := strconv.Atoi(h.Get("Nats-Pending-Messages"))
	switch {
	case err == nil:
		p.asked = max(p.asked-left, 0)
	default: // leadership change, consumer deleted, no responders: all requests are void
		p.asked = 0
		p.notUntil = time.Now().Add(250 * time.Millisecond)
		p.problem = fmt.Errorf("the broker gives no postings: %s %s", code, about)
		p.w.metrics.PullReset("status_" + code)
	}
	if strings.HasPrefix(about, "Server Shutdown") {
		p.notUntil = time.Now().Add(250 * time.Millisecond)
	}
	p.nudge()
}

// hand gives a posting to the lanes, and waits while they have enough.
func (p *puller) hand(msg *nats.Msg) {
	j, err := newJob(msg)
	if err != nil {
		p.w.log.Error("message without delivery data", "subject", msg.Subject, "reply", msg.Reply)
		return
	}
	p.w.metrics.Delivered(j.delivered > 1)
	p.w.flight.add(j)
	if p.w.opts.Fault == FaultEarlyAck {
		_ = p.w.link.NC.Publish(msg.Reply, []byte("+ACK"))
	}
	select {
	case p.w.work <- j:
	default:
		p.blocked.Store(true)
		select {
		case p.w.work <- j:
		case <-p.w.quit: // it is in flight, and will be returned
		}
		p.mu.Lock()
		p.heard = time.Now()
		p.mu.Unlock()
		p.blocked.Store(false)
	}
}

func newJob(msg *nats.Msg) (*job, error) {
	meta, err := msg.Metadata()
	if err != nil {
		return nil, err
	}
	return &job{
		msg: msg, at: time.Now(), source: sourceOf(msg.Subject),
		sequence: meta.Sequence.Stream, delivered: meta.NumDelivered,
	}, nil
}

// sourceOf is the second word of a posting's subject.
func sourceOf(subject string) string {
	_, rest, _ := strings.Cut(subject, ".")
	source, _, _ := strings.Cut(rest, ".")
	if source == "" {
		return "unnamed"
	}
	return source
}

// taken is told of every posting that a lane takes: once they have little left
// after they had enough, more is asked for, and not only at the next tick.
func (p *puller) taken() {
	if p.held.Load() && len(p.w.work) <= p.w.opts.Batch && p.held.CompareAndSwap(true, false) {
		p.nudge()
	}
}

func (p *puller) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// reset forgets what was asked for.
func (p *puller) reset(cause string) {
	p.mu.Lock()
	p.asked, p.heard, p.notUntil = 0, time.Now(), time.Time{}
	p.mu.Unlock()
	p.w.metrics.PullReset(cause)
	p.nudge()
}

func (p *puller) trouble() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return errors.New("stopping")
	}
	return p.problem
}

// stop makes no more requests and waits until those that were made are filled
// or have run out.
func (p *puller) stop(deadline time.Time) {
	p.mu.Lock()
	p.stopped = true
	p.mu.Unlock()
	close(p.done)
	p.wg.Wait()
	expired := time.Now().Add(pullExpires + 500*time.Millisecond)
	for p.outstanding() > 0 && time.Now().Before(deadline) && time.Now().Before(expired) && p.w.link.NC.IsConnected() {
		time.Sleep(5 * time.Millisecond)
	}
	closed := make(chan struct{})
	p.sub.SetClosedHandler(func(string) { close(closed) })
	if err := p.sub.Drain(); err != nil {
		return // the connection is gone, and the handler with it
	}
	select {
	case <-closed:
	case <-time.After(max(time.Until(deadline), 100*time.Millisecond)):
	}
}

func (p *puller) outstanding() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}
