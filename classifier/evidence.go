package classifier

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"rolecall/index"
)

// shown is how many summands of a role are listed one by one.
const shown = 12

// round keeps four digits: what is shown is what is decided on.
func round(x float64) float64 { return float64(shownSteps(x)) / 1e4 }

// shownSteps is a number in steps of what is shown of it, 0.0001.
func shownSteps(x float64) int { return int(math.RoundToEven(x * 1e4)) }

// term is a summand of one question, or for a negative index all numbers
// about one share.
type term struct {
	weight int32 // in shownSteps
	i      int32
}

const prior = math.MinInt32 // the index of the term that every posting has

// evidence lists what the two questions' log-odds are made of, the strongest
// first, and gives their sums. The weights are added up as they are shown.
func (r *reading) evidence(p *Posting) ([]Evidence, [2]float64) {
	var all []Evidence
	var z [2]float64
	most := math.MaxInt
	if !r.engine.opts.AllEvidence {
		most = shown
		all = make([]Evidence, 0, 2*(shown+1))
	}
	r.cited = make([]Mention, 0, 2*shown)
	for q, role := range [...]Role{RoleAI, RoleData} {
		terms := r.terms(q)
		sum, rest := 0, 0
		for i := range terms {
			sum += int(terms[i].weight)
		}
		for _, t := range strongest(terms, most) {
			rest += int(t.weight)
			all = append(all, r.show(p, role, t))
		}
		if rest = sum - rest; len(terms) > most {
			all = append(all, Evidence{Role: role, Cue: strconv.Itoa(len(terms)-most) + " weaker cues", Weight: float64(rest) / 1e4})
		}
		z[q] = float64(sum) / 1e4
	}
	return all, z
}

// stronger orders terms by what they weigh, whichever way; ties by place.
func (t term) stronger(b term) bool {
	x, y := max(t.weight, -t.weight), max(b.weight, -b.weight)
	return x > y || x == y && t.i < b.i
}

// strongest moves the n strongest terms to the front, in order, and gives them.
func strongest(terms []term, n int) []term {
	n = min(n, len(terms))
	for i, t := range terms {
		if i >= n {
			if !t.stronger(terms[n-1]) {
				continue
			}
			terms[i] = terms[n-1]
		}
		j := min(i, n-1)
		for ; j > 0 && t.stronger(terms[j-1]); j-- {
			terms[j] = terms[j-1]
		}
		terms[j] = t
	}
	return terms[:n]
}

// terms are the summands of one question that are not 0.
func (r *reading) terms(q int) []term {
	m := r.engine.model
	at := r.question(q)
	terms := slices.Grow(r.termBuf[:0], len(r.summands)+nShares+2)
	terms = append(terms, term{int32(shownSteps(float64(m.rows[m.constantRow].role[at]))), prior})
	var numbers [nShares + 1]float64
	for i := range r.summands {
		s := &r.summands[i]
		if s.term == 0 {
			numbers[min(int(s.number)/nKnots, nShares)] += float64(s.val) * float64(m.numbers[s.number][at])
			continue
		}
		w := int32(shownSteps(float64(s.val * m.tables.terms[s.term].role[at])))
		terms = append(terms, term{w, int32(i)})[:len(terms)+b2i(w != 0)]
	}
	for j, x := range numbers {
		if w := shownSteps(x); w != 0 {
			terms = append(terms, term{int32(w), int32(-1 - j)})
		}
	}
	r.termBuf = terms
	return terms
}

// show makes a term ready to be shown: what it is and where it stands.
func (r *reading) show(p *Posting, role Role, t term) Evidence {
	e := Evidence{Role: role, Weight: float64(t.weight) / 1e4}
	switch {
	case t.i == prior:
		e.Cue = "before anything is read"
	case t.i < 0:
		j := int(-1 - t.i)
		e.Cue, e.Section, e.Mention = r.shareCue(j), shareSections[j], r.clearest(p, j)
	default:
		s := &r.summands[t.i]
		e.Entry, e.Cue = readable(r.engine.model.nameOf(s.term))
		if s.unit < 0 {
			e.Section, e.Mention = Title, r.keep(titleMention(p, s.start, s.end))
		} else {
			e.Section, e.Mention = r.sectionOf(int(s.unit)), r.keep(r.mention(p, s.start, s.end))
		}
	}
	return e
}

var shareSections = [nShares + 1]Section{Duties, Duties, Requirements, Requirements, Duties}

func (r *reading) shareCue(j int) string {
	s := &r.shares
	switch j {
	case 0:
		return percent(r.shown[0]) + " of the duties are AI engineering"
	case 1:
		return percent(r.shown[1]) + " of the duties are data engineering"
	case 2:
		return percent(s.aiReq) + " of the requirements are AI engineering"
	case 3:
		return percent(s.deReq) + " of the requirements are data engineering"
	}
	return "the two shares beside each other, over " + strconv.Itoa(int(math.RoundToEven(s.duties))) + " duties"
}

// percent writes a share of 0 to 1.
func percent(share float64) string { return strconv.Itoa(int(math.RoundToEven(100*share))) + "%" }

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
	case fCount:
		what, of, _ := strings.Cut(name[2:], " ")
		if role, ok := roleNames[Role(what)]; ok {
			cue = "responsibilities of " + role
		} else {
			cue = "sentences about " + strings.TrimPrefix(what, "theme-")
		}
		if of != "" {
			cue += ", of a " + of
		}
		return "", cue
	}
	return "", name[2:]
}

var roleNames = map[Role]string{RoleAI: "AI engineering", RoleData: "data engineering"}

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
	return r.keep(r.mention(p, r.scan.Tokens[u.first].Start, r.scan.Tokens[u.last].End))
}

// keep puts a mention where those of one result's evidence stand.
func (r *reading) keep(m Mention) *Mention {
	r.cited = append(r.cited, m)
	return &r.cited[len(r.cited)-1]
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
