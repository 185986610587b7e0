package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/nats-io/nats.go"
)

// Trace context goes from the posting to its result as it came: the worker
// makes no spans of its own. NATS headers keep their case, and senders differ
// in it, so both are looked for in any case and sent on in W3C's.
var traceHeaders = []string{"traceparent", "tracestate"}

// maxTrace bounds what a stranger can have carried along.
const maxTrace = 512

// carry copies the trace context, and answers a CloudEvent with a CloudEvent.
func carry(in, out *nats.Msg, key, id string) {
	if len(in.Header) == 0 {
		return
	}
	for _, name := range traceHeaders {
		if v := anyCase(in.Header, name); v != "" && len(v) <= maxTrace {
			out.Header[name] = []string{v}
		}
	}
	if !isEvent(in) {
		return
	}
	kind := "rolecall.rejection.v1"
	if id != "" {
		kind = "rolecall.result.v1"
		out.Header["ce-subject"] = []string{url.QueryEscape(clip(id, 256))}
	}
	out.Header["ce-specversion"] = []string{"1.0"}
	out.Header["ce-id"] = []string{key}
	out.Header["ce-source"] = []string{"/rolecall"}
	out.Header["ce-type"] = []string{kind}
	out.Header["content-type"] = []string{"application/json"}
}

func isEvent(msg *nats.Msg) bool {
	return anyCase(msg.Header, "ce-specversion") != "" || structured(msg)
}

func structured(msg *nats.Msg) bool {
	kind, _, _ := strings.Cut(anyCase(msg.Header, "content-type"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "application/cloudevents+json")
}

// eventData is the posting in a message: all of it, or the data of a
// CloudEvent in structured mode. In binary mode the headers are the event and
// the message is its data.
func eventData(msg *nats.Msg) ([]byte, error) {
	if len(msg.Header) == 0 || !structured(msg) {
		return msg.Data, nil
	}
	var event struct {
		Version string          `json:"specversion"`
		Data    json.RawMessage `json:"data"`
		Base64  []byte          `json:"data_base64"`
	}
	if err := json.Unmarshal(msg.Data, &event); err != nil {
		return nil, fmt.Errorf("CloudEvent: %w", err)
	}
	if event.Version != "1.0" {
		return nil, fmt.Errorf("CloudEvent: specversion %q: 1.0 was wanted", clip(event.Version, 20))
	}
	if event.Base64 != nil {
		return event.Base64, nil
	}
	if len(event.Data) == 0 {
		return nil, errors.New("CloudEvent: it has no data: a posting was wanted")
	}
	return event.Data, nil
}

func anyCase(h nats.Header, name string) string {
	if v := h[name]; len(v) > 0 {
		return v[0]
	}
	for k, v := range h {
		if len(v) > 0 && strings.EqualFold(k, name) {
			return v[0]
		}
	}
	return ""
}
