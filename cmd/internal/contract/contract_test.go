package contract_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/nats-io/nats.go/jetstream"
	"go.yaml.in/yaml/v4"

	"rolecall/classifier"
	"rolecall/cmd/internal/broker"
	"rolecall/cmd/internal/contract"
	"rolecall/cmd/internal/ops"
	"rolecall/cmd/internal/worker"
)

func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	data, err := contract.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	s := &jsonschema.Schema{}
	if err := json.Unmarshal(data, s); err != nil {
		t.Fatal(err)
	}
	return s
}

func resolved(t *testing.T, name string) *jsonschema.Resolved {
	t.Helper()
	r, err := schema(t, name).Resolve(nil)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r
}

// The schemas name every key that the program writes, and no other.
func TestSchemasHaveEveryKey(t *testing.T) {
	for name, of := range map[string]any{
		"posting.schema.json": classifier.Posting{}, "result.schema.json": classifier.Result{}, "rejection.schema.json": worker.Rejection{},
	} {
		var got []string
		for k := range schema(t, name).Properties {
			got = append(got, k)
		}
		want := keys(reflect.TypeOf(of))
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s has %v, the program %v", name, got, want)
		}
	}
}

func keys(t reflect.Type) []string {
	var all []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		all = append(all, name)
	}
	return all
}

// What the program really sends keeps to the schemas: every posting of
// testdata, its result, and a rejection, as they stand in the streams.
func TestMessagesKeepToTheSchemas(t *testing.T) {
	e, err := broker.Start(broker.EmbeddedConfig{Dir: t.TempDir()})
	check(t, err)
	defer e.Stop()
	link, err := e.Connect(&broker.Config{})
	check(t, err)
	defer link.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, err = broker.Apply(ctx, link, broker.Plan{})
	check(t, err)
	last := publish(ctx, t, link)
	work(ctx, t, link, last)
	for _, c := range []struct {
		stream, schema, prefix string
		least                  int
	}{
		{broker.Results, "result.schema.json", "results.", 60},
		{broker.Rejected, "rejection.schema.json", "rejected.", 2},
	} {
		n := 0
		for _, m := range all(ctx, t, link, c.stream) {
			n++
			var v any
			check(t, json.Unmarshal(m.Data, &v))
			if err := resolved(t, c.schema).Validate(v); err != nil {
				t.Errorf("%s: %v\n%.300s", m.Subject, err, m.Data)
			}
			documented(t, m)
		}
		if n < c.least {
			t.Errorf("%d messages in %s, want at least %d", n, c.stream, c.least)
		}
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func publish(ctx context.Context, t *testing.T, link *broker.Link) uint64 {
	t.Helper()
	files, err := filepath.Glob("../../../testdata/postings/*.json")
	check(t, err)
	sender := worker.NewSender(link, "testdata", 0)
	for _, f := range files {
		data, err := os.ReadFile(f)
		check(t, err)
		var v any
		check(t, json.Unmarshal(data, &v))
		if err := resolved(t, "posting.schema.json").Validate(v); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		p, err := classifier.ParsePosting(data)
		check(t, err)
		check(t, sender.Posting(ctx, p, f))
	}
	check(t, sender.Unreadable(ctx, []byte("<job>"), "feed.xml:1", io.ErrUnexpectedEOF))
	check(t, sender.Unreadable(ctx, []byte("\xff\xfe"), "feed.bin", io.ErrUnexpectedEOF))
	check(t, sender.Flush(ctx))
	return sender.Last()
}

func work(ctx context.Context, t *testing.T, link *broker.Link, last uint64) {
	t.Helper()
	c, err := classifier.Default(classifier.Options{})
	check(t, err)
	w, err := worker.New(ctx, link, worker.Judge{Revision: c.Revision(), Classify: c.Classify}, ops.NewMetrics("test"), worker.Options{Log: slog.New(slog.DiscardHandler)})
	check(t, err)
	working, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- w.Run(working) }()
	for {
		info, err := broker.Lookup(ctx, link)
		check(t, err)
		if broker.Done(info, last) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	check(t, <-done)
}

func all(ctx context.Context, t *testing.T, link *broker.Link, name string) []*jetstream.RawStreamMsg {
	t.Helper()
	s, err := link.JS.Stream(ctx, name)
	check(t, err)
	var msgs []*jetstream.RawStreamMsg
	for seq := uint64(1); seq <= s.CachedInfo().State.LastSeq; seq++ {
		m, err := s.GetMsg(ctx, seq)
		check(t, err)
		msgs = append(msgs, m)
	}
	return msgs
}

type api struct {
	Channels map[string]struct {
		Address    string
		Parameters map[string]struct{ Enum []string }
	}
	Operations map[string]any
	Components struct {
		Messages map[string]struct {
			Headers struct{ Properties map[string]any }
			Payload map[string]string
		}
	}
}

func asyncAPI(t *testing.T) api {
	t.Helper()
	data, err := contract.Read("asyncapi.yaml")
	check(t, err)
	var a api
	check(t, yaml.Unmarshal(data, &a))
	return a
}

// documented looks a message's subject and headers up in the AsyncAPI document.
func documented(t *testing.T, m *jetstream.RawStreamMsg) {
	t.Helper()
	words := strings.Split(m.Subject, ".")
	if len(words) != 3 {
		t.Fatalf("subject %q", m.Subject)
	}
	a := asyncAPI(t)
	parameter, message := "label", "result"
	if words[0] == broker.RejectedSubject {
		parameter, message = "reason", "rejection"
	}
	if !slices.Contains(a.Channels[words[0]].Parameters[parameter].Enum, words[1]) {
		t.Errorf("subject %s: %q is not in the document", m.Subject, words[1])
	}
	for name := range m.Header {
		if slices.Contains([]string{"Nats-Stream", "Nats-Subject", "Nats-Sequence", "Nats-Time-Stamp"}, name) {
			continue // the broker adds them to what is read directly
		}
		if _, ok := a.Components.Messages[message].Headers.Properties[name]; !ok {
			t.Errorf("header %s of a %s is not in the document", name, message)
		}
	}
}

// Every reference of the AsyncAPI document leads somewhere.
func TestAsyncAPIReferences(t *testing.T) {
	data, err := contract.Read("asyncapi.yaml")
	check(t, err)
	var root any
	check(t, yaml.Unmarshal(data, &root))
	n := 0
	walk(root, func(ref string) {
		n++
		if name, ok := strings.CutPrefix(ref, "#/"); ok {
			if !leads(root, strings.Split(name, "/")) {
				t.Errorf("%s leads nowhere", ref)
			}
		} else if _, err := contract.Read(ref); err != nil {
			t.Error(err)
		}
	})
	if n < 10 {
		t.Errorf("%d references were found", n)
	}
	for _, r := range ops.Reasons {
		if !slices.Contains(asyncAPI(t).Channels["rejected"].Parameters["reason"].Enum, r) {
			t.Errorf("reason %s is not in the document", r)
		}
	}
}

func walk(v any, see func(ref string)) {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			if ref, ok := item.(string); ok && k == "$ref" {
				see(ref)
				continue
			}
			walk(item, see)
		}
	case []any:
		for _, item := range v {
			walk(item, see)
		}
	}
}

func leads(v any, path []string) bool {
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok || m[name] == nil {
			return false
		}
		v = m[name]
	}
	return true
}
