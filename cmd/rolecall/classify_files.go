package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"rolecall/cmd/internal/batch"
	"rolecall/cmd/internal/feed"
	"rolecall/cmd/internal/sink"
)

// checkFiles looks at every name that was given before anything is opened to
// be written: a wrong one costs nothing then, and nothing is overwritten that
// was to be read, or that is written otherwise.
func (p *piece) checkFiles() (err error) {
	if p.format = p.c.String("format"); p.format == "" {
		if p.format, err = sink.FormatOf(p.c.String("output")); err != nil {
			return err
		}
	}
	if err := sink.Check(p.format); err != nil {
		return err
	}
	if err := p.checkNames(); err != nil {
		return err
	}
	args := p.c.Args().Slice()
	if err := feed.CheckPaths(args); err != nil {
		return err
	}
	all := p.written()
	if err := checkApart(all); err != nil {
		return err
	}
	p.feed.Except = files(all)
	return p.checkInputs(args)
}

// checkNames looks at the names of what is written, each by itself.
func (p *piece) checkNames() error {
	for _, flag := range []string{"output", "errors", "report"} {
		name := p.c.String(flag)
		if name == "" {
			continue
		}
		if info, err := os.Stat(filepath.Dir(name)); err != nil || !info.IsDir() {
			return fmt.Errorf("--%s %s: there is no such folder", flag, name)
		}
		if _, _, err := p.target(name); err != nil {
			return err
		}
	}
	return nil
}

// checkInputs refuses to write what is to be read.
func (p *piece) checkInputs(args []string) error {
	isWritten := func(info fs.FileInfo) bool {
		return slices.ContainsFunc(p.feed.Except, func(w fs.FileInfo) bool { return os.SameFile(info, w) })
	}
	for _, arg := range args {
		if info, err := os.Stat(arg); err == nil && isWritten(info) { // an error: standard input, a glob
			return fmt.Errorf("%s is to be read and written: give the output another name", arg)
		}
	}
	if f, ok := p.c.Root().Reader.(*os.File); ok && (len(args) == 0 || slices.Contains(args, "-")) {
		if info, err := f.Stat(); err == nil && isWritten(info) {
			return errors.New("standard input is to be read and written: give the output another name")
		}
	}
	return nil
}

// place is a file that the run writes to.
type place struct {
	said   string      // how the user knows it
	path   string      // links followed; "" of a stream
	info   fs.FileInfo // nil: it is not there yet
	stream bool        // written to as it stands, behind what others write
}

// written are the files that the run writes to. Devices and pipes are none:
// nothing of theirs is overwritten.
func (p *piece) written() (all []place) {
	name := p.c.String("output")
	if name == "" || p.own(name) == p.c.Root().Writer {
		all = addStream(all, "standard output", p.c.Root().Writer)
	} else {
		all = add(all, "--output "+name, name, false)
		file, _, _ := p.target(name)
		for _, beside := range batch.Beside(file) {
			all = add(all, beside+", which --output needs,", beside, false)
		}
	}
	if name := p.c.String("errors"); name != "" {
		all = add(all, "--errors "+name, name, p.own(name) != nil)
	}
	if name := p.c.String("report"); name != "" {
		all = add(all, "--report "+name, name, false)
	}
	return addStream(all, standardError, p.stderr)
}

const standardError = "standard error"

func add(all []place, said, name string, stream bool) []place {
	w := place{said: said, stream: stream}
	info, err := os.Stat(name)
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		return all
	default:
		w.info = info
	}
	if full, err := filepath.Abs(followed(name)); err == nil {
		w.path = followed(full) // of the folder that we are in, too
	}
	return append(all, w)
}

func addStream(all []place, said string, w io.Writer) []place {
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			all = append(all, place{said: said, info: info, stream: true})
		}
	}
	return all
}

// checkApart refuses two outputs in one file. What stands on standard error is
// shown, and may stand in a stream.
func checkApart(all []place) error {
	for i, w := range all {
		for _, v := range all[:i] {
			same := w.path != "" && w.path == v.path || w.info != nil && v.info != nil && os.SameFile(w.info, v.info)
			if same && !(w.said == standardError && v.stream) {
				return fmt.Errorf("%s and %s are the same file: give one of them another name", v.said, w.said)
			}
		}
	}
	return nil
}

// files are those of them that are there.
func files(all []place) (there []fs.FileInfo) {
	for _, w := range all {
		if w.info != nil {
			there = append(there, w.info)
		}
	}
	return there
}

// target is the file behind an output's name, links followed. A special one, a
// device, a pipe or one of this process's own streams, is written to as it
// stands and cannot be put in place later.
func (p *piece) target(name string) (file string, special bool, err error) {
	if name == "" {
		return "", false, nil
	}
	info, err := os.Stat(name)
	if err != nil { // it is not there yet
		return followed(name), false, nil
	}
	if info.IsDir() {
		return "", false, fmt.Errorf("%s is a directory: the name of a file was wanted", name)
	}
	if !info.Mode().IsRegular() || p.own(name) != nil {
		return name, true, nil
	}
	return followed(name), false, nil
}

// own is the stream of this process that a name means, as /dev/stderr does; nil
// if none.
func (p *piece) own(name string) io.Writer {
	info, err := os.Stat(name)
	if err != nil {
		return nil
	}
	for _, w := range []io.Writer{p.c.Root().Writer, p.stderr} {
		if f, ok := w.(*os.File); ok {
			if own, err := f.Stat(); err == nil && os.SameFile(own, info) {
				return w
			}
		}
	}
	return nil
}

// openSpecial opens a special file. A stream of this process is used as it is:
// opened once more, each of the two would write over what the other wrote.
func (p *piece) openSpecial(name string) (io.Writer, error) {
	if own := p.own(name); own != nil {
		return own, nil
	}
	return os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
}

// followed is the file that a name leads to by links, there or not.
func followed(name string) string {
	for range 40 { // as many as systems follow
		dir, base := filepath.Split(name)
		if real, err := filepath.EvalSymlinks(dir); err == nil && dir != "" {
			name = filepath.Join(real, base)
		}
		to, err := os.Readlink(name)
		if err != nil {
			break
		}
		if !filepath.IsAbs(to) {
			to = filepath.Dir(name) + string(filepath.Separator) + to
		}
		name = to
	}
	return name
}

// complete says that an output is whole already, if it can be that of these
// inputs: one older than they are is an earlier feed's.
func (p *piece) complete(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	switch _, latest, known := feed.Measure(p.c.Args().Slice(), p.feed.Except); {
	case !known: // standard input
		return notAgain(name, "not known to be of this input")
	case latest.After(info.ModTime()):
		return notAgain(name, "older than what is to be read")
	}
	return batch.ErrComplete
}

// notAgain refuses to take a complete output for that of a feed which would then
// never be read.
func notAgain(name, why string) error {
	return fmt.Errorf("%s is complete, and %s: remove it, or leave --resume out, to write it anew", name, why)
}
