package main

import (
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestServeScripts runs testdata/serve/*.txtar, which have commands for ports
// and probes; $TESTDATA is the project's testdata.
func TestServeScripts(t *testing.T) {
	top, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/serve",
		Setup: func(env *testscript.Env) error {
			env.Setenv("TESTDATA", top)
			env.Setenv("HOME", env.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"freeport": freePort, "ready": ready},
	})
}

// freePort sets each variable named to a port that nobody listens on.
func freePort(ts *testscript.TestScript, _ bool, names []string) {
	for _, name := range names {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		_, port, _ := net.SplitHostPort(l.Addr().String())
		ts.Setenv(name, port)
		defer l.Close()
	}
}

// ready waits until a service's /readyz says ok.
func ready(ts *testscript.TestScript, _ bool, args []string) {
	var last error
	for range 400 {
		resp, err := http.Get("http://" + args[0] + "/readyz")
		if last = err; err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
			last = fmt.Errorf("status %d", resp.StatusCode)
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s is not ready: %v", args[0], last)
}
