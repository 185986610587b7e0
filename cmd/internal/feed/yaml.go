package feed

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxYAML is how large a document may be to be read whole, and maxYAMLMarks how
// many of the signs that part values it may have: each value takes some hundred
// bytes when it is parsed. The items of a list are read one by one in a larger
// one, and where the whole cannot be read.
const (
	maxYAML      = 4 << 20
	maxYAMLMarks = 200_000
)

var yamlKey = regexp.MustCompile(`(?m)^(?:- |  )?["']?([\w -]{1,40})["']?:(?:\s|$)`)

// isYAML is true where the first lines are keys that a posting has.
func isYAML(head []byte) bool {
	var o object
	for _, m := range yamlKey.FindAllSubmatch(head[:min(len(head), 8192)], 40) {
		o = append(o, member{string(m[1]), "some text"})
	}
	start := bytes.TrimLeft(head, "-# \r\n")
	m := defaultMapper.find(o)
	return len(o) >= 3 && yamlKey.Match(start[:min(len(start), 200)]) && m.fields[fTitle].rank > 0 &&
		(m.fields[fDescription].rank > 0 || m.fields[fCompany].rank > 0)
}

// readYAML takes the postings of a YAML file: one or several documents, each a
// posting, a list of them, or something with such a list inside.
func readYAML(s *source, w *window, _ *os.File) error {
	w.max = maxYAML
	some := false
	for {
		data, whole := w.until(documentEnd)
		if len(data) == 0 {
			break
		}
		place := Place{Line: w.line}
		if whole {
			data = bytes.Clone(data)
			w.skip(len(data))
			empty, more := s.emitDocument(data, place.Line)
			if some = some || !empty; !more {
				return nil
			}
			continue
		}
		some = true
		n, more := s.emitItems(w)
		if n == 0 {
			more = s.emit(Record{Err: fmt.Errorf("a document of more than %d bytes that is no list of postings: too large", maxYAML), Place: place})
		}
		if !more {
			return nil
		}
	}
	if !some && w.failed() == nil {
		return errors.New("no posting found in this YAML")
	}
	return nil
}

// emitDocument emits the postings of a document, which may be empty. Where it
// cannot be read whole its items are read one by one, if any is a posting.
func (s *source) emitDocument(data []byte, line int) (empty, more bool) {
	for at := 0; at < len(data) && data[at] == '%'; at += max(lineEnd(data[at:]), 1) {
		data[at] = '#' // a directive: the parser refuses versions that it can read
	}
	v, at, err := parseYAML(data)
	switch {
	case err == nil && v == nil:
		return true, true
	case err == nil:
		return false, s.emitYAML(v, Place{Line: line + at - 1})
	case hasYAMLPosting(data):
		_, more = s.emitItems(windowOf(data, line))
		return false, more
	}
	return false, s.emit(yamlRecord(err, line, data))
}

