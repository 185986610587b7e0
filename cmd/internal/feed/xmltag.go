package feed

import (
	"bytes"
	"slices"
	"strings"
)

// What can stand at a "<".
const (
	tagText    = iota // no tag: a "<" in a text, a declaration, a tag that another cuts off
	tagOpens          // an element
	tagEmpty          // an element that ends where it starts
	tagCloses         // an element
	tagCDATA          // only its start
	tagComment        // only its start
)

// xmlTag is what stands at a "<", of size bytes.
type xmlTag struct {
	kind int
	name []byte
	size int
}

const (
	cdataStart, cdataEnd     = "<![CDATA[", "]]>"
	commentStart, commentEnd = "<!--", "-->"
)

// readTag reads what stands at the "<" that data starts with; whole is false
// where data ends before that can be told. A tag has no "<" in it, so nothing
// is looked at more than once for one that never ends.
func readTag(data []byte) (t xmlTag, whole bool) {
	switch {
	case bytes.HasPrefix(data, []byte(cdataStart)):
		return xmlTag{kind: tagCDATA, size: len(cdataStart)}, true
	case bytes.HasPrefix(data, []byte(commentStart)):
		return xmlTag{kind: tagComment, size: len(commentStart)}, true
	case len(data) < len(cdataStart) && (strings.HasPrefix(cdataStart, string(data)) || strings.HasPrefix(commentStart, string(data))):
		return xmlTag{size: len(data)}, false
	}
	t.kind, t.size = tagOpens, 1
	if data[1] == '/' {
		t.kind, t.size = tagCloses, 2
	}
	if t.size == len(data) {
		return t, false
	}
	if !nameStarts(data[t.size]) {
		return xmlTag{size: t.size}, true
	}
	from := t.size
	for t.size < len(data) && !tagEnds(data[t.size]) && data[t.size] != '<' {
		t.size++
	}
	t.name = data[from:t.size]
	return t.end(data)
}

// end finds where t ends, of which the name is read. A ">" in quotes is none of
// the tag's, unless a quote is missing.
func (t xmlTag) end(data []byte) (xmlTag, bool) {
	quote, quoted := byte(0), 0
	for ; t.size < len(data); t.size++ {
		switch c := data[t.size]; {
		case c == '<' && quoted > 0:
			t.size = quoted
			return t.whole(data), true
		case c == '<' && t.kind == tagCloses:
			return t, true
		case c == '<':
			return xmlTag{name: t.name, size: t.size}, true
		case c == '>' && quote == 0:
			t.size++
			return t.whole(data), true
		case c == '>' && quoted == 0:
			quoted = t.size + 1
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\'') && t.kind == tagOpens:
			quote = c
		}
	}
	return t, false
}

// whole is t with its end, which says whether it is empty.
func (t xmlTag) whole(data []byte) xmlTag {
	if t.kind == tagOpens && data[t.size-2] == '/' {
		t.kind = tagEmpty
	}
	return t
}

func nameStarts(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80 }

func tagEnds(c byte) bool {
	return c == '>' || c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '/'
}

// finder looks for a text in an input that moves on, and remembers where it is
// or is not, so that no stretch is searched twice.
type finder struct {
	what     string
	from, to int // bytes of the input, from its start: the text starts at none of them
	found    bool
}

// find is where the text stands in data at or behind i, -1 for nowhere. passed
// are the bytes of the input before data.
func (f *finder) find(data []byte, passed, i int) int {
	if at := passed + i; at < f.from || at > f.to {
		f.from, f.to, f.found = at, at, false
	}
	if !f.found {
		at := bytes.Index(data[f.to-passed:], []byte(f.what))
		if f.found = at >= 0; f.found {
			f.to += at
		} else {
			f.to = max(f.to, passed+len(data)-len(f.what)+1)
			return -1
		}
	}
	return f.to - passed
}

// isHTML says that a name is one of HTML's, as it stands in descriptions whose
// markup is not escaped.
func isHTML(name []byte) bool { return htmlNames[strings.ToLower(string(name))] }

var htmlNames = func() map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq(`a abbr article b big blockquote body br center code dd div dl dt em figure font footer form
		h1 h2 h3 h4 h5 h6 head header hr html i img ins label li main meta nav o:p ol p pre q s script section small span strike
		strong style sub sup svg table tbody td tfoot th thead tr tt u ul wbr`) {
		all[name] = true
	}
	return all
}()

// fieldsOf are the fields and parts of a posting that an element has by its name.
func fieldsOf(name []byte) []target {
	if isHTML(name) {
		return nil
	}
	if prefix, local, ok := bytes.Cut(name, []byte(":")); ok && !slices.Contains(xmlSpaces, string(prefix)) {
		name = local
	}
	return byName[plain(string(name))]
}

// isField says that an element is, by its name, one of the fields given.
func isField(name []byte, fields ...int) bool {
	return slices.ContainsFunc(fieldsOf(name), func(t target) bool { return slices.Contains(fields, t.field) })
}

// isOneLine says that an element is, by its name, a field of a posting that has
// no text of more than a line, and no markup.
func isOneLine(name []byte) bool {
	all := fieldsOf(name)
	for _, t := range all {
		if t.part >= 0 || t.field == fDescription {
			return false
		}
	}
	return len(all) > 0
}

// isCutOff says that a CDATA section in an element of a record was never ended,
// by the text in it: another section starts there, where only the end of one
// can be, and before that the element or the record ends, or another starts.
func isCutOff(text []byte, element, record string) bool {
	next := bytes.Index(text, []byte(cdataStart))
	return next >= 0 && cutOffAt(text[:next], element, record) >= 0
}

// cutOffAt is where the first tag stands that cannot be in an element's CDATA
// section; -1 for nowhere.
func cutOffAt(text []byte, element, record string) int {
	line := element != record && isOneLine([]byte(element))
	for i := 0; ; {
		at := bytes.IndexByte(text[i:], '<')
		if at < 0 {
			return -1
		}
		i += at
		t, _ := readTag(text[i:])
		switch name := string(t.name); {
		case name == "":
		case name == record, name == element && t.kind == tagCloses, line && len(fieldsOf(t.name)) > 0:
			return i
		}
		i += max(1, t.size)
	}
}
