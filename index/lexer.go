package index

import (
	"unicode"
	"unicode/utf8"
)

// Token is one word of a text: a run of letters and digits, or one of the few
// words that hold other signs (C++, C#, .NET, R&D).
type Token struct {
	Start, End int32  // bytes of the text
	Sum        uint64 // hash of the word in lower case
	Word       uint32 // number of the word in the taxonomy's vocabulary, 0 if it is not in it
	Layers     uint8  // the layers in which a form begins with this word
	Gap        Gap    // what stands between the word before and this one
	Upper      bool   // begins with a capital
}

// Gap is what stands between two words.
type Gap uint8

const (
	Joined  Gap = iota // spaces, one newline, or a sign that joins: - / . _ ' ’
	Apart              // a comma, a bracket, a colon: the sentence goes on
	Line               // one newline, with nothing that says whether the sentence goes on
	Stopped            // the sentence ends: . ! ? ; a blank line, a bullet
)

// hash is a word's hash in the making: eight bytes are gathered before they
// are mixed in, which costs a quarter of mixing in each.
type hash struct {
	sum, bytes uint64
	n          uint // bytes so far
}

const (
	sumSeed  = 0x9E3779B97F4A7C15
	sumPrime = 0xD6E8FEB86659FD93
)

func (h *hash) add(c byte) {
	h.bytes = h.bytes<<8 | uint64(c)
	if h.n++; h.n%8 == 0 {
		h.mix()
	}
}

func (h *hash) mix() {
	h.sum = (h.sum ^ h.bytes) * sumPrime
	h.sum ^= h.sum >> 32
	h.bytes = 0
}

// done is the hash of the bytes added.
func (h *hash) done() uint64 {
	h.bytes |= uint64(h.n) << 56
	h.mix()
	return h.sum
}

// What a byte is to the lexer. Bytes above 0x7F are decoded first.
const (
	sep   = iota // ends a word and parts a phrase
	word         // letter or digit
	join         // ends a word, joins a phrase
	space        // ends a word, joins a phrase
	line         // newline
	stop         // ends a word and a sentence
	dot          // . joins or stops, by what follows
	wide         // first byte of a rune above 0x7F
)

var class, lower = func() (class, lower [256]uint8) {
	for c := range 256 {
		lower[c] = uint8(c)
		switch {
		case c >= 0x80:
			class[c] = wide
		case c >= 'A' && c <= 'Z':
			class[c], lower[c] = word, uint8(c)+'a'-'A'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			class[c] = word
		}
	}
	for c, k := range map[byte]uint8{
		'-': join, '/': join, '_': join, '\'': join, '\\': join, ' ': space, '\t': space, '\r': space,
		'\n': line, '!': stop, '?': stop, ';': stop, '.': dot,
	} {
		class[c] = k
	}
	return class, lower
}()

// Lex cuts text into words and appends them to dst. Any text will do: bytes
// that are not UTF-8 part words and nothing more.
func Lex(dst []Token, text string) []Token {
	gap := Stopped
	for i := 0; i < len(text); {
		c := text[i]
		switch class[c] {
		case word:
			t := scanWord(text, i)
			t.Gap, gap = gap, Joined
			dst, i = append(dst, t), int(t.End)
		case space, join:
			i++
		case line:
			gap = max(gap, newlines(text, &i))
		case stop:
			gap = Stopped
			i++
		case dot:
			if leadingDot(text, i) {
				t := scanWord(text, i)
				t.Gap, gap = gap, Joined
				dst, i = append(dst, t), int(t.End)
				continue
			}
			gap = max(gap, afterDot(text, i))
			i++
		case wide:
			r, n := utf8.DecodeRuneInString(text[i:])
			if inWord(r) {
				t := scanWord(text, i)
				t.Gap, gap = gap, Joined
				dst, i = append(dst, t), int(t.End)
				continue
			}
			gap = max(gap, wideGap(r))
			i += n
		default:
			gap = max(gap, Apart)
			if c == '*' && lineStart(text, i) {
				gap = Stopped
			}
			i++
		}
	}
	return dst
}

