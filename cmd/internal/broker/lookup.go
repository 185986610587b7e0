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
