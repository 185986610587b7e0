package broker

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Lookup tells the consumer's state and settings. It needs no right but to
// ask for them.
func Lookup(ctx context.Context, l *Link) (*jetstream.ConsumerInfo, error) {
	c, err := l.JS.Consumer(ctx, Postings, Consumer)
	switch {
	case err == nil:
		return c.CachedInfo(), nil
	case errors.Is(err, jetstream.ErrConsumerNotFound), errors.Is(err, jetstream.ErrStreamNotFound):
		return nil, fmt.Errorf("consumer %s of stream %s: %w (`rolecall streams apply` makes them)", Consumer, Postings, err)
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("consumer %s of stream %s: no answer (is JetStream on, and may this user ask? `rolecall doctor` says)", Consumer, Postings)
	}
	return nil, fmt.Errorf("consumer %s of stream %s: %w", Consumer, Postings, err)
}

// DirectGet is where one message of POSTINGS is asked for by its sequence.
func (l *Link) DirectGet() string { return l.Prefix + ".DIRECT.GET." + Postings }

// Message reads one message of POSTINGS as it was published. It needs no
// right but to ask DirectGet.
func Message(ctx context.Context, l *Link, sequence uint64) (*nats.Msg, error) {
	msg, err := l.NC.RequestWithContext(ctx, l.DirectGet(), []byte(`{"seq":`+strconv.FormatUint(sequence, 10)+`}`))
	if err != nil {
		return nil, fmt.Errorf("message %d of %s: %w", sequence, Postings, err)
	}
	if msg.Header.Get("Nats-Sequence") == "" {
		return nil, fmt.Errorf("message %d of %s: %s %s", sequence, Postings, msg.Header.Get("Status"), msg.Header.Get("Description"))
	}
	return &nats.Msg{Subject: msg.Header.Get("Nats-Subject"), Header: msg.Header, Data: msg.Data}, nil
}

// Done says whether every posting up to a sequence is answered for. The
// consumer learns of a new posting a moment after its publisher, so that
// "nothing waits" alone can be yesterday's news.
func Done(info *jetstream.ConsumerInfo, last uint64) bool {
	return info.NumPending == 0 && info.NumAckPending == 0 && info.Delivered.Stream >= last
}
