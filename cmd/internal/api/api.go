// Package api answers postings over HTTP: POST /v1/classify takes one or many
// and gives as many results, in order. What is wrong is said as problem+json
// (RFC 9457); in a list, in the place of the result. Sizes, times and how many
// are answered at once are bounded. It keeps nothing.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"rolecall/cmd/internal/contract"
	"rolecall/cmd/internal/ops"
	"rolecall/cmd/internal/worker"
)

// Bounds of a request.
const (
	MaxBody     = 4 << 20 // bytes
	MaxPostings = 1000    // in a list
	maxWait     = time.Second
	partSize    = 64 << 10 // bytes of an answer that are written at once
	maxBodies   = 16       // held at once, the slow ones too; the others wait for maxWait
)

// API answers requests.
type API struct {
	answer  func(dst, data []byte) ([]byte, error)
	info    func() any
	metrics *ops.Metrics
	slots   chan struct{}
	places  chan struct{} // for bodies
}

// New makes an API of what answers a posting (see worker.Worker.Answer) and
// what /v1/info says.
func New(answer func(dst, data []byte) ([]byte, error), info func() any, m *ops.Metrics) *API {
	return &API{
		answer: answer, info: info, metrics: m,
		slots:  make(chan struct{}, runtime.GOMAXPROCS(0)),
		places: make(chan struct{}, maxBodies),
	}
}

// Routes puts the API on a mux.
func (a *API) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/classify", a.measured(a.classify))
	mux.HandleFunc("GET /v1/info", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(a.info())
	})
	mux.HandleFunc("GET /v1/contract/{name}", document)
	mux.HandleFunc("/v1/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/classify" {
			w.Header().Set("Allow", "POST")
			refuse(w, problem{http.StatusMethodNotAllowed, "wrong method", r.Method + ": POST was wanted"})
			return
		}
		refuse(w, problem{http.StatusNotFound, "no such thing", "POST /v1/classify, GET /v1/info or GET /v1/contract/{name} was wanted"})
	})
}

func document(w http.ResponseWriter, r *http.Request) {
	data, err := contract.Read(r.PathValue("name"))
	if err != nil {
		refuse(w, problem{http.StatusNotFound, "no such document", err.Error()})
		return
	}
	w.Header().Set("Content-Type", "application/schema+json")
	if r.PathValue("name") == "asyncapi.yaml" {
		w.Header().Set("Content-Type", "application/yaml")
	}
	_, _ = w.Write(data)
}

// problem is an error as a client gets it.
type problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

func refuse(w http.ResponseWriter, p problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// refuseWith says what is wrong and returns its status.
func refuseWith(w http.ResponseWriter, err error) int {
	p := asProblem(err)
	if p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	refuse(w, p)
	return p.Status
}

// measured counts a request by the status that its handler returns.
func (a *API) measured(h func(http.ResponseWriter, *http.Request) int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		status := h(w, r)
		a.metrics.Request("http", strconv.Itoa(status), time.Since(begun))
	}
}

func (a *API) classify(w http.ResponseWriter, r *http.Request) int {
	body, kind, err := a.receive(w, r)
	if err != nil {
		return refuseWith(w, err)
	}
	defer func() { <-a.places }()
	if err := take(r.Context(), a.slots); err != nil {
		return refuseWith(w, err)
	}
	list, out, err := a.begin(body, kind)
	if err != nil {
		return refuseWith(w, err)
	}
	w.Header().Set("Content-Type", list.form.contentType)
	for {
		if _, err := w.Write(out); err != nil || r.Context().Err() != nil {
			return 499 // the client has gone
		}
		if list.done() {
			return http.StatusOK
		}
		a.slots <- struct{}{}
		out = a.goOn(out[:0], &list)
	}
}

// begin divides a body and makes the first part of its answer. The slot that
// is held is given back, as a client may be slow to read.
func (a *API) begin(body []byte, kind string) (list postings, out []byte, err error) {
	defer func() { <-a.slots }()
	if list, err = divide(body, kind); err != nil {
		return list, nil, err
	}
	if list.single {
		list.next++
		out, err = a.answer(nil, list.items[0])
		return list, append(out, '\n'), err
	}
	return list, a.part(append(out, list.form.open...), &list), nil
}

// goOn makes the next part of an answer, and gives the slot back.
func (a *API) goOn(out []byte, list *postings) []byte {
	defer func() { <-a.slots }()
	return a.part(out, list)
}

// part answers a list with a list, and lines with lines, until there is
// enough to be written or no more: a long one needs little memory.
func (a *API) part(out []byte, list *postings) []byte {
	for ; !list.done(); list.next++ {
		if len(out) > partSize {
			return out
		}
		if list.next > 0 {
			out = append(out, list.form.between...)
		}
		out = a.append(out, list.items[list.next])
	}
	return append(out, list.form.end...)
}

// append adds a result, or the problem in its place.
func (a *API) append(out, data []byte) []byte {
	longer, err := a.answer(out, data)
	if err == nil {
		return longer
	}
	p, _ := json.Marshal(asProblem(err))
	return append(longer[:len(out)], p...)
}

func asProblem(err error) problem {
	var p *problem
	switch {
	case errors.As(err, &p):
		return *p
	case errors.Is(err, worker.ErrUnreadable):
		return problem{http.StatusBadRequest, "no posting", err.Error()}
	}
	return problem{http.StatusInternalServerError, "not classified", err.Error()}
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Title, p.Detail) }

// take waits a moment for a slot.
func take(ctx context.Context, slots chan struct{}) error {
	select {
	case slots <- struct{}{}:
		return nil
	default:
	}
	select {
	case slots <- struct{}{}:
		return nil
	case <-time.After(maxWait):
	case <-ctx.Done():
	}
	return &problem{http.StatusServiceUnavailable, "busy", "too many requests at once: try again"}
}
