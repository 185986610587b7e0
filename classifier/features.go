package classifier

import (
	"math/bits"
	"slices"

	"rolecall/index"
)

// A feature is something about a sentence or a title that a weight can be
// learned for. Its name in a model file is its kind, a colon and its words.
type feature struct {
	kind featureKind
	a, b uint64 // sums of its words; b is 0 for one word
}

type featureKind byte

const (
	fWord     featureKind = 'w' // a word
	fPair     featureKind = 'p' // two words in a row
	fHead     featureKind = 'h' // a word of the heading above
	fNamed    featureKind = 'n' // the section that the heading names
	fFirst    featureKind = 'f' // the first word of the sentence
	fPlace    featureKind = 'l' // how far down the text it is, in tenths
	fShape    featureKind = 's' // heading, length
	fEntry    featureKind = 'e' // an entry of the taxonomy, in the sentence
	fRole     featureKind = 'r' // an entry that speaks for a role
	fTitle    featureKind = 't' // a word of the title
	fTitles   featureKind = 'u' // two words of the title in a row
	fJob      featureKind = 'j' // a job title of the taxonomy
	fShare    featureKind = 'd' // a number: shares of the duties and the like
	fBefore   featureKind = 'b' // a word of the sentence before
	fCount    featureKind = 'g' // how many sentences speak of a theme, or responsibilities of a role there are
	fConstant featureKind = 'c' // 1
)

