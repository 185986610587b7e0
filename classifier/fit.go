package classifier

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"rolecall/index"
)

// Fit learns a model from labelled postings: the same postings, the same
// model, byte for byte. Sentences that a reader marked make the first step
// better; without any it cannot be learned, and base's is kept. So is what base
// knows of the responsibilities that are marked too seldom to be learned.
func Fit(ix *index.Index, base *Model, set []Labelled) (*Model, error) {
	f, err := newFitter(ix, base, set)
	if err != nil {
		return nil, err
	}
	m := f.fit(func(uint32) bool { return true })
	learned := len(m.tasks.ids)
	if base != nil {
		m.tasks.keep(base.tasks)
	}
	m.Note = f.note() + fmt.Sprintf("\nresponsibilities: %d learned from %d postings, %d kept", learned, len(f.marked), len(m.tasks.ids)-learned)
	return reread(m)
}

// CrossValidate classifies every posting with a model fitted on the others,
// split into folds by company, and gives the results in the postings' order.
func CrossValidate(ix *index.Index, base *Model, set []Labelled, folds int, opts Options) ([]Result, error) {
	f, err := newFitter(ix, base, set)
	if err != nil {
		return nil, err
	}
	out := make([]Result, len(set))
	for k := range uint32(folds) {
		m, err := reread(f.fit(func(fold uint32) bool { return fold%uint32(folds) != k }))
		if err != nil {
			return nil, err
		}
		c := New(ix, m, opts)
		for i := range set {
			if foldOf(&set[i].Posting)%uint32(folds) == k {
				out[i] = c.Classify(set[i].Posting)
			}
		}
	}
	return out, nil
}

// fitter holds what all fits over one set share.
type fitter struct {
	c      *Classifier
	base   *Model      // whose first step is kept where no sentence is marked, else nil
	exs    []example   // the postings that have a label
	marked []*Labelled // those whose responsibilities a reader marked
	lex    *lexicon
	o      fitOptions
}

func newFitter(ix *index.Index, base *Model, set []Labelled) (*fitter, error) {
	seen := map[Label]int{}
	f := &fitter{c: New(ix, nil, Options{}), o: fitDefaults}
	var labelled []Labelled
	marked := 0
	for i := range set {
		if set[i].Responsibilities != nil {
			if err := checkMarks(ix, &set[i]); err != nil {
				return nil, err
			}
			if f.marked = append(f.marked, &set[i]); set[i].Label == "" {
				continue
			}
		}
		if !slices.Contains(Labels, set[i].Label) {
			return nil, fmt.Errorf("posting %s: label %q: one of ai_engineer, data_engineer, hybrid, none was wanted", set[i].Posting.ID, set[i].Label)
		}
		labelled = append(labelled, set[i])
		seen[set[i].Label]++
		marked += len(set[i].Sentences)
	}
	if seen[AIEngineer]+seen[Hybrid] < minDocs || seen[DataEngineer]+seen[Hybrid] < minDocs || len(labelled) < 20 {
		return nil, fmt.Errorf("%d postings, %d of AI engineers and %d of data engineers: at least 20, and %d of each, were wanted", len(labelled), seen[AIEngineer]+seen[Hybrid], seen[DataEngineer]+seen[Hybrid], minDocs)
	}
	if marked == 0 && base == nil {
		return nil, errors.New("no sentence is marked and no model to begin with: one of them was wanted")
	}
	if marked == 0 {
		f.base = base
	}
	f.exs, f.lex = f.c.gather(labelled)
	return f, nil
}

func (f *fitter) all(in func(fold uint32) bool) []*example {
	var out []*example
	for i := range f.exs {
		if in(f.exs[i].fold) {
			out = append(out, &f.exs[i])
		}
	}
	return out
}

const parts = 3 // into which a fit splits its postings to see how the first step does on others

