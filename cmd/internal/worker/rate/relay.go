//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rolecall/cmd/internal/broker"
	"rolecall/cmd/internal/worker"
)

// relay does nothing but what any worker must: it takes postings, publishes
// as many bytes as a result has under a message id, and acknowledges once
// that is stored. Batches and messages in flight are as the worker has them.
func relay(ctx context.Context, s *stand, size int) (time.Duration, error) {
	const batch, most = 500, 2000
	nc := s.link.NC
	inbox, confirmations := nc.NewInbox(), nc.NewInbox()+"."
	result := make([]byte, size)
	var mu sync.Mutex
	waiting := map[string]string{} // confirmation -> posting's reply
	slots := make(chan struct{}, most)
	confirmed, err := nc.Subscribe(confirmations+"*", func(m *nats.Msg) {
		mu.Lock()
		reply := waiting[m.Subject]
		delete(waiting, m.Subject)
		mu.Unlock()
		<-slots
		_ = nc.Publish(reply, []byte("+ACK"))
	})
	if err != nil {
		return 0, err
	}
	defer confirmed.Unsubscribe()
	ask := func() error {
		req, _ := json.Marshal(map[string]any{"batch": batch, "expires": 10 * time.Second})
		return nc.PublishRequest(s.link.Prefix+".CONSUMER.MSG.NEXT."+broker.Postings+"."+broker.Consumer, inbox, req)
	}
	n := 0
	taken, err := nc.Subscribe(inbox, func(m *nats.Msg) {
		if !strings.HasPrefix(m.Reply, "$JS.ACK") {
			return
		}
		if n++; n%batch == batch/2 {
			_ = ask()
		}
		slots <- struct{}{}
		key := strconv.Itoa(n)
		mu.Lock()
		waiting[confirmations+key] = m.Reply
		mu.Unlock()
		_ = nc.PublishMsg(&nats.Msg{
			Subject: broker.ResultsSubject + ".none." + key, Reply: confirmations + key, Data: result,
			Header: nats.Header{"Nats-Msg-Id": {key}, "Nats-Expected-Last-Subject-Sequence": {"0"}},
		})
	})
	if err != nil {
		return 0, err
	}
	defer taken.Unsubscribe()
	begun := time.Now()
	if err := ask(); err != nil {
		return 0, err
	}
	err = s.done(ctx)
	return time.Since(begun), err
}

// fetchOne is the worker that everybody writes first: fetch one, classify,
// publish, acknowledge.
func fetchOne(ctx context.Context, s *stand, judge worker.Judge) (time.Duration, error) {
	consumer, err := s.link.JS.Consumer(ctx, broker.Postings, broker.Consumer)
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	for n := 0; ; {
		msgs, err := consumer.Fetch(1, jetstream.FetchMaxWait(2*time.Second))
		if err != nil {
			return 0, err
		}
		for m := range msgs.Messages() {
			n++
			out, err := judge.Answer(nil, m.Data())
			if err != nil {
				return 0, err
			}
			id := strconv.Itoa(n)
			if _, err := s.link.JS.PublishMsg(ctx, &nats.Msg{Subject: broker.ResultsSubject + ".none." + id, Data: out, Header: nats.Header{"Nats-Msg-Id": {id}}}); err != nil {
				return 0, fmt.Errorf("publish: %w", err)
			}
			if err := m.Ack(); err != nil {
				return 0, err
			}
		}
		if uint64(n) >= s.last {
			return time.Since(begun), nil
		}
	}
}
