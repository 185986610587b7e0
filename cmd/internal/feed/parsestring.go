package feed

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"

	"rolecall/internal/eight"
)

// str reads a string; p stands at its opening quote.
func (p *parser) str() (string, error) {
	start := p.pos + 1
	for i := pass(p.s, start, len(p.s)); i < len(p.s); i++ {
		switch c := p.s[i]; {
		case c == '"':
			p.pos = i + 1
			return valid(p.s[start:i]), nil
		case c == '\\':
			return p.escaped(start, i)
		case c < ' ':
			p.pos = i
			return "", p.fail("a string without control characters")
		}
	}
	p.pos = len(p.s)
	return "", p.fail("a closing quote")
}

// escaped reads the rest of a string that has its first escape at i.
func (p *parser) escaped(start, i int) (string, error) {
	end := closing(p.s, i)
	if end < 0 {
		p.pos = len(p.s)
		return "", p.fail("a closing quote")
	}
	out := make([]byte, 0, end-start)
	for i = pass(p.s, i, end); i < end; i = pass(p.s, i, end) {
		switch c := p.s[i]; {
		case c < ' ':
			p.pos = i
			return "", p.fail("a string without control characters")
		case c == '\\':
			p.pos = i
			decoded, err := p.escape(append(out, p.s[start:i]...))
			if err != nil {
				return "", err
			}
			out, start, i = decoded, p.pos, p.pos
		default:
			i++
		}
	}
	p.pos = end + 1
	out = append(out, p.s[start:end]...)
	return valid(unsafe.String(unsafe.SliceData(out), len(out))), nil
}

// pass is a place from i to end with nothing between i and it that ends a
// string, escapes or may not stand in one. Eight bytes are looked at at a time.
func pass(s string, i, end int) int {
	for ; i+8 <= end; i += 8 {
		x := eight.Load(s, i)
		if found := eight.FirstEqual(x, '"') | eight.FirstEqual(x, '\\') | eight.FirstUnder(x, ' '); found != 0 {
			return i + eight.First(found)
		}
	}
	return i
}

// closing finds the quote that ends a string which goes on at i, -1 where none does.
func closing(s string, i int) int {
	for {
		at := strings.IndexByte(s[i:], '"')
		if at < 0 {
			return -1
		}
		quote := i + at
		slash := quote
		for slash > i && s[slash-1] == '\\' {
			slash--
		}
		if i = quote + 1; (quote-slash)%2 == 0 {
			return quote
		}
	}
}

const escapes = "\"\\/bfnrt"

// escape appends what the escape at p.pos stands for and passes it.
func (p *parser) escape(out []byte) ([]byte, error) {
	if p.pos+1 < len(p.s) {
		if at := strings.IndexByte(escapes, p.s[p.pos+1]); at >= 0 {
			p.pos += 2
			return append(out, "\"\\/\b\f\n\r\t"[at]), nil
		}
	}
	r, ok := hex4(p.s[p.pos:])
	if !ok {
		return out, p.fail("an escape")
	}
	p.pos += 6
	if utf16.IsSurrogate(r) {
		low, ok := hex4(p.s[p.pos:])
		if r = utf16.DecodeRune(r, low); ok && r != utf8.RuneError {
			p.pos += 6
		} else {
			r = utf8.RuneError
		}
	}
	return utf8.AppendRune(out, r), nil
}

// hex4 reads \uXXXX at the start of s.
func hex4(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(s[2:6]) {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// valid is s with every byte that is no UTF-8 replaced, as encoding/json does.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}
