package feed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/text/encoding/charmap"
)

// maxColumns is how many columns a table may have.
const maxColumns = 1000

// isCSV is true where the first line splits into columns of which two at least
// are a posting's, a title or a description among them.
func isCSV(head []byte) bool {
	if endsInCR(head) {
		head = bytes.ReplaceAll(head, []byte{'\r'}, []byte{'\n'})
	}
	header, _ := sniffCSV(head[sepLine(head):])
	m := defaultMapper.find(headerObject(header))
	known := 0
	for _, f := range m.fields {
		if f.rank > 0 {
			known++
		}
	}
	return known >= 2 && (m.fields[fTitle].rank > 0 || m.fields[fDescription].rank > 0)
}

// headerObject stands for the rows below a header.
func headerObject(header []string) object {
	o := make(object, 0, len(header))
	for _, name := range header {
		o = append(o, member{name, "some text"})
	}
	return o
}

// sniffCSV finds the delimiter that makes the most of the first line, and
// with it the header.
func sniffCSV(head []byte) (header []string, delimiter byte) {
	for _, d := range []byte{',', '\t', ';', '|'} {
		end, n := csvEnd(head, d, true)
		if end > 0 && n > len(header) && n <= maxColumns {
			header, delimiter = csvCells(bytes.Clone(head[:end]), d), d
		}
	}
	for i, name := range header {
		header[i] = strings.TrimSpace(name)
	}
	return header, delimiter
}

// readCSV takes a record a row; quoted cells may have line ends in them. Where
// a row has the wrong number of cells, mostly for a quote too many, reading
// goes on at the first line inside it that starts a right one. A table without
// a column that the user names is refused before a row of it is read wrongly.
func readCSV(s *source, w *window, _ *os.File) error {
	if endsInCR(w.fill(sniffed)) {
		w = s.window(crAsLF{&measured{w: w}})
	}
	w.skip(sepLine(w.fill(sniffed)))
	header, d := sniffCSV(w.fill(sniffed))
	if len(header) < 2 && len(s.opts.Map) == 0 {
		return errors.New("no header with two columns or more: comma, tab, semicolon or | between them was wanted")
	}
	columns := headerObject(header)
	if err := unmetError(s.mapper.missing(columns), columns); err != nil {
		return err
	}
	end, _ := csvEnd(w.bytes(), d, true)
	w.skip(end)
	decode := func(raw []byte) (object, error) { return csvObject(raw, header, d) }
	for {
		place := Place{Line: w.line}
		reach := maxRecord
		if !w.mayLookAgain(0) { // quotes everywhere
			reach = brokenReach / 16
		}
		n, cells := nextRow(w, d, reach)
		raw := w.bytes()[:n]
		good := n
		if cells != len(header) || looseQuote(raw, d) {
			good = goodRow(w.bytes(), n, len(header), d)
		}
		switch blank := len(bytes.Trim(raw, ",;|\" \t\r\n")) == 0; {
		case n == 0:
			return nil
		case blank:
			w.skip(n)
		case cells == len(header) && good == n:
			if !s.emit(Record{raw: w.take(n), Place: place, decode: decode}) {
				return nil
			}
		default:
			w.again += n
			n = good
			err := badRow(cells, len(header), bytes.Count(w.bytes()[:n], []byte{'\n'}))
			r := Record{raw: clipRaw(w.bytes()[:n]), Err: err, Place: place}
			w.skip(n)
			if !s.emit(r) {
				return nil
			}
		}
	}
}

// sepLine is the length of the line by which Excel is told the delimiter, 0 if
// there is none: sep=;
func sepLine(head []byte) int {
	line, _, whole := bytes.Cut(head[:min(len(head), 10)], []byte{'\n'})
	if whole && len(bytes.TrimRight(line, "\r")) == len("sep=;") && bytes.EqualFold(line[:4], []byte("sep=")) {
		return len(line) + 1
	}
	return 0
}

// endsInCR says that the header ends in a carriage return alone, as rows do in
// what Excel calls CSV (Macintosh); line ends within its cells are line feeds.
func endsInCR(head []byte) bool {
	at := bytes.IndexAny(head, "\r\n")
	return at >= 0 && at+1 < len(head) && head[at] == '\r' && head[at+1] != '\n'
}

// crAsLF turns carriage returns into line feeds.
type crAsLF struct{ io.Reader }

func (c crAsLF) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

func badRow(cells, want, lines int) error {
	if cells == 0 {
		return fmt.Errorf("a quote that is never closed, or a row of more than %d bytes", maxRecord)
	}
	if cells == want {
		return errors.New("a quote that is opened and not closed in its row: it would swallow the rows behind it")
	}
	if lines > 1 {
		return fmt.Errorf("%d cells over %d lines where the header has %d: a quote too many or too few", cells, lines, want)
	}
	return fmt.Errorf("%d cells where the header has %d", cells, want)
}

