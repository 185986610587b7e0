package main

import (
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"rolecall/cmd/internal/broker"
	"rolecall/cmd/internal/worker"
)

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		fail(play(role))
		return
	}
	os.Exit(m.Run())
}

// A small run of what the command does at length.
func TestChaos(t *testing.T) {
	s := settings{n: 4000, kills: 5, brokerKills: 3, seed: uint64(time.Now().UnixNano() % 1000), workers: 2, ackWait: 2 * time.Second, window: 10 * time.Minute, dir: t.TempDir()}
	t.Logf("seed %d", s.seed)
	report, err := conduct(t.Context(), s, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	report.print(t.Output())
	if err := report.verdict(); err != nil {
		t.Error(err)
	}
}

// The same count must notice a worker that is wrong.
func TestChaosNoticesAFault(t *testing.T) {
	s := settings{n: 4000, kills: 6, brokerKills: 1, seed: 5, workers: 1, ackWait: 2 * time.Second, window: 10 * time.Minute, fault: worker.FaultEarlyAck, dir: t.TempDir()}
	report, err := conduct(t.Context(), s, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	report.print(t.Output())
	if report.verdict() == nil {
		t.Error("a worker that acknowledges early was not noticed")
	}
}

// Told to stop under load, a worker's process ends within 10 s, leaves
// nothing unanswered, and nothing that it had is delivered again.
func TestTerminate(t *testing.T) {
	s := settings{n: 12000, workers: 1, ackWait: 30 * time.Second, window: 10 * time.Minute}
	st := &stage{s: s, out: io.Discard, rand: rand.New(rand.NewPCG(1, 2))}
	defer st.clear()
	if err := st.set(t.Context(), t.TempDir()); err != nil {
		t.Fatal(err)
	}
	items := makeItems(s.n, 9)
	sender := worker.NewSender(st.link, "chaos", 0)
	var healthy []item
	for _, it := range items {
		if it.posting.Title != titleExit && it.posting.Title != titleHang {
			healthy = append(healthy, it)
		}
	}
	if err := send(t.Context(), sender, healthy); err != nil {
		t.Fatal(err)
	}
	for answered(t, st) == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	begun := time.Now()
	st.workers[0].retire()
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("took %v to end", took)
	}
	info, err := broker.Lookup(t.Context(), st.link)
	if err != nil {
		t.Fatal(err)
	}
	if info.NumAckPending != 0 {
		t.Errorf("%d postings are still out", info.NumAckPending)
	}
	if info.NumPending == 0 {
		t.Error("all was done before the stop: the load was too small to show anything")
	}
	// Whoever comes next is given only what nobody had.
	st.startWorker()
	if st.wait(t.Context(), sender.Last()) {
		t.Fatal("not all was answered for")
	}
	info, err = broker.Lookup(t.Context(), st.link)
	if err != nil {
		t.Fatal(err)
	}
	if again := info.Delivered.Consumer - info.Delivered.Stream; again != 0 {
		t.Errorf("%d postings were delivered again", again)
	}
}

func answered(t *testing.T, st *stage) uint64 {
	t.Helper()
	info, err := broker.Lookup(t.Context(), st.link)
	if err != nil {
		t.Fatal(err)
	}
	return info.AckFloor.Stream
}
