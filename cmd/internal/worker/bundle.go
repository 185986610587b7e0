package worker

import (
	"maps"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"
)

// bundle gathers results for a broker that forces every write to disk before
// it confirms it (--durability always): as an atomic batch many are forced
// together, and one confirmation says that all of them are on disk. Relayed
// with nothing done to them on two cores, 4 KB each, single results were stored
// at 4,000 to 5,000 a second for 120 to 175 µs of CPU each, batches of 100 at
// 17,000 for 58 µs, and batches of 500 at 27,000. A thousand results are a
// thousand forced writes one by one, and 13 in three batches.
//
// The broker takes all of a batch or none: one result that it has already makes
// it refuse the others too (error 10201 where it knows the id, 10071 where the
// subject is taken). So whatever goes wrong with a batch, its results are sent
// once more one by one, under the same ids, and each is told from a repeat as
// ever. One batch is under way at a time; the next is gathered meanwhile, and
// goes when every result of the last is settled.
//
// It is part of the publisher, under its lock.
type bundle struct {
	gathered []uint64  // parcels of the next batch
	since    time.Time // when the first of them came
	id       string    // of the batch whose confirmation is awaited; "" is none
	sent     []uint64  // its parcels
	underWay int       // parcels of the last batch that are not settled
	refused  bool      // the stream takes no batches
}

// A batch's bounds. The broker puts every batch into files of its own before
// it takes it, which by the figures above is 2 ms of CPU a batch: fewer than
// batchLeast results cost more so than one by one, and more than batchEnough
// save little. JetStream's own bound is 1,000.
const (
	batchLeast  = 20
	batchEnough = 100
	batchMost   = 500
	batchBytes  = 8 << 20
	batchWait   = 20 * time.Millisecond // for as many as are enough
)

const codeNoBatches = 10174 // atomic publish is disabled

// gather puts a parcel into the next batch, and says whether it did: if not,
// it is to be sent alone. Rejections always are, being few.
func (p *publisher) gather(n uint64, pc *parcel) bool {
	if !p.w.opts.Batches || p.refused || pc.job.reason != "" {
		return false
	}
	if len(p.gathered) == 0 {
		p.since = time.Now()
		time.AfterFunc(batchWait, p.sendBatch)
	}
	pc.again = pc.giveUp // not before it was sent at all
	p.gathered = append(p.gathered, n)
	return true
}

// sendBatch sends what was gathered, if it is enough or has waited for long
// enough, unless a batch is under way.
func (p *publisher) sendBatch() {
	for msgs := p.nextBatch(); len(msgs) > 0; msgs = p.nextBatch() {
		for _, msg := range msgs {
			// One that cannot be sent makes the batch incomplete; it is refused, or
			// nothing is heard of it, and its results are sent one by one.
			_ = p.w.link.NC.PublishMsg(msg)
		}
	}
}

// nextBatch takes the messages to be sent from what was gathered: a batch, or
// a few on their own.
func (p *publisher) nextBatch() []*nats.Msg {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.underWay > 0 || len(p.gathered) < batchEnough && time.Since(p.since) < batchWait {
		return nil
	}
	now, size, taken := time.Now(), 0, 0
	var msgs []*nats.Msg
	var parcels []*parcel
	p.id, p.sent = "", nil
	for _, n := range p.gathered {
		if len(msgs) == batchMost || size >= batchBytes {
			break
		}
		taken++
		pc := p.waiting[n]
		if pc == nil {
			continue // given up on
		}
		pc.again, pc.giveUp = now.Add(p.w.opts.PublishWait), now.Add(p.w.opts.GiveUpAfter)
		size += len(pc.job.out.Data)
		parcels, msgs, p.sent = append(parcels, pc), append(msgs, pc.job.out), append(p.sent, n)
	}
	p.gathered = append(p.gathered[:0], p.gathered[taken:]...)
	if len(msgs) < batchLeast {
		return msgs
	}
	for _, pc := range parcels {
		pc.bundled = true
	}
	p.id, p.underWay = nuid.Next(), len(msgs)
	return p.batch(msgs)
}

// batch makes one batch of messages, which stay as they are. Only its last
// asks for a confirmation.
func (p *publisher) batch(msgs []*nats.Msg) []*nats.Msg {
	all := make([]*nats.Msg, len(msgs))
	for i, msg := range msgs {
		all[i] = &nats.Msg{Subject: msg.Subject, Data: msg.Data, Header: maps.Clone(msg.Header)}
		all[i].Header["Nats-Batch-Id"] = []string{p.id}
		all[i].Header["Nats-Batch-Sequence"] = []string{strconv.Itoa(i + 1)}
	}
	last := all[len(all)-1]
	last.Header["Nats-Batch-Commit"] = []string{"1"}
	last.Reply = p.inbox + batchMark + p.id
	return all
}

// batchMark tells the confirmation of a batch from that of a parcel, which is
// a number.
const batchMark = "-"

// batchAnswered settles a batch that is stored, and sends the results of one
// that is not one by one.
func (p *publisher) batchAnswered(id string, a confirmation) {
	p.mu.Lock()
	if id != p.id {
		p.mu.Unlock()
		return // it came too late: they have been sent one by one
	}
	sent := p.sent
	p.id, p.sent = "", nil
	p.refused = p.refused || a.code == codeNoBatches
	p.mu.Unlock()
	for _, n := range sent {
		if a.verdict == stored {
			p.finish(n, published)
			continue
		}
		p.w.metrics.Retried("batch_refused")
		p.sendAlone(n)
	}
}

func (p *publisher) sendAlone(n uint64) {
	p.mu.Lock()
	var out *nats.Msg
	if pc := p.waiting[n]; pc != nil {
		pc.again = time.Now().Add(p.w.opts.PublishWait)
		out = pc.job.out
	}
	p.mu.Unlock()
	if out != nil && p.w.link.NC.PublishMsg(out) != nil {
		p.postpone(n, 250*time.Millisecond, "")
	}
}

// unbundle forgets all batches: what was in them is sent one by one.
func (p *publisher) unbundle() {
	p.gathered, p.id, p.sent, p.underWay = nil, "", nil, 0
	for _, pc := range p.waiting {
		pc.bundled = false
	}
}
