package feed

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"rolecall/classifier"
)

// posting makes the posting of a record.
func (m *mapper) posting(o object, r *Record) (classifier.Posting, error) {
	if len(m.wanted) == 0 { // nobody says that the names mean something else
		if p, ok := direct(o); ok {
			return p, check(&p)
		}
		if isResult(o) {
			return classifier.Posting{}, errors.New("a result of rolecall, which has no description: the posting that it was made of was wanted")
		}
		if isComment(o) {
			o = slices.Clone(o)
			o[slices.IndexFunc(o, func(m member) bool { return m.name == "text" })].name = "description"
		}
	}
	all := m.find(o)
	p := classifier.Posting{
		ID:       scalarOf(all.fields[fID].value),
		Title:    cleanTitle(lineOf(all.fields[fTitle].value)),
		Company:  cleanCompany(lineOf(all.fields[fCompany].value)),
		Location: lineOf(all.fields[fLocation].value),
		URL:      scalarOf(all.fields[fURL].value),
		Posted:   when(scalarOf(all.fields[fPosted].value)),
	}
	if p.Company == "" {
		p.Company = tenant(p.URL)
	}
	if err := m.spans(o, &p, all); err != nil {
		return p, err
	}
	if p.Title == "" {
		fromFirstLine(&p)
	}
	if p.Title == "" && p.Description == "" {
		return p, fmt.Errorf("neither title nor description found among %s: name them with --map", keys(o))
	}
	if p.Company == "" {
		fromTitle(&p)
	}
	return p, check(&p)
}

// direct reads an object that has the fields of a posting and no others.
func direct(o object) (classifier.Posting, bool) {
	var p classifier.Posting
	for _, m := range o {
		if to := fieldOf(&p, m.name); to == nil || *to != "" || !fill(&p, to, m.value) { // of two of one name the first counts, as elsewhere
			return p, false
		}
	}
	return p, p.Title != "" && p.Description != "" && !doublyEscaped(p.Description)
}

// isResult says whether an object is what rolecall wrote of a posting, in JSON or
// as a row of a table.
func isResult(o object) bool {
	n := 0
	for _, m := range o {
		if slices.Contains([]string{"state", "ai_share", "de_share", "taxonomy"}, m.name) {
			n++
		}
	}
	return n == 4
}

// fieldOf is the field of a posting that has a name in JSON, nil for none.
func fieldOf(p *classifier.Posting, name string) *string {
	switch name {
	case "id":
		return &p.ID
	case "title":
		return &p.Title
	case "company":
		return &p.Company
	case "location":
		return &p.Location
	case "description":
		return &p.Description
	case "url":
		return &p.URL
	case "posted":
		return &p.Posted
	}
	return nil
}

// fill puts a value into a field of p: a string, or null for nothing; an id
// may be a number. It is false for what no field holds.
func fill(p *classifier.Posting, to *string, value any) bool {
	switch v := value.(type) {
	case string:
		*to = v
	case number:
		*to = string(v)
		return to == &p.ID
	case nil:
		*to = ""
	default:
		return false
	}
	return true
}

// check gives a posting without an id one of its own, and refuses what is too large.
func check(p *classifier.Posting) error {
	if n := len(p.Title) + len(p.Description) + len(p.ID) + len(p.Company) + len(p.Location) + len(p.URL) + len(p.Posted); n > classifier.MaxPosting {
		return fmt.Errorf("a posting of %d bytes: at most %d are read", n, classifier.MaxPosting)
	}
	if strings.TrimSpace(p.ID) == "" {
		p.ID = ownID(p)
	}
	return nil
}

// ownID names a posting that has no id by all it says: the same posting gets
// the same id. Its URL alone would not do, it may be that of a whole board.
func ownID(p *classifier.Posting) string {
	h := fnv.New64a()
	for _, s := range []string{p.Title, p.Company, p.Location, p.URL, p.Description} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return "sum-" + strconv.FormatUint(h.Sum64(), 16)
}
