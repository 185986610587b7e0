package classifier

import (
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"sync"
)

// Labelled is a posting and what a reader said of it.
type Labelled struct {
	Posting   Posting
	Label     Label
	Certainty int      // 3 sure, 2 leaning, 1 arguable; 0 is taken as 3
	AIShare   *float64 // part of the duties that is AI engineering, 0 to 1
	DEShare   *float64
	Sentences []MarkedSentence // where a reader marked every sentence

	// Responsibilities are those that a reader found; nil if none looked for
	// them. They are learned from postings without a label, too.
	Responsibilities []MarkedResponsibility
}

// MarkedSentence is a sentence of the description and what it speaks of.
type MarkedSentence struct {
	Start, End int     // bytes of the description
	Section    Section // HeadingMark for headings
	AI, Data   bool
}

// example is a labelled posting as the fit sees it.
type example struct {
	*Labelled
	units []marked // each unit, if its sentences were marked
	heads []marked // what looks like a heading and was marked as something else, as if it were one
	fold  uint32
}

// marked are the features of a unit and the sentence marked there, -1 if none.
type marked struct {
	sparse
	gold int
}

const (
	nSections = 8 // sections, and headings as the last
	outHead   = nSections - 1
	nOut      = nSections + 2
	outAI     = nSections
	outData   = nSections + 1
)

// gather takes postings apart and numbers their features. Place 0 is the constant.
func (c *Classifier) gather(set []Labelled) ([]example, *lexicon) {
	lex := &lexicon{at: map[uint64]int32{}, words: map[uint64]string{numberSum: "#"}}
	counts := map[uint64]int{}
	seen := map[uint64]bool{}
	r := c.pool.Get().(*reading)
	for i := range set {
		clear(seen)
		r.read(&set[i].Posting)
		r.settleHeads(r.markedHead(set[i].Sentences))
		lex.learn(r.text.text, r.scan.Tokens)
		lex.learn(r.title.Text, r.title.Tokens)
		r.eachFeature(func(f feature, _ int, _ float32) {
			if k := f.key(); !seen[k] {
				seen[k] = true
				counts[k]++
			}
		})
	}
	lex.n = len(set)
	for i, e := range c.ix.Entries() {
		lex.words[c.idSums[i]] = e.ID
		lex.words[c.roleSums[i]] = e.Role
	}
	lex.words[scientistSum] = scientistName
	for i, sum := range digitSums {
		lex.words[sum] = string(rune('a' + i))
	}
	lex.number(constantFeature, len(set))
	out := make([]example, len(set))
	for i := range set {
		out[i] = c.example(r, &set[i], lex, counts)
	}
	return out, lex
}

// eachFeature calls take with every feature of a posting that was read, its
// unit, and how much it counts for what the first step says of that. Unit -1
// is the title or the whole text, of which the first step says nothing.
func (r *reading) eachFeature(take func(f feature, unit int, val float32)) {
	for k := range r.units {
		r.featuresAt(k, func(f feature, val float32) { take(f, k, val) })
	}
	r.wholeFeatures(func(f feature) { take(f, -1, 0) })
}

// wholeFeatures calls take with every feature of the title and the whole text.
func (r *reading) wholeFeatures(take func(f feature)) {
	for _, f := range r.titleFeatures(nil) {
		take(f.feature)
	}
	r.count(func(int) float32 { return 1 })
	r.countFeatures(func(f feature, _ *count) { take(f) })
}

// featuresAt calls take with every feature of a unit.
func (r *reading) featuresAt(k int, take func(f feature, val float32)) {
	own, n := r.unitFeatures(nil, k)
	for i, f := range own {
		if i < n {
			take(f, wordScale(n))
		} else {
			take(f, f.scale())
		}
	}
	if h := r.units[k].under; h >= 0 {
		head := r.headFeatures(nil, int(h))
		for _, f := range head {
			take(f, wordScale(len(head)))
		}
	}
	before := r.beforeFeatures(nil, k)
	for _, f := range before {
		take(f, beforeScale*wordScale(len(before)))
	}
}

