package classifier

import (
	"slices"
	"strings"

	"rolecall/index"
)

// place corrects what the first step guessed where the source says itself
// which section a part of the description is.
func (r *reading) place(p *Posting) {
	if len(p.Sections) == 0 {
		return
	}
	for k := range r.units {
		u := &r.units[k]
		at, _ := r.text.span(int(r.scan.Tokens[u.first].Start), int(r.scan.Tokens[u.first].End))
		for _, s := range p.Sections {
			if i := sectionIndex(s.Section); at >= s.Start && at < s.End && i >= 0 && !u.head {
				r.guesses[k].section = [nSections]float32{}
				r.guesses[k].section[i] = 1
				u.named = i
			}
		}
	}
}

// sectionOf is the section of a unit: the likeliest, where a heading goes with
// what it names. What is asked for is required or preferred as the heading says,
// however it reads.
func (r *reading) sectionOf(k int) Section {
	heading := Other
	if n := r.units[k].named; n >= 0 {
		heading = sections[n]
	}
	best := r.guesses[k].best()
	if best == len(sections) || asksFor(sections[best]) && asksFor(heading) {
		return heading
	}
	return sections[best]
}

func asksFor(s Section) bool { return s == Requirements || s == Preferred }

// hit is a mention, and the place in reading.seen of what is mentioned.
type hit struct {
	seen    int32
	mention Mention
}

// sighting is an entry that is mentioned, so many times.
type sighting struct {
	entry int32
	times int32
	end   int32 // of its mentions among all
	need  Need
}

// find lists the tools, skills and responsibilities, each with its mentions.
func (r *reading) find(p *Posting, res *Result) {
	r.hits, r.seen = r.hits[:0], r.seen[:0]
	for _, tag := range r.title.Tags[index.Things] {
		r.see(tag.Entry, titleMention(p, tag.Start, tag.End), NeedRequired)
	}
	k := 0
	r.cueAt = 0
	for _, tag := range r.scan.Tags[index.Things] {
		k = r.unitAt(k, tag.First)
		m := r.mention(p, tag.Start, tag.End)
		need := r.need(k, tag)
		if need != NeedRequired && begins(p.Company, m.Text) { // what the employer is called, and may sell
			need = NeedContext
		}
		r.see(tag.Entry, m, need)
	}
	r.findTasks(p)
	r.list(res)
}

// begins says whether a company's name begins with a text, in any case of its letters.
func begins(company, text string) bool {
	n := len(text)
	return len(company) >= n && strings.EqualFold(company[:n], text) &&
		(len(company) == n || strings.IndexByte(" ,.-/(", company[n]) >= 0)
}

// see notes a mention of an entry.
func (r *reading) see(entry int32, m Mention, need Need) {
	i := 0
	for i < len(r.seen) && r.seen[i].entry != entry {
		i++
	}
	if i == len(r.seen) {
		r.seen = append(r.seen, sighting{entry: entry, need: need})
	}
	s := &r.seen[i]
	s.times++
	if need.rank() > s.need.rank() {
		s.need = need
	}
	r.hits = append(r.hits, hit{int32(i), m})
}

// list makes the result's lists of what was seen, in the order in which it was.
func (r *reading) list(res *Result) {
	mentions, n := make([]Mention, len(r.hits)), int32(0)
	for i := range r.seen {
		s := &r.seen[i]
		s.end, n = n, n+s.times
	}
	for i := range r.hits {
		s := &r.seen[r.hits[i].seen]
		mentions[s.end] = r.hits[i].mention
		s.end++
	}
	all := make([]Found, 0, len(r.seen))
	of := func(in func(index.Kind) bool) []Found {
		from := len(all)
		for _, s := range r.seen {
			e := &r.engine.ix.Entries()[s.entry]
			if !in(e.Kind) {
				continue
			}
			all = append(all, Found{
				ID: e.ID, Name: e.Name, Kind: string(e.Kind), Category: e.Category, Role: Role(e.Role), Need: s.need,
				Mentions: mentions[s.end-s.times : s.end : s.end],
			})
		}
		return all[from:len(all):len(all)]
	}
	res.Skills = of(func(k index.Kind) bool { return k == index.Skill })
	res.Responsibilities = of(func(k index.Kind) bool { return k == index.Responsibility })
	res.Tools = of(func(k index.Kind) bool { return k != index.Skill && k != index.Responsibility })
}

// unitAt is the unit from k on that holds a token.
func (r *reading) unitAt(k int, token int32) int {
	for k+1 < len(r.units) && r.units[k].last < token {
		k++
	}
	return k
}

