package feed

import (
	"bytes"
	"strings"

	"rolecall/classifier"
)

// Posting reads one posting from JSON as classifier.ParsePosting does, with
// the same values and errors (a fuzz test holds the two together): what is
// usual in a third of the time, all else by ParsePosting itself.
func Posting(data []byte) (classifier.Posting, error) {
	if p, ok := usualPosting(data); ok {
		return p, nil
	}
	return classifier.ParsePosting(data)
}

// usualPosting reads an object whose names are those of a posting in small
// letters, or none of them, each once, with strings behind them.
func usualPosting(data []byte) (p classifier.Posting, ok bool) {
	if len(data) > classifier.MaxPosting {
		return p, false
	}
	o, err := parseObject(bytes.Clone(data)) // strings share its memory
	if err != nil {
		return p, false
	}
	fields := [...]struct {
		name string
		to   *string
	}{
		{"id", &p.ID},
		{"title", &p.Title},
		{"company", &p.Company},
		{"location", &p.Location},
		{"description", &p.Description},
		{"url", &p.URL},
		{"posted", &p.Posted},
		{"sections", nil},
	}
	seen := 0
	for _, m := range o {
		for i, f := range fields {
			if !strings.EqualFold(m.name, f.name) { // as encoding/json compares names
				continue
			}
			if m.name != f.name || f.to == nil || seen>>i&1 == 1 {
				return p, false
			}
			seen |= 1 << i
			switch v := m.value.(type) {
			case string:
				*f.to = v
			case number:
				if f.name != "id" {
					return p, false
				}
				*f.to = string(v)
			case nil:
			default:
				return p, false
			}
		}
	}
	return p, strings.TrimSpace(p.ID) != ""
}
