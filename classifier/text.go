package classifier

import (
	"html"
	"sort"
	"strings"
)

// plain is the text of a field, and where each of its bytes stood in the field
// as it was received. Without markup it is the field itself.
type plain struct {
	text string
	segs []seg // empty where text is the field
	buf  []byte
}

// seg says that text from at on was copied from the field's byte src on. A
// segment that was decoded from n bytes (an entity) is taken whole.
type seg struct{ at, src, n int32 }

// PlainText is what a reader sees of a posting's field: the text of HTML, with
// line breaks and bullets, or the field as it is.
func PlainText(field string) string {
	var p plain
	p.read(field)
	return p.text
}

// span gives the field's bytes of the text's bytes [start, end), end > start.
func (p *plain) span(start, end int) (int, int) {
	if len(p.segs) == 0 {
		return start, end
	}
	s, e := p.find(start), p.find(end-1)
	from, to := int(s.src), int(e.src+e.n)
	if s.n == 0 {
		from += start - int(s.at)
	}
	if e.n == 0 {
		to = int(e.src) + end - int(e.at)
	}
	return from, to
}

func (p *plain) find(at int) seg {
	i := sort.Search(len(p.segs), func(i int) bool { return int(p.segs[i].at) > at })
	return p.segs[i-1]
}

// read takes the text out of a field: HTML if it looks like it, HTML that was
// escaped once more (as Greenhouse sends it), or the field as it is.
func (p *plain) read(field string) {
	p.segs, p.buf = p.segs[:0], p.buf[:0]
	switch {
	case hasTag(field, "<"):
		p.strip(field, nil)
	case hasTag(field, "&lt;"):
		var inner plain
		inner.decode(field)
		p.strip(inner.text, &inner)
	case strings.IndexByte(field, '&') >= 0 && hasEntity(field):
		p.decode(field)
	default:
		p.text = field
		return
	}
}

// hasTag says whether a tag's beginning, with open for its <, stands in s.
func hasTag(s, open string) bool {
	for {
		i := strings.Index(s, open)
		if i < 0 {
			return false
		}
		s = s[i+len(open):]
		name := strings.TrimPrefix(s, "/")
		for _, tag := range commonTags {
			if len(name) > len(tag) && strings.EqualFold(name[:len(tag)], tag) && !isLetter(name[len(tag)]) {
				return true
			}
		}
	}
}

var commonTags = []string{"p", "br", "li", "ul", "ol", "div", "span", "b", "strong", "i", "em", "h1", "h2", "h3", "h4", "h5", "h6", "a", "u", "table", "tr", "td", "font", "script", "section", "article", "html", "body", "img", "hr", "!--", "svg", "style"}

