package feed

import (
	"bytes"
	"errors"
	"io"
)

// window is a stretch of an input that moves on. It never holds more than max
// bytes, whatever comes in.
type window struct {
	r      io.Reader
	max    int
	buf    []byte
	start  int
	line   int // of buf[start], from 1
	passed int // bytes before buf[start]
	again  int // bytes that were looked at in vain, to be looked at again
	err    error
	wait   func() // called before a read that may have to wait; may be nil
}

func newWindow(r io.Reader, limit int) *window {
	return &window{r: r, max: limit, line: 1, buf: make([]byte, 0, 256<<10)}
}

// windowOf is a window on data that is there already.
func windowOf(data []byte, line int) *window {
	return &window{r: bytes.NewReader(nil), max: len(data) + 1, buf: data, line: line, err: io.EOF}
}

// bytes is what is there now; it is good until the next more or take.
func (w *window) bytes() []byte { return w.buf[w.start:] }

// more reads on, and is false at the end of the input and when the window is
// as large as it may be.
func (w *window) more() bool {
	if w.err != nil || len(w.buf)-w.start >= w.max {
		return false
	}
	w.room()
	if w.wait != nil {
		w.wait()
	}
	for range 100 {
		n, err := w.r.Read(w.buf[len(w.buf):cap(w.buf)])
		w.buf = w.buf[:len(w.buf)+n]
		w.err = err
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	w.err = io.ErrNoProgress
	return false
}

// room makes space behind the data: by moving it down, or in a larger buffer.
func (w *window) room() {
	if len(w.buf) < cap(w.buf)*3/4 {
		return
	}
	held := w.buf[w.start:]
	if largest := w.max + 64<<10; w.start < cap(w.buf)/4 && cap(w.buf) < largest {
		w.buf = append(make([]byte, 0, min(2*cap(w.buf), largest)), held...)
	} else {
		w.buf = w.buf[:copy(w.buf, held)]
	}
	w.start = 0
}

// full says that the window holds as much as it may.
func (w *window) full() bool { return len(w.buf)-w.start >= w.max }

// failed is the error that ended the input, if it was not its end.
func (w *window) failed() error {
	if w.err == nil || errors.Is(w.err, io.EOF) {
		return nil
	}
	return w.err
}

// skip moves past n bytes.
func (w *window) skip(n int) {
	w.line += bytes.Count(w.buf[w.start:w.start+n], []byte{'\n'})
	w.start += n
	w.passed += n
}

// take moves past n bytes and gives a copy of them.
func (w *window) take(n int) []byte {
	taken := bytes.Clone(w.buf[w.start : w.start+n])
	w.skip(n)
	return taken
}

// fill reads until n bytes are there, or the input ends.
func (w *window) fill(n int) []byte {
	for len(w.buf)-w.start < n && w.more() {
	}
	return w.bytes()
}

// until is the window's bytes up to where end finds one, or the input ends;
// false if neither is within the window's bounds.
func (w *window) until(end func(data []byte) int) ([]byte, bool) {
	for size := 64 << 10; ; size *= 2 {
		data := w.fill(min(size, w.max))
		if n := end(data); n >= 0 {
			return data[:n], true
		}
		if len(data) < min(size, w.max) {
			return data, true
		}
		if w.full() {
			return data, false
		}
	}
}

// find is where what f looks for stands at or behind byte i; -1 where that is
// not in what is left of the input, as far as the window holds it.
func (w *window) find(f *finder, i int) int {
	for {
		if at := f.find(w.bytes(), w.passed, i); at >= 0 || !w.more() {
			return at
		}
	}
}

// mayLookAgain says whether n bytes that were looked at in vain may be looked
// at once more. It keeps the time within a multiple of the input's length.
func (w *window) mayLookAgain(n int) bool {
	w.again += n
	return w.again <= 16*(16*w.max+w.passed)
}

// lineStart is a line's end and start up to and with c, as far in as where w
// stands; nothing that could be found where that is not at the start of a line.
func (w *window) lineStart(c byte) []byte {
	at := w.start
	for at > 0 && (w.buf[at-1] == ' ' || w.buf[at-1] == '\t') {
		at--
	}
	if at == 0 || w.buf[at-1] != '\n' {
		return []byte("\x00\n")
	}
	return append(bytes.Clone(w.buf[at-1:w.start]), c)
}

// head is the start of an input, to find its format by: sniffed bytes, or less
// where the first line is a posting already, so that a slow pipe need not fill.
func (w *window) head() []byte {
	for len(w.bytes()) < sniffed && !isJSONL(w.bytes()) && w.more() {
	}
	return w.bytes()
}
