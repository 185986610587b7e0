package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// path is one input, or why an argument is none.
type path struct {
	name   string
	err    error
	passed string // why it is not read and no mistake either
}

// expand gives the files of the arguments: a directory's by name, its
// subdirectories' too. Those of except are passed over where nobody named them.
func expand(args []string, except []fs.FileInfo) iter.Seq[path] {
	if len(args) == 0 {
		args = []string{"-"}
	}
	return func(yield func(path) bool) {
		for _, arg := range args {
			for p := range expandOne(arg, except) {
				if !yield(p) {
					return
				}
			}
		}
	}
}

func expandOne(arg string, except []fs.FileInfo) iter.Seq[path] {
	return func(yield func(path) bool) {
		lower := strings.ToLower(arg)
		if strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
			yield(path{name: arg, err: errors.New("rolecall fetches nothing from a network: download it first, or pipe it in: curl URL | rolecall ... -")})
			return
		}
		if arg == "-" {
			yield(path{name: "-"})
			return
		}
		info, err := os.Stat(arg)
		switch {
		case err == nil && info.IsDir():
			walk(strings.TrimSuffix(arg, "/")+"/", except, yield) // with a slash, a link to a directory is one
		case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(arg, "*?["):
			glob(arg, except, yield)
		default:
			yield(path{name: arg, err: pathError(err)})
		}
	}
}

// pathError is an error of the file system without the path, which a Place has.
func pathError(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func glob(pattern string, except []fs.FileInfo, yield func(path) bool) {
	names, err := filepath.Glob(pattern)
	if err == nil && len(names) == 0 {
		err = errors.New("no file has such a name")
	}
	if err != nil {
		yield(path{name: pattern, err: err})
		return
	}
	hidden := strings.HasPrefix(filepath.Base(pattern), ".")
	for _, name := range names {
		if !hidden && strings.HasPrefix(filepath.Base(name), ".") || notInput(name, except) {
			continue
		}
		if unfit(name) == noFile {
			if !yield(path{name: name, passed: noFile}) {
				return
			}
			continue
		}
		for p := range expandOne(name, except) {
			if !yield(p) {
				return
			}
		}
	}
}

// walk gives a directory's files. Hidden ones are passed over, and so is what
// describes a directory of data and is no part of it.
func walk(dir string, except []fs.FileInfo, yield func(path) bool) {
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
		case name != dir && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() || aboutDirectory(d.Name()) || notInput(name, except):
			return nil
		}
		p := path{name: name, err: pathError(err)}
		if err == nil && !d.Type().IsRegular() {
			p.passed = unfit(name)
		}
		if !yield(p) {
			return fs.SkipAll
		}
		return nil
	})
	_ = err // every error went to yield
}

// Why what nobody named is not read: a pipe may never end, and by links to
// directories one could go round for ever.
const (
	noFile      = "no regular file"
	toDirectory = "a link to a directory"
)

// unfit says that of what is not a file, nor a link to one.
func unfit(name string) string {
	info, err := os.Stat(name)
	switch {
	case err != nil || info.Mode().IsRegular(): // an error is told where the file is read
		return ""
	case info.IsDir():
		return toDirectory
	}
	return noFile
}

func aboutDirectory(name string) bool {
	name = strings.ToUpper(name)
	stem := strings.TrimSuffix(strings.TrimSuffix(name, ".MD"), ".TXT")
	return slices.Contains([]string{"README", "INDEX", "LICENSE", "NOTICE", "CHANGELOG"}, stem)
}

