package classifier

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
)

// MarkedResponsibility is one that a reader found in a posting, and the place
// in the description that says it best.
type MarkedResponsibility struct {
	ID         string
	Start, End int // bytes of the description
}

const (
	ridgeTask = 1.  // see logistic
	minTask   = 10  // postings that a responsibility is marked in, to be learned
	minUses   = 5   // postings whose duties have a word or an entry, for it to be learned
	pruneTask = 0.1 // weights nearer to 0 are dropped
	maybeDuty = 0.3 // sentences less likely a duty are not learned from
	formScale = 3.  // a responsibility's form weighs this much of a word before weights are fitted
)

// duty is a sentence to learn responsibilities from.
type duty struct {
	says    []string // names of the rows for what is in it
	marked  []string // ids
	unclear []string // ids that another sentence of the posting was marked with
}

// fitTasks learns what words say of responsibilities from the postings that a
// reader marked; in picks them by fold. The first step of m says what is a duty.
func (f *fitter) fitTasks(m *Model, in func(fold uint32) bool) tasks {
	var duties []duty
	uses, marks := map[string]int{}, map[string]int{} // postings, by name and by id
	lex := lexicon{words: map[uint64]string{numberSum: "#"}}
	r := New(f.c.ix, m, Options{}).pool.Get().(*reading)
	for _, l := range f.marked {
		if !in(foldOf(&l.Posting)) {
			continue
		}
		r.read(&l.Posting)
		lex.learn(r.text.text, r.scan.Tokens)
		r.guessUnits()
		r.place(&l.Posting)
		seen := map[string]bool{}
		for _, d := range r.dutiesOf(l.Responsibilities, lex.words) {
			duties = append(duties, d)
			for _, name := range d.says {
				seen[name] = true
			}
		}
		for name := range seen {
			uses[name]++
		}
		for _, mark := range l.Responsibilities {
			marks[mark.ID]++
		}
	}
	t := tasks{ids: learned(marks), names: []string{taskEntry}}
	if len(t.ids) == 0 {
		return tasks{}
	}
	at := map[string]int32{}
	scales := []float32{1}
	for _, name := range slices.Sorted(maps.Keys(uses)) {
		if uses[name] < minUses {
			continue
		}
		at[name] = int32(len(t.names))
		t.names = append(t.names, name)
		scale := float32(1)
		if id, ok := strings.CutPrefix(name, taskEntry); ok && slices.Contains(t.ids, id) {
			scale = formScale
		}
		scales = append(scales, scale)
	}
	xs := make([]sparse, len(duties))
	for i, d := range duties {
		xs[i].add(0, 1)
		for _, name := range d.says {
			if place, ok := at[name]; ok {
				xs[i].add(place, scales[place])
			}
		}
	}
	t.rows = make([]taskRow, len(t.names))
	both(len(t.ids), func(j int) {
		ys, wts := make([]float32, len(duties)), make([]float32, len(duties))
		for i, d := range duties {
			ys[i] = float32(b2i(slices.Contains(d.marked, t.ids[j])))
			wts[i] = float32(b2i(!slices.Contains(d.unclear, t.ids[j])))
		}
		for i, x := range logistic(xs, ys, wts, make([]float64, len(t.names)), ridgeTask, 60) {
			if x *= float64(scales[i]); math.Abs(x) >= pruneTask {
				t.rows[i][j] = stepped(x)
			}
		}
	})
	return t.small()
}

// learned are the ids of responsibilities that are marked often enough, those
// marked most often if there are too many, in order.
func learned(marks map[string]int) []string {
	ids := slices.SortedFunc(maps.Keys(marks), func(a, b string) int {
		return cmp.Or(marks[b]-marks[a], cmp.Compare(a, b))
	})
	for len(ids) > maxTasks || len(ids) > 0 && marks[ids[len(ids)-1]] < minTask {
		ids = ids[:len(ids)-1]
	}
	slices.Sort(ids)
	return ids
}

// dutiesOf are the sentences of a posting that was read to learn
// responsibilities from. A mark is of the sentence that has most of it.
func (r *reading) dutiesOf(marks []MarkedResponsibility, words map[uint64]string) []duty {
	var out []duty
	most, best := make([]int, len(marks)), make([]int, len(marks))
	r.tagAt = [8]int{}
	for k, u := range r.units {
		if r.guesses[k].section[0] < maybeDuty {
			continue
		}
		var d duty
		r.eachEntry(k, func(entry int32) { d.says = append(d.says, taskEntry+r.engine.ix.Entries()[entry].ID) })
		for i := u.first; i <= u.last; i++ {
			d.says = append(d.says, taskWord+words[wordSum(&r.scan.Tokens[i])])
		}
		start, end := r.text.span(int(r.scan.Tokens[u.first].Start), int(r.scan.Tokens[u.last].End))
		for i, m := range marks {
			if common := min(end, m.End) - max(start, m.Start); common > most[i] {
				most[i], best[i] = common, len(out)
			}
		}
		out = append(out, d)
	}
	for i, m := range marks {
		for k := range out {
			if most[i] > 0 && best[i] == k {
				out[k].marked = append(out[k].marked, m.ID)
			} else {
				out[k].unclear = append(out[k].unclear, m.ID)
			}
		}
	}
	return out
}

// small leaves out the rows that say nothing.
func (t *tasks) small() tasks {
	out := tasks{ids: t.ids}
	for i, row := range t.rows {
		if row != (taskRow{}) {
			out.names, out.rows = append(out.names, t.names[i]), append(out.rows, row)
		}
	}
	return out
}
