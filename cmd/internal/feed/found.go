package feed

import (
	"fmt"
	"slices"
	"strings"
)

// What stands around postings has names and descriptions too: companies,
// places, departments, pages. This file says which of the objects of a tree
// are postings, by what they hold and by the name that they stand under.

// jobs are the names under which answers carry their postings, and nothing
// else; containers those under which they carry these or other things, "" for
// what stands at the top.
var (
	jobs       = []string{"jobs", "postings", "vacancies", "listings"}
	containers = []string{"", "offers", "results", "data", "items", "content", "positions", "hits", "records", "edges", "nodes", "entries", "@graph"}
)

// inner are the names under which a record can carry the posting proper.
var inner = []string{"comment", "job", "posting", "jobPosting", "_source", "node"}

// others are names, in the plain form, under which no posting stands.
var others = strings.Fields(`company companies employer hiringorganization organization organisation advertiser recruiter author
	location locations office offices department departments team teams category categories`)

// emitFound emits the postings in an object that stands under a name: itself,
// or those inside it. Where a posting was to be expected, none is reported.
func (s *source) emitFound(o object, place Place, raw []byte, under string, expected bool) bool {
	if replies, ok := threadOf(o); ok {
		return s.emitReplies(replies, place)
	}
	p := postingIn(o, under)
	if p != nil {
		return s.emit(Record{Place: place, raw: raw, rawJSON: raw != nil, fields: p})
	}
	before := s.records
	if !s.emitInside(o, place, wrapperCompany(o), under) {
		return false
	}
	if expected && s.records == before && !isWrapper(o) {
		return s.emit(Record{Place: place, raw: raw, Err: noPosting(o)})
	}
	return true
}

// threadOf are the comments on a story of Hacker News, as Algolia gives it.
func threadOf(o object) ([]any, bool) {
	replies, ok := o.get("children").([]any)
	return replies, ok && o.text("type") == "story"
}

// emitReplies emits the comments of a thread, without what is said of them and
// those that were deleted.
func (s *source) emitReplies(replies []any, place Place) bool {
	for _, reply := range replies {
		if o, ok := reply.(object); ok && isComment(o) && !s.emit(Record{Place: place, fields: o}) {
			return false
		}
	}
	return true
}

// isComment says that o is a comment on Hacker News, whose text is a description
// however short it is.
func isComment(o object) bool {
	return o.text("type") == "comment" && strings.TrimSpace(o.text("text")) != ""
}

func noPosting(o object) error {
	return fmt.Errorf("no posting: a title or a description was wanted, among %s", keys(o))
}

// emitInside emits the postings in the members or items of v.
func (s *source) emitInside(v any, place Place, company, under string) bool {
	switch v := v.(type) {
	case object:
		for _, m := range v {
			if !s.emitValue(m.value, place, company, m.name) {
				return false
			}
		}
	case []any:
		return s.emitList(v, place, company, under)
	}
	return true
}

// emitValue emits v, where it is a posting, or those inside it.
func (s *source) emitValue(v any, place Place, company, under string) bool {
	if o, ok := v.(object); ok {
		if p := postingIn(o, under); p != nil {
			return s.emitOne(p, place, company)
		}
	}
	return s.emitInside(v, place, company, under)
}

