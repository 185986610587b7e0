package ops

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Health is what a probe is told. Its zero value is alive and not ready.
type Health struct {
	mu    sync.Mutex
	live  func() error
	ready func() error
}

// Watch says what to ask for life (a failure means: restart me) and for
// readiness (a failure means: leave me alone for now).
func (h *Health) Watch(live, ready func() error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.live, h.ready = live, ready
}

func (h *Health) ask(ready bool) error {
	h.mu.Lock()
	live, isReady := h.live, h.ready
	h.mu.Unlock()
	switch {
	case ready && isReady == nil:
		return errors.New("starting")
	case ready:
		return isReady()
	case live != nil:
		return live()
	}
	return nil
}

// Routes puts /metrics, /livez and /readyz on a mux.
func Routes(mux *http.ServeMux, m *Metrics, h *Health) {
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second}))
	mux.HandleFunc("GET /livez", probe(h, false))
	mux.HandleFunc("GET /readyz", probe(h, true))
}

func probe(h *Health, ready bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if err := h.ask(ready); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintln(w, err)
			return
		}
		fmt.Fprintln(w, "ok")
	}
}

// Profiles puts Go's profiles on a mux. They show memory and arguments, so
// they belong on a port that only its operator reaches.
func Profiles(mux *http.ServeMux) {
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
}

// Server is an HTTP server that is bounded in time and size.
type Server struct {
	http *http.Server
	addr net.Addr
	done chan error
}

// Bounds of a Server. A client that sends its request a byte at a time loses
// its place after readWithin.
const (
	headerWithin = 5 * time.Second
	readWithin   = 15 * time.Second
	writeWithin  = 60 * time.Second // a profile takes 30 s
	maxHeader    = 16 << 10
	maxConns     = 512
)

// Listen serves a handler on a TCP address until Shutdown. The address is
// loopback unless it names another: ":8080" means 127.0.0.1:8080.
func Listen(addr string, handler http.Handler) (*Server, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("listen address %q: host:port was wanted: %w", addr, err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, err
	}
	s := &Server{addr: l.Addr(), done: make(chan error, 1), http: &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerWithin,
		ReadTimeout:       readWithin,
		WriteTimeout:      writeWithin,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
	}}
	go func() { s.done <- s.http.Serve(newLimited(l, maxConns)) }()
	return s, nil
}

// Addr is the address that is listened on.
func (s *Server) Addr() string { return s.addr.String() }

// Shutdown lets requests that are under way finish until ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		s.http.Close()
	}
	<-s.done
	return err
}

// limited accepts no more connections than it has slots; the others wait in
// the kernel's queue.
type limited struct {
	net.Listener
	slots chan struct{}
	gone  chan struct{}
	close func() error
}

func newLimited(l net.Listener, n int) *limited {
	gone := make(chan struct{})
	return &limited{Listener: l, slots: make(chan struct{}, n), gone: gone, close: sync.OnceValue(func() error {
		close(gone)
		return l.Close()
	})}
}

func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.gone:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &slotted{Conn: c, free: sync.OnceFunc(func() { <-l.slots })}, nil
}

func (l *limited) Close() error { return l.close() }

type slotted struct {
	net.Conn
	free func()
}

func (c *slotted) Close() error {
	defer c.free()
	return c.Conn.Close()
}
