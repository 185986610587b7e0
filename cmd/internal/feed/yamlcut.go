package feed

import "bytes"

// documentEnd is where the document that data begins with ends, -1 if that is
// not seen.
func documentEnd(data []byte) int {
	begun, marked := false, false // something stands in it that is neither comment nor directive; it has its mark
	for at := 0; at < len(data); {
		line, _, whole := bytes.Cut(data[at:], []byte{'\n'})
		mark := isMark(line)
		text := bytes.TrimSpace(line)
		switch {
		case mark && (begun || marked):
			return at
		case mark:
			marked = line[0] == '-'
			text = bytes.TrimSpace(text[3:])
			begun = marked && len(text) > 0 && text[0] != '#'
		case len(text) > 0 && line[0] != '#' && (line[0] != '%' || marked):
			begun = true
		}
		if at += len(line) + 1; !whole {
			break
		}
	}
	return -1
}

// isMark says that a line, with its end or without, begins or ends a document.
func isMark(line []byte) bool {
	return (bytes.HasPrefix(line, []byte("---")) || bytes.HasPrefix(line, []byte("..."))) && (len(line) == 3 || line[3] <= ' ')
}

// yamlItems are the items of the first list that stands in a document.
type yamlItems struct {
	w      *window
	indent int // of the items' dashes, -1 before the first
	passed int // line of a list further in or out that was passed over, 0 for none
}

// skip moves past all items.
func (y *yamlItems) skip() {
	for {
		line, more := y.line()
		if !more {
			return
		}
		y.w.skip(len(line))
	}
}

// line is the one that the window stands at; false at the document's end.
func (y *yamlItems) line() ([]byte, bool) {
	line, _ := y.w.until(lineEnd)
	return line, len(line) > 0 && !isMark(line)
}

// begin moves past the mark that a document may begin with.
func (y *yamlItems) begin() {
	if line, _ := y.w.until(lineEnd); isMark(line) {
		y.w.skip(len(line))
	}
}

// next moves on to the next item and gives its lines, nil where there is none
// before the document's end. It is false for an item that does not end within
// the window's bounds.
func (y *yamlItems) next() (item []byte, whole bool) {
	for {
		line, more := y.line()
		if !more {
			return nil, true
		}
		in := len(line) - len(bytes.TrimLeft(line, " "))
		if bytes.HasPrefix(line[in:], []byte("- ")) && (y.indent < 0 || in == y.indent) {
			y.indent = in
			return y.w.until(func(data []byte) int { return itemEnd(data, in) })
		}
		if y.passed == 0 && bytes.HasPrefix(line[in:], []byte("- ")) {
			y.passed = y.w.line
		}
		y.w.skip(len(line))
	}
}

func lineEnd(data []byte) int {
	if n := bytes.IndexByte(data, '\n'); n >= 0 {
		return n + 1
	}
	return -1
}

// itemEnd is where the item that data begins with ends: at a line that is no
// further in. It is -1 if that is not seen.
func itemEnd(data []byte, indent int) int {
	at := lineEnd(data)
	for at > 0 && at < len(data) {
		line := data[at:]
		in := len(line) - len(bytes.TrimLeft(line, " "))
		if in < len(line) && in <= indent && line[in] != '\n' && line[in] != '\r' && line[in] != '#' {
			return at
		}
		n := lineEnd(line)
		if n < 0 {
			break
		}
		at += n
	}
	return -1
}
