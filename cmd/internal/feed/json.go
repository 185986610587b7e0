package feed

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
)

func isJSON(head []byte) bool {
	head = bytes.TrimSpace(head)
	return len(head) > 0 && (head[0] == '{' || head[0] == '[')
}

// readJSON takes the postings out of JSON of any shape: a posting, an array
// of them, an answer with an array of them somewhere inside, several of those
// one after the other. An object that fits into the bounds of a record is
// parsed whole and looked into; a larger one, and every array, is entered and
// read as it streams by.
func readJSON(s *source, w *window, _ *os.File) error {
	r := jsonReader{s: s, w: w}
	if err := r.read(); err != nil {
		s.line = w.line
		return err
	}
	if s.records == 0 && w.failed() == nil && !r.none {
		s.line = 0
		return errors.New("no posting found in this JSON: an object with at least a title or a description was wanted")
	}
	return nil
}

type jsonReader struct {
	s    *source
	w    *window
	open []container // entered and not left, outermost first
	name string      // the start of the last string, which in an object names what is next
	none bool        // a list of postings was empty: a board without a vacancy
}

// container is an array, or an object larger than a record, that is read in pieces.
type container struct {
	kind    byte   // [ or {
	name    string // that it stands under
	place   Place
	records int   // emitted before it
	some    bool  // something stands in it
	err     error // why an object was not parsed whole
}

// read reads to the end, or until it is asked to stop.
func (r *jsonReader) read() error {
	for {
		data := r.w.bytes()
		if len(data) == 0 {
			if !r.w.more() {
				return r.cutOff()
			}
			continue
		}
		c := data[0]
		in := r.inside(c)
		switch {
		case c == '{':
			if !r.object() {
				return nil
			}
			continue
		case c == '"':
			place := Place{Line: r.w.line}
			r.name = skipString(r.w)
			if in && !r.s.emit(Record{Err: fmt.Errorf("a posting was wanted, not %q", r.name), Place: place}) {
				return nil
			}
			continue
		case in && isWordByte(c):
			n := 1
			for n < len(data) && n < maxName && isWordByte(data[n]) {
				n++
			}
			if !r.s.emit(Record{Err: fmt.Errorf("a posting was wanted, not %s", data[:n]), Place: Place{Line: r.w.line}}) {
				return nil
			}
			r.w.skip(n)
			continue
		case c == '[':
			r.open = append(r.open, container{kind: c, name: r.under(), place: Place{Line: r.w.line}, records: r.s.records})
		case c == ']' || c == '}':
			if !r.leaveBy(c) {
				return nil
			}
		}
		if len(r.open) > maxDepth {
			return fmt.Errorf("arrays and objects nested more than %d deep", maxDepth)
		}
		r.w.skip(1)
	}
}

// inside notes that c stands in what is open, and says whether that is a list
// in which postings stood before.
func (r *jsonReader) inside(c byte) bool {
	if len(r.open) == 0 || c <= ' ' || c == ',' || c == ']' {
		return false
	}
	in := &r.open[len(r.open)-1]
	in.some = true
	return in.kind == '[' && r.s.records > in.records
}

func isWordByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.'
}

// cutOff leaves all that is open at the end of the input, which ends too early
// if that is an array: what stood behind it is lost.
func (r *jsonReader) cutOff() error {
	i := slices.IndexFunc(r.open, func(c container) bool { return c.kind == '[' })
	line := 0
	if i >= 0 {
		line = r.open[i].place.Line
	}
	if r.leave(0); i < 0 || r.w.failed() != nil {
		return nil
	}
	return fmt.Errorf("the array that begins in line %d never ends: the input is cut off", line)
}

// leaveBy leaves the container that c ends, and with an array the objects in it
// that nothing ended.
func (r *jsonReader) leaveBy(c byte) bool {
	for i := len(r.open) - 1; i >= 0; i-- {
		if opened := r.open[i].kind; opened == c-2 { // in ASCII, [ and ] are two apart, so are { and }
			return r.leave(i)
		} else if opened == '[' {
			break
		}
	}
	return true
}

