package classifier

import (
	"math/bits"
	"strings"

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
	fConstant featureKind = 'c' // 1
)

// key is the number under which a feature's weights are kept.
func (f feature) key() uint64 {
	k := (f.a ^ uint64(f.kind)<<56 ^ bits.RotateLeft64(f.b, 23)*0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93
	return k ^ k>>32
}

// scale is how much a feature that is no word weighs before weights are
// fitted: what a known heading says is worth more than the others.
func (f feature) scale() float32 {
	if f.kind == fNamed {
		return 2
	}
	return 1
}

var numberSum = index.Sum("#")

// wordSum is a token's sum, the same for all numbers.
func wordSum(text string, t *index.Token) uint64 {
	if c := text[t.Start]; c >= '0' && c <= '9' {
		if c = text[t.End-1]; c >= '0' && c <= '9' {
			return numberSum
		}
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
func wordFeatures(dst []feature, text string, toks []index.Token) []feature {
	prev := uint64(0)
	for i := range toks {
		sum := wordSum(text, &toks[i])
		dst = append(dst, feature{fWord, sum, 0})
		if prev != 0 && toks[i].Gap != index.Stopped {
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
	text, toks := r.text.text, r.scan.Tokens[u.first:u.last+1]
	at := len(dst)
	dst = wordFeatures(dst, text, toks)
	nWords = len(dst) - at
	dst = append(dst,
		feature{fFirst, wordSum(text, &toks[0]), 0},
		feature{fPlace, digitSums[min(9, 10*int(u.first)/len(r.scan.Tokens))], 0},
		feature{fShape, digitSums[lengthClass(len(toks))], 0},
	)
	if u.head {
		dst = append(dst, feature{fShape, digitSums[9], 0})
	}
	if u.named >= 0 {
		dst = append(dst, feature{fNamed, digitSums[u.named], digitSums[b2i(u.head)]})
	} else if u.under < 0 {
		dst = append(dst, feature{fNamed, digitSums[15], 0})
	}
	return r.entryFeatures(dst, k), nWords
}

// headFeatures appends the words of a heading, for the units below it.
func (r *reading) headFeatures(dst []feature, k int) []feature {
	u := &r.units[k]
	for i := u.first; i <= u.last; i++ {
		dst = append(dst, feature{fHead, wordSum(r.text.text, &r.scan.Tokens[i]), 0})
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
		dst = append(dst, feature{fBefore, wordSum(r.text.text, &r.scan.Tokens[i]), 0})
	}
	return dst
}

// entryFeatures appends the entries found in a unit. Units are asked for in order.
func (r *reading) entryFeatures(dst []feature, k int) []feature {
	u := &r.units[k]
	for _, l := range [...]index.Layer{index.Things, index.Works} {
		tags := r.scan.Tags[l]
		i := r.tagAt[l]
		for i < len(tags) && tags[i].First < u.first {
			i++
		}
		for ; i < len(tags) && tags[i].First <= u.last; i++ {
			dst = append(dst, feature{fEntry, r.engine.idSums[tags[i].Entry], 0})
			if role := r.engine.roleSums[tags[i].Entry]; role != 0 {
				dst = append(dst, feature{fRole, role, digitSums[l]})
			}
		}
		r.tagAt[l] = i
	}
	return dst
}

// silentWords say nothing in a title or a reason.
var silentWords = func() map[uint64]bool {
	out := map[uint64]bool{}
	for _, w := range strings.Fields("a an and or of the for in on at to by with from as is are be our your we you us it its this that will") {
		out[index.Sum(w)] = true
	}
	return out
}()

// titleFeatures appends what is learned from about the title.
func (r *reading) titleFeatures(dst []feature) []feature {
	prev := uint64(0)
	for i := range r.title.Tokens {
		sum := wordSum(r.title.Text, &r.title.Tokens[i])
		if silentWords[sum] {
			prev = 0
			continue
		}
		dst = append(dst, feature{fTitle, sum, 0})
		if prev != 0 && r.title.Tokens[i].Gap != index.Stopped {
			dst = append(dst, feature{fTitles, prev, sum})
		}
		prev = sum
	}
	for _, tag := range r.title.Tags[index.Titles] {
		dst = append(dst, feature{fJob, r.engine.idSums[tag.Entry], 0})
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