// scanWord reads the word that begins at i.
func scanWord(text string, i int) Token {
	t := Token{Start: int32(i), Upper: text[i] >= 'A' && text[i] <= 'Z'}
	h := hash{sum: sumSeed}
	if text[i] == '.' {
		h.add('.')
		i++
	}
	for i < len(text) {
		c := text[i]
		if class[c] == word {
			h.add(lower[c])
			i++
			continue
		}
		if class[c] == wide {
			r, n := utf8.DecodeRuneInString(text[i:])
			if !inWord(r) {
				break
			}
			t.Upper = t.Upper || int(t.Start) == i && unicode.IsUpper(r)
			h.addRune(r)
			i += n
			continue
		}
		n := signs(text, int(t.Start), i)
		if n == 0 {
			break
		}
		for ; n > 0; n-- {
			h.add(text[i])
			i++
		}
	}
	t.End, t.Sum = int32(i), h.done()
	return t
}

func (h *hash) addRune(r rune) {
	var buf [utf8.UTFMax]byte
	for _, b := range buf[:utf8.EncodeRune(buf[:], unicode.ToLower(r))] {
		h.add(b)
	}
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r))
}

// signs is how many bytes at i, right behind the word from start, belong to
// it: the ++ of C++, the # of C#, the & between single capitals as in R&D.
func signs(text string, start, i int) int {
	n := i - start
	switch text[i] {
	case '+':
		if n <= 3 && i+1 < len(text) && text[i+1] == '+' && letter(text[i-1]) {
			return 2
		}
	case '#':
		if n == 1 && letter(text[i-1]) && (i+1 == len(text) || class[text[i+1]] != word) {
			return 1
		}
	case '&':
		if n == 1 && capital(text[i-1]) && i+1 < len(text) && capital(text[i+1]) && (i+2 == len(text) || class[text[i+2]] != word) {
			return 1
		}
	}
	return 0
}

func letter(c byte) bool { return class[c] == word && c > '9' }

func capital(c byte) bool { return c >= 'A' && c <= 'Z' }

// leadingDot says whether the dot at i begins a word, as in .NET: a letter
// behind it and no word before it.
func leadingDot(text string, i int) bool {
	return i+1 < len(text) && letter(text[i+1]) && (i == 0 || class[text[i-1]] == space || class[text[i-1]] == line || text[i-1] == '(' || text[i-1] == ',' || text[i-1] == '/')
}

// afterDot is the gap that a dot at i makes: it joins within Node.js and
// behind e.g., and stops before a space or a capital that follows a small letter.
func afterDot(text string, i int) Gap {
	if i >= 2 && class[text[i-1]] == word && class[text[i-2]] != word {
		return Joined // one letter: e.g. i.e. U.S. and initials
	}
	if i+1 == len(text) {
		return Stopped
	}
	switch next := text[i+1]; {
	case class[next] == word:
		if capital(next) && i > 0 && text[i-1] >= 'a' && text[i-1] <= 'z' && i+2 < len(text) && !capital(text[i+2]) && text[i+2] != '.' {
			return Stopped // "pipelines.Build": scraped text without its spaces
		}
		return Joined
	default:
		return Stopped
	}
}

// newlines passes over the line ends and spaces at i: one newline is a Line, more stop.
func newlines(text string, i *int) Gap {
	n := 0
	for ; *i < len(text); *i++ {
		switch c := text[*i]; {
		case c == '\n':
			n++
		case class[c] != space:
			if n > 1 || c == '-' || c == '*' {
				return Stopped
			}
			return Line
		}
	}
	return Stopped
}

func lineStart(text string, i int) bool {
	for i--; i >= 0 && class[text[i]] == space; i-- {
	}
	return i < 0 || text[i] == '\n'
}

// wideGap is the gap that a sign outside ASCII makes.
func wideGap(r rune) Gap {
	switch r {
	case '\u00a0', '\u2019', '\u2018', '\u2010', '\u2011', '\u200b', '\u00ad', '\ufeff', '\u2009', '\u202f', '®', '™':
		return Joined
	case '•', '·', '●', '▪', '◦', '‣', '∙', '■', '□', '➢', '✓', '✔', '→', '。', '！', '？', '\u2028', '\u2029':
		return Stopped
	}
	return Apart
}
