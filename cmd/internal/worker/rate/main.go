//go:build unix

// Command rate measures the worker: its rate against what its parts cost,
// its gaps beside CPU hogs, its memory over a million postings, and the rate
// and delay of its requests.
//
//	go run ./cmd/internal/worker/rate model      [-n 20000] [-rounds 5]
//	go run ./cmd/internal/worker/rate stall      [-n 40000] [-rounds 20]
//	go run ./cmd/internal/worker/rate memory     [-n 1000000]
//	go run ./cmd/internal/worker/rate requests
//
// Each prints its figures and ends with 1 if they miss their bar.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

var measures = map[string]func(context.Context, *flag.FlagSet, []string) error{
	"model": model, "stall": stall, "memory": memory, "requests": requests,
}

func main() {
	if role := os.Getenv(roleVariable); role != "" {
		end(play(role))
		return
	}
	if len(os.Args) < 2 || measures[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "rate: one of model, stall, memory, requests was wanted")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	end(measures[os.Args[1]](ctx, flag.NewFlagSet(os.Args[1], flag.ExitOnError), os.Args[2:]))
}

func end(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "rate:", err)
		os.Exit(1)
	}
}
