package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"rolecall/cmd/internal/broker"
	"rolecall/cmd/internal/worker"
)

// stage is a run's processes.
type stage struct {
	s       settings
	out     io.Writer
	rand    *rand.Rand
	url     string
	brokers []*process
	workers []*process
	link    *broker.Link
	killed  int
	felled  int // brokers
}

// conduct plays one run and counts what came of it.
func conduct(ctx context.Context, s settings, out io.Writer) (*report, error) {
	dir, err := os.MkdirTemp(s.dir, "rolecall-chaos-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	st := &stage{s: s, out: out, rand: rand.New(rand.NewPCG(s.seed, 2))}
	defer st.clear()
	begun := time.Now()
	if err := st.set(ctx, dir); err != nil {
		return nil, err
	}
	items := makeItems(s.n, s.seed)
	last, err := st.perform(ctx, items)
	if err != nil {
		return nil, err
	}
	late := st.wait(ctx, last)
	r, err := st.audit(ctx, items)
	if err != nil {
		return nil, err
	}
	r.took, r.late = time.Since(begun), late
	return r, nil
}

// set starts the broker or brokers, makes the streams, and starts the workers.
func (st *stage) set(ctx context.Context, dir string) error {
	plan := broker.Plan{AckWait: st.s.ackWait, Window: st.s.window}
	if st.s.cluster {
		plan.Replicas = 3
	}
	if err := st.startBrokers(dir); err != nil {
		return err
	}
	var err error
	if st.link, err = patient(ctx, broker.Config{URL: st.url, Name: "chaos"}); err != nil {
		return err
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		applying, cancel := context.WithTimeout(ctx, 10*time.Second)
		_, err = broker.Apply(applying, st.link, plan)
		cancel()
		if err == nil {
			break
		}
		if ctx.Err() != nil || !st.s.cluster || time.Now().After(deadline) { // a cluster has no leader at first
			return err
		}
	}
	for range st.s.workers {
		st.startWorker()
	}
	return nil
}

func (st *stage) startWorker() {
	make := func() *exec.Cmd { return self("worker", urlVariable+"="+st.url, faultVar+"="+string(st.s.fault)) }
	st.workers = append(st.workers, keep(make, func() time.Duration { return 50 * time.Millisecond }))
}

func (st *stage) startBrokers(dir string) error {
	n, role := 1, "broker"
	if st.s.cluster {
		n, role = 3, "node"
	}
	ports, err := freePorts(2 * n)
	if err != nil {
		return err
	}
	var urls []string
	for i := range n {
		urls = append(urls, "nats://127.0.0.1:"+ports[i])
	}
	st.url = strings.Join(urls, ",")
	down := func() time.Duration { return time.Duration(50+st.s.seed*7%13*10) * time.Millisecond }
	if st.s.cluster {
		down = func() time.Duration { return 2 * time.Second }
	}
	for i := range n {
		env := []string{dirVariable + "=" + filepath.Join(dir, strconv.Itoa(i)), portVariable + "=" + ports[i], routesVar + "=" + routes(ports[n:], i)}
		st.brokers = append(st.brokers, keep(func() *exec.Cmd { return self(role, env...) }, down))
	}
	return nil
}

// routes are the cluster's, a node's own first.
func routes(ports []string, own int) string {
	list := []string{"nats://127.0.0.1:" + ports[own]}
	for i, p := range ports {
		if i != own {
			list = append(list, "nats://127.0.0.1:"+p)
		}
	}
	return strings.Join(list, ",")
}

// freePorts are ports that nobody listens on.
func freePorts(n int) ([]string, error) {
	var ports []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		ports = append(ports, port)
	}
	return ports, nil
}

// perform sends the items in as many bursts as there are kills, and kills
// somebody in the middle of each.
func (st *stage) perform(ctx context.Context, items []item) (last uint64, err error) {
	victims := st.victims()
	sender := worker.NewSender(st.link, "chaos", 0)
	sent := make(chan error, 1)
	for i, victim := range victims {
		burst := items[i*len(items)/len(victims) : (i+1)*len(items)/len(victims)]
		go func() { sent <- send(ctx, sender, burst) }()
		st.pause(ctx, 400*time.Millisecond)
		victim()
		if err := <-sent; err != nil {
			return 0, err
		}
		st.say("burst %d is stored", i)
		st.pause(ctx, 600*time.Millisecond)
		if st.s.cluster {
			time.Sleep(10 * time.Second) // until the cluster is whole again
		}
	}
	return sender.Last(), ctx.Err()
}

// pause is of random length, up to most.
func (st *stage) pause(ctx context.Context, most time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Duration(st.rand.Int64N(int64(most)))):
	}
}

// victims are the kills in random order.
func (st *stage) victims() []func() {
	var all []func()
	for range st.s.kills {
		all = append(all, func() {
			st.killed++
			i := st.rand.IntN(len(st.workers))
			st.say("kill -9 worker %d", i)
			st.workers[i].kill()
		})
	}
	for range st.s.brokerKills {
		all = append(all, st.fell)
	}
	if len(all) == 0 {
		return []func(){func() {}}
	}
	st.rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// fell kills the broker, or in a cluster the leader of a stream.
func (st *stage) fell() {
	st.felled++
	i := 0
	if st.s.cluster {
		i = st.leader([]string{broker.Results, broker.Postings}[st.felled%2])
	}
	st.say("kill -9 broker %d", i)
	st.brokers[i].kill()
}

func (st *stage) say(format string, v ...any) {
	if st.s.verbose {
		fmt.Fprintf(st.out, "  "+time.Now().Format("15:04:05.0 ")+format+"\n", v...)
	}
}

// leader is the number of the broker that leads a stream.
func (st *stage) leader(stream string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		s, err := st.link.JS.Stream(ctx, stream)
		if err == nil && s.CachedInfo().Cluster != nil {
			name := s.CachedInfo().Cluster.Leader
			for i, port := range st.routePorts() {
				if name == "node-"+port {
					return i
				}
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	return 0
}

// routePorts are read back from the brokers' own environment.
func (st *stage) routePorts() []string {
	var ports []string
	for _, b := range st.brokers {
		for _, e := range b.make().Env {
			if list, ok := strings.CutPrefix(e, routesVar+"="); ok {
				first, _, _ := strings.Cut(list, ",")
				ports = append(ports, first[strings.LastIndex(first, ":")+1:])
			}
		}
	}
	return ports
}

func send(ctx context.Context, sender *worker.Sender, items []item) error {
	for _, it := range items {
		var err error
		if it.raw != nil {
			err = sender.Unreadable(ctx, it.raw, it.posting.ID, errors.New("cut off"))
		} else {
			err = sender.Posting(ctx, it.posting, it.posting.ID)
		}
		if err != nil {
			return err
		}
	}
	return sender.Flush(ctx)
}

// wait waits until all is answered for, and says so if it never is.
func (st *stage) wait(ctx context.Context, last uint64) (late bool) {
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second+8*st.s.ackWait)
	defer cancel()
	for ctx.Err() == nil {
		info, err := broker.Lookup(ctx, st.link)
		if err == nil && broker.Done(info, last) {
			return false
		}
		time.Sleep(100 * time.Millisecond)
	}
	return true
}

func (st *stage) clear() {
	for _, w := range st.workers {
		w.retire()
	}
	if st.link != nil {
		st.link.Close()
	}
	for _, b := range st.brokers {
		b.retire()
	}
}
