package feed

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unsafe"
)

// parseObject reads a JSON object into a tree. It takes what encoding/json
// takes, within maxDepth and maxValues, and gives the same values (a fuzz test
// holds the two together), six times as fast: the reader's share of a
// posting's time is what the throughput of a batch hangs on. Strings share
// data's memory, which must not change afterwards.
func parseObject(data []byte) (object, error) {
	v, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	o, ok := v.(object)
	if !ok {
		return nil, fmt.Errorf("a JSON %s: an object with the fields of a posting was wanted", kindOf(v))
	}
	return o, nil
}

func parseJSON(data []byte) (any, error) {
	p := parser{s: unsafe.String(unsafe.SliceData(data), len(data))}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.pos < len(p.s) {
		return nil, p.fail("the end of the record")
	}
	return v, nil
}

func kindOf(v any) string {
	switch v.(type) {
	case []any:
		return "array"
	case string:
		return "string"
	case number:
		return "number"
	case bool:
		return "bool"
	case nil:
		return "null"
	}
	return "object"
}

// errLarge is what is wrong with an object that is larger than a posting, and
// so may be an answer with postings in it.
var errLarge = errors.New("too large for one posting")

// wrongStart is what is wrong with data as the start of an object in which a
// quote or a brace is missing.
func wrongStart(data []byte) error {
	p := parser{s: unsafe.String(unsafe.SliceData(data), len(data))}
	if _, err := p.value(0); p.pos < len(p.s) && !errors.Is(err, errLarge) {
		return err
	}
	return errMissing
}

type parser struct {
	s      string
	pos    int
	values int
}

func (p *parser) fail(wanted string) error {
	if p.pos >= len(p.s) {
		return fmt.Errorf("byte %d: the record ends where %s was wanted: it is cut short", p.pos+1, wanted)
	}
	near := strings.ToValidUTF8(p.s[max(0, p.pos-12):min(len(p.s), p.pos+12)], "?")
	return fmt.Errorf("byte %d: %q where %s was wanted, near %q", p.pos+1, p.s[p.pos], wanted, near)
}

func (p *parser) space() {
	for p.pos < len(p.s) {
		switch p.s[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

// next passes over space and gives the byte it stops at, 0 at the end.
func (p *parser) next() byte {
	p.space()
	if p.pos < len(p.s) {
		return p.s[p.pos]
	}
	return 0
}

func (p *parser) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("byte %d: nested more than %d deep", p.pos+1, maxDepth)
	}
	if p.values++; p.values > maxValues {
		return nil, fmt.Errorf("byte %d: more than %d values: %w", p.pos+1, maxValues, errLarge)
	}
	switch c := p.next(); {
	case c == '"':
		return p.str()
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	return p.literal()
}

func (p *parser) literal() (any, error) {
	rest := p.s[p.pos:]
	switch {
	case strings.HasPrefix(rest, "null"):
		p.pos += 4
		return nil, nil
	case strings.HasPrefix(rest, "true"):
		p.pos += 4
		return true, nil
	case strings.HasPrefix(rest, "false"):
		p.pos += 5
		return false, nil
	}
	return nil, p.fail("a value")
}

func (p *parser) object(depth int) (any, error) {
	p.pos++
	o := make(object, 0, 12)
	if p.next() == '}' {
		p.pos++
		return o, nil
	}
	for {
		if p.next() != '"' {
			return nil, p.fail("a name in quotes")
		}
		name, err := p.str()
		if err != nil {
			return nil, err
		}
		if p.next() != ':' {
			return nil, p.fail("a colon")
		}
		p.pos++
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		o = append(o, member{name, v})
		switch p.next() {
		case ',':
			p.pos++
		case '}':
			p.pos++
			return o, nil
		default:
			return nil, p.fail("a comma or }")
		}
	}
}

func (p *parser) array(depth int) (any, error) {
	p.pos++
	list := []any{}
	if p.next() == ']' {
		p.pos++
		return list, nil
	}
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		switch p.next() {
		case ',':
			p.pos++
		case ']':
			p.pos++
			return list, nil
		default:
			return nil, p.fail("a comma or ]")
		}
	}
}

func (p *parser) number() (any, error) {
	start := p.pos
	for p.pos < len(p.s) && strings.IndexByte("+-.0123456789eE", p.s[p.pos]) >= 0 {
		p.pos++
	}
	lit := p.s[start:p.pos]
	if !json.Valid([]byte(lit)) {
		p.pos = start
		return nil, p.fail("a number")
	}
	return number(lit), nil
}
