package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"rolecall/classifier"
	"rolecall/cmd/internal/feed"
	"rolecall/cmd/internal/report"
	"rolecall/cmd/internal/sink"
)

// badRecord is a line of the errors file.
type badRecord struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Record int    `json:"record,omitempty"`
	Reason string `json:"reason"`
	Start  string `json:"start,omitempty"` // of the record's bytes
}

// shownErrors is how many bad records are told on standard error.
const shownErrors = 10

func (p *piece) failed(rec *feed.Record, reason error) error {
	if n := p.job.Totals.Failed.Load(); !p.c.Bool("quiet") && n <= shownErrors {
		fmt.Fprintf(p.stderr, "%s: %s\n", sink.Printable(rec.Place.String()), sink.Printable(reason.Error()))
		if n == shownErrors {
			fmt.Fprintln(p.stderr, "further bad records are counted, and written where --errors says")
		}
	}
	if p.errors == nil {
		return nil
	}
	raw := rec.Raw()
	return p.errors.Encode(badRecord{rec.Place.File, rec.Place.Line, rec.Place.Record, reason.Error(), string(raw[:min(len(raw), 500)])})
}

// showSource tells w once of every way in which columns became fields.
func showSource(w io.Writer) func(feed.Source) {
	var shown []string
	return func(s feed.Source) {
		var b strings.Builder
		fmt.Fprintf(&b, "read as %s:", s.Format)
		plain := true
		for _, f := range s.Fields {
			fmt.Fprintf(&b, " %s=%s", f.Name, sink.Printable(f.From))
			plain = plain && f.Name == f.From
		}
		line := b.String()
		if plain || len(shown) > shownErrors || slices.Contains(shown, line) {
			return
		}
		if shown = append(shown, line); len(shown) <= shownErrors {
			fmt.Fprintf(w, "%s %s\n", sink.Printable(s.File), line)
		} else {
			fmt.Fprintln(w, "how further columns became fields is not shown: \"rolecall read FILE\" tells of one file")
		}
	}
}

// tell prints the summary and writes the report.
func (p *piece) tell() error {
	t := &p.job.Totals
	p.counted.Read, p.counted.Failed, p.counted.Copies = int(t.Records.Load()), int(t.Failed.Load()), int(t.Copies.Load())
	var drift *report.Drift
	if p.earlier != nil {
		drift = p.counted.Compare(p.earlier)
	}
	if !p.c.Bool("quiet") && (p.counted.Written+p.counted.Copies > 0 || p.counted.Failed == 0) { // all zeros tell nothing where all failed
		if err := p.counted.Print(p.stderr, drift); err != nil {
			return err
		}
	}
	name := p.c.String("report")
	if name == "" {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	about := report.About{Title: "Job postings, classified", When: time.Now().Format("2 January 2006"), Bands: p.bands(), Drift: drift}
	return errors.Join(p.counted.WritePage(f, about), f.Close())
}

// bands are the taxonomy's salary bands.
func (p *piece) bands() []report.Band {
	var all []report.Band
	for _, e := range p.index.Entries() {
		if e.Band != nil {
			all = append(all, report.Band{Name: e.Name, Label: classifier.Label(e.Role), Min: float64(e.Band.Min), Max: float64(e.Band.Max)})
		}
	}
	return all
}

func (p *piece) wrote(row *sink.Row) {
	if p.counted.Add(row); p.counted.Written%4096 == 0 {
		p.bound()
	}
}

// workingMemory is what a run may use in bytes, the index of copies aside. The
// collector keeps the rest of its garbage below that.
const workingMemory = 80 << 20

// bound sets the memory limit anew as the index of copies grows, unless the
// environment sets one.
func (p *piece) bound() {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	limit := int64(workingMemory)
	if p.job.Copies != nil {
		limit += p.job.Copies.Size() * 9 / 8
	}
	debug.SetMemoryLimit(limit)
}
