package feed

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"os"
	"slices"
	"strings"
)

// maxPage is how large an HTML page may be, maxTags how many tags it may have:
// each takes some hundred bytes when the page is parsed.
const (
	maxPage = 8 << 20
	maxTags = 200_000
)

// isHTMLPage is true for a page, or what is cut out of one.
func isHTMLPage(head []byte) bool {
	head = bytes.ToLower(bytes.TrimSpace(head[:min(len(head), 4096)]))
	if bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html")) {
		return true
	}
	if bytes.HasPrefix(head, []byte("<?xml")) || bytes.HasPrefix(head, []byte("<!--")) {
		return bytes.Contains(head, []byte("<html"))
	}
	for _, tag := range []string{"<head", "<body", "<script", "<div", "<main", "<article", "<p>", "<h1"} {
		if bytes.HasPrefix(head, []byte(tag)) {
			return true
		}
	}
	return false
}

// readHTML takes the postings of a page: those in its JSON-LD, else in its
// Microdata, else the page itself is one, by its title and main text.
func readHTML(s *source, w *window, _ *os.File) error {
	w.max = maxPage
	page := bytes.Clone(w.fill(maxPage))
	if w.full() {
		return fmt.Errorf("a page of more than %d bytes", maxPage)
	}
	var bad error
	for at, script := range jsonLD(page) {
		place := Place{Line: 1 + bytes.Count(page[:at], []byte{'\n'})}
		v, err := parseScript(script)
		if err != nil {
			bad = fmt.Errorf("JSON-LD on line %d: %w", place.Line, err)
			if bytes.Contains(script, []byte("JobPosting")) && !s.emit(Record{Err: bad, Place: place, raw: clipRaw(script)}) {
				return nil
			}
			continue
		}
		if !s.emitJobPostings(v, place, namedParts(v), 0) {
			return nil
		}
	}
	if s.records > 0 {
		return nil
	}
	if n := bytes.Count(page, []byte{'<'}); n > maxTags {
		return fmt.Errorf("a page of %d tags: at most %d are read", n, maxTags)
	}
	doc, err := parsePage(page)
	if err != nil {
		return err
	}
	for _, o := range microdata(doc) {
		if !s.emit(Record{fields: o, Place: Place{Line: 1}}) {
			return nil
		}
	}
	if s.records == 0 {
		if o := mainText(doc); o != nil {
			s.emit(Record{fields: o, Place: Place{Line: 1}})
			return nil
		}
		if bad == nil {
			bad = errors.New("no posting in this page: a JobPosting in JSON-LD or Microdata, or a title and a text was wanted")
		}
		return bad
	}
	return nil
}

// jsonLD yields the scripts of a page that are JSON-LD, with their offsets.
// The type may have its plus escaped, as application/ld&#x2B;json.
func jsonLD(page []byte) func(yield func(int, []byte) bool) {
	return func(yield func(int, []byte) bool) {
		for at := 0; ; {
			next := indexFold(page[at:], "<script")
			if next < 0 {
				return
			}
			at += next
			open := bytes.IndexByte(page[at:], '>')
			if open < 0 {
				return
			}
			tag := strings.ToLower(html.UnescapeString(string(page[at : at+min(open, 500)])))
			at += open + 1
			end := indexFold(page[at:], "</script")
			if end < 0 {
				return
			}
			if strings.Contains(tag, "application/ld+json") && !yield(at, page[at:at+end]) {
				return
			}
			at += end
		}
	}
}

// indexFold is bytes.Index without regard to the case of ASCII letters;
// what is lower case and starts with "<".
func indexFold(data []byte, what string) int {
	for at := 0; ; {
		next := bytes.IndexByte(data[at:], '<')
		if next < 0 || len(data)-at-next < len(what) {
			return -1
		}
		at += next
		if bytes.EqualFold(data[at:at+len(what)], []byte(what)) {
			return at
		}
		at++
	}
}

// parseScript reads JSON-LD. Pages have it in CDATA or comments, with raw line
// ends in its strings, or with entities: each is tried where the plain way fails.
func parseScript(script []byte) (any, error) {
	script = bytes.TrimSpace(script)
	for _, wrap := range [][2]string{{"//<![CDATA[", "//]]>"}, {"<![CDATA[", "]]>"}, {"<!--", "-->"}} {
		script = bytes.TrimSuffix(bytes.TrimPrefix(script, []byte(wrap[0])), []byte(wrap[1]))
	}
	script = bytes.TrimRight(bytes.TrimSpace(script), "; \n")
	v, err := parseJSON(script)
	if err == nil {
		return v, nil
	}
	if v, err := parseJSON(escapeControls(script)); err == nil {
		return v, nil
	}
	if v, err := parseJSON([]byte(html.UnescapeString(string(script)))); err == nil {
		return v, nil
	}
	return nil, err
}

// escapeControls escapes line ends and tabs inside strings.
func escapeControls(script []byte) []byte {
	out := make([]byte, 0, len(script)+64)
	inString := false
	for i := 0; i < len(script); i++ {
		c := script[i]
		switch {
		case c == '\\' && inString && i+1 < len(script):
			out = append(out, c, script[i+1])
			i++
			continue
		case c == '"':
			inString = !inString
		case c < ' ' && inString:
			out = append(out, `\u00`...)
			out = append(out, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
			continue
		}
		out = append(out, c)
	}
	return out
}

// namedParts are the objects of a JSON-LD value by their "@id", those that say
// more than that.
func namedParts(v any) map[string]object {
	parts := map[string]object{}
	var visit func(v any, depth int)
	visit = func(v any, depth int) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				visit(item, depth+1)
			}
		case object:
			if id := v.text("@id"); id != "" && len(v) > 1 && parts[id] == nil {
				parts[id] = v
			}
			for _, m := range v {
				if depth < maxDepth {
					visit(m.value, depth+1)
				}
			}
		}
	}
	visit(v, 0)
	return parts
}

// maxPart is how large a part may be, in bytes, to be put into every posting
// that names it.
const maxPart = 64 << 10

// joined is a posting with the parts that it names by their "@id" alone in
// their places: in graphs a company stands beside its postings.
func joined(o object, parts map[string]object) object {
	for i, m := range o {
		ref, ok := m.value.(object)
		if part := parts[ref.text("@id")]; ok && len(ref) == 1 && part != nil && sizeOf(part) <= maxPart {
			o = slices.Clone(o)
			o[i].value = part
		}
	}
	return o
}

// emitJobPostings emits what is a JobPosting in a JSON-LD value, in lists and
// graphs too.
func (s *source) emitJobPostings(v any, place Place, parts map[string]object, depth int) bool {
	if depth > maxDepth {
		return true
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if !s.emitJobPostings(item, place, parts, depth+1) {
				return false
			}
		}
	case object:
		if isType(v, "JobPosting") {
			return s.emit(Record{Place: place, fields: joined(v, parts)})
		}
		for _, m := range v {
			if !s.emitJobPostings(m.value, place, parts, depth+1) {
				return false
			}
		}
	}
	return true
}

func isType(o object, name string) bool {
	v := o.get("@type")
	if list, ok := v.([]any); ok {
		for _, item := range list {
			if strings.HasSuffix(text(item), name) {
				return true
			}
		}
	}
	return strings.HasSuffix(text(v), name)
}
