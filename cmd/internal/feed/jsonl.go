package feed

import (
	"bytes"
	"fmt"
	"os"
)

// isJSONL is true where the first line is a whole object that is a posting, or
// else the second: the first may be broken, or a posting with nothing in it, but
// not the beginning of JSON on several lines, nor of a page.
func isJSONL(head []byte) bool {
	for range 2 {
		line, rest, whole := bytes.Cut(head, []byte{'\n'})
		if !whole {
			return false
		}
		if o, err := parseObject(line); err == nil {
			if _, thread := threadOf(o); thread || isWrapper(o) || !isRecord(o) {
				return false
			}
			if isPosting(o) {
				return true
			}
		} else if line = bytes.TrimSpace(line); len(line) > 0 && (line[0] == '<' || line[0] == '[' || bytes.IndexByte([]byte("{[,"), line[len(line)-1]) >= 0) {
			return false
		}
		head = rest
	}
	return false
}

// readJSONL takes a record a line. A line over maxRecord is passed over.
func readJSONL(s *source, w *window, _ *os.File) error {
	for {
		line, place, err := nextLine(w)
		if line == nil && err == nil {
			return nil
		}
		if err == nil && len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if !s.emit(Record{raw: line, rawJSON: true, Err: err, Place: Place{Line: place}, decode: parseObject}) {
			return nil
		}
	}
}

// nextLine takes the next line without its end; nil at the end of the input.
// Of a line that is too long it gives the start.
func nextLine(w *window) (line []byte, number int, err error) {
	number = w.line
	for seen := 0; ; {
		data := w.bytes()
		if at := bytes.IndexByte(data[seen:], '\n'); at >= 0 {
			line = w.take(seen + at)
			w.skip(1)
			return bytes.TrimSuffix(line, []byte{'\r'}), number, nil
		}
		seen = len(data)
		if w.full() {
			line = w.take(1000)
			skipLine(w)
			return line, number, fmt.Errorf("a line of more than %d bytes: too long for a posting", w.max)
		}
		if !w.more() {
			if seen == 0 {
				return nil, number, nil
			}
			return w.take(seen), number, nil
		}
	}
}

func skipLine(w *window) {
	for {
		if at := bytes.IndexByte(w.bytes(), '\n'); at >= 0 {
			w.skip(at + 1)
			return
		}
		w.skip(len(w.bytes()))
		if !w.more() {
			return
		}
	}
}
