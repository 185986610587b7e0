package worker

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/nats-io/nats.go"

	"rolecall/classifier"
	"rolecall/cmd/internal/broker"
	"rolecall/cmd/internal/sink"
)

// Headers of a message.
const (
	headerID       = "Nats-Msg-Id"
	headerStream   = "Nats-Expected-Stream"
	headerFirst    = "Nats-Expected-Last-Subject-Sequence"
	headerRevision = "Rolecall-Revision"
	headerReason   = "Rolecall-Reason"
	headerPlace    = "Rolecall-Place" // file and line a posting was published from
	headerError    = "Rolecall-Error" // why the feed could not read it
)

// Key names one answer: the digest of everything in a posting that an answer
// depends on, and of the revision that gave it. The same posting under the
// same revision has the same key, and because classification is pure the same
// label: so its subject, too, is always the same, and a stream that takes
// only the first message of a subject takes every answer once. A posting that
// was edited, or a new revision, makes a new key and a new result.
func Key(p classifier.Posting, revision string) string {
	buf := keyed.Get().(*[]byte)
	defer keyed.Put(buf)
	b := (*buf)[:0]
	for _, s := range [...]string{revision, p.ID, p.Title, p.Company, p.Location, p.Description, p.URL} {
		b = binary.LittleEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	for _, s := range p.Sections {
		b = fmt.Appendf(b, "%s %d %d;", s.Section, s.Start, s.End)
	}
	*buf = b
	sum := sha256.Sum256(b)
	return digest(sum[:])
}

// keyed holds buffers to put postings together in.
var keyed = sync.Pool{New: func() any { return new([]byte) }}

// digest is short and one word of a subject: 128 bits, 22 characters.
func digest(sum []byte) string { return base64.RawURLEncoding.EncodeToString(sum[:16]) }

func (w *Worker) resultMessage(in *nats.Msg, p classifier.Posting, r classifier.Result, revision string) (*nats.Msg, error) {
	data := encode(&r)
	if room := w.room(); len(data) > room {
		return nil, fmt.Errorf("result of %d bytes: the broker takes %d", len(data), room)
	}
	label := string(r.Label)
	if label == "" {
		label = "unanswered"
	}
	key := Key(p, revision)
	out := &nats.Msg{Subject: broker.ResultsSubject + "." + label + "." + key, Data: data, Header: nats.Header{}}
	w.identify(out, broker.Results, key)
	out.Header[headerRevision] = []string{revision}
	carry(in, out, key, p.ID)
	return out, nil
}

// scratch holds buffers to write results in, which give them back once they
// are stored (see recycle): they were a fifth of all garbage. A new one has room
// for most results, which would else grow to their size step by step.
var scratch = sync.Pool{New: func() any { return new(make([]byte, 0, 8<<10)) }}

func encode(r *classifier.Result) []byte {
	return sink.AppendResult((*scratch.Get().(*[]byte))[:0], r)
}

// recycle takes a buffer that nobody reads any more. Large ones are left to
// the collector, or in time all would be.
func recycle(b []byte) {
	if cap(b) <= 16<<10 {
		scratch.Put(&b)
	}
}

// identify says of a message by what its repeat is known: an id, for as long
// as the stream's window, and for ever that it is the first of its subject.
func (w *Worker) identify(out *nats.Msg, stream, key string) {
	if w.opts.Fault == FaultNoID {
		return
	}
	out.Header[headerStream] = []string{stream}
	out.Header[headerID] = []string{key}
	if w.opts.Fault != FaultWindowOnly {
		out.Header[headerFirst] = []string{"0"}
	}
}

// measure notes what the broker takes in one message: whoever asks the
// connection waits for its lock, and lanes wait for nothing.
func (w *Worker) measure() { w.payload.Store(w.link.NC.MaxPayload()) }

// room is what the broker takes in one message, less the headers.
func (w *Worker) room() int { return int(w.payload.Load()) - 8<<10 }

// Rejection is what is published about a posting that has no result.
type Rejection struct {
	Format     int    `json:"format"`
	Reason     string `json:"reason"` // one of ops.Reasons
	Error      string `json:"error"`  // for people
	Subject    string `json:"subject"`
	Sequence   uint64 `json:"sequence"`   // of the message in POSTINGS
	Deliveries uint64 `json:"deliveries"` // of the message, so far
	Place      string `json:"place,omitempty"`
	Revision   string `json:"revision"`
	Size       int    `json:"size"`   // of the original, in bytes
	SHA256     string `json:"sha256"` // of the original

	// The original, as text where it is UTF-8 and otherwise in base64. Cut
	// says that the broker's limit left room for its first bytes only; all of
	// it is in POSTINGS under Sequence.
	Data       string `json:"data,omitempty"`
	DataBase64 []byte `json:"data_base64,omitempty"`
	Cut        bool   `json:"cut,omitempty"`
}

// Original is the message as it came in.
func (r *Rejection) Original() []byte {
	if r.DataBase64 != nil {
		return r.DataBase64
	}
	return []byte(r.Data)
}

// rejectionMessage is keyed by what came in, where from, and the revision
// that could not take it: what comes again is rejected once, whether it was
// delivered twice or sent twice. The reason is not in it, since what crashes
// in one delivery may hang in the next.
func (w *Worker) rejectionMessage(j *job) *nats.Msg {
	sum := sha256.Sum256(j.msg.Data)
	r := Rejection{
		Format: 1, Reason: j.reason, Error: strings.ToValidUTF8(j.detail, "\uFFFD"), Subject: j.msg.Subject, Sequence: j.sequence, Deliveries: j.delivered,
		Place: j.msg.Header.Get(headerPlace), Revision: w.judge.Load().Revision,
		Size: len(j.msg.Data), SHA256: hex.EncodeToString(sum[:]),
	}
	data := r.encode(j.msg.Data, w.room())
	revision := r.Revision
	if j.dropped {
		revision = "" // no classifier had a part in it: workers of different revisions say the same
	}
	id := sha256.Sum256([]byte(strings.Join([]string{revision, r.Subject, r.Place, j.msg.Header.Get(headerError), r.SHA256}, "\x00")))
	key := digest(id[:])
	out := &nats.Msg{Subject: broker.RejectedSubject + "." + j.reason + "." + key, Data: data, Header: nats.Header{}}
	w.identify(out, broker.Rejected, key)
	out.Header[headerReason] = []string{j.reason}
	carry(j.msg, out, key, "")
	return out
}

// encode puts in as much of the original as there is room for.
func (r *Rejection) encode(original []byte, room int) []byte {
	for {
		if utf8.Valid(original) {
			r.Data, r.DataBase64 = string(original), nil
		} else {
			r.Data, r.DataBase64 = "", original
		}
		data, err := json.Marshal(r)
		if err == nil && len(data) <= room {
			return data
		}
		if len(original) == 0 {
			return data
		}
		original, r.Cut = original[:len(original)/2], true
	}
}

// readPosting reads the posting in a message.
func readPosting(msg *nats.Msg) (classifier.Posting, error) {
	if why := msg.Header.Get(headerError); why != "" {
		return classifier.Posting{}, errors.New(why)
	}
	data, err := eventData(msg)
	if err != nil {
		return classifier.Posting{}, err
	}
	return parse(data)
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
