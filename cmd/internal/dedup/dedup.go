// Package dedup finds copies of a posting: the same advert under several ids,
// from several agencies, with another date or a paragraph edited. Other jobs of
// one employer, which share much of their text, are none.
//
// A posting is signed by its three-word shingles (min-hashes, one permutation);
// an Index keeps the signatures of the firsts of their kind and finds, among
// millions, one that is similar. It keeps no text, about 300 bytes a posting.
package dedup

import (
	"math/bits"

	"rolecall/classifier"
	"rolecall/internal/eight"
)

// bins is how many min-hashes a signature has. Similarity is known to about
// +-0.06 with 64 of them.
const bins = 64

// Signature stands for the words of a posting and their order.
type Signature struct {
	mins  [bins]uint32
	words int
	exact uint64 // of all words in order
	title uint16 // of the title's words, in whichever order
}

// Sign makes the signature of a posting's title and description. Case,
// markup, punctuation and spacing make no difference. Of a posting of few words
// the company, the place and the address count too: every "Data Engineer" would
// be the same job without them.
func Sign(p *classifier.Posting) Signature {
	s := signer{}
	for i := range s.mins {
		s.mins[i] = unset
	}
	s.text(p.Title)
	title := uint16(mix(s.sum))
	s.text(p.Description)
	if s.count > 0 && s.count < 3 {
		s.shingle()
	}
	s.fillEmpty()
	sig := Signature{mins: s.mins, words: s.count, exact: s.exact, title: title}
	if s.count > 0 && s.count < minWords {
		for _, t := range []string{p.Company, p.Location, p.URL} {
			s.text(t)
			s.exact = bits.RotateLeft64(s.exact, 7) // so that none stands for another
		}
		sig.exact = s.exact
	}
	return sig
}

const unset = ^uint32(0)

type signer struct {
	mins    [bins]uint32
	a, b, c uint64 // hashes of the last three words, c the latest
	count   int
	exact   uint64
	sum     uint64 // of the words' hashes
}

// text feeds the words of t: letters, digits and all beyond ASCII. Tags are
// passed over.
func (s *signer) text(t string) {
	const seed, prime = 0xcbf29ce484222325, 0x9e3779b97f4a7c15
	h, inside := uint64(seed), false // of the word so far, whose end is not yet seen
	for i := 0; i < len(t); {
		var x uint64
		if i+8 <= len(t) {
			x = eight.Load(t, i)
		} else {
			x = eight.LoadEnd(t, i)
		}
		n := eight.First(^(eight.Letters(x) | eight.Digits(x) | x) & eight.High)
		if x |= 0x20 * eight.Ones; n == 8 { // one case, beyond ASCII too, as far as a bit does it
			h = (h ^ x) * prime
			h ^= h >> 32
			inside = true
			i += n
			continue
		}
		if n > 0 || inside {
			s.word((h ^ x&(1<<(8*n)-1) ^ uint64(n)<<56) * prime)
			h, inside = seed, false
		}
		if i += n; i < len(t) && t[i] == '<' {
			i = afterTag(t, i)
		}
		i++
	}
	if inside {
		s.word(h * prime)
	}
}

// afterTag is the last byte of the tag at i, or i where none starts there.
func afterTag(t string, i int) int {
	if i+1 >= len(t) || t[i+1] != '/' && (t[i+1]|0x20 < 'a' || t[i+1]|0x20 > 'z') {
		return i
	}
	for end := i; end < len(t) && end < i+2000; end++ {
		if t[end] == '>' {
			return end
		}
	}
	return i
}

func (s *signer) word(h uint64) {
	s.count++
	s.sum += h
	s.exact = bits.RotateLeft64(s.exact^h, 29) * 0xc2b2ae3d27d4eb4f
	s.a, s.b, s.c = s.b, s.c, h
	if s.count >= 3 {
		s.shingle()
	}
}

func (s *signer) shingle() {
	h := mix(s.a ^ bits.RotateLeft64(s.b, 21)*0x9e3779b97f4a7c15 ^ bits.RotateLeft64(s.c, 42)*0xc2b2ae3d27d4eb4f)
	bin, value := h>>58, uint32(h)
	s.mins[bin] = min(s.mins[bin], value)
}

// mix is MurmurHash3's finalizer.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// fillEmpty gives bins that no shingle fell into the value of the next bin
// that has one, with the distance mixed in, so that short texts compare too.
func (s *signer) fillEmpty() {
	own := s.mins
	for i := range s.mins {
		for d := 1; s.mins[i] == unset && d < bins; d++ {
			if v := own[(i+d)%bins]; v != unset {
				s.mins[i] = uint32(mix(uint64(v) ^ uint64(d)<<32))
			}
		}
	}
}
