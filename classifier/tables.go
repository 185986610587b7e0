package classifier

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"rolecall/index"
)

// A model's weights are asked for several of every word. So that they stay in
// a processor's cache, they stand in tables apart from the model's rows: all
// that is asked of a word side by side, and the first step's weights in whole
// steps of a twentieth, a section's in one byte.
type tables struct {
	words  keyTable[uint32]  // sum of a word -> its number
	byWord []wordRow         // by number; 0 is that of all words the model does not know
	firsts []weights         // by number: as the first word of a sentence
	heads  []weights         // by number: as a word of the heading above
	pairs  keyTable[weights] // by pairKey of two numbers
	others keyTable[weights] // by key: features that have no word
	wholes keyTable[uint32]  // key of a feature of the title or of the whole text -> place in terms
	terms  []termRow         // from 1 on
}

// wordRow is what is asked of every word.
type wordRow struct{ own, before weights }

// weights are a feature's for the first step, in steps of weightStep.
type weights struct {
	sections [2]uint32 // one a byte, the first lowest, each 128 too high
	ai, de   int8
	term     uint32 // its place among the terms of the second step, 0 for none
}

const (
	weightStep = 0.05
	maxSteps   = 127
	noSections = 0x80808080
)

var noWeights = weights{sections: [2]uint32{noSections, noSections}}

// termRow is a feature's part in the second step.
type termRow struct {
	idf  float32 // 0: it says nothing about a posting as a whole
	role roleRow
	row  int32
}

// steps is a weight of the first step in steps.
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
		switch {
		case o == outAI:
			w.ai = int8(n)
		case o == outData:
			w.de = int8(n)
		default:
			w.sections[o/4] += uint32(n) << (o % 4 * 8)
		}
	}
	return w
}

// tally adds weights up, four sections at a time.
type tally struct {
	even, odd uint64 // sections 0 2 4 6 and 1 3 5 7, sixteen bits each
	ai, de, n int32
	full      [nSections]int32 // what did not fit into sixteen bits
}

const (
	lanes    = 0x00FF00FF00FF00FF
	mostAdds = 256 // of 255 at most: more could pass 65,535
)

func (s *tally) add(w *weights) {
	x := w.packed()
	s.addMany(x&lanes, x>>8&lanes, int32(w.ai), int32(w.de), 1)
}

// addMany adds what n weights add up to, n at most mostAdds.
func (s *tally) addMany(even, odd uint64, ai, de, n int32) {
	if s.n+n > mostAdds {
		s.spill()
	}
	s.even += even
	s.odd += odd
	s.ai += ai
	s.de += de
	s.n += n
}

// packed are the sections' weights in one number.
func (w *weights) packed() uint64 { return uint64(w.sections[1])<<32 | uint64(w.sections[0]) }

func (s *tally) spill() {
	for o := range nSections / 2 {
		s.full[2*o] += int32(s.even>>(16*o)&0xFFFF) - 128*s.n
		s.full[2*o+1] += int32(s.odd>>(16*o)&0xFFFF) - 128*s.n
	}
	s.even, s.odd, s.n = 0, 0, 0
}

// addTally adds k times what was summed up.
func (z *outputs) addTally(s *tally, k float32) {
	s.spill()
	k *= weightStep
	for o, x := range s.full {
		z[o] += k * float32(x)
	}
	z[outAI] += k * float32(s.ai)
	z[outData] += k * float32(s.de)
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
	words := numbered(uses)
	n := len(words) + 1
	t.byWord, t.firsts, t.heads = slices.Repeat([]wordRow{{noWeights, noWeights}}, n), slices.Repeat([]weights{noWeights}, n), slices.Repeat([]weights{noWeights}, n)
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
			t.byWord[a].own = w
		case f.kind == fBefore:
			t.byWord[a].before = w
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
	t.words, t.wholes = newKeyTable(words, 0), newKeyTable(wholes, 0)
	t.pairs, t.others = newKeyTable(pairs, noWeights), newKeyTable(others, noWeights)
	return t
}

// numbered gives words their numbers, from 1 on. Those in most features are
// the most frequent ones of a text, too: what is asked of them stands together.
func numbered(uses map[uint64]int) map[uint64]uint32 {
	list := slices.SortedFunc(maps.Keys(uses), func(a, b uint64) int {
		return cmp.Or(uses[b]-uses[a], cmp.Compare(a, b))
	})
	out := make(map[uint64]uint32, len(list))
	for i, sum := range list {
		out[sum] = uint32(i + 1)
	}
	return out
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

// wordNumbers appends the numbers of words.
func (t *tables) wordNumbers(dst []uint32, toks []index.Token) []uint32 {
	for i := range toks {
		dst = append(dst, *t.words.get(wordSum(&toks[i])))
	}
	return dst
}

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
