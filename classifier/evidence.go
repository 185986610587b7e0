package classifier

import (
	"cmp"
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

// term is a summand of one question: what it weighs in shownSteps, whichever
// way, above its place among all, backwards, above 1 if it speaks against the
// role. So of two terms the stronger is the greater, and of equals the first.
type term uint64

// The places of terms: what every posting has, then all numbers about one
// share together, then the summands that have a term of the model.
const (
	prior    = 0
	ofShares = 1
	ofText   = ofShares + nShares + 1
	lastTerm = 1<<31 - 1
)

func newTerm(weight int32, place int) term {
	away := weight >> 31 // all ones below 0
	return term(uint64(uint32(weight^away-away))<<32 | uint64(lastTerm-place)<<1 | uint64(away&1))
}

func (t term) weight() int {
	if t&1 != 0 {
		return -int(t >> 32)
	}
	return int(t >> 32)
}

func (t term) place() int { return lastTerm - int(uint32(t)>>1) }

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
	r.weigh()
	for q, role := range [...]Role{RoleAI, RoleData} {
		terms, rest := r.terms[q], r.sums[q]
		for _, t := range strongest(terms, most) {
			rest -= t.weight()
			all = append(all, r.show(p, role, t))
		}
		if len(terms) > most {
			all = append(all, Evidence{Role: role, Cue: strconv.Itoa(len(terms)-most) + " weaker cues", Weight: float64(rest) / 1e4})
		}
		z[q] = float64(r.sums[q]) / 1e4
	}
	return all, z
}

// strongest are the n strongest terms, in order, at the front of where all stood.
func strongest(terms []term, n int) []term {
	n = min(n, len(terms))
	best := terms[:n]
	slices.SortFunc(best, func(a, b term) int { return cmp.Compare(b, a) })
	for _, t := range terms[n:] {
		if t <= best[n-1] {
			continue
		}
		j := n - 1
		for ; j > 0 && t > best[j-1]; j-- {
			best[j] = best[j-1]
		}
		best[j] = t
	}
	return best
}

// weigh makes the terms of both questions, those that weigh something, and their sums.
func (r *reading) weigh() {
	m := r.engine.model
	at := r.question(0)
	n := len(r.summands) + ofText
	ai, de := slices.Grow(r.terms[0][:0], n)[:n], slices.Grow(r.terms[1][:0], n)[:n]
	nAI, nDE := 0, 0
	r.sums = [2]int{}
	put := func(place int, x, y float64) {
		a, b := int32(shownSteps(x)), int32(shownSteps(y))
		ai[nAI], de[nDE] = newTerm(a, place), newTerm(b, place)
		nAI += b2i(a != 0 || place == prior)
		nDE += b2i(b != 0 || place == prior)
		r.sums[0] += int(a)
		r.sums[1] += int(b)
	}
	always := &m.rows[m.constantRow].role
	put(prior, float64(always[at]), float64(always[at+1]))
	var numbers [nShares + 1][2]float64
	for i := range r.summands {
		s := &r.summands[i]
		if s.term == 0 {
			sum, weights := &numbers[min(int(s.number)/nKnots, nShares)], &m.numbers[s.number]
			sum[0] += float64(s.val) * float64(weights[at])
			sum[1] += float64(s.val) * float64(weights[at+1])
			continue
		}
		weights := &m.tables.terms[s.term].role
		put(ofText+i, float64(s.val*weights[at]), float64(s.val*weights[at+1]))
	}
	for j, x := range numbers {
		put(ofShares+j, x[0], x[1])
	}
	r.terms = [2][]term{ai[:nAI], de[:nDE]}
}

// show makes a term ready to be shown: what it is and where it stands.
func (r *reading) show(p *Posting, role Role, t term) Evidence {
	e := Evidence{Role: role, Weight: float64(t.weight()) / 1e4}
	switch place := t.place(); {
	case place == prior:
		e.Cue = "before anything is read"
	case place < ofText:
		j := place - ofShares
		e.Cue, e.Section, e.Mention = r.shareCue(j), shareSections[j], r.clearest(p, j)
	default:
		s := &r.summands[place-ofText]
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
			cue = sentencesAbout + strings.TrimPrefix(what, "theme-")
		}
		if of != "" {
			cue += ", of a " + of
		}
		return "", cue
	}
	return "", name[2:]
}

// sentencesAbout begins the cue of a theme.
const sentencesAbout = "sentences about "

var roleNames = map[Role]string{RoleAI: "AI engineering", RoleData: "data engineering"}

// clearest is the sentence that speaks most for a share, nil if none does.
func (r *reading) clearest(p *Posting, j int) *Mention {
	if j == nShares {
		return nil
	}
	section, best, at := j/2, float32(0.25), -1 // duties or requirements
	for k := range r.guesses {
		g := &r.guesses[k]
		w := g.section[section]
		if w <= best {
			continue
		}
		if j%2 == 0 {
			w *= g.ai
		} else {
			w *= g.de
		}
		if w > best {
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
