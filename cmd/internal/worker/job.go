package worker

import (
	"container/list"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"rolecall/classifier"
)

// job is one delivery of one posting.
type job struct {
	msg       *nats.Msg
	at        time.Time // of delivery
	sequence  uint64    // in POSTINGS
	delivered uint64    // times, this one included
	source    string    // second word of the subject

	out    *nats.Msg // result or rejection
	label  classifier.Label
	reason string // of a rejection; "" is a result
	detail string

	dropped bool // the broker delivers it no more, and waits for no answer (see alarms)

	claimed atomic.Bool   // by whoever gives the answer: a lane, or the watch over it
	settled atomic.Bool   // the broker has its answer
	touched time.Time     // when the broker last heard of it; flight's
	place   *list.Element // flight's
}

// outcome is how a posting ended. There are no others, and settle has a case
// for each.
type outcome string

const (
	published outcome = "published" // its result is stored
	repeated  outcome = "repeated"  // its result had been stored before
	rejected  outcome = "rejected"  // its rejection is stored
	returned  outcome = "returned"  // neither could be stored now
)

// claim is true for the first who asks: only that one may answer the job.
func (j *job) claim() bool { return j.claimed.CompareAndSwap(false, true) }
