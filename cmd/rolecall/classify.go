package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/urfave/cli/v3"
	"golang.org/x/term"

	"rolecall/classifier"
	"rolecall/cmd/internal/batch"
	"rolecall/cmd/internal/dedup"
	"rolecall/cmd/internal/feed"
	"rolecall/cmd/internal/report"
	"rolecall/cmd/internal/sink"
	"rolecall/index"
)

// Exit codes of classify beside 0 (all well) and 1 (it could not be done).
const (
	exitBadRecords  = 3   // done, but some records could not be read
	exitInterrupted = 130 // as the shell has it for Ctrl-C
)

func classifyCommand() *cli.Command {
	return &cli.Command{
		Name:      "classify",
		Usage:     "label the postings of files, directories or standard input",
		ArgsUsage: "[FILE|DIR|-]...",
		Description: `Reads postings in any of these formats, found by looking at the bytes:
` + formatList() + `
gzip and zstd too. Writes one result a posting, in the order of the input.

Exit codes: 0 every record was classified; 1 it could not be done; 3 done, but
some records could not be read (see --errors); 130 interrupted. Of a directory
or a glob, the files that this run writes are no inputs.

   rolecall classify postings.jsonl
   rolecall classify -o results.csv --report report.html postings.jsonl
   rolecall classify --format table exports/ | grep ^hybrid
   rolecall classify --format table --unique exports/
   rolecall classify -o results.jsonl --errors bad.jsonl --resume feed.xml.gz
   zcat feed.csv.gz | rolecall classify --map title=Vacancy --enrich - > feed.jsonl`,
		Flags:  append(readFlags(), append(writeFlags(), indexFlag(), modelFlag())...),
		Action: classify,
	}
}

// piece is one run of classify: the command's flags, and what they made.
type piece struct {
	c       *cli.Command
	format  string // of the output
	index   *index.Index
	job     batch.Job
	out     *batch.Output // nil: standard output
	errors  *json.Encoder // nil: nowhere
	feed    feed.Options
	read    atomic.Int64
	stderr  io.Writer
	counted *report.Summary
	earlier *report.Summary // to compare with; nil: nothing
}

func classify(ctx context.Context, c *cli.Command) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	p := &piece{c: c, stderr: c.Root().ErrWriter}
	if err := p.prepare(); err != nil {
		if errors.Is(err, batch.ErrComplete) {
			fmt.Fprintf(p.stderr, "%s is complete already\n", sink.Printable(c.String("output")))
			return nil
		}
		return err
	}
	p.bound()
	return p.finish(p.run(ctx))
}

// prepare makes what the flags ask for.
func (p *piece) prepare() (err error) {
	if err := p.checkNumbers(); err != nil {
		return err
	}
	if p.feed, err = feedOptions(p.c); err != nil {
		return err
	}
	p.feed.Bytes = &p.read
	if !p.c.Bool("quiet") {
		p.feed.OnSource = showSource(p.stderr)
	}
	if err := p.checkFiles(); err != nil {
		return err
	}
	if name := p.c.String("against"); name != "" {
		if p.earlier, err = report.Load(name); err != nil {
			return err
		}
	}
	ix, model, err := openBoth(p.c)
	if err != nil {
		return err
	}
	p.index = ix
	if err := ix.Close(); err != nil { // what is needed of it is compiled
		return err
	}
	cl := classifier.New(p.index, model, classifier.Options{MinConfidence: p.c.Float("min-confidence"), AllEvidence: p.c.Bool("all-evidence")})
	p.job = batch.Job{
		Classifier: cl, Workers: p.c.Int("workers"), FailFast: p.c.Bool("fail-fast"), Limit: p.c.Int("limit"),
		Unique: p.c.Bool("unique"), Failed: p.failed, Wrote: p.wrote,
	}
	if !p.c.Bool("no-copies") || p.job.Unique {
		p.job.Copies = dedup.NewIndex()
	}
	p.counted = report.New(cl.Revision())
	return p.openOutput(cl.Revision())
}

// checkNumbers refuses what no run can be made of.
func (p *piece) checkNumbers() error {
	switch c := p.c; {
	case c.Int("workers") < 1:
		return fmt.Errorf("--workers %d: 1 or more was wanted", c.Int("workers"))
	case c.Int("workers") > maxWorkers:
		return fmt.Errorf("--workers %d: at most %d was wanted", c.Int("workers"), maxWorkers)
	case c.Int("limit") < 0:
		return fmt.Errorf("--limit %d: 0, which is all, or more was wanted", c.Int("limit"))
	case !(c.Float("min-confidence") >= 0 && c.Float("min-confidence") <= 1):
		return fmt.Errorf("--min-confidence %g: 0 to 1 was wanted", c.Float("min-confidence"))
	}
	return nil
}

