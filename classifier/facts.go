package classifier

import (
	"cmp"
	"slices"

	"rolecall/index"
)

// facts fills in what is told besides the label: seniority, salary, industries.
func (r *reading) facts(p *Posting, res *Result) {
	res.Seniority = r.engine.levels.seniority(&r.title, &r.scan)
	res.Salary = findSalary("description", p.Description, &r.text, r.scan.Tokens, p.Location)
	if res.Salary == nil {
		title := plain{text: p.Title}
		res.Salary = findSalary("title", p.Title, &title, r.title.Tokens, p.Location)
	}
	res.Industries = r.industries()
}

const (
	maxIndustries = 3 // an employer is of few
	besideCompany = 3 // a mention about the company counts as this many elsewhere
)

// industries are those of the employer that are named most, about the company
// above all, in the order of how often.
func (r *reading) industries() []string {
	type count struct {
		entry int32
		n     int
	}
	var counts []count
	k := 0
	for _, tag := range r.scan.Tags[index.Cues] {
		if r.engine.ix.Entries()[tag.Entry].Kind != index.Industry {
			continue
		}
		k = r.unitAt(k, tag.First)
		n := 1
		if r.sectionOf(k) == Company {
			n = besideCompany
		}
		i := slices.IndexFunc(counts, func(c count) bool { return c.entry == tag.Entry })
		if i < 0 {
			i = len(counts)
			counts = append(counts, count{entry: tag.Entry})
		}
		counts[i].n += n
	}
	counts = slices.DeleteFunc(counts, func(c count) bool { return c.n < besideCompany })
	slices.SortStableFunc(counts, func(a, b count) int { return cmp.Or(b.n-a.n, int(a.entry-b.entry)) })
	var out []string
	for _, c := range counts[:min(len(counts), maxIndustries)] {
		out = append(out, r.engine.ix.Entries()[c.entry].Name)
	}
	return out
}
