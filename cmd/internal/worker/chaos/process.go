package main

import (
	"bytes"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// process is one that is started again whenever it ends, until it is retired.
type process struct {
	make  func() *exec.Cmd
	delay func() time.Duration // between its end and the next start

	mu      sync.Mutex
	cmd     *exec.Cmd
	deaths  int
	retired bool
	done    chan struct{}
	last    bytes.Buffer // standard error of all its lives, the beginning
}

func keep(make func() *exec.Cmd, delay func() time.Duration) *process {
	p := &process{make: make, delay: delay, done: closedLater()}
	go p.live()
	return p
}

func closedLater() chan struct{} { return make(chan struct{}) }

func (p *process) live() {
	defer close(p.done)
	for {
		p.mu.Lock()
		if p.retired {
			p.mu.Unlock()
			return
		}
		p.cmd = p.make()
		p.cmd.Stderr = &p.last
		err := p.cmd.Start()
		cmd := p.cmd
		p.mu.Unlock()
		if err == nil {
			_ = cmd.Wait()
		}
		p.mu.Lock()
		p.deaths++
		p.mu.Unlock()
		time.Sleep(p.delay())
	}
}

// kill is kill -9.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil && p.cmd.Process != nil {
		_ = p.cmd.Process.Kill()
	}
}

// retire ends the process for good: politely, then not.
func (p *process) retire() {
	p.mu.Lock()
	p.retired = true
	if p.cmd != nil && p.cmd.Process != nil {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
	}
	p.mu.Unlock()
	select {
	case <-p.done:
	case <-time.After(12 * time.Second):
		p.kill()
		<-p.done
	}
}

func (p *process) died() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.deaths
}
