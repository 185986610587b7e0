package broker

import (
	"context"
	"errors"
	"fmt"

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

// Done says whether every posting up to a sequence is answered for. The
// consumer learns of a new posting a moment after its publisher, so that
// "nothing waits" alone can be yesterday's news.
func Done(info *jetstream.ConsumerInfo, last uint64) bool {
	return info.NumPending == 0 && info.NumAckPending == 0 && info.Delivered.Stream >= last
}
