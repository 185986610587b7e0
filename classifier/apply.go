package classifier

import (
	"math"
	"slices"

	"rolecall/index"
)

const (
	beforeScale = 0.7 // the words of the sentence before weigh this much of its own
	titleScale  = 2   // the title's words, of the description's
	entryScale  = 0.3 // an entry, of a word
)

// saying is a term of the second step that a unit's words or entries make, and
// the bytes of the text where it stands.
type saying struct {
	term       uint32
	start, end int32
}

// guessUnits is the first step: for each unit its section and kind of work.
func (r *reading) guessUnits() {
	t, toks := r.engine.model.tables, r.scan.Tokens
	r.guesses, r.said, r.saidTo = r.guesses[:0], r.said[:0], r.saidTo[:0]
	r.words = t.wordNumbers(r.words[:0], toks)
	var head outputs
	headAt := int32(-1)
	var before tally // what the words of the unit before say
	for k := range r.units {
		u := &r.units[k]
		var z outputs
		n := int(u.last - u.first + 1)
		if k > 0 {
			z.addTally(&before, beforeScale*wordScale(int(r.units[k-1].last-r.units[k-1].first+1)))
			before = tally{}
		}
		var own, rest tally
		for from := u.first; from <= u.last; from += chunk {
			r.addWords(&own, &before, from, min(from+chunk, u.last+1), from == u.first)
		}
		z.addTally(&own, wordScale(2*n-1))
		r.addShape(&rest, k)
		r.addEntries(&rest, k)
		z.addTally(&rest, 1)
		if u.under >= 0 {
			if u.under != headAt {
				headAt = u.under
				head = r.headSum(int(headAt))
			}
			z.add(&head)
		}
		r.saidTo = append(r.saidTo, int32(len(r.said)))
		var g guess
		g.finish(&z)
		r.guesses = append(r.guesses, g)
	}
}

// chunk is how many words are added up at a time.
const chunk = mostAdds / 2

// addWords adds what the words from one to before another say of their unit,
// and of the next. It is where most time goes: what it adds to are variables
// of its own, and nothing in it asks for a branch that could not be foretold.
func (r *reading) addWords(own, before *tally, from, to int32, begins bool) {
	t := r.engine.model.tables
	n := int(to - from)
	words, toks := r.words[from:to], r.scan.Tokens[from:to]
	last, lastStart := uint32(0), int32(0)
	if !begins {
		last, lastStart = r.words[from-1], r.scan.Tokens[from-1].Start
	}
	said := slices.Grow(r.said, 2*n)
	at := len(said)
	said = said[:at+2*n]
	var even, odd, evenB, oddB uint64
	var ai, de, aiB, deB int32
	for i, word := range words {
		row, pair := &t.byWord[word], t.pairs.get(pairKey(last, word))
		tok := &toks[i]
		a, b, c := row.own.packed(), pair.packed(), row.before.packed()
		even, odd = even+a&lanes+b&lanes, odd+a>>8&lanes+b>>8&lanes
		evenB, oddB = evenB+c&lanes, oddB+c>>8&lanes
		ai, de = ai+int32(row.own.ai)+int32(pair.ai), de+int32(row.own.de)+int32(pair.de)
		aiB, deB = aiB+int32(row.before.ai), deB+int32(row.before.de)
		said[at] = saying{row.own.term, tok.Start, tok.End}
		at += int(min(row.own.term, 1))
		said[at] = saying{pair.term, lastStart, tok.End}
		at += int(min(pair.term, 1))
		last, lastStart = word, tok.Start
	}
	r.said = said[:at]
	own.addMany(even, odd, ai, de, 2*int32(n))
	before.addMany(evenB, oddB, aiB, deB, int32(n))
}

// say notes what weights say in the second step: nothing if they have no term.
func (r *reading) say(w *weights, start, end int32) {
	if w.term != 0 {
		r.said = append(r.said, saying{w.term, start, end})
	}
}

