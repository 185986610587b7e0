// Package feed reads job postings out of what people have: JSON Lines, API
// answers, CSV, Parquet, XML and RSS feeds, HTML pages, YAML and plain text,
// compressed or not, from files, directories, globs and standard input.
//
// A format cuts its input into records in bounded memory; Record.Posting then
// reads one record, so that the reading itself can be spread over goroutines.
// What cannot be read becomes a Record with an Err that says where and why,
// and reading goes on behind it. Nothing is ever fetched from a network.
package feed

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"slices"
	"sync/atomic"

	"rolecall/classifier"
)

// Bounds of what is read. A record is one posting in its format, markup and
// all: 0.1 % of real ones are over 40 KB.
const (
	maxRecord = 2 << 20 // bytes of a record
	maxDepth  = 64      // nesting of a record
	maxValues = 20_000  // values in a record; no bound on an answer with records in it
)

// Options say how to read. The zero value looks at the bytes and guesses.
type Options struct {
	Format string            // name of a format, see Formats; "" looks at the bytes
	Map    map[string]string // field of a posting -> column or dotted path it is read from

	// Except are files that a directory or a glob may hold and that are no inputs.
	Except []fs.FileInfo

	// Bytes, if not nil, counts the bytes read from the inputs, before decompression.
	Bytes *atomic.Int64

	// OnWait, if not nil, is called when every record read so far was yielded
	// and the input is about to be read again, which may take time.
	OnWait func()

	// OnPassed, if not nil, is told of what a directory or a glob holds and that
	// is passed over because it is no file.
	OnPassed func(file, why string)

	// OnSource, if not nil, is told of every input once its first record is known.
	OnSource func(Source)
}

// Source says how an input is read.
type Source struct {
	File   string
	Format string
	Fields []Field // which column became which field of the first posting
}

// Field is a field of a posting and the column or path it was read from.
type Field struct{ Name, From string }

// Place says where a record stands in the inputs.
type Place struct {
	File   string // "-" is standard input
	Line   int    // of the record's first byte, from 1; 0 where a format has no lines
	Record int    // number in the file, from 1; 0 where the whole file is meant
}

func (p Place) String() string {
	switch {
	case p.Line > 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	case p.Record > 0:
		return fmt.Sprintf("%s: record %d", p.File, p.Record)
	}
	return p.File
}

// Record is one posting as it stands in its feed. It is the receiver's to keep.
type Record struct {
	Place Place
	Err   error // why there is no posting here

	raw     []byte // as it came, where the format keeps it
	rawJSON bool   // raw is JSON
	fields  object // parsed, where the format parses while it cuts
	decode  func([]byte) (object, error)
	source  *source
}

// Posting reads the record. The error says what is wrong with it and what was
// wanted. It may be called from any goroutine.
func (r *Record) Posting() (classifier.Posting, error) {
	if r.Err != nil {
		return classifier.Posting{}, r.Err
	}
	fields, err := r.object()
	if err != nil {
		return classifier.Posting{}, err
	}
	return r.source.mapper.posting(fields, r)
}

func (r *Record) object() (object, error) {
	if r.fields != nil || r.decode == nil {
		return r.fields, nil
	}
	return r.decode(r.raw)
}

// Raw is the record's own bytes where the format keeps them, otherwise its
// fields as a JSON object.
func (r *Record) Raw() []byte {
	if r.raw != nil {
		return r.raw
	}
	return appendJSON(nil, r.fields)
}

// JSON appends the record to dst as a JSON object on one line, with members
// added behind its own. They are given as name and JSON by turns.
func (r *Record) JSON(dst []byte, added ...[]byte) ([]byte, error) {
	if r.Err != nil {
		return dst, r.Err
	}
	o, err := r.object()
	if err != nil {
		return dst, err
	}
	if own := without(o, added); !r.rawJSON || len(own) < len(o) {
		dst = appendJSON(dst, own)
	} else if dst, err = appendLine(dst, r.raw); err != nil {
		return dst, err
	}
	dst = dst[:len(dst)-1]
	for i := 0; i+1 < len(added); i += 2 {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, string(added[i])), ':')
		dst = append(dst, added[i+1]...)
	}
	return append(dst, '}'), nil
}

