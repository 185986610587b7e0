package broker

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// EmbeddedConfig is a JetStream server inside this process. nats-server's own
// zero value would listen on every interface without a password and take
// three quarters of the memory; this one's listens nowhere.
type EmbeddedConfig struct {
	Dir       string        // where the streams live; needed
	Listen    string        // host:port; "" is in-process only
	MaxStore  int64         // bytes on disk; 0 is 16 GiB
	Sync      time.Duration // how often files are forced to disk; 0 is 500 ms
	Always    bool          // force every write to disk before it is acknowledged; with Plan.Batches an atomic batch is one write
	Log       *slog.Logger  // nil logs nothing
	ReadyWait time.Duration // for the streams on disk to be read back; 0 is 60 s
}

// maxPayload leaves room for the largest posting, and for its rejection, in
// which quotes and line ends take two bytes.
const maxPayload = 8 << 20

// Embedded is a running server.
type Embedded struct {
	server *server.Server
	unlock func()
}

// Start runs a server on a directory, which no second process can use
// meanwhile.
func Start(cfg EmbeddedConfig) (*Embedded, error) {
	if cfg.Dir == "" {
		return nil, errors.New("an embedded server needs a store directory")
	}
	opts, err := cfg.options()
	if err != nil {
		return nil, err
	}
	unlock, err := lock(cfg.Dir)
	if err != nil {
		return nil, err
	}
	e, err := run(opts, cfg)
	if err != nil {
		unlock()
		return nil, err
	}
	e.unlock = unlock
	return e, nil
}

func (cfg EmbeddedConfig) options() (*server.Options, error) {
	opts := &server.Options{
		ServerName:         "rolecall",
		JetStream:          true,
		StoreDir:           cfg.Dir,
		JetStreamMaxMemory: 64 << 20,
		JetStreamMaxStore:  cfg.MaxStore,
		SyncInterval:       cfg.Sync,
		SyncAlways:         cfg.Always,
		MaxPayload:         maxPayload,
		NoSigs:             true,
		NoLog:              cfg.Log == nil,
		DontListen:         cfg.Listen == "",
	}
	if opts.JetStreamMaxStore == 0 {
		opts.JetStreamMaxStore = 16 << 30
	}
	if opts.SyncInterval == 0 {
		opts.SyncInterval = 500 * time.Millisecond
	}
	if cfg.Listen == "" {
		return opts, nil
	}
	host, port, err := net.SplitHostPort(cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen address %q: %w", cfg.Listen, err)
	}
	if opts.Port, err = strconv.Atoi(port); err != nil || opts.Port < 0 || opts.Port > 65535 {
		return nil, fmt.Errorf("listen address %q: a port from 0 to 65535 was wanted", cfg.Listen)
	}
	if opts.Port == 0 {
		opts.Port = server.RANDOM_PORT
	}
	if opts.Host = host; host == "" {
		opts.Host = "127.0.0.1"
	}
	return opts, free(opts.Host, opts.Port)
}

// free says in plain words what nats-server would log and die of.
func free(host string, port int) error {
	if port < 0 {
		return nil
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("the embedded server cannot listen: %w (a NATS server that runs there already is used with --nats nats://%s; --listen takes another address, --listen none does without)",
			err, net.JoinHostPort(host, strconv.Itoa(port)))
	}
	return l.Close()
}

func run(opts *server.Options, cfg EmbeddedConfig) (*Embedded, error) {
	s, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("embedded server in %s: %w", cfg.Dir, err)
	}
	if cfg.Log != nil {
		s.SetLoggerV2(serverLog{cfg.Log.With("part", "broker")}, false, false, false)
	}
	wait := cfg.ReadyWait
	if wait == 0 {
		wait = time.Minute
	}
	s.Start()
	if !s.ReadyForConnections(wait) {
		s.Shutdown()
		return nil, fmt.Errorf("embedded server in %s: not ready after %v", cfg.Dir, wait)
	}
	if !s.JetStreamEnabled() {
		s.Shutdown()
		return nil, fmt.Errorf("embedded server in %s: JetStream did not start", cfg.Dir)
	}
	return &Embedded{server: s}, nil
}

// Connect makes an in-process connection.
func (e *Embedded) Connect(c *Config) (*Link, error) {
	opts := append(c.options(), nats.InProcessServer(e.server))
	nc, err := nats.Connect("", opts...)
	if err != nil {
		return nil, fmt.Errorf("embedded server: %w", err)
	}
	return NewLink(nc, "")
}

// URL is where others find the server; "" where it does not listen.
func (e *Embedded) URL() string {
	if e.server.Addr() == nil {
		return ""
	}
	return "nats://" + e.server.Addr().String()
}

// Stop shuts the server down, what it holds being on disk then.
func (e *Embedded) Stop() {
	e.server.Shutdown()
	e.server.WaitForShutdown()
	e.unlock()
}

func lockFile(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(dir, "rolecall.lock"), os.O_CREATE|os.O_RDWR, 0o600)
}

// serverLog turns nats-server's log into slog's. Its notices are a page long
// at every start, so they are for debugging.
type serverLog struct{ log *slog.Logger }

func (l serverLog) Noticef(f string, v ...any) { l.log.Debug(fmt.Sprintf(f, v...)) }
func (l serverLog) Warnf(f string, v ...any)   { l.log.Warn(fmt.Sprintf(f, v...)) }
func (l serverLog) Fatalf(f string, v ...any)  { l.log.Error(fmt.Sprintf(f, v...)) }
func (l serverLog) Errorf(f string, v ...any)  { l.log.Error(fmt.Sprintf(f, v...)) }
func (l serverLog) Debugf(string, ...any)      {}
func (l serverLog) Tracef(string, ...any)      {}