// key is the number under which a feature's weights are kept.
func (f feature) key() uint64 {
	k := (f.a ^ uint64(f.kind)<<56 ^ bits.RotateLeft64(f.b, 23)*0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93
	return k ^ k>>32
}

const namedScale = 2

// scale is how much a feature that is no word weighs before weights are
// fitted: what a known heading says is worth more than the others.
func (f feature) scale() float32 {
	if f.kind == fNamed {
		return namedScale
	}
	return 1
}

var numberSum = index.Sum("#")

// wordSum is a token's sum, the same for all numbers.
func wordSum(t *index.Token) uint64 {
	if t.Digits == index.Number {
		return numberSum
	}
	return t.Sum
}

// small numbers and fixed words as features
var digitSums = func() (out [16]uint64) {
	for i := range out {
		out[i] = index.Sum(string(rune('a' + i)))
	}
	return out
}()

// wordFeatures appends the words of a unit and their pairs.
func wordFeatures(dst []feature, toks []index.Token) []feature {
	prev := uint64(0)
	for i := range toks {
		sum := wordSum(&toks[i])
		dst = append(dst, feature{fWord, sum, 0})
		if i > 0 {
			dst = append(dst, feature{fPair, prev, sum})
		}
		prev = sum
	}
	return dst
}

// unitFeatures appends what is learned from about a unit, words first; nWords
// is how many of them are words and pairs.
func (r *reading) unitFeatures(dst []feature, k int) (out []feature, nWords int) {
	u := &r.units[k]
	toks := r.scan.Tokens[u.first : u.last+1]
	at := len(dst)
	dst = wordFeatures(dst, toks)
	nWords = len(dst) - at
	dst = append(dst,
		feature{fFirst, wordSum(&toks[0]), 0},
		placeFeature(placeOf(u, len(r.scan.Tokens))),
		shapeFeature(lengthClass(len(toks))),
	)
	if u.head {
		dst = append(dst, shapeFeature(headShape))
	}
	if u.named >= 0 {
		dst = append(dst, namedFeature(int(u.named), b2i(u.head)))
	} else if u.under < 0 {
		dst = append(dst, noHeadFeature)
	}
	return r.entryFeatures(dst, k), nWords
}

// featuresOf are that an entry was found in a layer and, where it speaks for a
// role, that one of the role was.
func (c *Classifier) featuresOf(entry int32, l index.Layer) (own, role feature, hasRole bool) {
	sum := c.roleSums[entry]
	return feature{fEntry, c.idSums[entry], 0}, feature{fRole, sum, digitSums[l]}, sum != 0
}

const (
	nPlaces   = 10
	headShape = 9 // after the classes of length
	nShapes   = headShape + 1
)

// placeOf is how far down the text a unit stands, in tenths.
func placeOf(u *unit, words int) int { return min(nPlaces-1, nPlaces*int(u.first)/words) }

func placeFeature(tenth int) feature { return feature{fPlace, digitSums[tenth], 0} }

func shapeFeature(class int) feature { return feature{fShape, digitSums[class], 0} }

// namedFeature is of a unit that is (head 1) or is under (0) a heading of a section.
func namedFeature(section, head int) feature {
	return feature{fNamed, digitSums[section], digitSums[head]}
}

// constantFeature is of every unit and every posting.
var constantFeature = feature{fConstant, digitSums[0], 0}

// noHeadFeature is of a unit that has no heading above it.
var noHeadFeature = feature{fNamed, digitSums[15], 0}

// headFeatures appends the words of a heading, for the units below it.
func (r *reading) headFeatures(dst []feature, k int) []feature {
	u := &r.units[k]
	for i := u.first; i <= u.last; i++ {
		dst = append(dst, feature{fHead, wordSum(&r.scan.Tokens[i]), 0})
	}
	return dst
}

// beforeFeatures appends the words of the unit before.
func (r *reading) beforeFeatures(dst []feature, k int) []feature {
	if k == 0 {
		return dst
	}
	b := &r.units[k-1]
	for i := b.first; i <= b.last; i++ {
		dst = append(dst, feature{fBefore, wordSum(&r.scan.Tokens[i]), 0})
	}
	return dst
}

// entriesOf calls use with every entry found in a unit, and whether it counts
// for its role. It costs least to ask for units in order.
func (r *reading) entriesOf(k int, use func(tag *index.Tag, l index.Layer, forRole bool)) {
	u := &r.units[k]
	for _, l := range [...]index.Layer{index.Things, index.Works} {
		tags := r.scan.Tags[l]
		i := r.tagAt[l]
		for i > 0 && tags[i-1].First >= u.first {
			i--
		}
		for i < len(tags) && tags[i].First < u.first {
			i++
		}
		for ; i < len(tags) && tags[i].First <= u.last; i++ {
			use(&tags[i], l, l != index.Things || !r.repeats[i])
		}
		r.tagAt[l] = i
	}
}

// entryFeatures appends the entries found in a unit.
func (r *reading) entryFeatures(dst []feature, k int) []feature {
	r.entriesOf(k, func(tag *index.Tag, l index.Layer, forRole bool) {
		entry, role, ok := r.engine.featuresOf(tag.Entry, l)
		if dst = append(dst, entry); ok && forRole {
			dst = append(dst, role)
		}
	})
	return dst
}

// silentWords say nothing in a title or a reason.
var silentWords = sumSet("a an and or of the for in on at to by with from as is are be our your we you us it its this that will")

// placed is a feature and the bytes of the title where it stands.
type placed struct {
	feature
	start, end int32
}

// titleFeatures appends what is learned from about the title, each once.
func (r *reading) titleFeatures(dst []placed) []placed {
	add := func(f feature, start, end int32) {
		if !slices.ContainsFunc(dst, func(p placed) bool { return p.feature == f }) {
			dst = append(dst, placed{f, start, end})
		}
	}
	var prev *index.Token
	for i := range r.title.Tokens {
		t := &r.title.Tokens[i]
		sum := wordSum(t)
		if silentWords.has(sum) {
			prev = nil
			continue
		}
		add(feature{fTitle, sum, 0}, t.Start, t.End)
		if prev != nil && t.Gap != index.Stopped {
			add(feature{fTitles, wordSum(prev), sum}, prev.Start, t.End)
		}
		prev = t
	}
	for _, tag := range r.title.Tags[index.Titles] {
		add(feature{fJob, r.engine.idSums[tag.Entry], 0}, tag.Start, tag.End)
	}
	return dst
}

func lengthClass(n int) int { return min(8, bits.Len(uint(n))) }

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
