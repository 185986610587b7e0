package worker

import (
	"fmt"
	"strings"
	"time"
)

// settle is the one place where a posting is answered for at the broker.
func (w *Worker) settle(j *job, o outcome) {
	if !j.settled.CompareAndSwap(false, true) {
		return
	}
	switch o {
	case published:
		w.metrics.Stored(string(j.label))
		w.answer(j, "+ACK")
	case repeated:
		w.answer(j, "+ACK")
	case rejected:
		w.metrics.Rejected(j.reason)
		w.complain(j)
		w.answer(j, "+TERM "+ownTerm+oneLine(j.reason))
	case returned:
		if j.dropped {
			w.log.Error("its rejection could not be stored: it is only in POSTINGS", "sequence", j.sequence)
		}
		w.answer(j, fmt.Sprintf(`-NAK {"delay": %d}`, w.opts.RetryAfter.Nanoseconds()))
	}
	w.metrics.Settled(string(o))
	w.metrics.Took("total", time.Since(j.at))
	w.flight.remove(j)
}

// answer is sent and forgotten: an answer that is lost brings the posting
// back, and the repeat is known by its key.
func (w *Worker) answer(j *job, text string) {
	if w.opts.Fault == FaultEarlyAck {
		return // it had its answer when it came
	}
	if j.dropped {
		return
	}
	if err := w.link.NC.Publish(j.msg.Reply, []byte(text)); err != nil {
		w.log.Debug("posting not answered for", "sequence", j.sequence, "error", err)
	}
}

// complaints bounds how many rejections are logged a second: a source gone
// bad sends thousands, and every one of them is in the stream and counted.
const complaints = 10

func (w *Worker) complain(j *job) {
	now := time.Now().Unix()
	if w.second.Swap(now) != now {
		w.complained.Store(0)
	}
	if w.complained.Add(1) > complaints {
		return
	}
	w.log.Warn("posting rejected", "reason", j.reason, "error", j.detail, "place", oneLine(j.msg.Header.Get(headerPlace)), "source", j.source, "sequence", j.sequence, "deliveries", j.delivered)
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
}
