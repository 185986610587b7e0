package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"rolecall/classifier"
	"rolecall/cmd/internal/broker"
	"rolecall/cmd/internal/ops"
	"rolecall/cmd/internal/worker"
)

// The program is started again by itself, in a role; its part is in the
// environment.
const (
	roleVariable = "ROLECALL_CHAOS_ROLE" // broker, node, worker or answer
	dirVariable  = "ROLECALL_CHAOS_DIR"
	portVariable = "ROLECALL_CHAOS_PORT"
	urlVariable  = "ROLECALL_CHAOS_URL"
	faultVar     = "ROLECALL_CHAOS_FAULT"
	routesVar    = "ROLECALL_CHAOS_ROUTES"
)

func play(role string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch role {
	case "broker":
		return playBroker(ctx)
	case "node":
		return playNode(ctx)
	case "worker":
		return playWorker(ctx)
	case "answer":
		judge, err := dangerous()
		if err != nil {
			return err
		}
		return worker.Answer(ctx, os.Stdin, os.Stdout, judge)
	}
	return fmt.Errorf("no role %q", role)
}

// playBroker is the product's own embedded server, alone in a process.
func playBroker(ctx context.Context) error {
	e, err := broker.Start(broker.EmbeddedConfig{Dir: os.Getenv(dirVariable), Listen: "127.0.0.1:" + os.Getenv(portVariable)})
	if err != nil {
		return err
	}
	<-ctx.Done()
	e.Stop()
	return nil
}

// playNode is one of three servers of a cluster.
func playNode(ctx context.Context) error {
	port, err := strconv.Atoi(os.Getenv(portVariable))
	if err != nil {
		return err
	}
	routes := strings.Split(os.Getenv(routesVar), ",")
	own, err := url.Parse(routes[0])
	if err != nil {
		return err
	}
	_, routePort, _ := net.SplitHostPort(own.Host)
	cluster, err := strconv.Atoi(routePort)
	if err != nil {
		return err
	}
	opts := &server.Options{
		ServerName: "node-" + routePort, Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: os.Getenv(dirVariable),
		JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: 20 << 30, SyncInterval: time.Second, NoSigs: true, NoLog: true,
		Cluster: server.ClusterOpts{Name: "chaos", Host: "127.0.0.1", Port: cluster, NoAdvertise: true},
		Routes:  server.RoutesFromStr(strings.Join(routes[1:], ",")),
	}
	s, err := server.NewServer(opts)
	if err != nil {
		return err
	}
	s.Start()
	<-ctx.Done()
	s.Shutdown()
	return nil
}

// playWorker is what serve --nats runs, with a classifier that some postings
// are deadly to.
func playWorker(ctx context.Context) error {
	judge, err := dangerous()
	if err != nil {
		return err
	}
	var w *worker.Worker
	started := make(chan struct{})
	link, err := patient(ctx, broker.Config{URL: os.Getenv(urlVariable), OnReconnect: func() {
		<-started
		w.Reconnected()
	}})
	if err != nil {
		return err
	}
	defer link.Close()
	opts := worker.Options{
		Fault: worker.Fault(os.Getenv(faultVar)), HangAfter: 3 * time.Second, GiveUpAfter: 5 * time.Second, RetryAfter: 500 * time.Millisecond,
		Isolate: func() *exec.Cmd { return self("answer") },
		Log:     slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	}
	for w == nil && ctx.Err() == nil {
		// The broker may be down just now: a supervisor would start the
		// worker again, and so does this.
		asking, cancel := context.WithTimeout(ctx, 2*time.Second)
		w, err = worker.New(asking, link, judge, ops.NewMetrics("chaos"), opts)
		cancel()
	}
	if err != nil {
		return err
	}
	close(started)
	return w.Run(ctx)
}

func patient(ctx context.Context, cfg broker.Config) (*broker.Link, error) {
	for {
		link, err := broker.Connect(cfg)
		if err == nil || ctx.Err() != nil {
			return link, err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// dangerous is the real classifier, with a weakness for some titles.
func dangerous() (worker.Judge, error) {
	c, err := classifier.Default(classifier.Options{})
	if err != nil {
		return worker.Judge{}, err
	}
	return worker.Judge{Revision: c.Revision(), Classify: func(p classifier.Posting) classifier.Result {
		switch p.Title {
		case titlePanic:
			panic("a posting that panics")
		case titleExit:
			os.Exit(7)
		case titleHang:
			time.Sleep(time.Hour)
		}
		return c.Classify(p)
	}}, nil
}

// self is the command that starts this program in a role.
func self(role string, env ...string) *exec.Cmd {
	path, err := os.Executable()
	if err != nil {
		path = os.Args[0]
	}
	cmd := exec.Command(path)
	cmd.Env = append(os.Environ(), append(env, roleVariable+"="+role)...)
	return cmd
}
