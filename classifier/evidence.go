package classifier

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"rolecall/index"
)

// shown is how many summands of a role are listed one by one.
const shown = 12

// round keeps four digits: what is shown is what is decided on.
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// term is a summand of one question, or for a negative index all numbers
// about one share.
type term struct {
	weight float64
	i      int32
}

const prior = math.MinInt32 // the index of the term that every posting has

// evidence lists what the two questions' log-odds are made of, the strongest
// first, and gives their sums. The weights are added up as they are shown.
func (r *reading) evidence(p *Posting) ([]Evidence, [2]float64) {
	var all []Evidence
	var z [2]float64
	if !r.engine.opts.AllEvidence {
		all = make([]Evidence, 0, 2*(shown+1))
	}
	for q, role := range [...]Role{RoleAI, RoleData} {
		from := len(all)
		terms, rest := r.terms(q), 0.0
		if !r.engine.opts.AllEvidence {
			terms, rest = strongest(terms, shown)
		} else {
			slices.SortStableFunc(terms, stronger)
		}
		for _, t := range terms {
			all = append(all, r.show(p, role, t))
		}
		if left := len(r.termBuf) - len(terms); left > 0 {
			all = append(all, Evidence{Role: role, Cue: strconv.Itoa(left) + " weaker cues", Weight: round(rest)})
		}
		for _, e := range all[from:] {
			z[q] += e.Weight
		}
	}
	return all, z
}

// stronger orders terms by what they weigh, whichever way; ties by place.
func stronger(a, b term) int {
	return cmp.Or(cmp.Compare(math.Abs(b.weight), math.Abs(a.weight)), cmp.Compare(a.i, b.i))
}

// strongest moves the n strongest terms to the front, in order, and gives
// them and the sum of the others.
func strongest(terms []term, n int) ([]term, float64) {
	n = min(n, len(terms))
	for i := range terms {
		t := terms[i]
		if i >= n {
			if stronger(t, terms[n-1]) >= 0 {
				continue
			}
			terms[i] = terms[n-1]
		}
		j := min(i, n-1)
		for ; j > 0 && stronger(t, terms[j-1]) < 0; j-- {
			terms[j] = terms[j-1]
		}
		terms[j] = t
	}
	rest := 0.0
	for _, t := range terms[n:] {
		rest += t.weight
	}
	return terms[:n], rest
}

// terms are the summands of one question that are not 0.
func (r *reading) terms(q int) []term {
	m := r.engine.model
	at := r.question(q)
	terms := append(r.termBuf[:0], term{round(float64(m.rows[m.constantRow].role[at])), prior})
	var numbers [nShares + 1]float64
	for i := range r.summands {
		s := &r.summands[i]
		if s.row < 0 {
			numbers[min(int(s.number)/nKnots, nShares)] += float64(s.val) * float64(m.numbers[s.number][at])
			continue
		}
		if w := round(float64(s.val) * float64(m.rows[s.row].role[at])); w != 0 {
			terms = append(terms, term{w, int32(i)})
		}
	}
	for j, w := range numbers {
		if w = round(w); w != 0 {
			terms = append(terms, term{w, int32(-1 - j)})
		}
	}
	r.termBuf = terms
	return terms
}

// show makes a term ready to be shown: what it is and where it stands.
func (r *reading) show(p *Posting, role Role, t term) Evidence {
	e := Evidence{Role: role, Weight: t.weight}
	switch {
	case t.i == prior:
		e.Cue = "before anything is read"
	case t.i < 0:
		j := int(-1 - t.i)
		e.Cue, e.Section, e.Mention = r.shareCue(j), shareSections[j], r.clearest(p, j)
	default:
		s := &r.summands[t.i]
		e.Entry, e.Cue = readable(r.engine.model.names[s.row])
		e.Section, e.Mention = Title, r.standsAt(p, s)
		if s.unit >= 0 {
			e.Section = r.sectionOf(int(s.unit))
		}
	}
	return e
}

var shareSections = [nShares + 1]Section{Duties, Duties, Requirements, Requirements, Duties}

