// Command chaos shows that the worker loses nothing and says nothing twice:
// it runs a broker and workers as processes, sends them postings, kills them
// with SIGKILL at random moments, starts them again, and then counts.
//
//	go run ./cmd/internal/worker/chaos -n 100000 -kills 30 -broker-kills 15 -seed 1
//	go run ./cmd/internal/worker/chaos -prove
//	go run ./cmd/internal/worker/chaos -cluster -n 100000
//
// -prove breaks the worker on purpose, in three ways, and ends well only if
// each is noticed. The exit code is 1 when the count is wrong.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"rolecall/cmd/internal/worker"
)

// settings are one run's.
type settings struct {
	n           int
	kills       int
	brokerKills int
	seed        uint64
	workers     int
	ackWait     time.Duration
	window      time.Duration
	fault       worker.Fault
	cluster     bool
	verbose     bool
	dir         string
}

func main() {
	if role := os.Getenv(roleVariable); role != "" {
		fail(play(role))
		return
	}
	s := settings{window: 10 * time.Minute}
	prove := flag.Bool("prove", false, "break the worker in three ways and see that each is noticed")
	flag.IntVar(&s.n, "n", 100_000, "postings")
	flag.IntVar(&s.kills, "kills", 30, "kill -9 of a worker")
	flag.IntVar(&s.brokerKills, "broker-kills", 15, "kill -9 of the broker; in a cluster, of a stream's leader")
	flag.Uint64Var(&s.seed, "seed", 1, "of all that is random but the scheduler")
	flag.IntVar(&s.workers, "workers", 2, "worker processes")
	flag.DurationVar(&s.ackWait, "ack-wait", 5*time.Second, "until the broker delivers again")
	flag.BoolVar(&s.cluster, "cluster", false, "three brokers, three replicas; 5 leaders are killed unless -broker-kills says otherwise")
	flag.BoolVar(&s.verbose, "v", false, "tell of every kill")
	flag.Parse()
	if s.cluster {
		s.forCluster()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *prove {
		fail(proveFaults(ctx, s, os.Stdout))
		return
	}
	fail(once(ctx, s, os.Stdout))
}

// forCluster sets what was not set: five kills, all of leaders.
func (s *settings) forCluster() {
	set := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { set[f.Name] = true })
	if !set["broker-kills"] {
		s.brokerKills = 5
	}
	if !set["kills"] {
		s.kills = 0
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

// once runs and says what came of it.
func once(ctx context.Context, s settings, out io.Writer) error {
	report, err := conduct(ctx, s, out)
	if err != nil {
		return err
	}
	report.print(out)
	return report.verdict()
}

// proveFaults runs each fault and wants each noticed; and the same without a
// fault, which must pass.
func proveFaults(ctx context.Context, s settings, out io.Writer) error {
	for _, c := range []struct {
		fault  worker.Fault
		window time.Duration
		lost   bool // it loses; otherwise it repeats
	}{
		{worker.FaultNoID, s.window, false},
		{worker.FaultEarlyAck, s.window, true},
		{worker.FaultWindowOnly, 200 * time.Millisecond, false},
	} {
		broken := s
		broken.fault, broken.window = c.fault, c.window
		fmt.Fprintf(out, "fault %s:\n", c.fault)
		report, err := conduct(ctx, broken, out)
		if err != nil {
			return err
		}
		report.print(out)
		if c.lost && report.lost == 0 || !c.lost && report.repeated == 0 {
			return fmt.Errorf("fault %s was not noticed", c.fault)
		}
		fmt.Fprintf(out, "  noticed\n")
	}
	fmt.Fprintln(out, "no fault, window of 200ms:")
	s.window = 200 * time.Millisecond
	return once(ctx, s, out)
}