// fit learns both steps. The second learns from what the first says of
// postings that it was not fitted on: else it would trust it too much.
func (f *fitter) fit(in func(fold uint32) bool) *Model {
	exs := f.all(in)
	part := make([]int, len(exs))
	var models [parts + 1]*Model // the last is fitted on all
	for p := range models {
		var others []*example
		for i, e := range exs {
			if part[i] = int(e.fold/7) % parts; part[i] != p {
				others = append(others, e)
			}
		}
		models[p] = f.lex.model(f.sentences(others), f.o)
	}
	m := models[parts]
	xs, _ := f.seconds(models[:parts], exs, part)
	f.fitRoles(m, exs, part, xs)
	strong := m.strong(f.o.keep)
	for _, m := range models {
		m.forget(strong)
	}
	xs, found := f.seconds(models[:parts], exs, part)
	f.fitRoles(m, exs, part, xs)
	m.curves = fitCurves(exs, found)
	m.tasks = f.fitTasks(m, in)
	return m.small()
}

// sentences are the weights of the first step: fitted, or the base model's.
func (f *fitter) sentences(exs []*example) *sentenceModel {
	if f.base == nil {
		return f.fitSentences(exs)
	}
	var m sentenceModel
	for o := range m {
		m[o] = make([]float64, len(f.lex.names))
	}
	at := make(map[uint64]int, len(f.lex.names))
	for i, name := range f.lex.names {
		at[name.key()] = i
	}
	for i, name := range f.base.names {
		if k, ok := at[featureOf(name).key()]; ok {
			for o := range m {
				m[o][k] = float64(f.base.rows[i].step1[o])
			}
		}
	}
	return &m
}

// strong are the rows with a weight of at least keep for one of the questions.
func (m *Model) strong(keep float32) []bool {
	out := make([]bool, len(m.rows))
	for i, r := range m.rows {
		for _, x := range r.role {
			out[i] = out[i] || x >= keep || x <= -keep
		}
	}
	return out
}

// forget takes the rows that are not strong out of the second step.
func (m *Model) forget(strong []bool) {
	for i := range m.rows {
		if !strong[i] {
			m.rows[i].idf, m.rows[i].role = 0, roleRow{}
		}
	}
	m.tables = newTables(m)
}

// seconds makes the second step's examples, with the title and without, and
// the shares found, each by the model that was not fitted on it.
func (f *fitter) seconds(models []*Model, exs []*example, part []int) (*[2][]sparse, []shares) {
	xs := [2][]sparse{make([]sparse, len(exs)), make([]sparse, len(exs))}
	found := make([]shares, len(exs))
	both(2, func(t int) {
		for p, m := range models {
			r := New(f.c.ix, m, Options{}).pool.Get().(*reading)
			for i, e := range exs {
				if part[i] != p {
					continue
				}
				q := e.Posting
				if t == 1 {
					q.Title = ""
				}
				xs[t][i] = r.second(&q)
				if t == 0 { // the title makes no difference to them
					found[i] = r.shares
				}
			}
		}
	})
	return &xs, found
}

// second is a posting's summands as an example: place 0 is the constant, then
// the rows, then the numbers.
func (r *reading) second(p *Posting) sparse {
	r.read(p)
	r.guessUnits()
	r.place(p)
	r.sumUp()
	var s sparse
	s.add(0, 1)
	for _, t := range r.summands {
		if t.term != 0 {
			s.add(r.engine.model.tables.terms[t.term].row, t.val)
		} else {
			s.add(int32(len(r.engine.model.rows))+t.number, t.val)
		}
	}
	return s
}

