package classifier

import "math"

const (
	beforeScale = 0.7 // the words of the sentence before weigh this much of its own
	titleScale  = 2   // the title's words, of the description's
	entryScale  = 0.3 // an entry, of a word
)

// guessUnits is the first step: for each unit its section and kind of work.
func (r *reading) guessUnits() {
	m := r.engine.model
	r.guesses = r.guesses[:0]
	r.rowsOf, r.unitRows = r.rowsOf[:0], r.unitRows[:0]
	var head outputs
	headAt := int32(-1)
	prev := [2]int{} // the rows of the unit before
	for k := range r.units {
		u := &r.units[k]
		z := m.rows[m.constantRow].step1
		var n int
		r.feats, n = r.unitFeatures(r.feats[:0], k)
		from := len(r.unitRows)
		sum := outputs{}
		for _, f := range r.feats[:n] {
			if i := m.table.get(f.key()); i >= 0 {
				if !m.mute[i] {
					sum.add(&m.rows[i].step1)
				}
				r.unitRows = append(r.unitRows, i)
			}
		}
		z.addTimes(&sum, wordScale(n))
		words := len(r.unitRows)
		for _, f := range r.feats[n:] {
			if i := m.table.get(f.key()); i >= 0 {
				z.addTimes(&m.rows[i].step1, f.scale())
				if f.kind == fEntry || f.kind == fRole {
					r.unitRows = append(r.unitRows, i)
				}
			}
		}
		if u.under >= 0 {
			if u.under != headAt {
				headAt = u.under
				head = r.headSum(int(headAt))
			}
			z.add(&head)
		}
		if k > 0 {
			sum = outputs{}
			for _, i := range r.unitRows[prev[0]:prev[1]] {
				if b := m.before[i]; b >= 0 {
					sum.add(&m.rows[b].step1)
				}
			}
			b := &r.units[k-1]
			z.addTimes(&sum, beforeScale*wordScale(int(b.last-b.first+1)))
		}
		prev = [2]int{from, words}
		r.rowsOf = append(r.rowsOf, [2]int32{int32(from), int32(len(r.unitRows))})
		var g guess
		g.finish(&z)
		r.guesses = append(r.guesses, g)
	}
}

// headSum is what the heading at unit k says of the units below it.
func (r *reading) headSum(k int) (z outputs) {
	m := r.engine.model
	r.feats = r.headFeatures(r.feats[:0], k)
	for _, f := range r.feats {
		if i := m.table.get(f.key()); i >= 0 {
			z.addTimes(&m.rows[i].step1, wordScale(len(r.feats)))
		}
	}
	return z
}

// outputs are the first step's: sections, then AI and data work.
type outputs [nOut]float32

func (z *outputs) add(w *outputs) {
	for o := range z {
		z[o] += w[o]
	}
}

func (z *outputs) addTimes(w *outputs, k float32) {
	for o := range z {
		z[o] += k * w[o]
	}
}

// summand is one term of the two sums.
type summand struct {
	row    int32 // of the model, or -1 and number says which
	number int32
	unit   int32 // where it stands first, -1 for the title
	val    float32
}

// sumUp is the second step: the terms of the sums that answer both questions.
func (r *reading) sumUp() {
	m := r.engine.model
	r.summands = r.summands[:0]
	if len(r.slot) < len(m.rows) {
		r.slot = make([]int32, len(m.rows))
		r.stamp = make([]uint32, len(m.rows))
	}
	r.now++
	for k := range r.units {
		gate := r.guesses[k].gate(r.units[k].head)
		for _, i := range r.unitRows[r.rowsOf[k][0]:r.rowsOf[k][1]] {
			if m.idf[i] == 0 {
				continue
			}
			if r.stamp[i] != r.now {
				r.stamp[i], r.slot[i] = r.now, int32(len(r.summands))
				r.summands = append(r.summands, summand{row: i, unit: int32(k)})
			}
			r.summands[r.slot[i]].val += gate
		}
	}
	norm := 0.0
	for i := range r.summands {
		s := &r.summands[i]
		v := math.Log1p(float64(s.val)) * float64(m.idf[s.row])
		s.val = float32(v)
		norm += v * v
	}
	scale := float32(1 / (math.Sqrt(norm) + 1e-9))
	for i := range r.summands {
		r.summands[i].val *= scale
	}
	r.feats = r.titleFeatures(r.feats[:0])
	val := titleScale * wordScale(len(r.feats))
	for _, f := range r.feats {
		if i := m.table.get(f.key()); i >= 0 {
			r.summands = append(r.summands, summand{row: i, unit: -1, val: val})
		}
	}
	r.shares = sharesOf(r.guesses)
	r.shares.numbers(func(place int, val float64) {
		if val != 0 {
			r.summands = append(r.summands, summand{row: -1, number: int32(place), unit: -1, val: float32(val)})
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