// notInput says whether a file is written by this program, now or by a run that
// was cut off: read in its turn it would grow for ever.
func notInput(name string, except []fs.FileInfo) bool {
	for _, end := range []string{".part", ".part.json", ".part.json.new"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	if len(except) == 0 {
		return false
	}
	info, err := os.Stat(name)
	return err == nil && slices.ContainsFunc(except, func(e fs.FileInfo) bool { return os.SameFile(e, info) })
}

// CheckPaths says of the first argument that names nothing why.
func CheckPaths(paths []string) error {
	for _, arg := range paths {
		for p := range expandOne(arg, nil) {
			if p.err != nil && p.name == arg { // what a directory holds is told as it is read
				return fmt.Errorf("%s: %w", arg, p.err)
			}
			break
		}
	}
	return nil
}

// Measure adds up the bytes of the inputs, and says when the latest of them was
// written; known is false where that cannot be told before they are read.
func Measure(paths []string, except []fs.FileInfo) (bytes int64, latest time.Time, known bool) {
	for p := range expand(paths, except) {
		if p.passed != "" {
			continue
		}
		info, err := os.Stat(p.name)
		if p.name == "-" || err != nil || !info.Mode().IsRegular() {
			return bytes, latest, false
		}
		bytes += info.Size()
		if t := info.ModTime(); t.After(latest) {
			latest = t
		}
	}
	return bytes, latest, true
}

// read opens an input, finds its format and lets that format read it.
func (s *source) read(p path, stdin io.Reader) error {
	in := io.Reader(waiting{s.ctx, stdin})
	var file *os.File
	if p.name != "-" {
		f, regular, err := s.open(p.name)
		if err != nil {
			return pathError(err)
		}
		defer f.Close()
		if in, file = f, f; !regular {
			in, file = waiting{s.ctx, f}, nil
		}
	}
	if s.opts.Bytes != nil {
		in = counted{in, s.opts.Bytes}
	}
	w := s.window(in)
	if packed(w.fill(4)) {
		unpacked, err := unpack(w)
		if err != nil {
			return err
		}
		defer unpacked.Close()
		w, file = s.window(unpacked), nil
	}
	return s.readAs(w, file)
}

// open opens a file. That of a pipe waits for somebody who writes to it, which
// may be for ever: it is given up when the context ends.
func (s *source) open(name string) (f *os.File, regular bool, err error) {
	if info, err := os.Stat(name); err != nil || info.Mode().IsRegular() {
		f, err := os.Open(name)
		return f, true, err
	}
	if s.opts.OnWait != nil {
		s.opts.OnWait()
	}
	type file struct {
		f   *os.File
		err error
	}
	opened := make(chan file)
	go func() {
		f, err := os.Open(name)
		select {
		case opened <- file{f, err}:
		case <-s.ctx.Done():
			f.Close()
		}
	}()
	select {
	case o := <-opened:
		return o.f, false, o.err
	case <-s.ctx.Done():
		return nil, false, s.ctx.Err()
	}
}

func (s *source) window(r io.Reader) *window {
	w := newWindow(r, maxRecord)
	w.wait = s.opts.OnWait
	return w
}

// readAs finds the format and reads w with it; file is nil where the bytes of
// w are not simply those of a file.
func (s *source) readAs(w *window, file *os.File) error {
	w = s.decoded(w)
	f, err := pick(s.opts.Format, s.file, w.head())
	if err != nil {
		if failed := w.failed(); failed != nil {
			return failed
		}
		return err
	}
	s.format = f.name
	err = f.read(s, w, file)
	if s.line == 0 {
		s.line = w.line
	}
	if err == nil && !s.stopped {
		err = w.failed()
	}
	return err
}

// waiting gives up on an input that is silent when its context ends; without
// it an interrupt would wait for the next line of a pipe.
type waiting struct {
	ctx context.Context
	r   io.Reader
}

func (w waiting) Read(p []byte) (n int, err error) {
	done := make(chan struct{})
	own := make([]byte, len(p)) // p is not ours any more once we gave up
	go func() {
		defer close(done)
		n, err = w.r.Read(own)
	}()
	select {
	case <-done:
		return copy(p, own[:n]), err
	case <-w.ctx.Done():
		return 0, io.EOF
	}
}

// counted counts what is read.
type counted struct {
	io.Reader
	n *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}
