package feed

import (
	"bytes"
	"io"
	"regexp"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// decoded is w as UTF-8: by its byte order mark, by what it declares of
// itself, and otherwise, where it is no UTF-8, as Windows-1252, which is what
// spreadsheets in the West export.
func (s *source) decoded(w *window) *window {
	head := w.head()
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		w.start += 3
		return w
	}
	in := &measured{w: w}
	if enc := declared(head); enc != nil && asciiLen(head) == len(head) {
		return s.window(&undecided{in: in, enc: enc})
	}
	if enc := encodingOf(head); enc != nil {
		return s.window(transform.NewReader(in, enc.NewDecoder()))
	}
	return w
}

func encodingOf(head []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case isWide(head, 1):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case isWide(head, 0):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case isUTF8(head) || isBinary(head):
		return nil
	}
	if enc := declared(head); enc != nil {
		return enc
	}
	return charmap.Windows1252
}

// isWide says that UTF-16 without a mark seems to begin here: of the first bytes
// every second, from at on, is 0, and no other.
func isWide(head []byte, at int) bool {
	head = head[:min(len(head), 64)&^1]
	for i := range head {
		if (head[i] == 0) != (i%2 == at) {
			return false
		}
	}
	return len(head) >= 8
}

// undecided reads an input that starts in ASCII and declares an encoding. What
// it is in shows where the first other byte is: exports that are in UTF-8 and
// declare something else are many.
type undecided struct {
	in  *measured
	enc encoding.Encoding
	r   io.Reader // once it is decided
}

func (u *undecided) Read(p []byte) (int, error) {
	if u.r == nil {
		data := u.in.w.fill(1)
		if n := asciiLen(data[:min(len(data), len(p))]); n > 0 {
			return u.in.Read(p[:n])
		}
		u.r = u.in
		if !isUTF8(u.in.w.fill(sniffed)) {
			u.r = transform.NewReader(u.in, u.enc.NewDecoder())
		}
	}
	return u.r.Read(p)
}

// asciiLen is how many bytes of ASCII data starts with.
func asciiLen(data []byte) int {
	if at := bytes.IndexFunc(data, func(r rune) bool { return r >= utf8.RuneSelf }); at >= 0 {
		return at
	}
	return len(data)
}

var declaration = regexp.MustCompile(`(?i)(?:<\?xml[^>]*encoding=|<meta[^>]*charset=)["']?([-\w]+)`)

// declared is the encoding that XML or HTML names at its start, if it is one
// that agrees with ASCII and is not UTF-8: it was read as ASCII so far.
func declared(head []byte) encoding.Encoding {
	m := declaration.FindSubmatch(head[:min(len(head), 4096)])
	if m == nil {
		return nil
	}
	enc, canonical := charset.Lookup(string(m[1]))
	if enc == nil || canonical == "utf-8" {
		return nil
	}
	if same, err := enc.NewDecoder().Bytes(m[0]); err != nil || !bytes.Equal(same, m[0]) {
		return nil
	}
	return enc
}

// isUTF8 allows for a character cut at the end, and for some damage: of text in
// another encoding, next to none makes good characters by chance.
func isUTF8(head []byte) bool {
	wrong, multi := 0, 0
	for i := 0; i < len(head); {
		r, n := utf8.DecodeRune(head[i:])
		if r == utf8.RuneError && n == 1 && len(head)-i >= utf8.UTFMax {
			wrong++
		} else if n > 1 {
			multi++
		}
		i += n
	}
	return wrong <= multi
}

func isBinary(head []byte) bool { return bytes.IndexByte(head[:min(len(head), 1024)], 0) >= 0 }
