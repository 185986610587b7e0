package index

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"rolecall/internal/eight"
)

// Token is one word of a text: a run of letters and digits, or one of the few
// words that hold other signs (C++, C#, .NET, R&D).
type Token struct {
	Start, End int32  // bytes of the text
	Sum        uint64 // hash of the word in lower case
	is         known  // what the taxonomy knows of the word
	Gap        Gap    // what stands between the word before and this one
	Upper      bool   // begins with a capital
	Digits     Digits // whether digits are in it
}

// Digits says whether digits are in a word.
type Digits uint8

// NoDigits is of usual words, Number of those that begin and end with a digit.
const (
	NoDigits Digits = iota
	SomeDigits
	Number
)

// Gap is what stands between two words.
type Gap uint8

const (
	Joined  Gap = iota // spaces, one newline, or a sign that joins: - / . _ ' ’
	Apart              // a comma, a bracket, a colon: the sentence goes on
	Line               // one newline, with nothing that says whether the sentence goes on
	Stopped            // the sentence ends: . ! ? ; a blank line, a bullet
)

// What a byte is to the lexer. Bytes above 0x7F are decoded first.
const (
	sep   = iota // ends a word and parts a phrase
	word         // letter or digit
	join         // ends a word, joins a phrase
	space        // ends a word, joins a phrase
	line         // newline
	stop         // ends a word and a sentence
	dot          // . joins or stops, by what follows
	sign         // ends a word or belongs to it, by what is beside it
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
		'\n': line, '!': stop, '?': stop, ';': stop, '.': dot, '+': sign, '#': sign, '&': sign,
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
		upper := c-'A' < 26
		if class[c] != word {
			n := 1
			begins := false
			switch class[c] {
			case space, join:
			case line:
				gap = max(gap, newlines(text, &i))
				n = 0
			case stop:
				gap = Stopped
			case dot:
				if begins = leadingDot(text, i); !begins {
					gap = max(gap, afterDot(text, i))
				}
			case wide:
				var r rune
				r, n = utf8.DecodeRuneInString(text[i:])
				if begins, upper = inWord(r), unicode.IsUpper(r); !begins {
					gap = max(gap, wideGap(r))
				}
			default:
				gap = max(gap, Apart)
				if c == '*' && lineStart(text, i) {
					gap = Stopped
				}
			}
			if !begins {
				i += n
				continue
			}
		}
		if len(dst) == cap(dst) {
			dst = slices.Grow(dst, 1+len(text)/6)
		}
		dst = dst[:len(dst)+1]
		t := &dst[len(dst)-1] // field by field: a literal would be made elsewhere and copied
		t.Start, t.is, t.Gap, t.Upper = int32(i), 0, gap, upper
		i = scanWord(t, text, i)
		gap = Joined
		if i < len(text) && text[i] == ' ' {
			i++
		}
	}
	return dst
}

// scanWord completes the token of the word that begins at i and gives its end:
// eight bytes at a time as long as they are ASCII.
func scanWord(t *Token, text string, i int) (end int) {
	sum, digits := uint64(sumSeed), uint64(0)
	for j := i; j+8 <= len(text); j += 8 {
		x := eight.Load(text, j)
		n, d := wordBytes(&x)
		if n == 8 {
			sum, digits = mix(sum, x), digits|d
			continue
		}
		shift := uint(n) * 8 % 64 // to the byte behind the word
		if class[byte(x>>shift)] >= sign || j+n == i {
			break
		}
		end = j + n
		within := uint64(1)<<shift - 1
		t.Sum = mix(sum, x&within|uint64(end-i)<<56)
		t.End, t.Digits = int32(end), NoDigits
		if digits|d&within != 0 {
			t.Digits = digitsOf(text[i:end])
		}
		return end
	}
	return scanAny(t, text, i)
}

func digitsOf(word string) Digits {
	if digit(word[0]) && digit(word[len(word)-1]) {
		return Number
	}
	return SomeDigits
}

// wordBytes is how many of x's bytes, from the lowest on, are ASCII letters or
// digits, and has a bit set for each digit among all; it puts x's letters in
// lower case.
func wordBytes(x *uint64) (n int, digits uint64) {
	letters, digits := eight.Letters(*x), eight.Digits(*x)
	*x |= letters >> 2
	return eight.First(eight.High &^ (letters | digits)), digits
}

// scanAny does what scanWord does, byte by byte.
func scanAny(t *Token, text string, start int) (end int) {
	h := hash{sum: sumSeed}
	t.Digits = NoDigits
	i := start
	if text[i] == '.' {
		h.add('.')
		i++
	}
	for i < len(text) {
		c := text[i]
		if class[c] == word {
			if digit(c) {
				t.Digits = SomeDigits
			}
			h.add(lower[c])
			i++
			continue
		}
		if class[c] == wide {
			r, n := utf8.DecodeRuneInString(text[i:])
			if !inWord(r) {
				break
			}
			h.addRune(r)
			i += n
			continue
		}
		n := signs(text, start, i)
		if n == 0 {
			break
		}
		for ; n > 0; n-- {
			h.add(text[i])
			i++
		}
	}
	if t.Digits != NoDigits {
		t.Digits = digitsOf(text[start:i])
	}
	t.Sum, t.End = h.done(), int32(i)
	return i
}

func inWord(r rune) bool {
	if r >= 0x2000 && r < 0x2070 || r >= 0x2190 && r < 0x2460 || r >= 0x2500 && r < 0x2C00 { // signs, the most frequent ones
		return false
	}
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

func digit(c byte) bool { return c-'0' < 10 }

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
	case i >= 3 && text[i-3:i] == "etc" && next == ' ' && i+2 < len(text) && text[i+2] >= 'a' && text[i+2] <= 'z':
		return Apart // the sentence goes on
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
