package classifier

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"rolecall/index"
)

// MarkedResponsibility is one that a reader found in a posting, and the place
// in the description that says it best.
type MarkedResponsibility struct {
	ID         string
	Start, End int // bytes of the description
}

const (
	ridgeTask = 1.  // see logistic
	minTask   = 10  // postings with a responsibility, and without, for it to be learned
	minUses   = 5   // postings whose duties have a word or an entry, for it to be learned
	pruneTask = 0.1 // weights nearer to 0 are dropped
	maybeDuty = 0.3 // sentences less likely a duty are not learned from
	formScale = 3.  // a responsibility's form weighs this much of a word before weights are fitted
)

// duty is a sentence to learn responsibilities from.
type duty struct {
	says    []string // names of the rows for what is in it
	marked  []string // ids
	unclear []string // ids that the posting was marked with elsewhere: it may say them, too
}

// checkMarks says what is wrong with the marks of a posting.
func checkMarks(ix *index.Index, l *Labelled) error {
	for _, m := range l.Responsibilities {
		isOne := func(e index.Entry) bool { return e.ID == m.ID && e.Kind == index.Responsibility }
		if !slices.ContainsFunc(ix.Entries(), isOne) {
			return fmt.Errorf("posting %s: %q is no responsibility of the taxonomy", l.Posting.ID, m.ID)
		}
		if n := len(l.Posting.Description); m.Start < 0 || m.End <= m.Start || m.End > n {
			return fmt.Errorf("posting %s: %s at bytes %d to %d: a place in its description, which has %d, was wanted", l.Posting.ID, m.ID, m.Start, m.End, n)
		}
	}
	return nil
}

// fitTasks learns what words say of responsibilities from the postings that a
// reader marked; in picks them by fold. The first step of m says what is a duty.
func (f *fitter) fitTasks(m *Model, in func(fold uint32) bool) tasks {
	duties, ids, names := f.duties(m, in)
	if len(ids) == 0 {
		return tasks{}
	}
	t := tasks{ids: ids, names: append([]string{taskEntry}, names...)}
	at := map[string]int32{}
	scales := make([]float32, len(t.names))
	for i, name := range t.names {
		scales[i] = 1
		if id, ok := strings.CutPrefix(name, taskEntry); ok && slices.Contains(ids, id) {
			scales[i] = formScale
		}
		at[name] = int32(i)
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
	both(len(ids), func(j int) {
		ys, wts := make([]float32, len(duties)), make([]float32, len(duties))
		for i, d := range duties {
			ys[i] = float32(b2i(slices.Contains(d.marked, ids[j])))
			wts[i] = float32(b2i(!slices.Contains(d.unclear, ids[j])))
		}
		// The constants of rare ones are beyond what a row can say. With the
		// nearest that it can, postings that were not learned from come out as well.
		for i, x := range logistic(xs, ys, wts, make([]float64, len(t.names)), ridgeTask, 60) {
			if x *= float64(scales[i]); math.Abs(x) >= pruneTask {
				t.rows[i][j] = stepped(x)
			}
		}
	})
	return t.small()
}

// duties are the sentences to learn from, the responsibilities that can be
// learned from them, and the names of what is frequent enough in them.
func (f *fitter) duties(m *Model, in func(fold uint32) bool) (all []duty, ids, names []string) {
	with, uses, n := map[string]int{}, map[string]int{}, 0 // postings
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
		said, marked := map[string]bool{}, map[string]bool{}
		for _, d := range r.dutiesOf(l.Responsibilities, lex.words) {
			all = append(all, d)
			for _, name := range d.says {
				said[name] = true
			}
			for _, id := range d.marked {
				marked[id] = true
			}
		}
		for name := range said {
			uses[name]++
		}
		for id := range marked {
			with[id]++
		}
		n++
	}
	for id, k := range with {
		if k >= minTask && n-k >= minTask {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(with[b]-with[a], cmp.Compare(a, b)) })
	ids = ids[:min(len(ids), maxTasks)]
	slices.Sort(ids)
	for name, k := range uses {
		if k >= minUses {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return all, ids, names
}

// dutiesOf are the sentences of a posting that was read to learn
// responsibilities from. A mark is of the duty that has most of it.
func (r *reading) dutiesOf(marks []MarkedResponsibility, words map[uint64]string) []duty {
	var out []duty
	most, best := make([]int, len(marks)), make([]int, len(marks))
	for k, u := range r.units {
		if r.guesses[k].section[0] < maybeDuty {
			continue
		}
		var d duty
		for _, entry := range r.entriesIn(k) {
			d.says = append(d.says, taskEntry+r.engine.ix.Entries()[entry].ID)
		}
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
		if most[i] > 0 {
			out[best[i]].marked = append(out[best[i]].marked, m.ID)
		}
	}
	for k := range out {
		for _, m := range marks {
			if !slices.Contains(out[k].marked, m.ID) {
				out[k].unclear = append(out[k].unclear, m.ID)
			}
		}
	}
	return out
}

// small leaves out the rows that say nothing but the first, which always counts.
func (t *tasks) small() tasks {
	out := tasks{ids: t.ids}
	for i, row := range t.rows {
		if i == 0 || row != (taskRow{}) {
			out.names, out.rows = append(out.names, t.names[i]), append(out.rows, row)
		}
	}
	return out
}
