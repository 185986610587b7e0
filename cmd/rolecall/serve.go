package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"

	"rolecall/classifier"
	"rolecall/cmd/internal/worker"
)

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:      "serve",
		Usage:     "label postings that come through NATS JetStream",
		ArgsUsage: "[FILE|DIR|-]...",
		Description: `Takes postings from the POSTINGS stream, publishes a result of each to RESULTS
(results.<label>.<key>), and acknowledges a posting once its result is stored.
What cannot be read goes to REJECTED with its reason.

Without --nats (or NATS_URL, or --context) a JetStream server runs inside, on
loopback, with its streams in --store. Files that are named are published
first, and the results shown as they come.

What is acknowledged is on disk after at most 500 ms, which a loss of power can
take. With --durability always it is on disk before it is acknowledged; results
are then stored in atomic batches, up to 500 at once, whose one confirmation
says that all of them are, since the disk takes some thousand single ones a
second and several times as many in batches.

   rolecall serve --once testdata/postings     the whole way, then an end
   rolecall serve                              a server for publish and results
   rolecall serve --nats nats://broker:4222    a worker on your own NATS; any number

SIGTERM finishes what is under way; SIGHUP reads index and model again.
/metrics, /livez, /readyz and POST /v1/classify are on --http.`,
		Flags:  append(append(serveFlags(), readFlags()...), append(natsFlags(), indexFlag(), modelFlag())...),
		Action: serve,
	}
}

func serveFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "once", Usage: "end when every posting has its answer"},
		&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Usage: "show results as table, jsonl or none (the default where no files are named)"},
		&cli.StringFlag{Name: "http", Value: "127.0.0.1:9464", Usage: "serve metrics, probes and requests on `ADDRESS`, or none", Sources: cli.EnvVars("ROLECALL_HTTP")},
		&cli.StringFlag{Name: "admin", Value: "none", Usage: "serve Go's profiles on `ADDRESS`", Sources: cli.EnvVars("ROLECALL_ADMIN")},
		&cli.StringFlag{Name: "store", Usage: "keep the streams of the server inside in `DIR` (rolecall-store; with --once a directory for the time being)", Sources: cli.EnvVars("ROLECALL_STORE"), Category: "server inside"},
		&cli.StringFlag{Name: "listen", Usage: "let others reach the server inside on `ADDRESS` (127.0.0.1:4222; with --once none)", Sources: cli.EnvVars("ROLECALL_LISTEN"), Category: "server inside"},
		&cli.StringFlag{Name: "durability", Value: "interval", Usage: "force files to disk at an interval (500 ms), or always, before anything is acknowledged", Sources: cli.EnvVars("ROLECALL_DURABILITY"), Category: "server inside"},
		&cli.Int64Flag{Name: "max-store", Usage: "use at most `MIB` of disk (16384)", Sources: cli.EnvVars("ROLECALL_MAX_STORE"), Category: "server inside"},
		&cli.IntFlag{Name: "lanes", Usage: "classify `N` postings at once (one a processor)", Sources: cli.EnvVars("ROLECALL_LANES")},
		&cli.DurationFlag{Name: "drain", Value: 8 * time.Second, Usage: "finish what is under way within this time when told to stop", Sources: cli.EnvVars("ROLECALL_DRAIN")},
		&cli.DurationFlag{Name: "hang-after", Value: 10 * time.Second, Usage: "reject a posting that takes longer to classify", Sources: cli.EnvVars("ROLECALL_HANG_AFTER")},
		&cli.BoolFlag{Name: "no-requests", Usage: "answer no requests over NATS (rolecall.classify)", Sources: cli.EnvVars("ROLECALL_NO_REQUESTS")},
		&cli.IntFlag{Name: "max-lag", Value: 20000, Usage: "publish no further files while `N` postings wait"},
		&cli.StringFlag{Name: "log", Usage: "log debug, info, warn or error (info; with --once error)", Sources: cli.EnvVars("ROLECALL_LOG")},
		&cli.BoolFlag{Name: "log-json", Usage: "log as JSON", Sources: cli.EnvVars("ROLECALL_LOG_JSON")},
	}
}

func serve(ctx context.Context, c *cli.Command) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	s, err := newService(c)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.open(ctx); err != nil {
		return err
	}
	return s.run(ctx)
}

// checkServe refuses numbers that nothing works with: with -1 lanes a service is
// ready and answers nothing.
func checkServe(c *cli.Command) error {
	for _, f := range []struct {
		name  string
		value int64
	}{{"lanes", int64(c.Int("lanes"))}, {"max-lag", int64(c.Int("max-lag"))}, {"max-store", c.Int64("max-store")}, {"drain", int64(c.Duration("drain"))}, {"hang-after", int64(c.Duration("hang-after"))}} {
		if f.value < 0 {
			return fmt.Errorf("--%s %v: nothing below 0 was wanted", f.name, c.Value(f.name))
		}
	}
	return nil
}

// logger is what --log and --log-json ask for.
func logger(c *cli.Command, otherwise slog.Level, to io.Writer) (*slog.Logger, error) {
	level := otherwise
	if name := c.String("log"); name != "" {
		if err := level.UnmarshalText([]byte(name)); err != nil {
			return nil, fmt.Errorf("--log %s: debug, info, warn or error was wanted", name)
		}
	}
	opts := &slog.HandlerOptions{Level: level}
	if c.Bool("log-json") {
		return slog.New(slog.NewJSONHandler(to, opts)), nil
	}
	return slog.New(slog.NewTextHandler(to, opts)), nil
}

// loadJudge reads index and model as the command's flags name them. The
// classifier has all it needs of the index once it is made, so the index is
// closed: reloads would otherwise pile up.
func loadJudge(c *cli.Command) (worker.Judge, error) {
	ix, m, err := openBoth(c)
	if err != nil {
		return worker.Judge{}, err
	}
	defer ix.Close()
	cl := classifier.New(ix, m, classifier.Options{})
	return worker.Judge{Revision: cl.Revision(), Classify: cl.Classify}, nil
}

// onHangup calls reload at every SIGHUP until the returned function is called.
func onHangup(reload func()) (stop func()) {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-hup:
				reload()
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(hup)
		close(done)
		<-ended
	}
}

// ignoreCanceled is nil for the error of a context that was ended on purpose.
func ignoreCanceled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