func (r *reading) shareCue(j int) string {
	s := &r.shares
	switch j {
	case 0:
		return fmt.Sprintf("%.0f%% of the duties are AI engineering", 100*s.ai)
	case 1:
		return fmt.Sprintf("%.0f%% of the duties are data engineering", 100*s.de)
	case 2:
		return fmt.Sprintf("%.0f%% of the requirements are AI engineering", 100*s.aiReq)
	case 3:
		return fmt.Sprintf("%.0f%% of the requirements are data engineering", 100*s.deReq)
	}
	return fmt.Sprintf("the two shares beside each other, over %.0f duties", s.duties)
}

// readable is how a row of the model is shown: an entry's id, or the words.
func readable(name string) (entry, cue string) {
	switch featureKind(name[0]) {
	case fEntry, fJob:
		return name[2:], ""
	case fRole:
		role, layer, _ := strings.Cut(name[2:], " ")
		what := "tools and skills"
		if layer == string(rune('a'+int(index.Works))) {
			what = "responsibilities"
		}
		return "", what + " of " + roleNames[Role(role)]
	}
	return "", name[2:]
}

var roleNames = map[Role]string{RoleAI: "AI engineering", RoleData: "data engineering"}

// standsAt is the first place of a summand's word or entry.
func (r *reading) standsAt(p *Posting, s *summand) *Mention {
	name := r.engine.model.names[s.row]
	f := featureOf(name)
	if s.unit < 0 {
		return r.titlePlace(p, f)
	}
	u := &r.units[s.unit]
	if f.kind == fEntry || f.kind == fRole {
		return r.entryPlace(p, u, f)
	}
	toks := r.scan.Tokens
	for i := u.first; i <= u.last; i++ {
		if wordSum(r.text.text, &toks[i]) != f.a {
			continue
		}
		if f.b == 0 {
			return new(r.mention(p, toks[i].Start, toks[i].End))
		}
		if i < u.last && wordSum(r.text.text, &toks[i+1]) == f.b {
			return new(r.mention(p, toks[i].Start, toks[i+1].End))
		}
	}
	return nil
}

func (r *reading) entryPlace(p *Posting, u *unit, f feature) *Mention {
	for _, l := range [...]index.Layer{index.Things, index.Works} {
		for _, tag := range r.scan.Tags[l] {
			if tag.First < u.first || tag.First > u.last {
				continue
			}
			if f.kind == fEntry && r.engine.idSums[tag.Entry] == f.a || f.kind == fRole && r.engine.roleSums[tag.Entry] == f.a && digitSums[l] == f.b {
				return new(r.mention(p, tag.Start, tag.End))
			}
		}
	}
	return nil
}

func (r *reading) titlePlace(p *Posting, f feature) *Mention {
	toks := r.title.Tokens
	if f.kind == fJob {
		for _, tag := range r.title.Tags[index.Titles] {
			if r.engine.idSums[tag.Entry] == f.a {
				return new(titleMention(p, tag.Start, tag.End))
			}
		}
		return nil
	}
	for i := range toks {
		if wordSum(r.title.Text, &toks[i]) != f.a {
			continue
		}
		if f.b == 0 {
			return new(titleMention(p, toks[i].Start, toks[i].End))
		}
		if i+1 < len(toks) && wordSum(r.title.Text, &toks[i+1]) == f.b {
			return new(titleMention(p, toks[i].Start, toks[i+1].End))
		}
	}
	return nil
}

// clearest is the sentence that speaks most for a share.
func (r *reading) clearest(p *Posting, j int) *Mention {
	best, at := float32(0.25), -1
	for k := range r.guesses {
		g := &r.guesses[k]
		w := g.section[0]
		if j == 2 || j == 3 {
			w = g.section[1]
		}
		if j%2 == 0 {
			w *= g.ai
		} else {
			w *= g.de
		}
		if j < nShares && w > best {
			best, at = w, k
		}
	}
	if at < 0 {
		return nil
	}
	u := &r.units[at]
	return new(r.mention(p, r.scan.Tokens[u.first].Start, r.scan.Tokens[u.last].End))
}

// mention is bytes start to end of the text, as they stand in the description.
func (r *reading) mention(p *Posting, start, end int32) Mention {
	from, to := r.text.span(int(start), int(end))
	return Mention{Field: "description", Start: from, End: to, Text: p.Description[from:to]}
}

func titleMention(p *Posting, start, end int32) Mention {
	return Mention{Field: "title", Start: int(start), End: int(end), Text: p.Title[start:end]}
}

const (
	reasonCues = 4  // named in a reason, for a role
	cueLength  = 40 // bytes; a longer one is a sentence
)
