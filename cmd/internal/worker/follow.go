package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rolecall/classifier"
	"rolecall/cmd/internal/broker"
)

// Said is one message of the RESULTS or REJECTED stream.
type Said struct {
	Result    *classifier.Result // nil in a rejection
	Rejection *Rejection         // nil in a result
	Data      []byte             // the JSON as it was published
	Sequence  uint64             // in its stream
	Left      uint64             // messages of the stream behind this one, when it was sent
}

// From says where to begin to follow.
type From struct {
	Sequence uint64 // the first to be given; 0 and a zero Since are the stream's first
	Since    time.Time
	Subject  string // "" is all of the stream
}

// Follow gives what a stream (broker.Results or broker.Rejected) holds and
// what is added to it, in order, until ctx ends or give returns an error.
func Follow(ctx context.Context, link *broker.Link, stream string, from From, give func(Said) error) error {
	cfg := jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverAllPolicy}
	if from.Subject != "" {
		cfg.FilterSubjects = []string{from.Subject}
	}
	if from.Sequence > 0 {
		cfg.DeliverPolicy, cfg.OptStartSeq = jetstream.DeliverByStartSequencePolicy, from.Sequence
	} else if !from.Since.IsZero() {
		cfg.DeliverPolicy, cfg.OptStartTime = jetstream.DeliverByStartTimePolicy, &from.Since
	}
	consumer, err := link.JS.OrderedConsumer(ctx, stream, cfg)
	if err != nil {
		return fmt.Errorf("stream %s: %w", stream, err)
	}
	// The short heartbeat bounds a stall of nats.go's own pull loop.
	messages, err := consumer.Messages(jetstream.PullMaxMessages(500), jetstream.PullExpiry(2*time.Second), jetstream.PullHeartbeat(500*time.Millisecond))
	if err != nil {
		return fmt.Errorf("stream %s: %w", stream, err)
	}
	defer messages.Stop()
	return follow(ctx, messages, stream, give)
}

func follow(ctx context.Context, messages jetstream.MessagesContext, stream string, give func(Said) error) error {
	for {
		msg, err := messages.Next(jetstream.NextContext(ctx))
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, jetstream.ErrNoHeartbeat):
			continue
		case err != nil:
			return fmt.Errorf("stream %s: %w", stream, err)
		}
		s, err := read(msg, stream)
		if err != nil {
			return err
		}
		if err := give(s); err != nil {
			return err
		}
	}
}

func read(msg jetstream.Msg, stream string) (Said, error) {
	meta, err := msg.Metadata()
	if err != nil {
		return Said{}, err
	}
	s := Said{Data: msg.Data(), Sequence: meta.Sequence.Stream, Left: meta.NumPending}
	if stream == broker.Rejected {
		s.Rejection = &Rejection{}
		err = json.Unmarshal(s.Data, s.Rejection)
	} else {
		s.Result = &classifier.Result{}
		err = json.Unmarshal(s.Data, s.Result)
	}
	if err != nil {
		return s, fmt.Errorf("stream %s, message %d: %w", stream, s.Sequence, err)
	}
	return s, nil
}