// leave leaves all containers from the one at i on. An object that should have
// been a posting, or had any in it, and was neither, is reported.
func (r *jsonReader) leave(i int) bool {
	for len(r.open) > i {
		c := r.open[len(r.open)-1]
		r.open = r.open[:len(r.open)-1]
		r.none = r.none || c.kind == '[' && !c.some && isList(c.name)
		if c.kind == '{' && r.s.records == c.records && (len(r.open) == 0 || r.expected()) {
			err := fmt.Errorf("%w, and no posting in it", c.err)
			if !r.s.emit(Record{Err: err, Place: c.place}) {
				return false
			}
		}
	}
	return true
}

// hasNoJobs says that an answer has a list of postings that is empty.
func hasNoJobs(o object, depth int) bool {
	return slices.ContainsFunc(o, func(m member) bool {
		list, ok := m.value.([]any)
		inner, _ := m.value.(object)
		return ok && len(list) == 0 && isList(m.name) || depth < 3 && hasNoJobs(inner, depth+1)
	})
}

// isList says whether postings are listed under a name, or at the top.
func isList(name string) bool {
	return slices.Contains(jobs, name) || slices.Contains(containers, name)
}

// under is the name that what comes next stands under, or its array; "" at the top.
func (r *jsonReader) under() string {
	if len(r.open) == 0 {
		return ""
	}
	if in := r.open[len(r.open)-1]; in.kind == '[' {
		return in.name
	}
	return r.name
}

// expected says that an object that comes next should have a posting: in an
// array of postings by its name, or by what it had before.
func (r *jsonReader) expected() bool {
	if len(r.open) == 0 {
		return false
	}
	in := r.open[len(r.open)-1]
	return in.kind == '[' && (r.s.records > in.records || isList(in.name))
}

// object reads the object that the window stands at, and is false when asked to stop.
func (r *jsonReader) object() bool {
	place := Place{Line: r.w.line}
	n, err := objectEnd(r.w)
	var raw []byte
	var o object
	if err == nil {
		raw = bytes.Clone(r.w.bytes()[:n])
		o, err = parseObject(raw)
	}
	switch {
	case errors.Is(err, errLarge):
		return r.enter(n, err, place)
	case err != nil:
		raw = clipRaw(r.w.bytes()[:n])
		r.w.skip(r.next(n))
		return r.s.emit(Record{Err: err, Place: place, raw: raw})
	}
	r.w.skip(n)
	r.none = r.none || hasNoJobs(o, 0)
	expected := r.expected() || len(r.open) == 0 && isRecord(o)
	return r.s.emitFound(o, place, raw, r.under(), expected)
}

// enter goes into the object that the window stands at, of which n bytes were
// looked at: err says why it is not parsed whole.
func (r *jsonReader) enter(n int, err error, place Place) bool {
	if !r.w.mayLookAgain(n) {
		r.w.skip(n)
		return r.s.emit(Record{Err: fmt.Errorf("%w, again and again: no feed of postings", err), Place: place})
	}
	r.open = append(r.open, container{kind: '{', name: r.under(), place: place, records: r.s.records, err: err})
	r.w.skip(1)
	return true
}

// next is where, in a broken object of n bytes that the window stands at, the
// next one seems to start: a line with a brace as far in as this one's.
func (r *jsonReader) next(n int) int {
	if at := bytes.Index(r.w.bytes()[:n], r.w.lineStart('{')); at > 0 && r.w.mayLookAgain(n) {
		return at
	}
	return n
}

// maxName is how much of a string is kept to be a name.
const maxName = 40

// skipString moves past a string, or to the end of its line: JSON strings
// have none, so a quote that is missing or too many does no harm beyond it. It
// gives the start of the string, which may be the name of what comes next.
func skipString(w *window) (start string) {
	w.skip(1)
	for {
		data, i := w.bytes(), 0
		for i < len(data) && data[i] != '"' && data[i] != '\n' {
			if data[i] == '\\' {
				i++
			}
			i++
		}
		end := min(i, len(data))
		start += string(data[:min(end, maxName-len(start))])
		w.skip(min(i+1, len(data)))
		if i < len(data) || !w.more() {
			return start
		}
	}
}
