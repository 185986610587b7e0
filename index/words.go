package index

import (
	"unicode"
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
