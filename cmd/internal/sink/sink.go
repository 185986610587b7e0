// Package sink writes classified postings: rows in, a file or a table out. A
// format is a file of this package and a line of its table.
//
// It does not decide what is written or in which order, and it escapes for its
// format: what a posting says is a stranger's text, and no cell of a CSV file
// starts a formula, no terminal obeys it.
package sink

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"rolecall/classifier"
	"rolecall/cmd/internal/feed"
)

// Row is what is known of one posting when it is written.
type Row struct {
	Record      *feed.Record // nil where there is none to pass through
	Posting     classifier.Posting
	Result      classifier.Result
	DuplicateOf string  // id of the first copy, where this is a later one
	Similarity  float64 // to that copy, 0 to 1
}

// Sink is one output being written.
type Sink interface {
	// Begin is told of the first row before any other call.
	Begin(first *Row)
	// Encode appends a row in the sink's form. It may be called from many
	// goroutines at a time.
	Encode(dst []byte, row *Row) []byte
	// Write takes encoded rows, in order. rows has the same rows.
	Write(encoded []byte, rows []Row) error
	// Close writes what stands at the end. It does not close the file.
	Close() error
}

// Options say what is written besides the results.
type Options struct {
	Enrich   bool // pass the input record through and add the result to it
	Continue bool // the file has its start already
	Width    int  // of the terminal, in characters, for a table; 0 is any
}

// Key is the name under which --enrich puts a result into its record.
const Key = "rolecall"

var formats = []struct {
	name  string
	about string
	open  func(io.Writer, Options) Sink
	whole bool // the file is good only when closed: no going on with half of it
}{
	{"jsonl", "JSON Lines: a result a line", newJSONL, false},
	{"csv", "CSV: a row a result, no cell a formula", newCSV, false},
	{"parquet", "Parquet: a row a result", newParquet, true},
	{"jsonld", "schema.org JobPostings with skills, responsibilities and occupationalCategory, one a line", newJSONLD, false},
	{"table", "a table for people", newTable, false},
}

// New makes a sink of the named format that writes to w.
func New(format string, w io.Writer, opts Options) (Sink, error) {
	for _, f := range formats {
		if f.name == format {
			return f.open(w, opts), nil
		}
	}
	return nil, Check(format)
}

// Check says what is wrong with a format's name.
func Check(format string) error {
	if names := Names(); !slices.Contains(names, format) {
		return fmt.Errorf("no format %q: one of %s was wanted", format, strings.Join(names, ", "))
	}
	return nil
}

// Names are the formats' names.
func Names() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// FormatOf is the format that the ending of a file's name asks for: JSON Lines
// where it asks for none.
func FormatOf(name string) (string, error) {
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".csv", ".parquet", ".jsonld":
		return ext[1:], nil
	case ".gz", ".zst", ".tsv", ".xls", ".xlsx", ".ods", ".html", ".htm", ".xml", ".yaml", ".yml":
		return "", fmt.Errorf("%s: no format is written that ends in %s: name a file that ends in .jsonl, .csv, .parquet or .jsonld, or say which one it is with --format", name, ext)
	}
	return "jsonl", nil
}

// Resumable says whether half a file of the format can be gone on with.
func Resumable(format string) bool {
	for _, f := range formats {
		if f.name == format {
			return !f.whole
		}
	}
	return false
}
