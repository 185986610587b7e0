package main

import (
	"fmt"
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
// was to be read.
func (p *piece) checkFiles() (err error) {
	if p.format = p.c.String("format"); p.format == "" {
		if p.format, err = sink.FormatOf(p.c.String("output")); err != nil {
			return err
		}
	}
	if err := sink.Check(p.format); err != nil {
		return err
	}
	if name := p.c.String("report"); name != "" {
		if info, err := os.Stat(filepath.Dir(name)); err != nil || !info.IsDir() {
			return fmt.Errorf("--report %s: there is no such folder", name)
		}
	}
	args := p.c.Args().Slice()
	if err := feed.CheckPaths(args); err != nil {
		return err
	}
	p.feed.Except = p.written()
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil { // standard input, a glob
			continue
		}
		if slices.ContainsFunc(p.feed.Except, func(w fs.FileInfo) bool { return os.SameFile(info, w) }) {
			return fmt.Errorf("%s is to be read and written: give the output another name", arg)
		}
	}
	return nil
}

// written are the files that the run writes to, as far as they are there.
func (p *piece) written() []fs.FileInfo {
	var all []fs.FileInfo
	add := func(info fs.FileInfo, err error) {
		if err == nil && info.Mode().IsRegular() {
			all = append(all, info)
		}
	}
	for _, flag := range []string{"output", "errors", "report"} {
		if name := p.c.String(flag); name != "" {
			add(os.Stat(name))
		}
	}
	if f, ok := p.c.Root().Writer.(*os.File); ok && p.c.String("output") == "" {
		add(f.Stat())
	}
	return all
}

// target is the file behind an output's name, links followed. A special one, a
// device or a pipe, is written to as it stands and cannot be put in place later.
func target(name string) (file string, special bool, err error) {
	if name == "" {
		return "", false, nil
	}
	info, err := os.Stat(name)
	if err != nil { // it is not there yet
		return name, false, nil
	}
	if info.IsDir() {
		return "", false, fmt.Errorf("%s is a directory: the name of a file was wanted", name)
	}
	if !info.Mode().IsRegular() {
		return name, true, nil
	}
	file, err = filepath.EvalSymlinks(name)
	return file, false, err
}

// complete says that an output is whole already, if it can be that of these
// inputs: one older than they are is an earlier feed's.
func (p *piece) complete(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if _, latest, known := feed.Measure(p.c.Args().Slice(), p.feed.Except); known && latest.After(info.ModTime()) {
		return fmt.Errorf("%s is complete, and older than what is to be read: remove it, or leave --resume out, to write it anew", name)
	}
	return batch.ErrComplete
}