func (c *Classifier) example(r *reading, l *Labelled, lex *lexicon, counts map[uint64]int) example {
	ex := example{Labelled: l, fold: foldOf(&l.Posting)}
	number := func(f feature) (at int32, ok bool) {
		n := counts[f.key()]
		if n < minDocs {
			return 0, false
		}
		return lex.number(f, n), true
	}
	r.read(&l.Posting)
	isHead := r.markedHead(l.Sentences)
	for k := range r.units {
		if r.units[k].doubtful && !isHead(k) && r.goldOf(k, l.Sentences) >= 0 {
			ex.heads = append(ex.heads, r.marked(k, l, number))
		}
	}
	r.settleHeads(isHead)
	units := r.allMarked(l, number)
	r.wholeFeatures(func(f feature) { number(f) })
	if len(l.Sentences) > 0 {
		ex.units = units
	}
	return ex
}

// marked are the features of unit k that have a number, and what was marked there.
func (r *reading) marked(k int, l *Labelled, number func(feature) (at int32, ok bool)) marked {
	m := marked{gold: r.goldOf(k, l.Sentences)}
	m.add(0, 1)
	r.featuresAt(k, func(f feature, val float32) {
		if at, ok := number(f); ok {
			m.add(at, val)
		}
	})
	return m
}

func (r *reading) allMarked(l *Labelled, number func(feature) (at int32, ok bool)) []marked {
	units := make([]marked, len(r.units))
	for k := range units {
		units[k] = r.marked(k, l, number)
	}
	return units
}

// markedHead says, for settleHeads, which units were marked as headings. Where
// nothing was marked those are taken under which something stands that is none.
func (r *reading) markedHead(sentences []MarkedSentence) func(k int) bool {
	if len(sentences) == 0 {
		return func(k int) bool { return k+1 < len(r.units) && !r.units[k+1].head }
	}
	return func(k int) bool {
		g := r.goldOf(k, sentences)
		return g >= 0 && sentences[g].Section == HeadingMark
	}
}

func wordScale(n int) float32 { return float32(1 / math.Sqrt(float64(max(1, n)))) }

// goldOf is the marked sentence that is unit k: half of each is in the other.
// It is -1 if none is; what was marked as one and is read as several says
// nothing of each.
func (r *reading) goldOf(k int, marked []MarkedSentence) int {
	u := &r.units[k]
	start, end := r.text.span(int(r.scan.Tokens[u.first].Start), int(r.scan.Tokens[u.last].End))
	for i, m := range marked {
		if 2*(min(end, m.End)-max(start, m.Start)) >= max(end-start, m.End-m.Start) {
			return i
		}
	}
	return -1
}

// foldOf is a number by company, so that postings of one company never stand
// on both sides of a split.
func foldOf(p *Posting) uint32 {
	h := fnv.New32a()
	name := strings.ToLower(strings.TrimSpace(p.Company))
	if name == "" {
		name = p.ID
	}
	h.Write([]byte(name))
	x := h.Sum32()
	x ^= x >> 15
	return x * 2654435761 >> 8
}

// sentenceModel are the weights of the first step, by output and place.
type sentenceModel [nOut][]float64

func (m *sentenceModel) guess(s *sparse) guess {
	var g guess
	var z outputs
	for o := range z {
		z[o] = float32(s.dot(m[o]))
	}
	g.finish(&z)
	return g
}

// goldSection numbers the sections of marked sentences.
func goldSection(s Section) int {
	if s == HeadingMark {
		return outHead
	}
	return int(sectionIndex(s))
}

// fitOptions are what is not learned. Each was chosen by cross-validation
// split by company; near the values here nothing depends on them.
type fitOptions struct {
	ridgeSection, ridgeWork, ridgeRole float64
	pseudo                             float32    // weight of a duty whose kind is only guessed
	rounds                             int        // how often those are guessed anew
	trust                              [4]float32 // weight of a posting by its reader's certainty; 0 is none given
	prune                              float64    // weights of the first step nearer to 0 are dropped
	prunePair                          float64    // and those of two words in a row, if none is as far from 0
	keep                               float32    // words whose weights for both questions are nearer to 0 are dropped
}

var fitDefaults = fitOptions{
	ridgeSection: 0.3, ridgeWork: 0.5, ridgeRole: 0.1, pseudo: 0.5, rounds: 2,
	trust: [4]float32{1, .5, .8, 1}, prune: 0.05, prunePair: 0.25, keep: 0.4,
}

