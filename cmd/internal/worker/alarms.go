package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"rolecall/cmd/internal/broker"
)

// alarms hears of postings that the broker delivers no more though no worker
// has answered for them: those delivered as often as the consumer's max_deliver
// allows, and those that somebody else terminates. With the consumer that
// broker.Apply makes the first cannot happen, since it has no max_deliver.
//
// Both are counted and logged with their sequence. The first are put into
// REJECTED as well. The second are not: somebody has decided that, and they
// stay in POSTINGS under their sequence.
//
// Every worker hears of every one and all of them store the same rejection, of
// which the stream takes one: a worker that dies over it loses nothing. What
// the broker says while no worker is connected is heard by nobody; hence
// `rolecall doctor` fails a consumer that has a max_deliver.
type alarms struct {
	w    *Worker
	subs []*nats.Subscription
	ctx  context.Context // of what is fetched; ends with stop
	end  context.CancelFunc
}

// ownTerm begins the reason of every termination by a worker, whose posting is
// in REJECTED by then.
const ownTerm = "rolecall: "

// advisory is what both kinds of event have that is of use here.
type advisory struct {
	Sequence   uint64 `json:"stream_seq"` // in POSTINGS
	Deliveries uint64 `json:"deliveries"`
	Reason     string `json:"reason"` // of a termination
	Domain     string `json:"domain"`
}

func newAlarms(w *Worker) *alarms {
	a := &alarms{w: w}
	a.ctx, a.end = context.WithCancel(context.Background())
	return a
}

func (a *alarms) start() error {
	for _, s := range []struct {
		subject string
		hear    func(advisory)
	}{{broker.MaxDeliveries, a.gaveUp}, {broker.Terminated, a.terminated}} {
		sub, err := a.w.link.NC.Subscribe(s.subject, a.reading(s.hear))
		if err != nil {
			a.stop()
			return fmt.Errorf("advisories: %w", err)
		}
		a.subs = append(a.subs, sub)
	}
	return nil
}

func (a *alarms) stop() {
	a.end()
	for _, sub := range a.subs {
		_ = sub.Unsubscribe()
	}
}

func (a *alarms) reading(hear func(advisory)) nats.MsgHandler {
	return func(msg *nats.Msg) {
		var ad advisory
		if err := json.Unmarshal(msg.Data, &ad); err != nil {
			a.w.log.Error("advisory that cannot be read", "subject", msg.Subject, "error", err)
			return
		}
		if a.w.link.Concerns(ad.Domain) {
			hear(ad)
		}
	}
}

func (a *alarms) terminated(ad advisory) {
	if strings.HasPrefix(ad.Reason, ownTerm) {
		a.w.metrics.Advised("rejected")
		return
	}
	a.w.metrics.Advised("terminated")
	a.w.log.Warn("a posting was terminated by somebody who is no worker: it has no answer", "sequence", ad.Sequence, "deliveries", ad.Deliveries, "reason", oneLine(ad.Reason))
}

func (a *alarms) gaveUp(ad advisory) {
	a.w.metrics.Advised("max_deliveries")
	a.w.log.Error("the broker gave up on a posting: the consumer should have no max_deliver (`rolecall streams apply`)", "sequence", ad.Sequence, "deliveries", ad.Deliveries)
	if err := a.keep(ad); err != nil {
		a.w.log.Error("it is not in REJECTED, only in POSTINGS", "sequence", ad.Sequence, "error", err)
	}
}

// keep rejects a posting that the broker gave up on. It is a job as others
// are, but for that nobody waits for its answer.
func (a *alarms) keep(ad advisory) error {
	ctx, cancel := context.WithTimeout(a.ctx, 2*time.Second)
	defer cancel()
	msg, err := broker.Message(ctx, a.w.link, ad.Sequence)
	if err != nil {
		return err
	}
	j := &job{msg: msg, at: time.Now(), source: sourceOf(msg.Subject), sequence: ad.Sequence, delivered: ad.Deliveries, dropped: true}
	j.claim()
	a.w.flight.add(j)
	a.w.reject(j, "max_deliveries", fmt.Sprintf("delivered %d times without an answer, which is all that the consumer's max_deliver allows", ad.Deliveries))
	return nil
}
