package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"rolecall/cmd/internal/broker"
)

// The last result of a label can be too old to be shown while that of another
// is not: there is nothing to wait for then.
func TestResultsSince(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	e, err := broker.Start(broker.EmbeddedConfig{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Stop()
	link, err := e.Connect(&broker.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer link.Close()
	if _, err := broker.Apply(ctx, link, broker.Plan{}); err != nil {
		t.Fatal(err)
	}
	publish := func(subject string) {
		if _, err := link.JS.Publish(ctx, subject, []byte(`{"id":"`+subject+`"}`)); err != nil {
			t.Fatal(err)
		}
	}
	publish("results.hybrid.a")
	time.Sleep(5 * time.Second)
	publish("results.none.b")
	for label, want := range map[string]int{"hybrid": 0, "none": 1} {
		var out bytes.Buffer
		args := []string{"rolecall", "results", "--nats", e.URL(), "--no-follow", "--format", "jsonl", "--since", "4s", "--label", label}
		if err := run(ctx, args, nil, &out, &out); err != nil || ctx.Err() != nil {
			t.Fatalf("%s: %v, %v", label, err, ctx.Err())
		}
		if n := strings.Count(out.String(), "\n"); n != want {
			t.Errorf("%s: %d results, want %d: %s", label, n, want, &out)
		}
	}
}