// openOutput opens what is written to.
func (p *piece) openOutput(revision string) error {
	w := p.c.Root().Writer
	name, special, err := p.target(p.c.String("output"))
	if err != nil {
		return err
	}
	if p.c.Bool("resume") {
		switch {
		case name == "" || special:
			return errors.New("--resume needs --output with the name of a file: nothing else can be gone on with")
		case !sink.Resumable(p.format):
			return fmt.Errorf("--resume: half a file of format %s cannot be gone on with: write jsonl or csv", p.format)
		}
	}
	switch {
	case special:
		if w, err = p.openSpecial(name); err != nil {
			return err
		}
	case name != "":
		open := batch.Create
		if p.c.Bool("resume") {
			open = batch.Resume
		}
		errorsName, special, err := p.target(p.c.String("errors"))
		if err != nil {
			return err
		}
		if special {
			errorsName = "" // nothing of it can be cut off or gone on with
		}
		out, err := open(name, errorsName, p.identity(revision))
		switch {
		case errors.Is(err, batch.ErrComplete):
			return p.complete(name)
		case errors.Is(err, batch.ErrOther):
			return notAgain(name, "not known to be of these inputs and options")
		}
		if err != nil {
			return err
		}
		p.out, w = out, out.Rows()
		if err := p.resume(); err != nil {
			return err
		}
	}
	if err := p.openErrors(); err != nil {
		return err
	}
	p.feed.Except = files(p.written()) // those that are new now, too
	p.job.Sink, err = sink.New(p.format, w, sink.Options{Enrich: p.c.Bool("enrich"), Width: width(w), Continue: p.out != nil && p.out.Begun()})
	return err
}

// identity names what the output is made of: a resumed run must have the same.
func (p *piece) identity(revision string) string {
	id := []string{revision, strings.Join(p.c.Args().Slice(), "\x00")}
	for _, name := range []string{"from", "errors"} {
		id = append(id, name+"="+p.c.String(name))
	}
	id = append(id, "format="+p.format)
	for _, name := range []string{"enrich", "unique", "no-copies", "all-evidence"} {
		id = append(id, fmt.Sprintf("%s=%v", name, p.c.Bool(name)))
	}
	id = append(id, fmt.Sprint(p.c.StringSlice("map"), p.c.Float("min-confidence"), p.c.Int("limit")))
	if size, _, known := feed.Measure(p.c.Args().Slice(), p.feed.Except); known {
		id = append(id, fmt.Sprint(size))
	}
	return strings.Join(id, "\n")
}

// resume takes over what earlier runs have done.
func (p *piece) resume() error {
	done, totals, state := p.out.Done()
	p.job.Done = done
	for i, n := range []*atomic.Int64{&p.job.Totals.Records, &p.job.Totals.Written, &p.job.Totals.Failed, &p.job.Totals.Copies} {
		n.Store(totals[i])
	}
	p.job.Saved = func(records int) error {
		return p.out.Save(records, &p.job.Totals, false, p.state)
	}
	if len(state) == 0 {
		return nil
	}
	return json.Unmarshal(state, p.counted)
}

// state is what a resumed run needs of this one besides the files.
func (p *piece) state() ([]byte, error) { return json.Marshal(p.counted) }

func (p *piece) openErrors() error {
	name, special, err := p.target(p.c.String("errors"))
	switch {
	case name == "" || err != nil:
		return err
	case !special && p.out != nil:
		p.errors = json.NewEncoder(p.out.Errors())
		return nil
	}
	var w io.Writer
	if special {
		w, err = p.openSpecial(name)
	} else {
		w, err = os.Create(name)
	}
	p.errors = json.NewEncoder(w)
	return err
}

// width is that of a terminal, or what COLUMNS says of another writer; 0 is any.
func width(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil {
			return n
		}
	}
	n, _ := strconv.Atoi(os.Getenv("COLUMNS"))
	return max(0, n)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (p *piece) run(ctx context.Context) error {
	args := p.c.Args().Slice()
	if !p.c.Bool("quiet") {
		size, _, _ := feed.Measure(args, p.feed.Except)
		progress := batch.Progress{W: p.stderr, Terminal: isTerminal(p.stderr), Totals: &p.job.Totals, Read: &p.read, Size: size, Done: p.job.Done}
		defer progress.Start()()
	}
	err := p.job.Run(ctx, func(ctx context.Context, onWait func()) iter.Seq[feed.Record] {
		p.feed.OnWait = onWait
		return feed.Read(ctx, args, p.c.Root().Reader, p.feed)
	})
	if err == nil {
		err = p.job.Sink.Close()
	}
	return err
}

// finish ends the output and says how the run ended.
func (p *piece) finish(err error) error {
	totals := &p.job.Totals
	switch {
	case p.out == nil:
	case err == nil:
		err = p.out.Finish()
	default:
		if errors.Is(err, context.Canceled) { // else a batch may be half written: what was saved before it stands
			err = errors.Join(err, p.out.Save(int(totals.Records.Load()), totals, true, p.state))
		}
		p.out.Abandon()
	}
	switch {
	case errors.Is(err, syscall.EPIPE):
		return nil
	case errors.Is(err, context.Canceled):
		return cli.Exit(p.interrupted(), exitInterrupted)
	case batch.StoppedEarly(err):
		return cli.Exit(err.Error(), exitBadRecords)
	case err != nil:
		return err
	}
	if err := p.tell(); err != nil {
		return err
	}
	if n := totals.Failed.Load(); n > 0 {
		return cli.Exit(fmt.Sprintf("%d of %d records could not be read", n, totals.Records.Load()), exitBadRecords)
	}
	return nil
}

func (p *piece) interrupted() string {
	s := fmt.Sprintf("interrupted after %d records", p.job.Totals.Records.Load())
	if p.out == nil || !sink.Resumable(p.format) {
		return s
	}
	return s + "; the same command with --resume goes on from there"
}
