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
// the tokens where it stands.
type saying struct {
	term        uint32
	first, last int32
}

// guessUnits is the first step: for each unit its section and kind of work. It
// also puts every unit under its heading, and decides what is one where the
// shape alone says so: a short item of a list looks like one.
func (r *reading) guessUnits() {
	words := r.scan.Own
	r.guesses, r.said, r.saidTo = r.guesses[:0], r.said[:0], r.saidTo[:0]
	r.entries, r.entriesTo = r.entries[:0], r.entriesTo[:0]
	var before outputs // what is said by the unit before
	head := headSum{unit: noHeading.unit}
	above := noHeading
	for k := range r.units {
		u := &r.units[k]
		if !u.head {
			u.put(above)
		}
		z := before
		before = outputs{}
		n := int(u.last - u.first + 1)
		scale, scaleBefore := wordScale(2*n-1), beforeScale*wordScale(n)
		last := uint32(0)
		for from := u.first; from <= u.last; from += chunk {
			to := min(from+chunk, u.last+1)
			own, next := r.sumWords(from, to)
			r.sumPairs(&own, from, to, last)
			last = words[to-1]
			z.addTally(&own, scale)
			before.addTally(&next, scaleBefore)
		}
		r.addEntries(&z, k)
		r.saidTo = append(r.saidTo, int32(len(r.said)))
		r.guesses = append(r.guesses, guess{})
		r.guessUnder(k, z, &head)
		if u.doubtful && r.guesses[k].section[outHead] < 0.5 {
			u.put(above)
			r.guessUnder(k, z, &head)
		}
		above = u.above(k, above)
	}
}

// guessUnder completes the guess of a unit, of which z says its words and
// entries, by its shape and heading.
func (r *reading) guessUnder(k int, z outputs, head *headSum) {
	u := &r.units[k]
	rest := r.shapeOf(k)
	z.addTally(&rest, 1)
	if u.under >= 0 {
		if u.under != head.unit {
			*head = headSum{u.under, r.sumHead(int(u.under))}
		}
		z.add(&head.sum)
	}
	r.guesses[k].finish(&z)
}

// headSum is what a heading says of the units below it.
type headSum struct {
	unit int32
	sum  outputs
}

// chunk is how many words are added up at a time.
const chunk = mostAdds / 2

// sumWords adds up what the words from one to before another say of their
// unit, and of the next. It and sumPairs are where most time goes: they are
// apart, and ask for no branch that could not be foretold, to be fast.
func (r *reading) sumWords(from, to int32) (own, next tally) {
	rows := r.engine.model.tables.byWord
	var even, odd, evenNext, oddNext, work uint64
	for _, word := range r.scan.Own[from:to] {
		row := &rows[word]
		even += row.own & lanes
		odd += row.own >> 8 & lanes
		evenNext += row.before & lanes
		oddNext += row.before >> 8 & lanes
		work += row.work
	}
	n := to - from
	return tally{even, odd, uint32(work), n}, tally{evenNext, oddNext, uint32(work >> 32), n}
}

// sumPairs adds to own what pairs of words in a row say of their unit, last
// being the word before the first of them, and notes which terms of the second
// step the words and pairs are.
func (r *reading) sumPairs(own *tally, from, to int32, last uint32) {
	t := r.engine.model.tables
	words := r.scan.Own[from:to]
	said := slices.Grow(r.said, 2*len(words))
	at := len(said)
	said = said[:at+2*len(words)]
	pairs := &r.pairs
	n := 0
	for i, word := range words {
		term := t.byWord[word].term
		said[at] = saying{term, from + int32(i), from + int32(i)}
		at += int(min(term, 1))
		key := pairKey(last, word)
		pairs[n%chunk] = pairAt{key, from + int32(i)}
		n += t.pairs.may(key)
		last = word
	}
	for _, p := range pairs[:n] {
		row := t.pairs.rows.get(p.key)
		own.add(row)
		said[at] = saying{row.term, max(p.at-1, 0), p.at}
		at += int(min(row.term, 1))
	}
	r.said = said[:at]
}

// pairAt is two words in a row that may be a pair of the model's, the second at a token.
type pairAt struct {
	key uint64
	at  int32
}

// say notes what weights say in the second step: nothing if they have no term.
func (r *reading) say(w *weights, tag *index.Tag) {
	if w.term != 0 {
		r.said = append(r.said, saying{w.term, tag.First, tag.Last})
	}
}

// shapeOf is what is said of a unit by its first word, place, length and heading.
func (r *reading) shapeOf(k int) (sum tally) {
	u, b := &r.units[k], &r.engine.bound
	sum.add(&b.constant)
	sum.add(&r.engine.model.tables.firsts[r.scan.Own[u.first]])
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
	return sum
}

// addEntries adds what the entries found in a unit say to z, and notes them.
func (r *reading) addEntries(z *outputs, k int) {
	var sum tally
	at := len(r.entries)
	r.entriesOf(k, func(tag *index.Tag, _ index.Layer, forRole bool) {
		row := &r.engine.bound.entries[tag.Entry]
		if sum.n+2 > mostAdds {
			z.addTally(&sum, 1)
			sum = tally{}
		}
		sum.add(&row.own)
		r.say(&row.own, tag)
		if !slices.Contains(r.entries[at:], tag.Entry) {
			r.entries = append(r.entries, tag.Entry)
		}
		if forRole {
			sum.add(&row.role)
			r.say(&row.role, tag)
		}
	})
	z.addTally(&sum, 1)
	r.entriesTo = append(r.entriesTo, int32(len(r.entries)))
}

// entriesIn are the entries found in a unit, each once, after guessUnits.
func (r *reading) entriesIn(k int) []int32 {
	from := int32(0)
	if k > 0 {
		from = r.entriesTo[k-1]
	}
	return r.entries[from:r.entriesTo[k]]
}

// sumHead is what the heading at unit k says of the units below it.
func (r *reading) sumHead(k int) (z outputs) {
	u := &r.units[k]
	var sum tally
	for _, w := range r.scan.Own[u.first : u.last+1] { // headWords at most
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
	r.addSaid()
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

// addSaid makes a summand of every term that the text says, the first place
// first: its value is how much of it is about the job. Whether a term has been
// said before could not be foretold, so nothing branches by it.
func (r *reading) addSaid() {
	all := slices.Grow(r.summands[:0], len(r.said)+1)[:len(r.said)+1]
	toks, places := r.scan.Tokens, r.places
	n, from := uint32(0), int32(0)
	for k, to := range r.saidTo {
		gate := r.guesses[k].gate(r.units[k].head)
		for _, w := range r.said[from:to] {
			all[n] = summand{term: w.term, unit: int32(k), start: toks[w.first].Start, end: toks[w.last].End}
			at := places[w.term]
			anew := (at - 1) >> 31 // 1 if it has no place
			at += anew * (n + 1)
			places[w.term] = at
			n += anew
			all[at-1].val += gate
		}
		from = to
	}
	r.summands = all[:n]
	for i := range r.summands {
		places[r.summands[i].term] = 0
	}
}

// question is the place in a roleRow of the weights for question q.
func (r *reading) question(q int) int {
	if len(r.title.Tokens) == 0 {
		return q + 2
	}
	return q
}
