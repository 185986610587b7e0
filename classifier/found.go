package classifier

import (
	"strings"

	"rolecall/index"
)

// place corrects what the first step guessed where the source says itself
// which section a part of the description is.
func (r *reading) place(p *Posting) {
	for k := range r.units {
		u := &r.units[k]
		at, _ := r.text.span(int(r.scan.Tokens[u.first].Start), int(r.scan.Tokens[u.first].End))
		for _, s := range p.Sections {
			if i := sectionIndex(s.Section); at >= s.Start && at < s.End && i >= 0 && !u.head {
				r.guesses[k].section = [nSections]float32{}
				r.guesses[k].section[i] = 1
			}
		}
	}
}

// sectionOf is the section of a unit: the likeliest, where a heading goes with
// what it names.
func (r *reading) sectionOf(k int) Section {
	best := r.guesses[k].best()
	if best < len(sections) {
		return sections[best]
	}
	if n := r.units[k].named; n >= 0 {
		return sections[n]
	}
	return Other
}

// find lists the tools, skills and responsibilities, each with its mentions.
func (r *reading) find(p *Posting, res *Result) {
	things, works := r.scan.Tags[index.Things], r.scan.Tags[index.Works]
	r.at = r.at[:0]
	r.mentions = make([]Mention, 0, len(r.title.Tags[index.Things])+len(things)+len(works))
	res.Tools, res.Skills, res.Responsibilities = make([]Found, 0, min(len(things), 12)), make([]Found, 0, min(len(things), 12)), []Found{}
	for _, tag := range r.title.Tags[index.Things] {
		r.mentioned(res, tag, titleMention(p, tag.Start, tag.End), NeedRequired)
	}
	k := 0
	for _, tag := range things {
		k = r.unitAt(k, tag.First)
		r.mentioned(res, tag, r.mention(p, tag.Start, tag.End), r.need(k, tag))
	}
	k = 0
	for _, tag := range works {
		k = r.unitAt(k, tag.First)
		if r.isDuty(k) {
			r.mentioned(res, tag, r.mention(p, tag.Start, tag.End), NeedDuty)
		}
	}
}

// unitAt is the unit from k on that holds a token.
func (r *reading) unitAt(k int, token int32) int {
	for k+1 < len(r.units) && r.units[k].last < token {
		k++
	}
	return k
}

// isDuty says whether what unit k tells is to be done in this job.
func (r *reading) isDuty(k int) bool {
	g := &r.guesses[k]
	return g.section[0] > 0.35 || g.section[0] > g.section[3]+g.section[4]+g.section[5] && g.section[0] > 0.2
}

// entryAt is where an entry stands in a result: in which list, at which place.
type entryAt struct {
	entry int32
	list  *[]Found
	i     int
}

// mentioned adds a mention to its entry's Found.
func (r *reading) mentioned(res *Result, tag index.Tag, m Mention, need Need) {
	for _, at := range r.at {
		if at.entry == tag.Entry {
			f := &(*at.list)[at.i]
			f.Mentions = append(f.Mentions, m)
			if need.rank() > f.Need.rank() {
				f.Need = need
			}
			return
		}
	}
	e := &r.engine.ix.Entries()[tag.Entry]
	list := &res.Tools
	switch e.Kind {
	case index.Skill:
		list = &res.Skills
	case index.Responsibility:
		list = &res.Responsibilities
	}
	r.at = append(r.at, entryAt{tag.Entry, list, len(*list)})
	// most entries are mentioned once: their lists are parts of one
	n := len(r.mentions)
	r.mentions = append(r.mentions, m)
	*list = append(*list, Found{
		ID: e.ID, Name: e.Name, Kind: string(e.Kind), Category: e.Category, Role: Role(e.Role), Need: need, Mentions: r.mentions[n : n+1 : n+1],
	})
}

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
const cueReach = 25

// need is what a mention asks for: by its section, and by the words around it.
func (r *reading) need(k int, tag index.Tag) Need {
	need := r.sectionOf(k).need()
	u := &r.units[k]
	for _, cue := range r.scan.Tags[index.Cues] {
		if cue.Last < u.first || cue.Last+cueReach < tag.First {
			continue
		}
		if cue.First > u.last || cue.First > tag.Last+cueReach {
			break
		}
		e := &r.engine.ix.Entries()[cue.Entry]
		if e.Kind == index.NeedCue && r.sameBrackets(cue, tag) {
			need = cued(need, e.Value, cue.First < tag.First)
		}
	}
	return need
}

// cued is a need after a cue that stands before or behind the mention.
func cued(need Need, cue string, before bool) Need {
	switch {
	case cue == "preferred" && need == NeedRequired:
		return NeedPreferred
	case cue == "required" && before && (need == NeedContext || need == NeedDuty):
		return NeedRequired
	case (cue == "context" || cue == "not") && before:
		return NeedContext
	}
	return need
}

// sameBrackets says whether no bracket opens or closes between two tags: what
// is said in brackets holds for what stands in them, and the other way round.
func (r *reading) sameBrackets(a, b index.Tag) bool {
	from, to := min(a.End, b.End), max(a.Start, b.Start)
	return from >= to || !strings.ContainsAny(r.text.text[from:to], "()")
}
