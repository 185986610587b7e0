//go:build unix

package main

import (
	"os"
	"syscall"
	"testing"
	"time"
)

func TestHangupReloads(t *testing.T) {
	reloads := make(chan struct{}, 10)
	stop := onHangup(func() { reloads <- struct{}{} })
	for range 2 {
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		select {
		case <-reloads:
		case <-time.After(10 * time.Second):
			t.Fatal("SIGHUP reloaded nothing")
		}
	}
	stop()
}
