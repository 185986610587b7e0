package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/nats-io/nats.go/micro"

	"rolecall/cmd/internal/broker"
	"rolecall/cmd/internal/contract"
	"rolecall/cmd/internal/ops"
)

// Requests is a NATS micro service that answers postings by request and reply:
// rolecall.classify and rolecall.info, listed by `nats micro`.
type Requests struct {
	service micro.Service
	slots   chan struct{}
	wg      sync.WaitGroup
	info    func() any
	answer  func(dst, data []byte) ([]byte, error)
	metrics *ops.Metrics
}

// maxReply is what a reply may have in headers beside its data.
const maxReply = 4 << 10

// ServeRequests starts the service. version is a semantic version; info is
// what rolecall.info says, as JSON.
func ServeRequests(link *broker.Link, version string, answer func(dst, data []byte) ([]byte, error), info func() any, m *ops.Metrics, log *slog.Logger) (*Requests, error) {
	r := &Requests{slots: make(chan struct{}, 16*runtime.GOMAXPROCS(0)), info: info, answer: answer, metrics: m}
	in, err := contract.Read("posting.schema.json")
	if err != nil {
		return nil, err
	}
	out, err := contract.Read("result.schema.json")
	if err != nil {
		return nil, err
	}
	r.service, err = micro.AddService(link.NC, micro.Config{
		Name: "rolecall", Version: version, Description: "labels job postings: AI Engineer, Data Engineer, hybrid or none",
		ErrorHandler: func(_ micro.Service, err *micro.NATSError) { log.Error("requests over NATS", "error", err.Error()) },
	})
	if err != nil {
		return nil, fmt.Errorf("requests over NATS: %w", err)
	}
	group := r.service.AddGroup("rolecall")
	schemas := micro.WithEndpointMetadata(map[string]string{"request_schema": compact(in), "response_schema": compact(out)})
	err = errors.Join(
		group.AddEndpoint("classify", micro.HandlerFunc(r.classify), schemas),
		group.AddEndpoint("info", micro.HandlerFunc(func(req micro.Request) { _ = req.RespondJSON(r.info()) })),
	)
	if err != nil {
		_ = r.service.Stop()
		return nil, err
	}
	return r, nil
}

func compact(schema []byte) string {
	var v any
	_ = json.Unmarshal(schema, &v)
	out, _ := json.Marshal(v)
	return string(out)
}

// classify answers on a goroutine of its own while there are slots: the
// service calls its handlers one after the other.
func (r *Requests) classify(req micro.Request) {
	select {
	case r.slots <- struct{}{}:
		r.wg.Go(func() {
			defer func() { <-r.slots }()
			r.respond(req)
		})
	default:
		r.metrics.Request("nats", "503", 0)
		_ = req.Error("503", "too many requests at once: try again", nil)
	}
}

func (r *Requests) respond(req micro.Request) {
	begun, status := time.Now(), "200"
	data, err := r.answer(nil, req.Data())
	switch {
	case errors.Is(err, ErrUnreadable):
		status = "400"
	case err != nil:
		status = "500"
	}
	if err != nil {
		_ = req.Error(status, clip(oneLine(err.Error()), maxReply/2), nil)
	} else if err := req.Respond(data); err != nil {
		status = "500"
		_ = req.Error(status, clip(oneLine(err.Error()), maxReply/2), nil)
	}
	r.metrics.Request("nats", status, time.Since(begun))
}

// Stop takes no more requests and waits for those under way.
func (r *Requests) Stop() error {
	err := r.service.Stop()
	r.wg.Wait()
	return err
}
