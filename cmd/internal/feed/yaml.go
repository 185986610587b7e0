package feed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"

	"go.yaml.in/yaml/v4"
)

// maxYAML is how large a YAML file may be: it is read whole.
const maxYAML = 4 << 20

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
	data := w.fill(maxYAML)
	if w.full() {
		return fmt.Errorf("YAML of more than %d bytes: split it, or make it JSON Lines", maxYAML)
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		switch err := d.Decode(&doc); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("YAML: %w", err)
		}
		y := yamlReader{}
		v, err := y.value(&doc, 0)
		place := Place{Line: max(1, doc.Line)}
		if err != nil {
			if !s.emit(Record{Err: err, Place: place}) {
				return nil
			}
			continue
		}
		if !s.emitYAML(v, place) {
			return nil
		}
	}
}

// parseYAML reads one document.
func parseYAML(data []byte) (any, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	y := yamlReader{}
	return y.value(&doc, 0)
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

// maxAliased is how many values of a document may come from aliases.
const maxAliased = 10 * maxValues

// yamlReader turns nodes into values. What stands in the file is bounded by the
// file's size. What aliases repeat counts every time, so that a file that
// multiplies itself comes to its end.
type yamlReader struct{ inAlias, aliased int }

func (y *yamlReader) value(n *yaml.Node, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("YAML line %d: nested more than %d deep", n.Line, maxDepth)
	}
	if y.inAlias > 0 {
		if y.aliased++; y.aliased > maxAliased {
			return nil, fmt.Errorf("YAML line %d: more than %d values by aliases in one document", n.Line, maxAliased)
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