// isDuty says whether what unit k tells is to be done in this job.
func (r *reading) isDuty(k int) bool { return r.guesses[k].section[0] > 0.5 }

// rank orders needs: an entry's need is the highest of its mentions'.
func (n Need) rank() int {
	switch n {
	case NeedRequired:
		return 3
	case NeedDuty:
		return 2
	case NeedPreferred:
		return 1
	}
	return 0
}

// need is what a section asks for.
func (s Section) need() Need {
	switch s {
	case Duties:
		return NeedDuty
	case Requirements:
		return NeedRequired
	case Preferred:
		return NeedPreferred
	}
	return NeedContext
}

// cueReach is how many words a cue reaches within its sentence. Sentences
// that ran together have several, each with its own.
const (
	cueReach   = 25
	besideMust = 2 // words at most between what is a must among what is preferred and the word that says so
)

// need is what a mention asks for: by its section, and by the words around it.
// Of those that make it required or preferred the nearest decides: in "Python is
// a must, Scala a plus" each has its own. Tags are asked for in order.
func (r *reading) need(k int, tag index.Tag) Need {
	need, nearest, deciding := r.sectionOf(k).need(), int32(cueReach+1), ""
	closing := false // the sentence ends with "is a must": all of it is
	u := &r.units[k]
	cues := r.scan.Tags[index.Cues]
	for len(cues) > r.cueAt && (cues[r.cueAt].Last < u.first || cues[r.cueAt].Last+cueReach < tag.First) {
		r.cueAt++ // it reaches no later tag either
	}
	for _, cue := range cues[r.cueAt:] {
		if cue.First > u.last || cue.First > tag.Last+cueReach {
			break
		}
		e := &r.engine.ix.Entries()[cue.Entry]
		if e.Kind != index.NeedCue || !r.reaches(cue, tag) {
			continue
		}
		closing = closing || e.Value == "must" && cue.Last == u.last && cue.First > tag.Last
		before, away := cue.First < tag.First, apart(cue, tag)
		switch e.Value {
		case "preferred", "must", "preferred_next":
			if (before || e.Value != "preferred_next" || cue.Last == u.last || cue.Start > 0 && r.text.text[cue.Start-1] == '(') && (away < nearest || away == nearest && !before) {
				nearest, deciding = away, e.Value
			}
		case "context", "not":
			if before {
				need = NeedContext
			}
		}
		if before && (e.Value == "required" || e.Value == "must") && (need == NeedContext || need == NeedDuty) {
			need = NeedRequired
		}
	}
	prefers := deciding == "preferred" || deciding == "preferred_next"
	switch {
	case need == NeedRequired && prefers:
		return NeedPreferred
	case need == NeedPreferred && (deciding == "must" && nearest <= besideMust || closing && !prefers):
		return NeedRequired
	}
	return need
}

// apart is how many words stand between two tags.
func apart(a, b index.Tag) int32 { return max(a.First-b.Last, b.First-a.Last) - 1 }

// reaches says whether a cue holds for a tag whichever brackets stand between.
// Those that open and close again make no difference. What is said before or
// behind brackets holds for what stands in them, as in "preferably a cloud (AWS,
// Azure)"; what is said in them holds for what stands right before, as in
// "Python (required)", if nothing is named in them.
func (r *reading) reaches(cue, tag index.Tag) bool {
	text := r.text.text
	from, to := int(min(cue.End, tag.End)), int(max(cue.Start, tag.Start))
	if from >= to || strings.IndexByte(text[from:to], '(') < 0 && strings.IndexByte(text[from:to], ')') < 0 {
		return true
	}
	opens, closes := -1, false // without its other half
	for i := from; i < to; i++ {
		switch {
		case text[i] == '(':
			opens = i
		case text[i] == ')' && opens >= 0:
			opens = -1
		case text[i] == ')':
			closes = true
		}
	}
	before := cue.First < tag.First
	switch {
	case opens >= 0 && closes:
		return false
	case closes:
		return !before
	case opens >= 0 && !before:
		inside := text[opens:]
		if end := strings.IndexByte(inside, ')'); end >= 0 {
			inside = inside[:end]
		}
		return !strings.ContainsAny(text[tag.End:opens], ",;") && !r.names(int32(opens), int32(opens+len(inside)))
	}
	return true
}

// names says whether something of the taxonomy is named in bytes start to end of the text.
func (r *reading) names(start, end int32) bool {
	return slices.ContainsFunc(r.scan.Tags[index.Things], func(t index.Tag) bool { return t.Start >= start && t.End <= end })
}
