package feed

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// cutter cuts an input of XML into the elements that hold a posting.
type cutter struct {
	s        *source
	w        *window
	decode   func([]byte) (object, error)
	cdata    finder
	comments finder
	fields   Record   // where fields of a posting stand since the last record ended, outside of any
	broken   string   // name of the last record where it was told of as broken: its end may follow
	entered  []string // names of elements that hold records, of which the ends will follow
}

func newCutter(s *source, w *window, decode func([]byte) (object, error)) *cutter {
	return &cutter{s: s, w: w, decode: decode, cdata: finder{what: cdataEnd}, comments: finder{what: commentEnd}}
}

// seek moves the window to the next tag that opens an element which holds a
// posting; false where there is none, or when asked to stop. What is in a
// comment is none. It tells of records that end and never began.
func (c *cutter) seek() bool {
	for i := 0; ; {
		data := c.w.bytes()
		at := bytes.IndexByte(data[i:], '<')
		if at < 0 {
			c.w.skip(len(data))
			if i = 0; !c.w.more() {
				return false
			}
			continue
		}
		i += at
		t, whole := readTag(data[i:])
		if !whole {
			c.w.skip(i)
			i = 0
			if c.w.more() {
				continue
			}
			if t.size = 1; t.kind != tagCloses {
				t.kind = tagText
			}
		}
		if !c.matters(t) {
			i += t.size
			continue
		}
		c.w.skip(i)
		i = t.size
		switch {
		case t.kind == tagComment:
			end := c.w.find(&c.comments, i)
			if end < 0 && !c.endless("the comment", i) {
				return false
			}
			i = max(i, end+len(commentEnd))
		case t.kind == tagCloses:
			if !c.closed(string(t.name)) {
				return false
			}
		case t.kind == tagText:
			if !c.endless("the tag <"+string(t.name)+">", i) {
				return false
			}
		case !isItem(t.name):
			c.fields = Record{Place: Place{Line: c.w.line}, raw: clipRaw(c.w.bytes())}
		default:
			end := c.brokenField(t)
			if end == 0 {
				c.fields = Record{}
				return true
			}
			i = end
		}
	}
}

// matters says that seek has to look closer at a tag: it is one of an element
// that holds a posting, a comment, or the first field outside of any record.
func (c *cutter) matters(t xmlTag) bool {
	return isItem(t.name) || t.kind == tagComment || t.kind == tagOpens && c.fields.raw == nil && len(fieldsOf(t.name)) > 0
}

// endless tells of what starts where the window stands, with n bytes, and never
// ends: what is behind these is read.
func (c *cutter) endless(what string, n int) bool {
	return c.s.emit(Record{Err: errors.New(what + " that starts here never ends"), Place: Place{Line: c.w.line}, raw: clipRaw(c.w.bytes()[:n])})
}

// brokenField is where the text of the element ends that the window stands at,
// if that is no more than a field of the broken record before it: it has another
// name, and no elements in it. Otherwise it is 0.
func (c *cutter) brokenField(t xmlTag) int {
	if c.broken == "" || c.broken == string(t.name) || t.kind == tagEmpty {
		return 0
	}
	data := c.w.bytes()
	end := []byte("</" + string(t.name))
	if at := bytes.IndexByte(data[t.size:], '<'); at >= 0 && bytes.HasPrefix(data[t.size+at:], end) {
		return t.size + at + len(end)
	}
	return 0
}

// closed notes the end of a record that is not open, and tells of it where
// fields stand before it that could be those of a posting.
func (c *cutter) closed(name string) bool {
	fields := c.fields
	c.fields = Record{}
	if known := c.broken == name || slices.Contains(c.entered, name); known || fields.raw == nil {
		c.broken = ""
		return true
	}
	fields.Err = fmt.Errorf("the record that stands here ends with </%s> and never began: <%s> was wanted before it", name, name)
	return c.s.emit(fields)
}

// record reads the element that the window stands at, and is false when asked to stop.
func (c *cutter) record() bool {
	own, _ := readTag(c.w.bytes())
	name, place := string(own.name), Place{Line: c.w.line}
	n, err := c.end(name, own)
	if err == nil {
		c.broken = ""
		return c.s.emit(Record{raw: c.w.take(n), Place: place, decode: c.decode})
	}
	raw := c.w.bytes()
	if n > own.size {
		raw = raw[:n]
	}
	raw = clipRaw(raw)
	c.w.skip(n)
	if err == errWrapper {
		if len(c.entered) < maxDepth && !slices.Contains(c.entered, name) {
			c.entered = append(c.entered, name)
		}
		return true
	}
	c.broken = name
	return c.s.emit(Record{Err: err, Place: place, raw: raw})
}

// errWrapper says that an element is no record, and has records in it.
var errWrapper = errors.New("records are in it")

// scan is how far the element that the window stands at is known.
type scan struct {
	name      string
	open      []string // names of the elements that are open, outermost first; none of HTML's
	inner     int      // where an element of the record's name starts right in it, to hold a text or to be the next record
	next      int      // where one starts deeper in, which is the next record if this one never ends
	within    int      // how many elements are open around that one
	holds     int      // elements right in it that could be records: they have a title or a description in them
	counted   bool     // the last of these is counted
	described bool     // it has a description right in it
}

