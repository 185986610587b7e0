package feed

import (
	"bytes"
	"slices"
	"strings"
)

// mend puts a record's elements in order, as far as its tags say what was
// meant, so that damage in one field costs no other: an element that nothing
// ends does so where a field of the posting starts in it, and a CDATA section
// where its element does. Ends of what never began, comments, and every "<"
// that starts no tag are none. A record in order is given back as it is.
func mend(raw []byte) []byte {
	if inOrder(raw) {
		return raw
	}
	own, _ := readTag(raw)
	m := mender{raw: raw, record: string(own.name), count: map[string]int{}}
	cdata, comments := finder{what: cdataEnd}, finder{what: commentEnd}
	for i := 0; ; {
		at := bytes.IndexByte(raw[i:], '<')
		if at < 0 {
			break
		}
		i += at
		t, whole := readTag(raw[i:])
		switch {
		case t.kind == tagCDATA:
			i = m.pastCDATA(i+t.size, cdata.find(raw, 0, i+t.size))
			continue
		case t.kind == tagComment:
			if end := comments.find(raw, 0, i+t.size); end >= 0 {
				m.put(i, end+len(commentEnd)-i, "")
				i = end + len(commentEnd)
				continue
			}
			m.put(i, 1, "&lt;")
		case t.kind == tagCloses && len(t.name) > 0:
			m.closes(i, t)
		case !whole, t.kind == tagText:
			if t.size == 1 || len(t.name) > 0 {
				m.put(i, 1, "&lt;")
			}
		default:
			m.opens(i, t)
		}
		i += max(1, t.size)
	}
	return m.mended()
}

// inOrder says that every element of a record ends, the innermost first, and
// every CDATA section in its element, and that no field stands behind text in one
// of a line. Comments are for mend to take out.
func inOrder(raw []byte) bool {
	type element struct {
		name string
		text bool // stands right in it
	}
	var open []element
	cdata := finder{what: cdataEnd}
	for i := 0; ; {
		at := bytes.IndexByte(raw[i:], '<')
		if at < 0 {
			return len(open) == 0
		}
		top := len(open) - 1
		if top >= 0 && len(bytes.TrimSpace(raw[i:i+at])) > 0 {
			open[top].text = true
		}
		i += at
		t, whole := readTag(raw[i:])
		end := i + t.size
		switch {
		case t.kind == tagCDATA && top >= 0:
			if end = cdata.find(raw, 0, i+t.size); end < 0 || isCutOff(raw[i+t.size:end], open[top].name, open[0].name) {
				return false
			}
			open[top].text = true
			end += len(cdataEnd)
		case !whole, t.kind == tagText, t.kind == tagComment, t.kind == tagCDATA, raw[end-1] != '>':
			return false
		case t.kind == tagCloses:
			if top < 0 || open[top].name != string(t.name) {
				return false
			}
			open = open[:top]
		case top > 0 && open[top].text && isOneLine([]byte(open[top].name)) && len(fieldsOf(t.name)) > 0:
			return false
		case t.kind == tagOpens:
			open = append(open, element{name: string(t.name)})
		}
		i = end
	}
}

// mender is a record as far as its tags are read.
type mender struct {
	raw    []byte
	record string         // name of its element
	open   []xmlElement   // outermost first
	count  map[string]int // of the open ones, by name
	fields []int          // which of the open ones are fields that go on to their end, as far as is known
	edits  []xmlEdit
}

// xmlElement is one that is open.
type xmlElement struct {
	name string
	from int // where its content begins
	ends int // where it ends if no tag ends it; 0 is not known
}

// xmlEdit puts a text at a place of a record, for a number of bytes there.
type xmlEdit struct {
	at, bytes int
	text      string
}

func (m *mender) put(at, bytes int, text string) { m.edits = append(m.edits, xmlEdit{at, bytes, text}) }

// opens notes the tag at i that opens an element. Where that is a field, a
// field of one line with a text before it has ended.
func (m *mender) opens(i int, t xmlTag) {
	field := len(fieldsOf(t.name)) > 0
	if top := len(m.open) - 1; top > 0 && field && m.hasText(m.open[top], i) && isOneLine([]byte(m.open[top].name)) {
		e := m.open[top]
		if e.ends == 0 {
			e.ends = i
		}
		m.pop()
		m.end(e)
	}
	m.fields = slices.DeleteFunc(m.fields, func(at int) bool {
		e := &m.open[at]
		if !field && (isHTML(t.name) || !isOneLine([]byte(e.name))) {
			return false
		}
		e.ends = i
		return true
	})
	if t.kind == tagEmpty {
		return
	}
	if field && len(m.open) > 0 {
		m.fields = append(m.fields, len(m.open))
	}
	m.open = append(m.open, xmlElement{name: string(t.name), from: i + t.size})
	m.count[string(t.name)]++
}

func (m *mender) hasText(e xmlElement, to int) bool {
	return len(bytes.TrimSpace(m.raw[e.from:to])) > 0
}

// closes notes the tag at i that closes an element, and ends those in it.
func (m *mender) closes(i int, t xmlTag) {
	name := string(t.name)
	if m.count[name] == 0 {
		m.put(i, t.size, "")
		return
	}
	for {
		e := m.open[len(m.open)-1]
		m.pop()
		if e.name == name {
			break
		}
		if e.ends == 0 && isURL(e.name) {
			e.ends = i
		}
		if e.ends > 0 {
			m.end(e)
		}
	}
	if m.raw[i+t.size-1] != '>' {
		m.put(i, t.size, "</"+name+">")
	}
}

// pop forgets the innermost element.
func (m *mender) pop() {
	last := len(m.open) - 1
	m.count[m.open[last].name]--
	m.open = m.open[:last]
	if n := len(m.fields); n > 0 && m.fields[n-1] == last {
		m.fields = m.fields[:n-1]
	}
}

// end ends an element where no tag does; an address ends before that, at
// the first character that none has.
func (m *mender) end(e xmlElement) {
	if isURL(e.name) {
		text := m.raw[e.from:e.ends]
		start := len(text) - len(bytes.TrimLeft(text, " \t\r\n"))
		if n := bytes.IndexAny(text[start:], " \t\r\n<>"); n > 0 {
			e.ends = e.from + start + n
		}
	}
	m.put(e.ends, 0, "</"+e.name+">")
}

func isURL(name string) bool { return isField([]byte(name), fURL) }

// pastCDATA is where to go on behind a CDATA section whose text begins at i and
// ends at end, or where its element ends if it has no end of its own.
func (m *mender) pastCDATA(i, end int) int {
	element := m.record
	if len(m.open) > 0 {
		element = m.open[len(m.open)-1].name
	}
	if end >= 0 && !isCutOff(m.raw[i:end], element, m.record) {
		return end + len(cdataEnd)
	}
	at := cutOffAt(m.raw[i:], element, m.record)
	if at < 0 {
		return len(m.raw)
	}
	m.put(i+at, 0, cdataEnd)
	return i + at
}

// mended is the record with all edits.
func (m *mender) mended() []byte {
	if len(m.edits) == 0 {
		return m.raw
	}
	slices.SortStableFunc(m.edits, func(a, b xmlEdit) int { return a.at - b.at })
	var b strings.Builder
	from := 0
	for _, e := range m.edits {
		b.Write(m.raw[from:max(from, e.at)])
		b.WriteString(e.text)
		from = max(from, e.at+e.bytes)
	}
	b.Write(m.raw[from:])
	return []byte(b.String())
}
