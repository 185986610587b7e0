package feed

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

func isJSON(head []byte) bool {
	head = bytes.TrimSpace(head)
	return len(head) > 0 && (head[0] == '{' || head[0] == '[')
}

// readJSON takes the postings out of JSON of any shape: a posting, an array
// of them, an answer with an array of them somewhere inside, several of those
// one after the other. An object that fits into the window is parsed whole and
// looked into; a larger one, and every array, is walked into as it streams by.
func readJSON(s *source, w *window, _ *os.File) error {
	depth, retries := 0, 0
	for {
		data := w.bytes()
		if len(data) == 0 {
			if !w.more() {
				break
			}
			continue
		}
		switch c := data[0]; c {
		case '{':
			if !readObject(s, w, &retries, depth > 0) {
				return nil
			}
			continue
		case '[':
			depth++
		case ']':
			depth = max(0, depth-1)
		case '"':
			skipString(w)
			continue
		}
		if depth > maxDepth {
			s.line = w.line
			return fmt.Errorf("arrays nested more than %d deep", maxDepth)
		}
		w.skip(1)
	}
	if s.records == 0 && w.failed() == nil {
		s.line = 0
		return errors.New("no posting found in this JSON: an object with at least a title or a description was wanted")
	}
	return nil
}

// readObject reads the object that w stands at, and is false when asked to
// stop. One too large for the window is walked into.
func readObject(s *source, w *window, retries *int, inArray bool) bool {
	place := Place{Line: w.line}
	n := objectEnd(w)
	data := w.bytes()
	if n == 0 && w.full() {
		if *retries++; *retries > maxRetries {
			w.skip(len(data))
			return s.emit(Record{Err: fmt.Errorf("objects of more than %d bytes, again and again: no feed of postings", w.max), Place: place})
		}
		w.skip(1)
		return true
	}
	if n == 0 {
		return s.emitBroken(w, errors.New("the object that starts here never ends"), place, len(data), retries)
	}
	raw := bytes.Clone(data[:n])
	o, err := parseObject(raw)
	if err != nil {
		return s.emitBroken(w, err, place, n, retries)
	}
	w.skip(n)
	return s.emitFound(o, place, raw, inArray)
}

// maxRetries bounds how often reading starts anew inside what was read already.
const maxRetries = 200

// emitBroken reports the object of n bytes that w stands at and moves on to
// where the next one seems to start: a line with a brace as far in as this
// one's, so that a missing quote or brace does not cost the postings behind it.
func (s *source) emitBroken(w *window, err error, place Place, n int, retries *int) bool {
	data := w.bytes()
	raw := bytes.Clone(data[:min(n, 1000)])
	if *retries++; *retries <= maxRetries {
		if at := bytes.Index(data[:n], w.lineStart('{')); at > 0 {
			n = at
		}
	}
	w.skip(n)
	return s.emit(Record{Err: err, Place: place, raw: raw})
}

// objectEnd is the length of the object that w stands at; 0 where it does not
// end within the window.
func objectEnd(w *window) int {
	depth, inString := 0, false
	for i := 0; ; {
		data := w.bytes()
		for ; i < len(data); i++ {
			switch c := data[i]; {
			case c == '\\' && inString:
				i++
			case c == '"':
				inString = !inString
			case inString:
			case c == '{':
				depth++
			case c == '}':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
		if !w.more() {
			return 0
		}
	}
}

// skipString moves past a string, or to the end of its line: JSON strings
// have none, so a quote that is missing or too many does no harm beyond it.
func skipString(w *window) {
	w.skip(1)
	for {
		data := w.bytes()
		for i := 0; i < len(data); i++ {
			switch data[i] {
			case '\\':
				i++
			case '"', '\n':
				w.skip(i + 1)
				return
			}
		}
		w.skip(len(data))
		if !w.more() {
			return
		}
	}
}

// emitFound emits the postings in an object: itself, or those inside it. An
// object of an array that has none is reported.
func (s *source) emitFound(o object, place Place, raw []byte, inArray bool) bool {
	if isPosting(o) && !isWrapper(o) {
		return s.emit(Record{Place: place, raw: raw, rawJSON: raw != nil, fields: o})
	}
	before := s.records
	if !s.emitInside(o, place, wrapperCompany(o)) {
		return false
	}
	if inArray && s.records == before {
		return s.emit(Record{Place: place, raw: raw, Err: noPosting(o)})
	}
	return true
}

func noPosting(o object) error {
	return fmt.Errorf("no posting: a title or a description was wanted, among %s", keys(o))
}

// emitInside emits the postings in the members or items of v.
func (s *source) emitInside(v any, place Place, company string) bool {
	switch v := v.(type) {
	case object:
		for _, m := range v {
			o, isObject := m.value.(object)
			if isObject && isPosting(o) && !isWrapper(o) {
				if !s.emitOne(o, place, company) {
					return false
				}
			} else if !s.emitInside(m.value, place, company) {
				return false
			}
		}
	case []any:
		return s.emitList(v, place, company)
	}
	return true
}

// emitList emits the postings of a list; where it has any, the others are faulty.
func (s *source) emitList(list []any, place Place, company string) bool {
	some := slices.ContainsFunc(list, func(v any) bool {
		o, ok := v.(object)
		return ok && isPosting(o) && !isWrapper(o)
	})
	for _, item := range list {
		o, isObject := item.(object)
		ok := true
		switch {
		case isObject && isPosting(o) && !isWrapper(o):
			ok = s.emitOne(o, place, company)
		case isObject && some && !isWrapper(o):
			ok = s.emit(Record{Place: place, fields: o, Err: noPosting(o)})
		default:
			ok = s.emitInside(item, place, company)
		}
		if !ok {
			return false
		}
	}
	return true
}

// emitOne emits a posting that stands inside something else.
func (s *source) emitOne(o object, place Place, company string) bool {
	if company != "" && !hasField(o, "company") {
		o = append(o[:len(o):len(o)], member{"company", company})
	}
	return s.emit(Record{Place: place, fields: o})
}

// wrapped are the names under which answers carry their postings.
var wrapped = []string{"jobs", "postings", "offers", "results", "data", "items", "content", "vacancies", "positions", "hits", "records", "edges", "nodes", "entries", "listings", "@graph"}

// inner are the names under which a record can carry the posting proper.
var inner = []string{"comment", "job", "posting", "jobPosting", "_source", "node"}

// isWrapper says that o is what stands around postings and no posting itself,
// even where it has a name and a description of its own.
func isWrapper(o object) bool {
	for _, name := range wrapped {
		list, _ := o.get(name).([]any)
		if len(list) == 0 {
			continue
		}
		if first, ok := list[0].(object); ok && (isPosting(first) || len(first) == 1) {
			return true
		}
	}
	for _, name := range inner {
		if posting, ok := o.get(name).(object); ok && isPosting(posting) {
			return true
		}
	}
	return false
}

// wrapperCompany is the company an answer names once for all its postings.
func wrapperCompany(o object) string {
	for _, key := range []string{"company", "companyName", "company_name", "organization", "name"} {
		if s := strings.TrimSpace(o.text(key)); s != "" {
			return s
		}
	}
	return ""
}
