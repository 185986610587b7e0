package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"rolecall/classifier"
	"rolecall/cmd/internal/broker"
)

// Sender publishes postings to POSTINGS. It is for one goroutine.
type Sender struct {
	Log *slog.Logger // nil is slog.Default()

	link    *broker.Link
	subject string
	run     string // names this sender in message ids: a resend is known, a new run of the same file is not taken for one
	sent    int
	limit   int // postings that may wait for workers; 0 does not ask
	waiting []sending
	stored  int
	last    uint64 // highest sequence in POSTINGS

	patience time.Duration
}

// patience is for a stream or consumer that nothing answers for: it may not be
// there, or its servers be choosing a leader, which takes them up to 9 s.
const patience = 15 * time.Second

type sending struct {
	msg    *nats.Msg
	future jetstream.PubAckFuture // fails by itself after a while
}

// sendWindow is how many postings are sent ahead of their confirmation.
const sendWindow = 256

// NewSender sends from a named source, which becomes a word of the subject.
// While more than limit postings wait for workers it sends none; 0 is no
// limit, and needs no right to ask.
func NewSender(link *broker.Link, source string, limit int) *Sender {
	return &Sender{link: link, subject: broker.PostingsSubject + "." + broker.Token(source), run: nuid.Next(), limit: limit, patience: patience}
}

// Posting sends a posting that stands at a place in a feed.
func (s *Sender) Posting(ctx context.Context, p classifier.Posting, place string) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return s.send(ctx, data, nats.Header{headerPlace: {oneLine(place)}})
}

// Unreadable sends what could not be read as a posting, for the worker to
// reject: so that it is counted, and kept with its reason.
func (s *Sender) Unreadable(ctx context.Context, raw []byte, place string, why error) error {
	return s.send(ctx, raw, nats.Header{headerPlace: {oneLine(place)}, headerError: {clip(oneLine(why.Error()), 1<<10)}})
}

func (s *Sender) send(ctx context.Context, data []byte, h nats.Header) error {
	if max := int(s.link.NC.MaxPayload()) - 8<<10; len(data) > max {
		h[headerError] = []string{fmt.Sprintf("posting of %d bytes: the broker takes %d; cut", len(data), max)}
		data = data[:max]
	}
	if len(s.waiting) >= sendWindow {
		if err := s.confirm(ctx); err != nil {
			return err
		}
	}
	if s.limit > 0 && s.sent%500 == 0 {
		if err := s.holdBack(ctx); err != nil {
			return err
		}
	}
	s.sent++
	h[headerID] = []string{s.run + "-" + strconv.Itoa(s.sent)}
	msg := &nats.Msg{Subject: s.subject, Data: data, Header: h}
	future, err := s.link.JS.PublishMsgAsync(msg)
	if err != nil {
		return s.again(ctx, msg)
	}
	s.waiting = append(s.waiting, sending{msg, future})
	return nil
}

// Flush waits until everything that was sent is stored.
func (s *Sender) Flush(ctx context.Context) error {
	for len(s.waiting) > 0 {
		if err := s.confirm(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Last is the highest sequence in POSTINGS that was confirmed.
func (s *Sender) Last() uint64 { return s.last }

// Stored is the number of postings that were confirmed.
func (s *Sender) Stored() int { return s.stored }

func (s *Sender) confirmed(ack *jetstream.PubAck) {
	s.stored++
	s.last = max(s.last, ack.Sequence)
}

// confirm waits for the oldest posting that was sent.
func (s *Sender) confirm(ctx context.Context) error {
	w := s.waiting[0]
	s.waiting = s.waiting[1:]
	select {
	case ack := <-w.future.Ok():
		s.confirmed(ack)
		return nil
	case <-w.future.Err():
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.again(ctx, w.msg)
}

// again sends one posting until it is stored, or it is plain that it will
// never be. When ctx ends it says what kept it from being stored.
func (s *Sender) again(ctx context.Context, msg *nats.Msg) error {
	msg.Reply = ""
	var why error
	unheard := time.Now()
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		once, cancel := context.WithTimeout(ctx, 2*time.Second)
		ack, err := s.link.JS.PublishMsg(once, msg)
		cancel()
		switch {
		case err == nil:
			s.confirmed(ack)
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("%s: %w", msg.Subject, or(why, err))
		case tooLarge(err):
			return fmt.Errorf("%s: %s: a posting of %d bytes is more than the stream takes (its max_msg_size): %w", msg.Subject, msg.Header.Get(headerPlace), len(msg.Data), err)
		case !errors.Is(err, jetstream.ErrNoStreamResponse):
			unheard = time.Now()
		case time.Since(unheard) > s.patience:
			return fmt.Errorf("no stream takes %s: `rolecall streams apply` makes it", msg.Subject)
		}
		if why == nil {
			or(s.Log, slog.Default()).Warn("a posting is not stored yet: it is sent again until it is", "subject", msg.Subject, "error", err)
		}
		why = err
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// tooLarge says whether a stream, or its server, refused a message for its size.
func tooLarge(err error) bool {
	var api *jetstream.APIError
	return errors.Is(err, nats.ErrMaxPayload) || errors.As(err, &api) && api.ErrorCode == codeExceeds
}

// holdBack waits while the workers are far behind. Where that cannot be told it
// gives up: to send all the same would be what it was told not to do.
func (s *Sender) holdBack(ctx context.Context) error {
	for told := time.Now(); ; {
		asking, cancel := context.WithTimeout(ctx, 2*time.Second)
		info, err := broker.Lookup(asking, s.link)
		cancel()
		switch {
		case err == nil && int(info.NumPending) <= s.limit:
			return nil
		case err == nil || !s.link.NC.IsConnected():
			told = time.Now()
		case time.Since(told) > s.patience:
			return fmt.Errorf("how many postings wait for workers cannot be told: %w", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
