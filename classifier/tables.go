package classifier

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"rolecall/index"
)

// A model's weights are asked for several of every word. So that they stay in
// a processor's cache, they stand in tables apart from the model's rows: all
// that is asked of a word side by side, and the first step's weights in whole
// steps of a twentieth, a section's in one byte.
type tables struct {
	words  []uint64  // sums of the words, for index.Tagger.WithWords: a word's number is its place here, from 1 on
	byWord []wordRow // by number; 0 is that of all words the model does not know
	firsts []weights // by number: as the first word of a sentence
	heads  []weights // by number: as a word of the heading above
	pairs  pairTable
	others keyTable[weights] // by key: features that have no word
	tasks  []taskWeights     // by number: what the word says of responsibilities; empty if the model knows of none
	wholes keyTable[uint32]  // key of a feature of the title or of the whole text -> place in terms
	terms  []termRow         // from 1 on
}

// wordRow is what is asked of every word: half of what a processor's cache
// fetches at a time.
type wordRow struct {
	own    uint64 // sections, as in weights
	before uint64 // the same for the unit after
	work   uint64 // work as in weights, of its own unit and above it of the one after
	term   uint32 // as in weights
	_      uint32
}

// weights are a feature's for the first step, in steps of weightStep.
type weights struct {
	sections uint64 // one a byte, the first lowest, each 128 too high
	work     uint32 // AI and above it data, sixteen bits each, 128 too high
	term     uint32 // its place among the terms of the second step, 0 for none
}

const (
	weightStep = 0.05
	maxSteps   = 127
	zeroStands = 128                             // for a weight of 0
	noSections = zeroStands * 0x0101010101010101 // eight of them, one a byte
	noWork     = zeroStands * 0x00010001
)

var noWeights = weights{sections: noSections, work: noWork}

// termRow is a feature's part in the second step.
type termRow struct {
	idf  float32 // 0: it says nothing about a posting as a whole
	role roleRow
	row  int32
}

// steps is a weight of the first step, or of a responsibility, in steps.
func steps(x float32) (int, error) {
	n := math.Round(float64(x) / weightStep)
	if math.Abs(n) > maxSteps || math.Abs(float64(x)-n*weightStep) > 1e-4 {
		return 0, fmt.Errorf("%g: a multiple of %g up to %g was wanted", x, weightStep, maxSteps*weightStep)
	}
	return int(n), nil
}

// stepped is the nearest weight that fits.
func stepped(x float64) float32 {
	return float32(min(max(math.Round(x/weightStep), -maxSteps), maxSteps) * weightStep)
}

// weightsOf packs what ReadModel has checked.
func weightsOf(z *outputs, term uint32) weights {
	w := noWeights
	w.term = term
	for o, x := range z {
		n, _ := steps(x)
		if o < nSections {
			w.sections += uint64(n) << (o * 8)
		} else {
			w.work += uint32(n) << ((o - nSections) * 16)
		}
	}
	return w
}

// tally adds weights up, four at a time, n of them and mostAdds at most.
type tally struct {
	even, odd uint64 // sections 0 2 4 6 and 1 3 5 7, sixteen bits each
	work      uint32 // AI and data, sixteen bits each
	n         int32
}

const (
	lanes    = 0x00FF00FF00FF00FF
	mostAdds = 256 // of 255 at most: more could pass 65,535
)

func (s *tally) add(w *weights) {
	s.even += w.sections & lanes
	s.odd += w.sections >> 8 & lanes
	s.work += w.work
	s.n++
}

// addTally adds k times what was summed up.
func (z *outputs) addTally(s *tally, k float32) {
	k *= weightStep
	over := zeroStands * s.n
	part := func(sum uint64) float32 { return k * float32(int32(uint16(sum))-over) }
	z[0] += part(s.even)
	z[1] += part(s.odd)
	z[2] += part(s.even >> 16)
	z[3] += part(s.odd >> 16)
	z[4] += part(s.even >> 32)
	z[5] += part(s.odd >> 32)
	z[6] += part(s.even >> 48)
	z[7] += part(s.odd >> 48)
	z[outAI] += part(uint64(s.work))
	z[outData] += part(uint64(s.work >> 16))
}

// pairKey is the key of two words in a row, by their numbers. No pair has the
// number 0 in it.
func pairKey(a, b uint32) uint64 {
	k := (uint64(a)<<32 | uint64(b)) * 0xD6E8FEB86659FD93
	return k ^ k>>32
}

