package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/urfave/cli/v3"
)

var update = flag.Bool("update", false, "write what the commands say into their scripts")

// runIn runs the program in this process.
func runIn(t *testing.T, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	err := run(context.Background(), append([]string{"rolecall"}, args...), strings.NewReader(stdin), &out, &errs)
	if err != nil {
		code = exitCode(err)
		if _, ok := err.(cli.ExitCoder); !ok {
			errs.WriteString(err.Error())
		}
	}
	return out.String(), errs.String(), code
}

// pile writes n postings as JSON Lines, with a few copies and no bad ones.
func pile(t *testing.T, n int) string {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for i := range n {
		of := i
		if i%17 == 16 {
			of = i - 9 // a copy
		}
		var text strings.Builder
		r := rand.New(rand.NewPCG(uint64(of), 1))
		for range 12 {
			verb := []string{"Build", "Run", "Design", "Deploy", "Monitor", "Test"}[r.IntN(6)]
			thing := []string{"ETL pipelines in Airflow", "RAG services with LangChain", "a Snowflake warehouse", "PyTorch models", "Kafka streams", "dashboards"}[r.IntN(6)]
			fmt.Fprintf(&text, "- %s %s for team %d of office %d.\n", verb, thing, r.IntN(900), r.IntN(900))
		}
		enc.Encode(map[string]string{"id": fmt.Sprint("p", i), "title": "Engineer " + fmt.Sprint(of), "description": text.String()})
	}
	name := filepath.Join(t.TempDir(), "pile.jsonl")
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestClassifyKeepsOrder(t *testing.T) {
	in := pile(t, 400)
	var first string
	for _, workers := range []string{"1", "2", "7"} {
		out, stderr, code := runIn(t, "", "classify", "--workers", workers, in)
		if code != 0 {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		if first == "" {
			first = out
		}
		if out != first {
			t.Errorf("%s workers: another output than 1", workers)
		}
	}
	for i, line := range strings.Split(strings.TrimSpace(first), "\n") {
		var r struct {
			ID          string `json:"id"`
			DuplicateOf string `json:"duplicate_of"`
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.ID != fmt.Sprint("p", i) {
			t.Fatalf("line %d: %v %s", i, err, r.ID)
		}
		if want := i%17 == 16 && r.DuplicateOf == fmt.Sprint("p", i-9) || i%17 != 16 && r.DuplicateOf == ""; !want {
			t.Errorf("%s is marked as a copy of %q", r.ID, r.DuplicateOf)
		}
	}
}

// TestBadRecords breaks one record in a hundred in ten ways: all good ones are
// classified, and every bad one is listed with file, line and reason.
func TestBadRecords(t *testing.T) {
	const good = `{"id":"%d","title":"Data Engineer","description":"Build pipelines number %d in Airflow and keep the warehouse of the town hall clean and cheap."}`
	ways := []string{
		`{"id":"x","title":"cut short","description":"and th`, `not JSON at all`, `[1,2,3]`, `"a string"`, `{"id":"x"}`,
		"{\"id\":\"x\",\"title\":\"raw \x01 byte\",\"description\":\"x\"}", `{"id":"x","title":"two",,"description":"commas"}`,
		`{"id":"x","title":"deep","description":"x","a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`,
		`{"id":"x","title":"bad escape \q","description":"x"}`, `{"id":"x","title":"huge","description":"` + strings.Repeat("x", 3<<20) + `"}`,
	}
	var b strings.Builder
	bad := map[int]bool{}
	for i := 1; i <= 2000; i++ {
		if i%100 == 0 {
			bad[i] = true
			b.WriteString(ways[i/100%len(ways)] + "\n")
			continue
		}
		fmt.Fprintf(&b, good+"\n", i, i)
	}
	dir := t.TempDir()
	in, errs, out := filepath.Join(dir, "in.jsonl"), filepath.Join(dir, "errors.jsonl"), filepath.Join(dir, "out.jsonl")
	if err := os.WriteFile(in, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	_, stderr, code := runIn(t, "", "classify", "-q", "-o", out, "--errors", errs, in)
	if code != exitBadRecords {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if got := lines(t, out); len(got) != 1980 {
		t.Errorf("%d results: 1980 wanted", len(got))
	}
	for _, line := range lines(t, errs) {
		var r badRecord
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if !bad[r.Line] || r.File != in || r.Reason == "" {
			t.Errorf("listed: %+v", r)
		}
		delete(bad, r.Line)
	}
	if len(bad) > 0 {
		t.Errorf("not listed: %v", bad)
	}
	if _, _, code := runIn(t, "", "classify", "-q", "--fail-fast", in); code != exitBadRecords {
		t.Errorf("--fail-fast: exit %d", code)
	}
}

func lines(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
}

// TestKilled kills a run with SIGKILL at random moments, goes on with
// --resume, and wants the output of a run that nobody disturbed. Three times;
// ROLECALL_LONG=1 makes it 20.
func TestKilled(t *testing.T) {
	kills, postings := 3, 4000
	if os.Getenv("ROLECALL_LONG") != "" {
		kills, postings = 20, 40_000
	}
	dir, in := t.TempDir(), pile(t, postings)
	whole, broken := filepath.Join(dir, "whole.csv"), filepath.Join(dir, "broken.csv")
	args := []string{"classify", "-q", "--format", "csv", "--enrich", in, "-o"}
	start := time.Now()
	if out, err := program(append(args, whole)...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	took := time.Since(start)
	killed := 0
	for n := 0; ; n++ {
		cmd := program(append(args, broken, "--resume")...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if killed < kills {
			time.Sleep(time.Duration(rand.Float64() * float64(took)))
			cmd.Process.Signal(syscall.SIGKILL)
		}
		err := cmd.Wait()
		if err == nil && killed >= kills {
			break
		}
		if err == nil { // it was done before the kill: once more from the start
			if err := os.Remove(broken); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if cmd.ProcessState.ExitCode() != -1 || n > 20*kills {
			t.Fatalf("after %d kills: %v: %s", killed, err, stderr.String())
		}
		killed++
	}
	a, b := lines(t, whole), lines(t, broken)
	if strings.Join(a, "\n") != strings.Join(b, "\n") {
		t.Errorf("after %d kills: %d lines, undisturbed %d", killed, len(b), len(a))
	}
	for _, left := range []string{".part", ".part.json", ".part.json.new"} {
		if _, err := os.Stat(broken + left); err == nil {
			t.Errorf("%s is left", broken+left)
		}
	}
}

// TestInterruptedAtPipe: one interrupt ends a run that waits for a named pipe
// which nobody opens; within a directory such a pipe is passed over.
func TestInterruptedAtPipe(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.jsonl")
	if out, err := exec.Command("mkfifo", pipe).CombinedOutput(); err != nil {
		t.Skipf("no named pipe can be made: %v %s", err, out)
	}
	out := filepath.Join(t.TempDir(), "out.jsonl")
	cmd := program("classify", "-q", "-o", out, pipe)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 1200 { // until it is about to read
		if _, err := os.Stat(out + ".part.json"); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	cmd.Process.Signal(os.Interrupt)
	defer time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() }).Stop()
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != exitInterrupted {
		t.Errorf("%v", err)
	}
	data, err := os.ReadFile(pile(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.jsonl"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code := runIn(t, "", "classify", "-q", dir)
	if code != 0 || strings.Count(stdout, "\n") != 1 || strings.Count(stderr, "\n") != 2 ||
		!strings.Contains(stderr, "link is passed over: a link to a directory") || !strings.Contains(stderr, "pipe.jsonl is passed over: no regular file") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
}

// TestSameFile: nothing is overwritten that is to be read, and no two outputs
// are one file, whatever names they have.
func TestSameFile(t *testing.T) {
	t.Chdir(t.TempDir())
	feed, err := os.ReadFile(pile(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"in.jsonl", "x.part", "y.part.json", "y.part.json.new"} {
		if err := os.WriteFile(name, feed, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cwd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []error{os.Mkdir("sub", 0o755), os.Symlink("../o", "sub/link"), os.Symlink(cwd, "here"), os.Link("in.jsonl", "hard.jsonl")} {
		if step != nil {
			t.Skip(step)
		}
	}
	const read, apart = "is to be read and written", "are the same file"
	for _, c := range []struct{ args, want string }{
		{"-o x x.part", read},
		{"-o y y.part.json", read},
		{"-o y y.part.json.new", read},
		{"--errors hard.jsonl in.jsonl", read},
		{"-o o --errors o in.jsonl", apart},
		{"-o o --errors ./o in.jsonl", apart},
		{"-o o --errors sub/../o in.jsonl", apart},
		{"-o o --errors " + filepath.Join(cwd, "o") + " in.jsonl", apart},
		{"-o o --errors here/o in.jsonl", apart},
		{"-o o --errors sub/link in.jsonl", apart},
		{"-o sub/link --errors o.part in.jsonl", apart},
		{"-o o --errors o.part in.jsonl", apart},
		{"-o o --errors o.part.json in.jsonl", apart},
		{"-o o --report o in.jsonl", apart},
		{"-o o --report o.part.json.new in.jsonl", apart},
		{"--errors o --report o in.jsonl", apart},
		{"-o hard.jsonl --errors in.jsonl x.part", apart},
		{"-o o --errors no/such/r in.jsonl", "there is no such folder"},
		{"-o no/such/o in.jsonl", "there is no such folder"},
		{"-o o --errors sub in.jsonl", "is a directory"},
		{"-o o --report sub in.jsonl", "is a directory"},
	} {
		_, stderr, code := runIn(t, "", append([]string{"classify", "-q"}, strings.Fields(c.args)...)...)
		if code != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit %d: %s", c.args, code, stderr)
		}
	}
	for _, name := range []string{"in.jsonl", "x.part", "y.part.json", "y.part.json.new"} {
		if data, err := os.ReadFile(name); err != nil || !bytes.Equal(data, feed) {
			t.Errorf("%s is another: %v", name, err)
		}
	}
	for _, name := range []string{"o", "o.part", "o.part.json", "x", "x.part.json", "y", "y.part"} {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s was made", name)
		}
	}
}

// TestSameStream is the same of standard input, output and error.
func TestSameStream(t *testing.T) {
	t.Chdir(t.TempDir())
	feed, err := os.ReadFile(pile(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	feed = append(feed, "broken\n"...)
	const read, apart = "is to be read and written", "are the same file"
	for _, c := range []struct {
		args, stdout, stderr string
		code                 int
		want                 string
	}{
		{"--errors in.jsonl -", "", "", 1, "standard input " + read},
		{"--errors in.jsonl", "", "", 1, "standard input " + read},
		{"-o in.jsonl", "", "", 1, "standard input " + read},
		{"", "in.jsonl", "", 1, "standard input " + read},
		{"--errors o", "o", "", 1, "standard output and --errors o " + apart},
		{"--report o", "o", "", 1, "standard output and --report o " + apart},
		{"-o o", "", "o", 1, "--output o and standard error " + apart},
		{"-o o --report r", "", "r", 1, "--report r and standard error " + apart},
		{"-o o --errors /dev/null", "", "", exitBadRecords, "1 of 2 records"},
		{"-o o --errors /dev/stderr", "", "log", exitBadRecords, "\"file\":\"-\",\"line\":2"},
		{"-o o --errors log", "", "log", exitBadRecords, "\"file\":\"-\",\"line\":2"},
		{"-o /dev/stdout", "log", "", exitBadRecords, ""},
	} {
		os.WriteFile("in.jsonl", feed, 0o644)
		for _, name := range []string{"o", "r", "log"} {
			os.WriteFile(name, []byte("earlier\n"), 0o644)
		}
		var shown bytes.Buffer
		cmd := program(append([]string{"classify", "-q"}, strings.Fields(c.args)...)...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = opened(t, "in.jsonl"), opened(t, c.stdout), &shown
		if c.stderr != "" {
			cmd.Stderr = opened(t, c.stderr)
		}
		cmd.Run()
		if c.stderr != "" {
			data, err := os.ReadFile(c.stderr)
			if err != nil {
				t.Fatal(err)
			}
			if shown.Write(data); !bytes.HasPrefix(data, []byte("earlier\n")) {
				t.Errorf("%s 2>>%s: what stood there is gone: %s", c.args, c.stderr, data)
			}
		}
		if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(shown.String(), c.want) {
			t.Errorf("%s >>%s 2>>%s: exit %d: %s", c.args, c.stdout, c.stderr, code, shown.String())
		}
		if data, err := os.ReadFile("in.jsonl"); err != nil || !bytes.Equal(data, feed) {
			t.Errorf("%s >>%s: the input is another: %v", c.args, c.stdout, err)
		}
		if _, err := os.Stat("o.part"); err == nil {
			t.Errorf("%s: o.part is left", c.args)
		}
	}
	if got := lines(t, "log"); got[0] != "earlier" || len(got) != 2 {
		t.Errorf("-o /dev/stdout >>log: %d lines", len(got))
	}
}

// opened is a file to be read and written behind its end, as a shell's >> has it; "" is none.
func opened(t *testing.T, name string) *os.File {
	t.Helper()
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_APPEND, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// program is this test binary as the program.
func program(args ...string) *exec.Cmd {
	exe, err := exec.LookPath("rolecall") // put in the path by testscript.Main
	if err != nil {
		panic(err)
	}
	return exec.Command(exe, args...)
}

func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out.jsonl")
	cmd := program("classify", "-o", out)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(stdin, `{"id":"1","title":"Data Engineer","description":"Build pipelines."}`)
	for range 1200 { // until it is written, the pipe being open still
		if info, err := os.Stat(out + ".part"); err == nil && info.Size() > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	cmd.Process.Signal(os.Interrupt)
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != exitInterrupted {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	if !strings.Contains(stderr.String(), "interrupted after 1 records") {
		t.Errorf("%s", stderr.String())
	}
	if got := lines(t, out+".part"); len(got) != 1 {
		t.Errorf("%d lines", len(got))
	}
}
