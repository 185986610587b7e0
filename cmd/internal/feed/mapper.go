package feed

import (
	"slices"
	"strconv"
	"strings"
)

// Indexes into names, in its order.
const (
	fID = iota
	fTitle
	fCompany
	fLocation
	fDescription
	fURL
	fPosted
	nFields
)

// mapper turns a record's fields into a posting.
type mapper struct {
	overrides map[string]string // field -> column, as the user says
	wanted    map[string]int    // plain name or path -> field
	pinned    [nFields]bool     // fields that are wanted
}

func newMapper(overrides map[string]string) *mapper {
	m := &mapper{overrides: overrides, wanted: map[string]int{}}
	for i, f := range names {
		if column, ok := overrides[f.field]; ok {
			m.wanted[plain(column)] = i
			m.pinned[i] = true
		}
	}
	return m
}

// found is what a record has for a field.
type found struct {
	value any
	from  string // column or path
	rank  int    // 0: none
}

// mapped is what a record has for all fields and parts.
type mapped struct {
	fields [nFields]found
	parts  map[int]found
}

// maxNested is how many objects deep the fields of a posting are looked for.
const maxNested = 4

// find looks through a record's members, those of nested objects under the
// joined names.
func (m *mapper) find(fields object) *mapped { return m.findFrom(fields, 0) }

// findOwn looks through a record's members and into none of them.
func (m *mapper) findOwn(fields object) *mapped { return m.findFrom(fields, maxNested) }

func (m *mapper) findFrom(fields object, depth int) *mapped {
	out := &mapped{}
	m.collect(out, fields, "", "", depth)
	title, company, desc := &out.fields[fTitle], &out.fields[fCompany], &out.fields[fDescription]
	if title.from != "" && title.from == company.from { // "name" is one of them
		*company = found{}
	}
	if title.from != "" && title.from == desc.from { // "text" is one of them
		if s := text(title.value); len(s) < 200 && !strings.Contains(s, "\n") {
			*desc = found{}
		} else {
			*title = found{}
		}
	}
	return out
}

// missing lists the columns that the user names and that o has not, with the
// fields that were to be read from them.
func (m *mapper) missing(o object) []Field {
	if len(m.wanted) == 0 {
		return nil
	}
	all := m.find(o)
	var list []Field
	for i, f := range names {
		if column, ok := m.overrides[f.field]; ok && all.fields[i].rank == 0 {
			list = append(list, Field{f.field, column})
		}
	}
	return list
}

func (m *mapper) collect(out *mapped, fields object, joined, path string, depth int) {
	for _, f := range fields {
		key := joined + m.plain(f.name)
		if o, ok := f.value.(object); ok {
			if depth < maxNested {
				m.collect(out, o, key, path+f.name+".", depth+1)
			}
			continue
		}
		if len(m.wanted) > 0 {
			if field, ok := m.wanted[key]; ok {
				out.fields[field] = found{f.value, path + f.name, 1}
				continue
			}
		}
		for _, t := range byName[key] {
			value := f.value
			if t.field == fLocation {
				value = withinPlaces(f, fields)
			}
			m.offer(out, t, value, path+f.name)
		}
		if list, ok := f.value.([]any); ok && depth < maxNested && len(list) > 0 {
			if first, ok := list[0].(object); ok {
				m.collect(out, first, key, path+f.name+"[0].", depth+1)
			}
		}
	}
}

// withinPlaces is the value of a member that names a part of a place, with the
// wider ones that stand beside it: a city with its state and country.
func withinPlaces(f member, fields object) any {
	name, place := plain(f.name), text(f.value)
	for i := range places {
		for _, end := range places[i] {
			start, ok := strings.CutSuffix(name, end)
			if !ok || absent(strings.TrimSpace(place)) {
				continue
			}
			all := []string{strings.TrimSpace(place)}
			for _, ends := range places[i+1:] {
				if s := besides(fields, start, ends); s != "" && !hasPart(all, s) {
					all = append(all, s)
				}
			}
			return strings.Join(all, ", ")
		}
	}
	return f.value
}

