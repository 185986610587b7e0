package feed

import (
	"bytes"
	"regexp"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
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
	enc := encodingOf(head)
	if enc == nil {
		return w
	}
	return s.window(transform.NewReader(&measured{w: w}, enc.NewDecoder()))
}

func encodingOf(head []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case isUTF8(head) || isBinary(head):
		return nil
	}
	if name := declared(head); name != "" {
		if enc, canonical := charset.Lookup(name); enc != nil && canonical != "utf-8" {
			return enc
		}
	}
	enc, _ := charset.Lookup("windows-1252")
	return enc
}

var declaration = regexp.MustCompile(`(?i)(?:<\?xml[^>]*encoding=|<meta[^>]*charset=)["']?([-\w]+)`)

// declared is the encoding that XML or HTML names at its start.
func declared(head []byte) string {
	if m := declaration.FindSubmatch(head[:min(len(head), 4096)]); m != nil {
		return string(m[1])
	}
	return ""
}

// isUTF8 allows for a character cut at the end, and for a little damage among
// many good characters.
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
	return wrong == 0 || wrong*20 < multi
}

func isBinary(head []byte) bool { return bytes.IndexByte(head[:min(len(head), 1024)], 0) >= 0 }
