package main

import (
	"io"
	"os"
	"testing"
	"time"

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