// nextRow is the length of the row that w stands at, its line end with it, and
// the number of its cells; 0 cells where it does not end within reach.
func nextRow(w *window, d byte, reach int) (n, cells int) {
	for {
		data := w.bytes()
		if n, cells = csvEnd(data[:min(len(data), reach)], d, false); n > 0 {
			return n, cells
		}
		if len(data) >= reach {
			return reach, 0
		}
		if !w.more() {
			break
		}
	}
	if w.full() {
		return len(w.bytes()), 0
	}
	n, cells = csvEnd(w.bytes(), d, true)
	if n == 0 {
		n = len(w.bytes())
	}
	return n, cells
}

// brokenReach is how many bytes a row may have that is looked for inside a broken one.
const brokenReach = 64 << 10

// goodRow is where, in a bad row of n bytes, a line starts that is a row of
// the right number of cells; n where none does.
func goodRow(data []byte, n, want int, d byte) int {
	at, looked := 0, 0
	for looked < maxRecord {
		next := bytes.IndexByte(data[at:n], '\n')
		if next < 0 {
			return n
		}
		at += next + 1
		row := data[at:min(len(data), at+brokenReach)]
		end, cells := csvEnd(row, d, false)
		if end > 0 && cells == want {
			return at
		}
		if end == 0 {
			end = len(row)
		}
		looked += end
	}
	return n
}

// looseQuote says that a row of several lines has a quote inside a quoted cell
// that is not doubled. Those that write CSV never do that; it is what a row
// looks like that was opened by a stray quote and swallowed others.
func looseQuote(row []byte, d byte) bool {
	if bytes.IndexByte(row[:max(0, len(row)-1)], '\n') < 0 {
		return false
	}
	for i := 0; i < len(row); {
		if row[i] == '"' {
			end := csvQuoted(row, i, d)
			if end < 0 {
				return true
			}
			inside := row[i+1 : max(i+1, end-1)]
			if bytes.Count(inside, []byte{'"'}) != 2*bytes.Count(inside, []byte(`""`)) {
				return true
			}
			i = end
		}
		for i < len(row) && row[i] != d && row[i] != '\n' {
			i++
		}
		i++
	}
	return false
}

// csvEnd is the length of the row at the start of data, with its line end, and
// the number of its cells; 0 where the row does not end. last says that there
// is nothing behind data, so that the end of data ends a row.
func csvEnd(data []byte, d byte, last bool) (n, cells int) {
	cells = 1
	for i := 0; i < len(data); {
		if data[i] == '"' {
			if i = csvQuoted(data, i, d); i < 0 {
				return 0, 0
			}
		}
		for i < len(data) && data[i] != d && data[i] != '\n' {
			i++
		}
		if i == len(data) {
			break
		}
		if i++; data[i-1] == '\n' {
			return i, cells
		}
		cells++
	}
	if !last || len(data) == 0 {
		return 0, 0
	}
	return len(data), cells
}

// csvQuoted is where the quoted cell at i ends: behind a quote that has a
// delimiter or a line end after it. Other quotes are part of the text. It is
// -1 where the cell does not end.
func csvQuoted(data []byte, i int, d byte) int {
	for i++; ; {
		at := bytes.IndexByte(data[i:], '"')
		if at < 0 {
			return -1
		}
		switch i += at + 1; {
		case i == len(data):
			return i
		case data[i] == '"':
			i++
		case data[i] == d || data[i] == '\n' || data[i] == '\r':
			return i
		}
	}
}

// csvCells are the cells of a row. They share its memory.
func csvCells(row []byte, d byte) []string {
	row = bytes.TrimSuffix(bytes.TrimSuffix(row, []byte{'\n'}), []byte{'\r'})
	s := unsafe.String(unsafe.SliceData(row), len(row))
	var cells []string
	for {
		if strings.HasPrefix(s, `"`) {
			end := max(1, csvQuoted(row[len(row)-len(s):], 0, d))
			text := strings.TrimSuffix(s[1:end], `"`)
			cells = append(cells, strings.ReplaceAll(text, `""`, `"`))
			s = s[end:]
			if at := strings.IndexByte(s, d); at >= 0 {
				s = s[at+1:]
				continue
			}
			return cells
		}
		cell, rest, more := strings.Cut(s, string(rune(d)))
		cells = append(cells, cell)
		if !more {
			return cells
		}
		s = rest
	}
}

// csvObject reads a row. Rows in Windows-1252 happen in files that start in
// UTF-8, where exports were put together.
func csvObject(raw []byte, header []string, d byte) (object, error) {
	if !utf8.Valid(raw) {
		if decoded, err := charmap.Windows1252.NewDecoder().Bytes(raw); err == nil {
			raw = decoded
		}
	}
	o := make(object, len(header))
	for i, cell := range csvCells(raw, d) {
		if i == len(header) {
			return nil, fmt.Errorf("more than the %d cells of the header", len(header))
		}
		o[i] = member{header[i], strings.TrimSpace(cell)}
	}
	return o, nil
}