func hasEntity(s string) bool {
	for i := strings.IndexByte(s, '&'); i >= 0 && i < len(s); {
		if entity(s[i:]) > 0 {
			return true
		}
		next := strings.IndexByte(s[i+1:], '&')
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}

// entity is the length of the entity that s begins with, 0 if it does with none.
func entity(s string) int {
	for i := 1; i < len(s) && i < 33; i++ {
		switch c := s[i]; {
		case c == ';' && i > 1:
			return i + 1
		case c == '#' && i == 1, isLetter(c), c >= '0' && c <= '9':
		default:
			return 0
		}
	}
	return 0
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// decode replaces entities and nothing else.
func (p *plain) decode(field string) {
	p.copyText(field, 0, len(field), nil)
	p.text = string(p.buf)
}

// strip takes the text out of HTML: blocks end their line, list items begin
// with a bullet, scripts, styles and comments say nothing. outer maps html to
// the field, where it is not the field itself.
func (p *plain) strip(htm string, outer *plain) {
	for i := 0; i < len(htm); {
		lt := strings.IndexByte(htm[i:], '<')
		if lt < 0 {
			p.copyText(htm, i, len(htm), outer)
			break
		}
		p.copyText(htm, i, i+lt, outer)
		i += lt
		end := tagEnd(htm, i)
		if end == i { // a < that begins no tag
			p.copyText(htm, i, i+1, outer)
			i++
			continue
		}
		name, closing := tagName(htm[i:end])
		p.mark(name, closing, i, outer)
		i = end
		if !closing && (name == "script" || name == "style") {
			i = rawEnd(htm, i, name)
		}
	}
	p.text = string(p.buf)
}

// tagEnd is the byte behind the tag or comment that begins at i, or i if none does.
func tagEnd(s string, i int) int {
	if strings.HasPrefix(s[i:], "<!--") {
		if n := strings.Index(s[i+4:], "-->"); n >= 0 {
			return i + 4 + n + 3
		}
		return len(s)
	}
	if i+1 == len(s) || !(isLetter(s[i+1]) || s[i+1] == '/' || s[i+1] == '!' || s[i+1] == '?') {
		return i
	}
	quote := byte(0)
	for j := i + 1; j < len(s); j++ {
		switch c := s[j]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && s[j-1] == '=':
			quote = c
		case c == '>':
			return j + 1
		case c == '<':
			return j
		}
	}
	return len(s)
}

func tagName(tag string) (name string, closing bool) {
	tag = tag[1:]
	if strings.HasPrefix(tag, "/") {
		tag, closing = tag[1:], true
	}
	n := 0
	for n < len(tag) && n < 12 && (isLetter(tag[n]) || tag[n] >= '0' && tag[n] <= '9') {
		n++
	}
	return strings.ToLower(tag[:n]), closing
}

// rawEnd is where a script or style that is open at i is closed.
func rawEnd(s string, i int, name string) int {
	for j := i; ; {
		n := strings.Index(s[j:], "</")
		if n < 0 {
			return len(s)
		}
		j += n
		if len(s) >= j+2+len(name) && strings.EqualFold(s[j+2:j+2+len(name)], name) {
			return j
		}
		j += 2
	}
}

// marks is what stands in the text for a tag: "" joins, " " parts words.
var marks = map[string]string{
	"b": "", "strong": "", "i": "", "em": "", "u": "", "span": "", "font": "", "a": "", "code": "", "sup": "", "sub": "", "small": "", "mark": "",
	"td": " ", "th": " ", "img": " ", "o": "", "wbr": "",
	"li": "\n• ",
	"h1": "\n\n", "h2": "\n\n", "h3": "\n\n", "h4": "\n\n", "h5": "\n\n", "h6": "\n\n", "p": "\n\n",
}

func (p *plain) mark(name string, closing bool, at int, outer *plain) {
	m, ok := marks[name]
	switch {
	case !ok:
		m = "\n"
	case name == "li" && closing:
		m = "\n"
	}
	if m == "" {
		return
	}
	p.add(m, at, 1, outer)
}

// add appends what stands for n of the source's bytes at src.
func (p *plain) add(text string, src, n int, outer *plain) {
	if outer != nil {
		from, to := outer.span(src, src+n)
		src, n = from, to-from
	}
	p.segs = append(p.segs, seg{int32(len(p.buf)), int32(src), int32(n)})
	p.buf = append(p.buf, text...)
}

// copyText copies s[from:to], entities decoded.
func (p *plain) copyText(s string, from, to int, outer *plain) {
	for from < to {
		amp := strings.IndexByte(s[from:to], '&')
		if amp != 0 {
			end := to
			if amp > 0 {
				end = from + amp
			}
			p.copyRun(s, from, end, outer)
			from = end
			continue
		}
		n := entity(s[from:to])
		text := ""
		if n > 0 {
			text = html.UnescapeString(s[from : from+n])
		}
		if n == 0 || text == s[from:from+n] {
			p.copyRun(s, from, from+1, outer)
			from++
			continue
		}
		p.add(text, from, n, outer)
		from += n
	}
}

// copyRun copies s[from:to] as it is, in as many pieces as outer has.
func (p *plain) copyRun(s string, from, to int, outer *plain) {
	if outer == nil || len(outer.segs) == 0 {
		p.segs = append(p.segs, seg{int32(len(p.buf)), int32(from), 0})
		p.buf = append(p.buf, s[from:to]...)
		return
	}
	for from < to {
		i := sort.Search(len(outer.segs), func(i int) bool { return int(outer.segs[i].at) > from })
		end := to
		if i < len(outer.segs) {
			end = min(to, int(outer.segs[i].at))
		}
		o := outer.segs[i-1]
		src := o.src
		if o.n == 0 {
			src += int32(from) - o.at
		}
		p.segs = append(p.segs, seg{int32(len(p.buf)), src, o.n})
		p.buf = append(p.buf, s[from:end]...)
		from = end
	}
}