// Fields yields the record's own columns in order, nested ones as JSON.
func (r *Record) Fields() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		o, _ := r.object()
		for _, m := range o {
			s := text(m.value)
			if _, scalar := m.value.(string); !scalar && s == "" && m.value != nil {
				s = string(appendJSON(nil, m.value))
			}
			if !yield(m.name, s) {
				return
			}
		}
	}
}

// Read yields the records of all inputs, in order: files, directories (their
// files by name), globs, and "-" for standard input, which is also what no
// paths at all mean. It stops early when ctx is done.
func Read(ctx context.Context, paths []string, stdin io.Reader, opts Options) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		if err := opts.Check(); err != nil {
			yield(Record{Err: err})
			return
		}
		for input := range expand(paths, opts.Except) {
			if input.passed != "" {
				if opts.OnPassed != nil {
					opts.OnPassed(input.name, input.passed)
				}
				continue
			}
			if !readInput(ctx, input, stdin, &opts, yield) {
				return
			}
		}
	}
}

// readInput reads one input and says whether to go on with the next.
func readInput(ctx context.Context, input path, stdin io.Reader, opts *Options, yield func(Record) bool) bool {
	s := &source{opts: opts, file: input.name, mapper: newMapper(opts.Map), ctx: ctx, yield: yield}
	s.unmet = s.mapper.missing(nil)
	if input.err == nil {
		input.err = s.read(input, stdin)
	}
	if input.err == nil && s.first != nil {
		input.err = unmetError(s.unmet, s.first)
	}
	if input.err != nil && !s.stopped {
		s.emit(Record{Err: input.err, Place: Place{Line: s.line}})
	}
	return !s.stopped
}

// source is one input being read.
type source struct {
	opts    *Options
	file    string
	format  string
	mapper  *mapper
	ctx     context.Context
	yield   func(Record) bool
	records int     // yielded so far
	good    int     // of them that could be read
	line    int     // where reading stopped, when it stopped with an error
	unmet   []Field // of opts.Map: what no record has had so far
	first   object  // the first record that could be read, where any column was unmet
	stopped bool
}

// emit hands a record on; false asks the format to stop.
func (s *source) emit(r Record) bool {
	if s.stopped = s.stopped || s.ctx.Err() != nil; s.stopped {
		return false
	}
	s.records++
	if r.Err == nil {
		s.good++
	}
	r.source, r.Place.File, r.Place.Record = s, s.file, s.records
	if s.records == 1 && r.Err == nil {
		s.announce(&r)
	}
	if len(s.unmet) > 0 && r.Err == nil {
		s.meet(&r)
	}
	s.stopped = !s.yield(r)
	return !s.stopped
}

// meet strikes out what the record has of the columns that the user names.
func (s *source) meet(r *Record) {
	o, err := r.object()
	if err != nil {
		return
	}
	if s.first == nil {
		s.first = o
	}
	missing := s.mapper.missing(o)
	s.unmet = slices.DeleteFunc(s.unmet, func(f Field) bool { return !slices.Contains(missing, f) })
}

// unmetError says which columns that the user names are not among those of an input.
func unmetError(unmet []Field, has object) error {
	if len(unmet) == 0 {
		return nil
	}
	return fmt.Errorf("map %s=%s: no such column or path, among %s", unmet[0].Name, unmet[0].From, keys(has))
}

func (s *source) announce(r *Record) {
	if s.opts.OnSource == nil {
		return
	}
	fields, err := r.object()
	if err != nil {
		return
	}
	s.opts.OnSource(Source{File: s.file, Format: s.format, Fields: s.mapper.explain(fields)})
}

// Size is about how many bytes the record holds. Fields that were parsed out of
// raw share its memory.
func (r *Record) Size() int {
	if r.raw != nil {
		return len(r.raw) + 64*len(r.fields)
	}
	return sizeOf(r.fields)
}

// clipRaw keeps of broken data what is enough to know it by.
func clipRaw(data []byte) []byte { return bytes.Clone(data[:min(1000, len(data))]) }
