package feed

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// A record's values are nil, bool, string, number, []any and object: JSON's,
// with the order of an object's members kept.
type (
	object []member
	member struct {
		name  string
		value any
	}
	number string // as written
)

// get is the value at a path of member names; of two members of a name the
// last counts, as in encoding/json.
func (o object) get(path ...string) any {
	var v any = o
	for _, name := range path {
		o, ok := v.(object)
		if !ok {
			return nil
		}
		v = nil
		for i := len(o) - 1; i >= 0; i-- {
			if o[i].name == name {
				v = o[i].value
				break
			}
		}
	}
	return v
}

func (o object) text(path ...string) string { return text(o.get(path...)) }

// text is a scalar as text; anything else is "".
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case number:
		return string(v)
	}
	return ""
}

// lines is a value as text, a list one item a line. Items that are objects
// give their name, value or text.
func lines(v any) []string {
	switch v := v.(type) {
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, lines(item)...)
		}
		return all
	case object:
		for _, key := range [...]string{"name", "text", "content", "value", "description", "label", "title"} {
			if s := text(v.get(key)); s != "" {
				return []string{s}
			}
		}
	default:
		if s := strings.TrimSpace(text(v)); s != "" && !absent(s) {
			return []string{s}
		}
	}
	return nil
}

// sizeOf is about how many bytes a value takes in memory.
func sizeOf(v any) int {
	size := 16
	switch v := v.(type) {
	case object:
		for _, m := range v {
			size += 48 + sizeOf(m.value)
		}
	case []any:
		for _, item := range v {
			size += sizeOf(item)
		}
	case string:
		size += 16 + len(v)
	case number:
		size += 16 + len(v)
	}
	return size
}

// absent says that a value is one of the ways in which exports write nothing.
func absent(s string) bool {
	if len(s) > 6 {
		return false
	}
	switch strings.ToLower(s) {
	case "", "-", "--", "n/a", "na", "nan", "null", "none", "nil", "#n/a":
		return true
	}
	return false
}

// appendJSON writes a value as JSON.
func appendJSON(dst []byte, v any) []byte {
	switch v := v.(type) {
	case object:
		dst = append(dst, '{')
		for i, m := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendString(dst, m.name), ':')
			dst = appendJSON(dst, m.value)
		}
		return append(dst, '}')
	case []any:
		dst = append(dst, '[')
		for i, item := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, item)
		}
		return append(dst, ']')
	case string:
		return appendString(dst, v)
	case number:
		return append(dst, v...)
	case bool:
		if v {
			return append(dst, "true"...)
		}
		return append(dst, "false"...)
	}
	return append(dst, "null"...)
}

func appendString(dst []byte, s string) []byte {
	quoted, _ := json.Marshal(s) // a string has no way to fail
	return append(dst, quoted...)
}

// appendLine appends JSON on one line, without the space around it.
func appendLine(dst, raw []byte) ([]byte, error) {
	raw = bytes.TrimSpace(raw)
	if bytes.IndexByte(raw, '\n') < 0 && bytes.IndexByte(raw, '\r') < 0 { // a carriage return ends a line for many a reader
		return append(dst, raw...), nil
	}
	buf := bytes.NewBuffer(dst)
	err := json.Compact(buf, raw)
	return buf.Bytes(), err
}

// without is o without the members that added names.
func without(o object, added [][]byte) object {
	replaced := func(m member) bool {
		for i := 0; i < len(added); i += 2 {
			if m.name == string(added[i]) {
				return true
			}
		}
		return false
	}
	if !slices.ContainsFunc(o, replaced) {
		return o
	}
	return slices.DeleteFunc(slices.Clone(o), replaced)
}
