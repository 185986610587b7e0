package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"rolecall": main})
}

// TestScripts runs the commands as people type them; a script a file.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", UpdateScripts: *update})
}

// TestErrorsAreHarmless: a file's name does not steer the terminal that an error is shown on.
func TestErrorsAreHarmless(t *testing.T) {
	name := filepath.Join(t.TempDir(), "nm\x1b[31m\u202e.jsonl")
	if err := os.WriteFile(name, []byte("{\"id\":\n"), 0o644); err != nil {
		t.Skip("no file can have such a name here")
	}
	for _, args := range [][]string{
		{"classify", "--fail-fast", name},
		{"classify", name + "x"},
		{"classify", "-o", name, name},
		{"explain", name},
		{"eval", "--labels", name, name},
		{"classify", "--\x1b[31m"},
		{"\x1b[31m"},
	} {
		var stderr bytes.Buffer
		cmd := program(args...)
		cmd.Stderr = &stderr
		if err := cmd.Run(); err == nil || stderr.Len() == 0 {
			t.Errorf("%q: %v, and nothing was said", args, err)
		}
		if strings.ContainsAny(stderr.String(), "\x1b\u202e") {
			t.Errorf("%q: a terminal would obey: %q", args, stderr.String())
		}
	}
	if got, want := harmless("a  b\x07\n\x1b[2Jc\r\nd"), "a b\n[2Jc\nd"; got != want {
		t.Errorf("%q, %q was wanted", got, want)
	}
}
