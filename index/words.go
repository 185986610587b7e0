package index

import (
	"unicode"
	"unicode/utf8"
)

// Words are the words of text in lower case, as Lex cuts them.
func Words(text string) []string {
	var out []string
	var room [maxWords]Token
	for _, t := range Lex(room[:0], text) {
		out = append(out, fold(text[t.Start:t.End]))
	}
	return out
}

// fold puts a word in lower case, rune by rune as Lex's sums do.
func fold(s string) string {
	if plainLower(s) {
		return s
	}
	out := make([]rune, 0, len(s))
	for _, r := range s {
		out = append(out, unicode.ToLower(r))
	}
	return string(out)
}

// plainLower says whether a word is of ASCII and has no capital.
func plainLower(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 || capital(s[i]) {
			return false
		}
	}
	return true
}

// Sum is the hash by which a word in lower case is known.
func Sum(word string) uint64 {
	h := hash{sum: sumSeed}
	for i := range len(word) {
		h.add(word[i])
	}
	return h.done()
}

// hash is a word's hash in the making: eight bytes are gathered, the first the
// lowest, before they are mixed in.
type hash struct {
	sum, bytes uint64
	n          uint // bytes so far
}

const (
	sumSeed  = 0x9E3779B97F4A7C15
	sumPrime = 0xD6E8FEB86659FD93
)

func mix(sum, bytes uint64) uint64 {
	sum = (sum ^ bytes) * sumPrime
	return sum ^ sum>>32
}

func (h *hash) add(c byte) {
	h.bytes |= uint64(c) << (h.n % 8 * 8)
	if h.n++; h.n%8 == 0 {
		h.sum, h.bytes = mix(h.sum, h.bytes), 0
	}
}

// done is the hash of the bytes added.
func (h *hash) done() uint64 { return mix(h.sum, h.bytes|uint64(h.n)<<56) }

func (h *hash) addRune(r rune) {
	var buf [utf8.UTFMax]byte
	for _, b := range buf[:utf8.EncodeRune(buf[:], unicode.ToLower(r))] {
		h.add(b)
	}
}
