package feed

import (
	"fmt"
	"slices"
	"strings"
)

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
