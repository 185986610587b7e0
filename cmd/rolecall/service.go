package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"runtime/debug"
	"time"

	"github.com/urfave/cli/v3"
	"golang.org/x/sync/errgroup"

	"rolecall/classifier"
	"rolecall/cmd/internal/api"
	"rolecall/cmd/internal/broker"
	"rolecall/cmd/internal/feed"
	"rolecall/cmd/internal/ops"
	"rolecall/cmd/internal/worker"
)

// service is one run of serve: a broker inside or a connection to one
// outside, a worker on it, and what watches them.
type service struct {
	c       *cli.Command
	stdout  io.Writer
	stderr  io.Writer
	log     *slog.Logger
	metrics *ops.Metrics
	health  ops.Health
	feed    feed.Options
	show    *show

	inside *broker.Embedded // nil with a server outside
	link   *broker.Link
	worker *worker.Worker
	atEnd  []func() // last first
}

func newService(c *cli.Command) (*service, error) {
	if err := checkServe(c); err != nil {
		return nil, err
	}
	s := &service{c: c, stdout: c.Root().Writer, stderr: c.Root().ErrWriter}
	level := slog.LevelInfo
	if c.Bool("once") {
		level = slog.LevelError
	}
	var err error
	if s.log, err = logger(c, level, s.stderr); err != nil {
		return nil, err
	}
	if s.feed, err = feedOptions(c); err != nil {
		return nil, err
	}
	format := c.String("format")
	if format == "" {
		format = "none"
		if c.NArg() > 0 {
			format = "table"
		}
	}
	if s.show, err = newShow(format, s.stdout, s.stderr); err != nil {
		return nil, err
	}
	s.metrics = ops.NewMetrics(programVersion())
	return s, nil
}

// open starts or finds the broker, makes the worker, and listens.
func (s *service) open(ctx context.Context) error {
	judge, err := loadJudge(s.c)
	if err != nil {
		return err
	}
	if err := s.openBroker(ctx); err != nil {
		return err
	}
	s.worker, err = worker.New(ctx, s.link, judge, s.metrics, worker.Options{
		Lanes: s.c.Int("lanes"), DrainWithin: s.c.Duration("drain"), HangAfter: s.c.Duration("hang-after"),
		Batches: s.inside != nil && s.always(), Isolate: s.isolate(), Log: s.log,
	})
	if err != nil {
		return err
	}
	s.metrics.WatchInFlight(s.worker.InFlight)
	s.atEnd = append(s.atEnd, onHangup(s.reload))
	if err := s.listen(); err != nil {
		return err
	}
	if err := s.serveRequests(); err != nil {
		return err
	}
	s.log.Info("serving", "nats", s.where(), "revision", judge.Revision)
	return nil
}

func (s *service) where() string {
	if s.inside == nil {
		return broker.Redact(s.link.NC.ConnectedUrl())
	}
	return or(s.inside.URL(), "inside")
}

// isolate makes the command of a child that answers suspects, of this program.
func (s *service) isolate() func() *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		return nil
	}
	args := []string{"answer"}
	for _, flag := range []string{"index", "model"} {
		if v := s.c.String(flag); v != "" {
			args = append(args, "--"+flag, v)
		}
	}
	return func() *exec.Cmd { return exec.Command(self, args...) }
}

func (s *service) reload() {
	judge, err := loadJudge(s.c)
	s.metrics.Reloaded(err == nil)
	if err != nil {
		s.log.Error("not reloaded; the old revision goes on", "error", err)
		return
	}
	s.worker.Use(judge)
	s.log.Info("reloaded", "revision", judge.Revision)
}

// about is what is said of the service to those who ask.
func (s *service) about() any {
	return map[string]any{"name": "rolecall", "version": programVersion(), "revision": s.worker.Revision(), "labels": classifier.Labels, "max_posting_bytes": classifier.MaxPosting}
}

// serveRequests answers request and reply over NATS, unless it was refused.
func (s *service) serveRequests() error {
	if s.c.Bool("no-requests") {
		return nil
	}
	r, err := worker.ServeRequests(s.link, requestsVersion, s.worker.Answer, s.about, s.metrics, s.log)
	if err != nil {
		return err
	}
	s.atEnd = append(s.atEnd, func() { _ = r.Stop() })
	return nil
}

// requestsVersion is that of the requests' form, which NATS wants to be a
// semantic version; the build has its own.
const requestsVersion = "1.0.0"

// listen serves metrics and probes, and profiles where they are asked for.
func (s *service) listen() error {
	mux := http.NewServeMux()
	ops.Routes(mux, s.metrics, &s.health)
	api.New(s.worker.Answer, s.about, s.metrics).Routes(mux)
	addr := s.c.String("http")
	if s.c.Bool("once") && !s.c.IsSet("http") {
		addr = "127.0.0.1:0" // the first run on a machine must not fail for a port
	}
	if err := s.listenOn(addr, mux); err != nil {
		return fmt.Errorf("--http: %w", err)
	}
	admin := http.NewServeMux()
	ops.Profiles(admin)
	if err := s.listenOn(s.c.String("admin"), admin); err != nil {
		return fmt.Errorf("--admin: %w", err)
	}
	return nil
}

func (s *service) listenOn(addr string, h http.Handler) error {
	if addr == "" || addr == "none" {
		return nil
	}
	server, err := ops.Listen(addr, h)
	if err != nil {
		return err
	}
	s.log.Info("listening", "http", server.Addr())
	s.atEnd = append(s.atEnd, func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = server.Shutdown(ctx)
	})
	return nil
}

// run works until ctx ends, or with --once until all is answered.
func (s *service) run(ctx context.Context) error {
	working, finish := context.WithCancel(ctx)
	defer finish()
	begun := time.Now()
	marks, err := s.marks(ctx)
	if err != nil {
		return err
	}
	var all errgroup.Group
	all.Go(func() error {
		defer finish()
		s.health.Watch(nil, s.worker.Ready)
		return s.worker.Run(working)
	})
	showing, enough := context.WithCancel(ctx)
	defer enough()
	shown := s.follow(showing, marks)
	last, err := s.publish(working)
	if err == nil && s.c.Bool("once") {
		err = s.settled(working, last)
		finish()
	}
	if err != nil {
		finish()
	}
	err = errors.Join(ignoreCanceled(err), all.Wait())
	s.log.Info("drained")
	if s.c.Bool("once") && err == nil && ctx.Err() == nil {
		err = s.caughtUp(ctx, marks)
	}
	enough()
	err = errors.Join(err, shown())
	if len(marks) > 0 {
		s.show.summary(time.Since(begun))
	}
	return err
}

// close ends everything that open began, in the opposite order.
func (s *service) close() {
	for i := len(s.atEnd) - 1; i >= 0; i-- {
		s.atEnd[i]()
	}
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// programVersion is what Go wrote into the binary about its source.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value[:min(12, len(s.Value))]
		}
	}
	return or(v, "unknown")
}