// yamlRecord is what could not be parsed from a line on. The parser counts lines
// from there.
func yamlRecord(err error, line int, data []byte) Record {
	text := err.Error()
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		line, text = line+n-1, strings.TrimPrefix(text, m[0])
	}
	return Record{Err: errors.New("YAML: " + text), Place: Place{Line: line}, raw: clipRaw(data)}
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d{1,8}): `)

// marksOf is how many signs part values in data.
func marksOf(data []byte) int {
	n := 0
	for _, c := range []byte(",\n[{") {
		n += bytes.Count(data, []byte{c})
	}
	return n
}

// hasYAMLPosting says whether an item of a list in a document is a posting.
func hasYAMLPosting(data []byte) bool {
	items := yamlItems{w: windowOf(data, 1), indent: -1}
	items.begin()
	for range mostPoor {
		item, _ := items.next()
		if item == nil {
			break
		}
		v, _, _ := parseYAML(item)
		if list, _ := v.([]any); len(list) == 1 {
			if o, ok := list[0].(object); ok && postingIn(o, "jobs") != nil {
				return true
			}
		}
		items.w.skip(len(item))
	}
	return false
}

// mostPoor is how many items of a list are looked at if none is a posting.
const mostPoor = 1000

// emitItems emits the postings of a list that stands in a document, item by
// item, up to the document's end, and says how many items there were.
func (s *source) emitItems(w *window) (n int, more bool) {
	items := yamlItems{w: w, indent: -1}
	items.begin()
	before := s.good
	for ; ; n++ {
		item, whole := items.next()
		if items.passed > 0 { // never without a word
			err := errors.New("a list stands here that is not read, because the document cannot be read as a whole: make it one of its own")
			if at := items.passed; !s.emit(Record{Err: err, Place: Place{Line: at}}) {
				return n, false
			}
			items.passed = 0
		}
		if item == nil {
			return n, true
		}
		line := w.line
		if n == mostPoor && s.good == before {
			items.skip()
			return n, s.emit(Record{Err: fmt.Errorf("none of %d items is a posting: the rest is passed over", n), Place: Place{Line: line}})
		}
		item = bytes.Clone(item)
		w.skip(len(item))
		v, _, err := parseYAML(item)
		if !whole {
			err = fmt.Errorf("an item of more than %d bytes: too large for a posting", w.max)
		}
		if err == nil {
			more = s.emitYAML(v, Place{Line: line})
		} else {
			more = s.emit(yamlRecord(err, line, item))
		}
		if !more {
			return n, false
		}
	}
}

// parseYAML reads one document, and says in which of its lines it begins.
func parseYAML(data []byte) (v any, line int, err error) {
	if marksOf(data) > maxYAMLMarks {
		return nil, 0, fmt.Errorf("more than %d values: too many for one document", maxYAMLMarks)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, 0, err
	}
	y := yamlReader{}
	v, err = y.value(&doc, 0)
	return v, max(1, doc.Line), err
}

func (s *source) emitYAML(v any, place Place) bool {
	if o, ok := v.(object); ok {
		return s.emitFound(o, place, nil, "", true)
	}
	before := s.records
	if !s.emitInside(v, place, "", "") {
		return false
	}
	return s.records > before || s.emit(Record{Err: noPosting(nil), Place: place})
}

// maxAliased is how many values of a document may come from aliases, and
// maxAliasedBytes how much text.
const (
	maxAliased      = 10 * maxValues
	maxAliasedBytes = maxRecord
)

// yamlReader turns nodes into values. What stands in the file is bounded by the
// file's size. What aliases repeat counts every time, so that a file that
// multiplies itself comes to its end.
type yamlReader struct{ inAlias, aliased, bytes int }

func (y *yamlReader) value(n *yaml.Node, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("YAML line %d: nested more than %d deep", n.Line, maxDepth)
	}
	if y.inAlias > 0 {
		if y.aliased++; y.aliased > maxAliased {
			return nil, fmt.Errorf("YAML line %d: more than %d values by aliases in one document", n.Line, maxAliased)
		}
		if y.bytes += len(n.Value); y.bytes > maxAliasedBytes {
			return nil, fmt.Errorf("YAML line %d: more than %d bytes by aliases in one document", n.Line, maxAliasedBytes)
		}
	}
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) > 0 {
			return y.value(n.Content[0], depth)
		}
	case yaml.AliasNode:
		y.inAlias++
		defer func() { y.inAlias-- }()
		return y.value(n.Alias, depth+1)
	case yaml.MappingNode:
		return y.mapping(n, depth)
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			v, err := y.value(item, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return nil, nil
		}
		return n.Value, nil
	}
	return nil, nil
}

func (y *yamlReader) mapping(n *yaml.Node, depth int) (any, error) {
	o := object{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		v, err := y.value(n.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		o = append(o, member{n.Content[i].Value, v})
	}
	return o, nil
}
