package broker

import (
	"fmt"
	"slices"

	"github.com/nats-io/nats.go/jetstream"
)

// diffStream lists in what a stream differs from the plan, as "field: has
// this, wanted that".
func diffStream(have, want jetstream.StreamConfig) []string {
	var d differences
	d.compare("subjects", fmt.Sprint(have.Subjects), fmt.Sprint(want.Subjects), slices.Equal(have.Subjects, want.Subjects))
	d.compare("storage", have.Storage, want.Storage, have.Storage == want.Storage)
	d.compare("retention", have.Retention, want.Retention, have.Retention == want.Retention)
	d.compare("replicas", have.Replicas, want.Replicas, have.Replicas == want.Replicas)
	d.compare("max_bytes", have.MaxBytes, want.MaxBytes, have.MaxBytes == want.MaxBytes)
	d.compare("discard", have.Discard, want.Discard, have.Discard == want.Discard)
	d.compare("duplicate_window", have.Duplicates, want.Duplicates, have.Duplicates == want.Duplicates)
	d.compare("allow_direct", have.AllowDirect, want.AllowDirect, have.AllowDirect == want.AllowDirect)
	d.compare("allow_atomic", have.AllowAtomicPublish, want.AllowAtomicPublish, have.AllowAtomicPublish || !want.AllowAtomicPublish)
	return d
}

// diffConsumer does the same for the consumer.
func diffConsumer(have, want jetstream.ConsumerConfig) []string {
	var d differences
	d.compare("ack_policy", have.AckPolicy, want.AckPolicy, have.AckPolicy == want.AckPolicy)
	d.compare("ack_wait", have.AckWait, want.AckWait, have.AckWait == want.AckWait)
	d.compare("max_deliver", have.MaxDeliver, want.MaxDeliver, have.MaxDeliver == want.MaxDeliver)
	d.compare("max_ack_pending", have.MaxAckPending, want.MaxAckPending, have.MaxAckPending == want.MaxAckPending)
	d.compare("filter_subject", have.FilterSubject, want.FilterSubject, have.FilterSubject == want.FilterSubject)
	d.compare("backoff", have.BackOff, want.BackOff, len(have.BackOff) == 0)
	return d
}

type differences []string

func (d *differences) compare(field string, have, want any, same bool) {
	if !same {
		*d = append(*d, fmt.Sprintf("%s: has %v, wanted %v", field, have, want))
	}
}