// fitSentences learns the first step from the examples' marked sentences, and
// from the shares of duties that readers gave whole postings.
func (f *fitter) fitSentences(exs []*example) *sentenceModel {
	var m sentenceModel
	o, dim := f.o, len(f.lex.names)
	var xs []sparse
	var gold []MarkedSentence
	learn := func(ex *example, units []marked) {
		for _, m := range units {
			if m.gold >= 0 {
				xs = append(xs, m.sparse)
				gold = append(gold, ex.Sentences[m.gold])
			}
		}
	}
	for _, ex := range exs {
		learn(ex, ex.units)
	}
	n := len(xs) // what follows is for the sections alone: it tells a heading from what looks like one
	for _, ex := range exs {
		learn(ex, ex.heads)
	}
	both(nOut, func(out int) {
		xs, gold, ridge := xs, gold, o.ridgeSection
		if out >= nSections {
			xs, gold, ridge = xs[:n], gold[:n], o.ridgeWork
		}
		ys := make([]float32, len(xs))
		for i, g := range gold {
			if out == outAI && g.AI || out == outData && g.Data || out < nSections && goldSection(g.Section) == out {
				ys[i] = 1
			}
		}
		m[out] = logistic(xs, ys, slices.Repeat([]float32{1}, len(xs)), make([]float64, dim), ridge, 60)
	})
	units := f.settled(&m, exs)
	for range o.rounds {
		fitShares(&m, exs, units, xs[:n], gold[:n], o)
	}
	return &m
}

// settled are the units of the examples that have shares: as they were marked,
// or under the headings that the model sees.
func (f *fitter) settled(m *sentenceModel, exs []*example) [][]marked {
	c := New(f.c.ix, f.lex.model(m, f.o), Options{})
	units := make([][]marked, len(exs))
	both(2, func(half int) {
		r := c.pool.Get().(*reading)
		for i := half; i < len(exs); i += 2 {
			ex := exs[i]
			if ex.AIShare == nil || ex.DEShare == nil {
				continue
			}
			if units[i] = ex.units; units[i] == nil {
				r.read(&ex.Posting)
				r.guessUnits()
				units[i] = r.allMarked(ex.Labelled, f.lex.find)
			}
		}
	})
	return units
}

// fitShares fits the kind of work once more: on the marked sentences, and on
// the duties of all postings, each guessed so that together they make up the
// share that the reader gave.
func fitShares(m *sentenceModel, exs []*example, units [][]marked, xs []sparse, gold []MarkedSentence, o fitOptions) {
	all := slices.Clone(xs)
	ai, de := make([]float32, len(xs)), make([]float32, len(xs))
	wts := slices.Repeat([]float32{1}, len(xs))
	for i, g := range gold {
		ai[i], de[i] = float32(b2i(g.AI)), float32(b2i(g.Data))
	}
	for i, ex := range exs {
		gs := make([]guess, len(units[i]))
		for k := range gs {
			gs[k] = m.guess(&units[i][k].sparse)
		}
		if len(gs) == 0 {
			continue
		}
		shiftA := shift(gs, func(g *guess) float64 { return float64(g.zAI) }, *ex.AIShare)
		shiftD := shift(gs, func(g *guess) float64 { return float64(g.zDE) }, *ex.DEShare)
		for k := range gs {
			if duty := gs[k].section[0]; duty > 0.2 && units[i][k].gold < 0 {
				all = append(all, units[i][k].sparse)
				ai = append(ai, float32(sigmoid(float64(gs[k].zAI)+shiftA)))
				de = append(de, float32(sigmoid(float64(gs[k].zDE)+shiftD)))
				wts = append(wts, o.pseudo*duty)
			}
		}
	}
	both(2, func(i int) {
		if i == 0 {
			m[outAI] = logistic(all, ai, wts, m[outAI], o.ridgeWork, 40)
		} else {
			m[outData] = logistic(all, de, wts, m[outData], o.ridgeWork, 40)
		}
	})
}

// shift is what must be added to the log-odds z of all duties for their mean
// probability to be share.
func shift(gs []guess, z func(*guess) float64, share float64) float64 {
	share = min(max(share, 0.01), 0.97)
	lo, hi := -15.0, 15.0
	for range 40 {
		mid, sum, total := (lo+hi)/2, 0.0, 1e-9
		for k := range gs {
			sum += float64(gs[k].section[0]) * sigmoid(z(&gs[k])+mid)
			total += float64(gs[k].section[0])
		}
		if sum/total < share {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// both runs n jobs on two processors.
func both(n int, job func(i int)) {
	var wg sync.WaitGroup
	for p := range 2 {
		wg.Go(func() {
			for i := p; i < n; i += 2 {
				job(i)
			}
		})
	}
	wg.Wait()
}