// fitRoles learns the weights of the two questions, with and without a title,
// and scales them so that their probabilities hold on postings not fitted on.
func (f *fitter) fitRoles(m *Model, exs []*example, part []int, xs *[2][]sparse) {
	dim := len(m.rows) + nNumbers
	wts := make([]float32, len(exs))
	ys := [2][]float32{make([]float32, len(exs)), make([]float32, len(exs))}
	for i, e := range exs {
		wts[i] = f.o.trust[min(max(e.Certainty, 0), 3)]
		ys[0][i] = float32(b2i(e.Label == AIEngineer || e.Label == Hybrid))
		ys[1][i] = float32(b2i(e.Label == DataEngineer || e.Label == Hybrid))
	}
	both(nQuestions, func(j int) {
		q, t := j%2, j/2
		zs := make([]float64, len(exs))
		for p := range parts {
			w := f.fitPart(xs[t], ys[q], wts, dim, func(i int) bool { return part[i] != p })
			for i := range exs {
				if part[i] == p {
					zs[i] = xs[t][i].dot(w)
				}
			}
		}
		w := f.fitPart(xs[t], ys[q], wts, dim, func(int) bool { return true })
		k := slope(zs, ys[q])
		for i, x := range w {
			if x *= k; i > 0 && math.Abs(x) < f.o.prune {
				x = 0
			}
			if i < len(m.rows) {
				m.rows[i].role[j] = float32(x)
			} else {
				m.numbers[i-len(m.rows)][j] = float32(x)
			}
		}
	})
}

func (f *fitter) fitPart(xs []sparse, ys, wts []float32, dim int, in func(i int) bool) []float64 {
	some := slices.Clone(wts)
	for i := range some {
		if !in(i) {
			some[i] = 0
		}
	}
	return logistic(xs, ys, some, make([]float64, dim), f.o.ridgeRole, 80)
}

// fitCurves learns how shares are shown: from those that were found in
// postings and those that readers gave them.
func fitCurves(exs []*example, found []shares) (curves [2]shareCurve) {
	var xs, ys [2][]float32
	for i, e := range exs {
		if e.AIShare == nil || e.DEShare == nil {
			continue
		}
		for q, pair := range [...][2]float64{{found[i].ai, *e.AIShare}, {found[i].de, *e.DEShare}} {
			if share := pair[0]; share > 0 && share < 1 {
				xs[q] = append(xs[q], float32(logOdds(share)))
				ys[q] = append(ys[q], float32(pair[1]))
			}
		}
	}
	for q := range curves {
		if len(xs[q]) < minShares {
			continue
		}
		points := make([]sparse, len(xs[q]))
		for i, x := range xs[q] {
			points[i].add(0, 1)
			points[i].add(1, x)
		}
		w := logistic(points, ys[q], slices.Repeat([]float32{1}, len(points)), []float64{0, 1}, 0.1, 60)
		if w[1] > 0 {
			curves[q] = shareCurve{float32(w[0]), float32(w[1])}
		}
	}
	return curves
}

const minShares = 50 // that readers gave, to learn a curve from

// slope is the factor by which log-odds must be multiplied to be right on
// average, between a quarter and two.
func slope(zs []float64, ys []float32) float64 {
	best, least := 1.0, math.Inf(1)
	for k := 0.25; k <= 2; k += 0.05 {
		sum := 0.0
		for i, z := range zs {
			sum += softplus(k*z) - float64(ys[i])*k*z
		}
		if sum < least {
			best, least = k, sum
		}
	}
	return best
}

// small leaves out the rows that say nothing.
func (m *Model) small() *Model {
	out := &Model{Note: m.Note, numbers: m.numbers, curves: m.curves, tasks: m.tasks}
	for i, r := range m.rows {
		if i == 0 || r.idf != 0 || r.role != (roleRow{}) || r.step1 != (outputs{}) {
			out.rows = append(out.rows, r)
			out.names = append(out.names, m.names[i])
		}
	}
	return out
}

// reread writes a model and reads it back: its numbers are then those of the
// file, and its revision the file's.
func reread(m *Model) (*Model, error) {
	var b strings.Builder
	if _, err := m.WriteTo(&b); err != nil {
		return nil, err
	}
	return ReadModel(strings.NewReader(b.String()))
}

// note says in the model file what it was fitted on.
func (f *fitter) note() string {
	n := map[Label]int{}
	marked := 0
	for i := range f.exs {
		n[f.exs[i].Label]++
		marked += len(f.exs[i].Sentences)
	}
	return fmt.Sprintf("fitted on %d postings (%d ai_engineer, %d data_engineer, %d hybrid, %d none) and %d marked sentences\ntaxonomy %s",
		len(f.exs), n[AIEngineer], n[DataEngineer], n[Hybrid], n[None], marked, f.c.ix.Revision)
}