// newTables lays a model's rows out.
func newTables(m *Model) *tables {
	t := &tables{terms: make([]termRow, 1)}
	features := make([]feature, len(m.rows))
	uses := make(map[uint64]int, len(m.rows)/4) // by word: in how many features it is
	for i, name := range m.names {
		f := featureOf(name)
		features[i] = f
		switch f.kind {
		case fPair:
			uses[f.b]++
			uses[f.a]++
		case fWord, fHead, fFirst, fBefore:
			uses[f.a]++
		}
	}
	for _, name := range m.tasks.names {
		if word, ok := strings.CutPrefix(name, taskWord); ok {
			uses[index.Sum(word)]++
		}
	}
	words := t.number(uses)
	n := len(words) + 1
	t.byWord, t.firsts, t.heads = slices.Repeat([]wordRow{{own: noSections, before: noSections, work: noWork<<32 | noWork}}, n), slices.Repeat([]weights{noWeights}, n), slices.Repeat([]weights{noWeights}, n)
	pairs, others, wholes := map[uint64]weights{}, map[uint64]weights{}, map[uint64]uint32{}
	for _, i := range frequent(m.rows) {
		f, r := features[i], &m.rows[i]
		term := 0
		whole := f.kind == fTitle || f.kind == fTitles || f.kind == fJob || f.kind == fCount
		if whole || r.idf != 0 {
			term = len(t.terms)
			t.terms = append(t.terms, termRow{r.idf, r.role, int32(i)})
		}
		w := weightsOf(&r.step1, uint32(term))
		switch a := words[f.a]; {
		case whole:
			wholes[f.key()] = uint32(term)
		case f.kind == fWord:
			t.byWord[a].setOwn(w)
		case f.kind == fBefore:
			t.byWord[a].setBefore(w)
		case f.kind == fFirst:
			t.firsts[a] = w
		case f.kind == fHead:
			t.heads[a] = w
		case f.kind == fPair:
			pairs[pairKey(a, words[f.b])] = w
		default:
			others[f.key()] = w
		}
	}
	t.tasks = m.tasks.byWord(words)
	t.pairs, t.wholes, t.others = newPairTable(pairs), newKeyTable(wholes, 0), newKeyTable(others, noWeights)
	return t
}

// number gives words their numbers, from 1 on. Those in most features are the
// most frequent ones of a text, too: what is asked of them stands together.
func (t *tables) number(uses map[uint64]int) map[uint64]uint32 {
	t.words = slices.SortedFunc(maps.Keys(uses), func(a, b uint64) int {
		return cmp.Or(uses[b]-uses[a], cmp.Compare(a, b))
	})
	out := make(map[uint64]uint32, len(t.words))
	for i, sum := range t.words {
		out[sum] = uint32(i + 1)
	}
	return out
}

func (w *wordRow) setOwn(x weights) {
	w.own, w.term, w.work = x.sections, x.term, w.work>>32<<32|uint64(x.work)
}

func (w *wordRow) setBefore(x weights) {
	w.before, w.work = x.sections, uint64(x.work)<<32|w.work&0xFFFFFFFF
}

// pairTable finds the weights of two words in a row by their pairKey. Most
// words that stand in a row are no pair of the model's: a filter of a few
// kilobytes tells seven of eight of those.
type pairTable struct {
	filter []uint64
	rows   keyTable[weights]
}

func newPairTable(pairs map[uint64]weights) pairTable {
	n := 1
	for n*64 < 8*len(pairs) {
		n *= 2
	}
	t := pairTable{filter: make([]uint64, n), rows: newKeyTable(pairs, noWeights)}
	for key := range pairs {
		t.filter[key>>filterShift&uint64(n-1)] |= 1 << (key % 64)
	}
	return t
}

const filterShift = 24 // of a key, to the bits that pick its word of the filter

// may is 1 if a pair may be in the table, and 0 if it is not.
func (t *pairTable) may(key uint64) int {
	return int(t.filter[key>>filterShift&uint64(len(t.filter)-1)] >> (key % 64) & 1)
}

// frequent are the numbers of rows, those of the most postings first.
func frequent(rows []row) []int {
	out := make([]int, len(rows))
	for i := range out {
		out[i] = i
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(rows[a].idf, rows[b].idf) })
	return out
}

// other are the weights of a feature that is no word of the description's.
func (t *tables) other(f feature) weights { return *t.others.get(f.key()) }

// bound are the weights of what needs no looking up in the text's words: of a
// unit's place and shape, and of the taxonomy's entries.
type bound struct {
	constant weights
	places   [nPlaces]weights
	shapes   [nShapes]weights
	named    [2][nSections]weights // by the section that a heading names: of units below it, and of itself
	noHead   weights
	entries  []entryRow // by entry
}

// entryRow is what an entry says where it is found, and one of its role.
type entryRow struct{ own, role weights }

// bind looks a taxonomy's entries up in a model.
func (c *Classifier) bind(t *tables) bound {
	b := bound{constant: t.other(constantFeature), noHead: t.other(noHeadFeature)}
	for i := range b.places {
		b.places[i] = t.other(placeFeature(i))
	}
	for i := range b.shapes {
		b.shapes[i] = t.other(shapeFeature(i))
	}
	for head := range b.named {
		for s := range b.named[head] {
			b.named[head][s] = t.other(namedFeature(s, head))
		}
	}
	for i, e := range c.ix.Entries() {
		l := index.Things
		if e.Kind == index.Responsibility {
			l = index.Works
		}
		own, role, ok := c.featuresOf(int32(i), l)
		row := entryRow{t.other(own), noWeights}
		if ok {
			row.role = t.other(role)
		}
		b.entries = append(b.entries, row)
	}
	return b
}