// addShape adds what is said of a unit by its first word, place, length and heading.
func (r *reading) addShape(sum *tally, k int) {
	u, b := &r.units[k], &r.engine.bound
	sum.add(&b.constant)
	sum.add(&r.engine.model.tables.firsts[r.words[u.first]])
	sum.add(&b.places[placeOf(u, len(r.scan.Tokens))])
	sum.add(&b.shapes[lengthClass(int(u.last-u.first+1))])
	if u.head {
		sum.add(&b.shapes[headShape])
	}
	for range namedScale {
		if u.named >= 0 {
			sum.add(&b.named[b2i(u.head)][u.named])
		} else if u.under < 0 {
			sum.add(&b.noHead)
		}
	}
}

// addEntries adds what the entries found in a unit say. Units are asked for in order.
func (r *reading) addEntries(sum *tally, k int) {
	r.entriesOf(k, func(tag *index.Tag, _ index.Layer, forRole bool) {
		row := &r.engine.bound.entries[tag.Entry]
		sum.add(&row.own)
		r.say(&row.own, tag.Start, tag.End)
		if forRole {
			sum.add(&row.role)
			r.say(&row.role, tag.Start, tag.End)
		}
	})
}

// headSum is what the heading at unit k says of the units below it.
func (r *reading) headSum(k int) (z outputs) {
	u := &r.units[k]
	var sum tally
	for _, w := range r.words[u.first : u.last+1] {
		sum.add(&r.engine.model.tables.heads[w])
	}
	z.addTally(&sum, wordScale(int(u.last-u.first+1)))
	return z
}

// outputs are the first step's: sections, then AI and data work.
type outputs [nOut]float32

func (z *outputs) add(w *outputs) {
	for o := range z {
		z[o] += w[o]
	}
}

// summand is one term of the two sums.
type summand struct {
	term       uint32 // of the model, or 0 and number says which
	number     int32
	unit       int32 // where it stands first, -1 for the title
	start, end int32 // bytes of the text or title
	val        float32
}

// sumUp is the second step: the terms of the sums that answer both questions.
func (r *reading) sumUp() {
	t := r.engine.model.tables
	if len(r.places) < len(t.terms) {
		r.places = make([]uint32, len(t.terms))
	}
	r.summands = r.summands[:0]
	from := int32(0)
	for k, to := range r.saidTo {
		gate := r.guesses[k].gate(r.units[k].head)
		for i := from; i < to; i++ {
			w := &r.said[i]
			n := r.places[w.term]
			if n == 0 {
				r.summands = append(r.summands, summand{term: w.term, unit: int32(k), start: w.start, end: w.end})
				n = uint32(len(r.summands))
				r.places[w.term] = n
			}
			r.summands[n-1].val += gate
		}
		from = to
	}
	for i := range r.summands {
		r.places[r.summands[i].term] = 0
	}
	norm := 0.0
	for i := range r.summands {
		s := &r.summands[i]
		s.val = log1p(s.val) * t.terms[s.term].idf
		norm += float64(s.val) * float64(s.val)
	}
	scale := float32(1 / (math.Sqrt(norm) + 1e-9))
	for i := range r.summands {
		r.summands[i].val *= scale
	}
	r.inTitle = r.titleFeatures(r.inTitle[:0])
	words := titleScale * wordScale(len(r.inTitle))
	for i := range r.inTitle {
		f := &r.inTitle[i]
		val := words
		if f.kind == fJob {
			val = titleScale // whatever else the title says
		}
		if n := *t.wholes.get(f.key()); n != 0 {
			r.summands = append(r.summands, summand{term: n, unit: -1, start: f.start, end: f.end, val: val})
		}
	}
	r.count(func(k int) float32 { return r.guesses[k].gate(r.units[k].head) })
	r.countFeatures(func(f feature, c *count) {
		if n := *t.wholes.get(f.key()); n != 0 {
			r.summands = append(r.summands, summand{term: n, unit: c.unit, start: c.start, end: c.end, val: log1p(c.n)})
		}
	})
	r.shares = sharesOf(r.guesses)
	curves := &r.engine.model.curves
	r.shown = [2]float64{curves[0].shown(r.shares.ai), curves[1].shown(r.shares.de)}
	r.shares.numbers(func(place int, val float64) {
		if val != 0 {
			r.summands = append(r.summands, summand{number: int32(place), unit: -1, val: float32(val)})
		}
	})
}

// question is the place in a roleRow of the weights for question q.
func (r *reading) question(q int) int {
	if len(r.title.Tokens) == 0 {
		return q + 2
	}
	return q
}