// end is the length of the record that the window stands at, of which own is
// the tag. With an error it is how much of a broken one to pass over. A record
// is broken where it does not end in the window, or where another starts in it
// first: that is an element of its name, unless that has no more than a text in
// it, or stands in one that ends before the record does.
func (c *cutter) end(name string, own xmlTag) (int, error) {
	if own.kind == tagEmpty {
		return own.size, nil
	}
	x := scan{name: name, open: []string{name}}
	i := own.size
	for {
		data := c.w.bytes()
		at := bytes.IndexByte(data[i:], '<')
		if at < 0 {
			if i = len(data); !c.w.more() {
				break
			}
			continue
		}
		i += at
		t, whole := readTag(data[i:])
		if !whole {
			if !c.w.more() {
				break
			}
			continue
		}
		ended := false
		switch t.kind {
		case tagCDATA:
			i = c.pastCDATA(i+t.size, x.open[len(x.open)-1], name)
			continue
		case tagComment:
			if end := c.w.find(&c.comments, i+t.size); end >= 0 {
				i = end + len(commentEnd)
				continue
			}
		case tagOpens, tagEmpty:
			ended = !x.opens(i, t, c.mayLookAgain(0))
		case tagCloses:
			if x.inner == 0 && string(t.name) == name && x.last(t.name) == 0 {
				return i + t.size, nil
			}
			ended = !x.closes(t)
		}
		switch {
		case ended:
			return c.brokenAt(&x, i)
		case x.holds > 1 && !x.described && c.mayLookAgain(i):
			return own.size, errWrapper
		}
		i += t.size
	}
	return c.brokenAt(&x, i)
}

// mayLookAgain is the window's, for tags, which take far longer than mere bytes.
func (c *cutter) mayLookAgain(n int) bool { return c.w.mayLookAgain(16 * n) }

// pastCDATA is where the text goes on behind a CDATA section of which the text
// begins at i: behind its end, or at i where it has none.
func (c *cutter) pastCDATA(i int, element, record string) int {
	end := c.w.find(&c.cdata, i)
	if end < 0 || isCutOff(c.w.bytes()[i:end], element, record) {
		return i
	}
	return end + len(cdataEnd)
}

// brokenAt is what end says of a record that is broken, and was looked at up to i.
func (c *cutter) brokenAt(x *scan, i int) (int, error) {
	err := fmt.Errorf("the <%s> that starts here never ends", x.name)
	next := max(x.inner, x.next)
	switch more := c.mayLookAgain(i - next); {
	case next > 0:
		return next, err
	case !more:
		return i, fmt.Errorf("%w, again and again: no feed of postings", err)
	case c.w.full():
		err = fmt.Errorf("the <%s> that starts here has more than %d bytes, or never ends", x.name, c.w.max)
	}
	own, _ := readTag(c.w.bytes())
	return own.size, err
}

// opens notes the tag at i that opens an element; false where the record is
// broken. patient says whether there is time to look at what comes behind the
// start of what may be the next record.
func (x *scan) opens(i int, t xmlTag, patient bool) bool {
	own := string(t.name) == x.name
	if own {
		for len(x.open) > 1 && isLeaf(x.open[len(x.open)-1]) { // one that nothing ended
			x.open = x.open[:len(x.open)-1]
		}
	}
	depth := len(x.open)
	switch {
	case x.inner > 0:
		return false
	case own && t.kind == tagEmpty:
		if hasAttributes := t.size > len("<")+len(x.name)+len(" />"); hasAttributes && depth == 1 {
			x.inner = i
		}
		return x.inner == 0
	case own && depth == 1:
		x.inner = i
		return true
	case own && x.next == 0:
		x.next, x.within = i, depth
	}
	if own && (!patient || depth >= maxDepth) {
		return false
	}
	x.count(t.name)
	if t.kind == tagOpens && depth < maxDepth && !isHTML(t.name) {
		x.open = append(x.open, string(t.name))
	}
	return true
}

// count notes what an element says of the record that it is in: whether that is
// one, or has records in it.
func (x *scan) count(name []byte) {
	switch {
	case len(x.open) == 1:
		x.counted = false
		x.described = x.described || isField(name, fDescription)
	case len(x.open) == 2 && !x.counted && isItem([]byte(x.open[1])) && isField(name, fTitle, fDescription):
		x.holds, x.counted = x.holds+1, true
	}
}

// closes notes a tag that closes an element, and with it those in it that
// nothing ended; false where the record is broken.
func (x *scan) closes(t xmlTag) bool {
	if x.inner > 0 {
		own := string(t.name) == x.name
		if own {
			x.inner = 0
		}
		return own
	}
	if at := x.last(t.name); at > 0 {
		x.open = x.open[:at]
		if at < x.within {
			x.next, x.within = 0, 0
		}
	}
	return true
}

// last is which of the open elements is the last of a name; -1 for none.
func (x *scan) last(name []byte) int {
	for i := len(x.open) - 1; i >= 0; i-- {
		if x.open[i] == string(name) {
			return i
		}
	}
	return -1
}

// isLeaf says that no records can be in an element, by its name.
func isLeaf(name string) bool {
	return isField([]byte(name), fID, fTitle, fDescription, fURL, fPosted)
}
