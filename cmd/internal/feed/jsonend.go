package feed

import (
	"bytes"
	"errors"
	"fmt"
)

var (
	errEndless = errors.New("the object that starts here never ends")
	errMissing = errors.New("a quote or a brace is missing in the object that starts here")
)

// objectEnd is the length of the object that w stands at. With an error it is
// that of what is there of a broken one, up to where the next starts: nothing
// of the objects behind it is looked at. That is where an object starts as this
// one did and none can: in a string, so a quote is missing, or in an object
// with no colon before it, so a brace is.
func objectEnd(w *window) (int, error) {
	line := w.lineStart('{')
	var (
		depth    int    // objects open
		open     uint64 // innermost objects and arrays open, a bit each: 1 is an object
		inString bool
		last     byte // that is no space
	)
	for i := 0; ; {
		data := w.bytes()
		for ; i < len(data); i++ {
			c := data[i]
			switch {
			case inString && c == '\\':
				i++
			case c == '"':
				inString = !inString
			case (inString || open&1 == 1 && last != ':') &&
				(c == '\n' && bytes.HasPrefix(data[i:], line) || c == '{' && bytes.HasPrefix(data[i:], objectStart(data))):
				return i, wrongStart(data[:min(len(data), i+len(line))])
			case inString || c == ' ' || c == '\n' || c == '\r' || c == '\t':
				continue
			case c == '{':
				depth++
				open = open<<1 | 1
			case c == '[':
				open <<= 1
			case c == ']' && open&1 == 0:
				open >>= 1
			case c == '}':
				for open != 0 && open&1 == 0 { // arrays that nothing ended
					open >>= 1
				}
				open >>= 1
				if depth--; depth == 0 {
					return i + 1, nil
				}
			}
			last = c
		}
		if w.full() {
			return len(data), fmt.Errorf("an object of more than %d bytes: %w", w.max, errLarge)
		}
		if !w.more() {
			return len(w.bytes()), errEndless
		}
	}
}

// objectStart is an object's start up to and with the colon behind its first
// name; nothing that could be found where that is not in order. In a string it
// cannot stand: its quotes would be escaped.
func objectStart(data []byte) []byte {
	data = data[:min(len(data), maxName)]
	start := data[:bytes.IndexByte(data, ':')+1]
	if bytes.Count(start, []byte{'"'}) != 2 {
		return []byte("\x00{")
	}
	return start
}
