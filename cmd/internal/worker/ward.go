package worker

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"rolecall/classifier"
)

// ward answers suspects: postings that were delivered several times without
// an answer. Mostly that was a crash of a worker for another cause, and they
// are healthy; but one of them may be what crashes it, in a way that cannot
// be recovered from (a stack overflow, memory). In a child process it crashes
// alone, and is known. Counting deliveries alone would reject the healthy.
type ward struct {
	w     *Worker
	beds  chan *job
	renew atomic.Bool // the child answers with an old revision
	wg    sync.WaitGroup
	child *child
}

func newWard(w *Worker) *ward { return &ward{w: w, beds: make(chan *job, 64)} }

func (d *ward) start() { d.wg.Go(d.run) }

// admit takes a claimed job.
func (d *ward) admit(j *job) {
	select {
	case d.beds <- j:
	case <-d.w.quit: // it is in flight, and will be returned
	}
}

// stop ends the child, and with it what it is at.
func (d *ward) stop() { d.wg.Wait() }

func (d *ward) run() {
	defer d.discharge()
	idle := time.NewTicker(30 * time.Second)
	defer idle.Stop()
	used := false
	for {
		select {
		case <-d.w.quit:
			return
		case <-idle.C:
			if !used {
				d.discharge()
			}
			used = false
		case j := <-d.beds:
			used = true
			d.treat(j)
		}
	}
}

func (d *ward) discharge() {
	if d.child != nil {
		d.child.end()
		d.child = nil
	}
}

func (d *ward) treat(j *job) {
	p, err := readPosting(j.msg)
	if err != nil {
		d.w.reject(j, "unreadable", err.Error())
		return
	}
	if d.renew.Swap(false) {
		d.discharge()
	}
	if !d.attended() {
		d.w.metrics.Isolated("no_child")
		d.w.settle(j, returned)
		return
	}
	a, err := d.child.ask(p, d.w.opts.HangAfter, d.w.quit)
	if err == nil {
		d.w.metrics.Isolated("answered")
		d.w.publish(j, p, a.Result, a.Revision)
		return
	}
	d.discharge()
	reason := "crashed"
	switch {
	case errors.Is(err, errStopped):
		return // in flight, and will be returned
	case errors.Is(err, errHung):
		reason = "hung"
	}
	d.w.metrics.Isolated(reason)
	d.w.reject(j, reason, err.Error())
}

// attended is true if there is a child that is ready.
func (d *ward) attended() bool {
	if d.child != nil {
		return true
	}
	c, err := startChild(d.w.opts.Isolate())
	if err == nil {
		if err = c.ready(d.w.quit); err == nil {
			d.child = c
			return true
		}
		c.end()
	}
	if !errors.Is(err, errStopped) {
		d.w.log.Error("no child process for suspects", "error", err)
	}
	return false
}

// child is a process that answers postings, a line each.
type child struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines chan []byte // closed when the child has ended
	said  words       // the start of what it wrote on standard error
}

var (
	errHung    = errors.New("no answer from the child process")
	errStopped = errors.New("stopped")
)

func startChild(cmd *exec.Cmd) (*child, error) {
	c := &child{cmd: cmd, lines: make(chan []byte)}
	cmd.Stderr = &c.said
	cmd.WaitDelay = time.Second
	var err error
	if c.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go c.read(out)
	return c, nil
}

func (c *child) read(out io.Reader) {
	defer close(c.lines)
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		c.lines <- bytes.Clone(lines.Bytes())
	}
}

// readyWithin is for a child to read its taxonomy and model, on a machine
// that is busy: none of it is the fault of a posting.
const readyWithin = time.Minute

// ready waits for the child's first line.
func (c *child) ready(quit <-chan struct{}) error {
	select {
	case _, ok := <-c.lines:
		if !ok {
			return c.obituary(io.ErrUnexpectedEOF)
		}
		return nil
	case <-time.After(readyWithin):
		return fmt.Errorf("%w within %v of its start", errHung, readyWithin)
	case <-quit:
		return errStopped
	}
}

func (c *child) ask(p classifier.Posting, within time.Duration, quit <-chan struct{}) (answer, error) {
	line, err := json.Marshal(p)
	if err != nil {
		return answer{}, err
	}
	if _, err := c.in.Write(append(line, '\n')); err != nil {
		return answer{}, c.obituary(err)
	}
	select {
	case line, ok := <-c.lines:
		var a answer
		if !ok {
			return a, c.obituary(io.ErrUnexpectedEOF)
		}
		return a, json.Unmarshal(line, &a)
	case <-time.After(within):
		return answer{}, fmt.Errorf("%w within %v", errHung, within)
	case <-quit:
		return answer{}, errStopped
	}
}

// obituary says how the child ended, in its own last words.
func (c *child) obituary(err error) error {
	if e := c.cmd.Wait(); e != nil {
		err = e
	}
	return fmt.Errorf("the child process that classified it ended: %w: %s", err, c.said.String())
}

func (c *child) end() {
	c.in.Close()
	_ = c.cmd.Process.Kill()
	for range c.lines {
	}
	_ = c.cmd.Wait()
}

// answer is what a child says of a posting.
type answer struct {
	Revision string            `json:"revision"`
	Result   classifier.Result `json:"result"`
}

// Answer is the other end: it says that it is ready, then answers postings, a
// JSON line each, until there are no more. It protects itself from nothing, being there to be killed.
func Answer(ctx context.Context, in io.Reader, out io.Writer, judge Judge) error {
	if _, err := fmt.Fprintf(out, "{\"revision\":%q}\n", judge.Revision); err != nil {
		return err
	}
	for line := range untilOrphaned(in) {
		if ctx.Err() != nil {
			return nil
		}
		var p classifier.Posting
		if err := json.Unmarshal(line, &p); err != nil {
			return fmt.Errorf("a posting as a JSON line was wanted: %w", err)
		}
		data, err := json.Marshal(answer{judge.Revision, judge.Classify(p)})
		if err != nil {
			return err
		}
		if _, err := out.Write(append(data, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// orphanGrace is what a child has to finish once nobody listens any more.
const orphanGrace = 5 * time.Second

// untilOrphaned gives lines until there are no more. Then the parent is gone,
// perhaps killed while this child hangs: soon after, the process ends, whatever
// it is at, for nobody else would ever end it.
func untilOrphaned(in io.Reader) <-chan []byte {
	out := make(chan []byte)
	go func() {
		defer time.AfterFunc(orphanGrace, func() { os.Exit(1) })
		defer close(out)
		lines := bufio.NewScanner(in)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			out <- bytes.Clone(lines.Bytes())
		}
	}()
	return out
}

// words keeps the first of what is written to it: Go's panics begin
// with their reason.
type words struct {
	mu   sync.Mutex
	head []byte
}

const wordsBytes = 2 << 10

func (t *words) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := wordsBytes - len(t.head); room > 0 {
		t.head = append(t.head, b[:min(room, len(b))]...)
	}
	return len(b), nil
}

func (t *words) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.head))
}
