//go:build unix

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"

	"rolecall/cmd/internal/broker"
)

// The program is started again by itself, in a role.
const (
	roleVariable = "ROLECALL_RATE_ROLE"
	partVariable = "ROLECALL_RATE_PART" // what the role is about
)

func play(role string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	part := os.Getenv(partVariable)
	switch role {
	case "hogs":
		n, _ := strconv.Atoi(part)
		for range n {
			go func() {
				for x := uint64(1); x != 0; x = x*6364136223846793005 + 1 {
				}
			}()
		}
		<-ctx.Done()
		return nil
	case "broker":
		e, err := broker.Start(broker.EmbeddedConfig{Dir: part, Listen: "127.0.0.1:0", MaxStore: 64 << 30})
		if err != nil {
			return err
		}
		fmt.Println(e.URL())
		<-ctx.Done()
		e.Stop()
		return nil
	case "worker":
		return playWorker(ctx, part)
	}
	return fmt.Errorf("no role %q", role)
}

// process is this program in a role.
type process struct {
	cmd *exec.Cmd
	out *bufio.Reader
}

func startRole(role, part string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), roleVariable+"="+role, partVariable+"="+part)
	if role == "hogs" {
		cmd.Env = append(cmd.Env, "GOMAXPROCS="+part) // as many threads as hogs
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &process{cmd, bufio.NewReader(out)}, cmd.Start()
}

func (p *process) line() (string, error) {
	s, err := p.out.ReadString('\n')
	return s[:max(len(s)-1, 0)], err
}

func (p *process) pid() int { return p.cmd.Process.Pid }

func (p *process) end() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Wait()
}
