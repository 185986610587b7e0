package broker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Plan is how large and how safe the streams are to be. The zero value suits
// one server.
type Plan struct {
	Replicas      int           // 0 is 1; 3 survives the loss of a server
	PostingsBytes int64         // of POSTINGS: above it the oldest go; 0 is 4 GiB
	ResultsBytes  int64         // of RESULTS: above it new ones wait; 0 is 8 GiB
	RejectedBytes int64         // of REJECTED: above it new ones wait; 0 is 1 GiB
	Window        time.Duration // in which a message id is remembered; 0 is 10 min
	AckWait       time.Duration // after which an unanswered posting is delivered again; 0 is 30 s
	MaxAckPending int           // postings out with all workers together; 0 is 4096
	Batches       bool          // let results come in atomic batches; for a server that forces every write to disk
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Streams are the three streams as they should be. POSTINGS keeps what has
// been read (a work queue was seen to bring back acknowledged postings after
// a crash of the server, and a reader of old postings wants them); the other
// two refuse what does not fit, so that nothing said is dropped.
func (p Plan) Streams() []jetstream.StreamConfig {
	base := jetstream.StreamConfig{
		Storage:     jetstream.FileStorage,
		Retention:   jetstream.LimitsPolicy,
		Replicas:    or(p.Replicas, 1),
		Duplicates:  or(p.Window, 10*time.Minute),
		AllowDirect: true,
	}
	postings, results, rejected := base, base, base
	postings.Name, postings.Subjects = Postings, []string{PostingsSubject + ".>"}
	postings.Description = "job postings that wait for an answer, and those that had one"
	postings.MaxBytes, postings.Discard = or(p.PostingsBytes, 4<<30), jetstream.DiscardOld
	results.Name, results.Subjects = Results, []string{ResultsSubject + ".>"}
	results.Description = "one result a posting and revision, on results.<label>.<key>"
	results.MaxBytes, results.Discard = or(p.ResultsBytes, 8<<30), jetstream.DiscardNew
	results.AllowAtomicPublish = p.Batches
	rejected.Name, rejected.Subjects = Rejected, []string{RejectedSubject + ".>"}
	rejected.Description = "postings that could not be read, with the reason, on rejected.<reason>.<key>"
	rejected.MaxBytes, rejected.Discard = or(p.RejectedBytes, 1<<30), jetstream.DiscardNew
	return []jetstream.StreamConfig{postings, results, rejected}
}

// Durable is the consumer that all workers share. MaxDeliver is unlimited:
// with a limit, crashes of workers use it up and healthy postings are dropped
// in silence.
func (p Plan) Durable() jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable:       Consumer,
		Description:   "the postings that rolecall workers share",
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       or(p.AckWait, 30*time.Second),
		MaxDeliver:    -1,
		MaxAckPending: or(p.MaxAckPending, 4096),
		DeliverPolicy: jetstream.DeliverAllPolicy,
		FilterSubject: PostingsSubject + ".>",
	}
}

// Change is what Apply did to a stream or consumer.
type Change struct {
	Name string
	What string // created, updated or unchanged
}

// Apply makes the streams and the consumer, or changes them to what the plan
// says. It never deletes and never shrinks a stream below what it holds.
func Apply(ctx context.Context, l *Link, p Plan) ([]Change, error) {
	var done []Change
	for _, want := range p.Streams() {
		what, err := applyStream(ctx, l, want)
		if err != nil {
			return done, fmt.Errorf("stream %s: %w", want.Name, err)
		}
		done = append(done, Change{want.Name, what})
	}
	what, err := applyConsumer(ctx, l, p.Durable())
	if err != nil {
		return done, fmt.Errorf("consumer %s of %s: %w", Consumer, Postings, err)
	}
	return append(done, Change{Postings + "/" + Consumer, what}), nil
}

func applyStream(ctx context.Context, l *Link, want jetstream.StreamConfig) (string, error) {
	s, err := l.JS.Stream(ctx, want.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		_, err = l.JS.CreateStream(ctx, want)
		return "created", err
	}
	if err != nil {
		return "", err
	}
	info := s.CachedInfo()
	if len(diffStream(info.Config, want)) == 0 {
		return "unchanged", nil
	}
	if held := int64(info.State.Bytes); want.MaxBytes > 0 && want.MaxBytes < held && want.Discard == jetstream.DiscardOld {
		return "", fmt.Errorf("it holds %d bytes: a limit of %d would delete the oldest", held, want.MaxBytes)
	}
	_, err = l.JS.UpdateStream(ctx, merge(info.Config, want))
	return "updated", err
}

// merge keeps what an operator has set and the plan says nothing about. Of what
// can be set only when a stream is made, the server says so.
func merge(have, want jetstream.StreamConfig) jetstream.StreamConfig {
	have.Description, have.Subjects, have.Replicas = want.Description, want.Subjects, want.Replicas
	have.Storage, have.Retention = want.Storage, want.Retention
	have.MaxBytes, have.Discard, have.Duplicates = want.MaxBytes, want.Discard, want.Duplicates
	have.AllowDirect = want.AllowDirect
	have.AllowAtomicPublish = have.AllowAtomicPublish || want.AllowAtomicPublish // harms nobody who does without
	return have
}

func applyConsumer(ctx context.Context, l *Link, want jetstream.ConsumerConfig) (string, error) {
	c, err := l.JS.Consumer(ctx, Postings, Consumer)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		_, err = l.JS.CreateConsumer(ctx, Postings, want)
		return "created", err
	}
	if err != nil {
		return "", err
	}
	have := c.CachedInfo().Config
	if len(diffConsumer(have, want)) == 0 {
		return "unchanged", nil
	}
	have.Description, have.AckPolicy, have.AckWait, have.MaxDeliver = want.Description, want.AckPolicy, want.AckWait, want.MaxDeliver
	have.MaxAckPending, have.FilterSubject, have.BackOff = want.MaxAckPending, want.FilterSubject, nil
	_, err = l.JS.UpdateConsumer(ctx, Postings, have)
	return "updated", err
}