// emitList emits the postings of a list; where it has any, the others are faulty.
func (s *source) emitList(list []any, place Place, company, under string) bool {
	some := slices.ContainsFunc(list, func(v any) bool {
		o, ok := v.(object)
		return ok && postingIn(o, under) != nil
	})
	for _, item := range list {
		before := s.records
		if !s.emitValue(item, place, company, under) {
			return false
		}
		if !some || s.records > before {
			continue
		}
		r := Record{Place: place}
		switch item := item.(type) {
		case object:
			if !isWrapper(item) {
				r.fields, r.Err = item, noPosting(item)
			}
		case []any:
		default:
			r.Err = fmt.Errorf("a posting was wanted, not %.40q", text(item))
		}
		if r.Err != nil && !s.emit(r) {
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

// postingIn is the posting that an object under a name is, or carries; nil for
// none. A name or text is taken for a title only where jobs are to be
// expected, or with more beside it than a mere entry of a list has.
func postingIn(o object, under string) object {
	if p := carried(o); p != nil {
		return p
	}
	if isComment(o) {
		return o
	}
	if !isPosting(o) || slices.Contains(others, plain(under)) || holdsPostings(o) {
		return nil
	}
	own := ownFields(o)
	if own.named || own.described || own.about >= 2 || slices.Contains(jobs, under) || slices.Contains(containers, under) {
		return o
	}
	return nil
}

// carried is the posting inside a record that has it under one of the inner
// names, with what the record has beside it and the posting has not, as the
// company; nil where there is none.
func carried(o object) object {
	for _, name := range inner {
		posting, ok := o.get(name).(object)
		if !ok || !isPosting(posting) || richer(o, posting) {
			continue
		}
		all := posting[:len(posting):len(posting)]
		has := defaultMapper.find(posting)
		for _, m := range o {
			if m.name != name && !offersAgain(m, has) {
				all = append(all, m)
			}
		}
		return all
	}
	return nil
}

// offersAgain says that a member beside a posting would be taken for a field
// that the posting has, or for its text.
func offersAgain(m member, has *mapped) bool {
	for i, f := range defaultMapper.find(object{m}).fields {
		if f.rank > 0 && (has.fields[i].rank > 0 || i == fTitle && isWeak(f) || i == fDescription) {
			return true
		}
	}
	return false
}

// isWrapper says that o is what stands around postings and no posting itself.
func isWrapper(o object) bool { return holdsPostings(o) || carried(o) != nil }

// holdsPostings says that o has a list of postings, even where it has a name
// and a description of its own.
func holdsPostings(o object) bool {
	for _, m := range o {
		list, isList := m.value.([]any)
		sure := slices.Contains(jobs, m.name)
		if !isList || !sure && !slices.Contains(containers, m.name) {
			continue
		}
		own := ownFields(o)
		if sure && len(list) == 0 && !(own.named && own.described) {
			return true
		}
		for _, item := range list {
			if item, ok := item.(object); ok && (isPosting(item) || carried(item) != nil) {
				return sure || !richer(o, item)
			}
		}
	}
	return false
}

// own is what an object has of a posting's fields, those of objects inside it
// left out.
type own struct {
	named     bool // has a title, under a name that only a job's title has
	described bool
	fields    int
	about     int // of company, location and url
}

func ownFields(o object) own {
	var has own
	for i, f := range defaultMapper.findOwn(o).fields {
		if f.rank == 0 {
			continue
		}
		has.fields++
		switch i {
		case fTitle:
			has.named = !isWeak(f)
		case fDescription:
			has.described = true
		case fCompany, fLocation, fURL:
			has.about++
		}
	}
	return has
}

// richer says that o is a posting with something in it, and not what stands
// around the posting inside: it has a title and a description, and more beside.
func richer(o, inside object) bool {
	has := ownFields(o)
	return has.named && has.described && has.fields > ownFields(inside).fields
}

// isRecord says that an object has two names or more that a posting has,
// whatever is behind them: where it is no posting, it should have been one.
func isRecord(o object) bool {
	n := 0
	for _, m := range o {
		if slices.ContainsFunc(byName[plain(m.name)], func(t target) bool { return t.field >= 0 }) {
			n++
		}
	}
	return n >= 2
}

// isWeak says that a title stands under a name that other things have too.
func isWeak(title found) bool {
	return slices.Contains([]string{"headline", "text", "name"}, plain(title.from))
}

// wrapperCompany is the company an answer names once for all its postings.
func wrapperCompany(o object) string {
	for _, key := range []string{"company", "companyName", "company_name", "organization", "name"} {
		for _, s := range []string{o.text(key), o.text(key, "name")} {
			if s = strings.TrimSpace(s); s != "" {
				return s
			}
		}
	}
	return ""
}