// besides is the first text among fields under a name of the start and one of the ends given.
func besides(fields object, start string, ends []string) string {
	for _, end := range ends {
		for _, f := range fields {
			if all := lines(f.value); plain(f.name) == start+end && len(all) == 1 && !slices.Contains(states, strings.ToLower(all[0])) && !strings.ContainsAny(all[0][:1], "0123456789") {
				return all[0]
			}
		}
	}
	return ""
}

// states are what a column "state" holds where it is not about a place.
var states = []string{"active", "inactive", "open", "opened", "closed", "published", "unpublished", "draft", "live", "pending", "expired", "archived", "new", "filled", "paused", "hiring", "enabled", "disabled", "deleted"}

// hasPart says that s is in one of all already, between commas.
func hasPart(all []string, s string) bool {
	for _, part := range strings.Split(strings.Join(all, ","), ",") {
		if strings.EqualFold(strings.TrimSpace(part), s) {
			return true
		}
	}
	return false
}

// plain is plain(name), at no cost for names that are so already.
func (m *mapper) plain(name string) string {
	for i := 0; i < len(name); i++ {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return plain(name)
		}
	}
	return name
}

// offer takes a value for a field or part, unless there is a better one.
func (m *mapper) offer(out *mapped, t target, value any, from string) {
	if empty(value) {
		return
	}
	if t.part >= 0 {
		if out.parts == nil {
			out.parts = map[int]found{}
		}
		if had := out.parts[t.part]; had.rank == 0 || t.rank < had.rank {
			out.parts[t.part] = found{value, from, t.rank}
		}
		return
	}
	had := &out.fields[t.field]
	if m.pinned[t.field] || had.rank != 0 && !better(t, value, had) {
		return
	}
	*had = found{value, from, t.rank}
}

// better says whether a value replaces one found before. Of two descriptions
// the clearly longer one is whole and the other an extract of it.
func better(t target, value any, had *found) bool {
	if t.field == fDescription {
		was, is := len(text(had.value)), len(text(value))
		if was > 2*is || is > 2*was {
			return is > was
		}
	}
	return t.rank < had.rank
}

func empty(v any) bool {
	switch v := v.(type) {
	case string:
		return absent(strings.TrimSpace(v))
	case number:
		return false
	case []any:
		return len(lines(v)) == 0
	}
	return true
}

// isPosting says that an object has at least a title or a description, and
// something beside it, under names that say so.
func isPosting(o object) bool {
	m := defaultMapper.find(o)
	title, desc := m.fields[fTitle], m.fields[fDescription]
	title.from = strings.TrimSuffix(title.from, ".rendered") // WordPress has its texts in objects of their own
	if title.rank == 0 && desc.rank == 0 || strings.Contains(title.from, ".") && strings.Contains(desc.from, ".") {
		return false
	}
	n := 0
	for _, f := range m.fields {
		if f.rank > 0 && !strings.Contains(f.from, ".") {
			n++
		}
	}
	return n >= 2 && (title.rank > 0 && !strings.Contains(title.from, ".") || desc.rank > 0 && len(text(desc.value)) > 100)
}

var defaultMapper = newMapper(nil)

func hasField(o object, field string) bool {
	for i, f := range names {
		if f.field == field {
			return defaultMapper.find(o).fields[i].rank > 0
		}
	}
	return false
}

// explain lists which column gives which field.
func (m *mapper) explain(o object) []Field {
	all := m.find(o)
	var list []Field
	for i, f := range all.fields {
		if f.rank > 0 {
			list = append(list, Field{names[i].field, f.from})
		}
	}
	for i, p := range parts {
		if f, ok := all.parts[i]; ok {
			list = append(list, Field{string(p.section), f.from})
		}
	}
	return list
}

func keys(o object) string {
	if len(o) == 0 {
		return "no fields at all"
	}
	var all []string
	for _, m := range o {
		if all = append(all, strconv.Quote(clip(m.name, 30))); len(all) == 12 {
			all = append(all, "...")
			break
		}
	}
	return strings.Join(all, ", ")
}
