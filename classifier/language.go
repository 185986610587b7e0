package classifier

import (
	"strings"

	"rolecall/index"
)

const (
	nWindows    = 8   // places of a text that are looked at
	windowSize  = 150 // bytes of each
	windowWords = 24  // or words of each
	fewWords    = 12  // with fewer words there is nothing to tell a language by
)

const englishFunction = "the and of to with for you your our are will this that from have be by who"

var (
	// functionWords are frequent in every English text and rare in other
	// languages: one word in five of a usual posting, one in 37 of the poorest of 7,480.
	functionWords = packSet(englishFunction)
	functionSums  = sumSet(englishFunction)

	// foreignWords are the like of other languages, without those that English knows.
	foreignWords = packSet("und der die das mit wir wird sie ist ein eine oder auf zu im het een van voor met en je jij bij onze wij naar le la les des et pour vous nous une du dans avec au el los las para con una del por y de se na em os um uma oraz jest lub nie od dla il di che per nel och att som til og av det")
)

// englishWords says whether a text is English beyond doubt, by its words at
// places all over it. It costs a tenth of english, which has the last word.
func englishWords(text string, toks []index.Token) bool {
	words, known, places := 0, 0, 0
	for i := range nWindows {
		w, k := 0, 0
		from := i * len(toks) / nWindows
		for j := from; j < min(from+windowWords, (i+1)*len(toks)/nWindows); j++ {
			t := &toks[j]
			w++
			if functionSums.has(t.Sum) {
				k++
			} else if text[t.Start] >= 0x80 { // scripts without spaces: a word for six bytes
				w += int(t.End-t.Start) / 6
			}
		}
		words, known = words+w, known+k
		if k*7 >= w && w >= fewWords {
			if places++; places*8 >= nWindows*3 {
				return true
			}
		}
	}
	return words >= fewWords && known*12 >= words
}

// english says whether a text is English, or gives no reason to think that it
// is not: a list of tools is nobody's language. Places all over the text are
// looked at, so that a paragraph in another language, or an English one under
// a German posting, does not decide alone; a posting in two languages is
// English where three places of eight are.
func english(text string) bool {
	var windows [nWindows]string
	var n, foreign wordCount
	places := 0
	for i := range windows {
		var w wordCount
		windows[i] = window(text, i)
		w.add(windows[i], functionWords)
		if w.known*7 >= w.words && w.words >= fewWords {
			places++
		}
		n.words, n.known, n.wide = n.words+w.words, n.known+w.known, n.wide+w.wide
	}
	if n.words < fewWords || n.known*12 >= n.words || places*8 >= nWindows*3 {
		return true
	}
	for _, w := range windows {
		foreign.add(w, foreignWords)
	}
	switch {
	case n.known*25 < n.words && (n.wide*3 > n.words || foreign.known*10 > n.words):
		return false
	case (foreign.known+n.wide)*25 < n.words:
		return true
	}
	// Few get here. A detector by trigrams was tried: it cost 300 µs and did
	// not say the same of the same text twice.
	return n.known >= foreign.known+n.wide
}

// window is the i-th of nWindows places of a text, spread evenly; a short text
// falls into as many parts.
func window(text string, i int) string {
	from := i * len(text) / nWindows
	return text[from:min(from+windowSize, (i+1)*len(text)/nWindows)]
}

// wordCount counts a text's words, those of a set, and those with letters beyond ASCII.
type wordCount struct{ words, known, wide int }

// add counts the words of a text. Scripts without spaces count a word for
// every six bytes.
func (n *wordCount) add(text string, set *wordSet) {
	for i := 0; i < len(text); {
		start, packed, wide := i, uint64(0), 0
		for i < len(text) {
			k := letterAt(text, i)
			if k == 0 {
				break
			}
			if k > 1 {
				wide += k
			}
			packed = packed<<8 | uint64(text[i]|0x20)
			i += k
		}
		switch {
		case i == start:
			i++
			continue
		case wide > 0:
			n.wide += 1 + wide/6
		case i-start < 8 && set.has(packed):
			n.known++
		}
		n.words += 1 + wide/6
	}
}

// letterAt is the size in bytes of the letter at i, 0 if none is there. Beyond
// ASCII it takes for a letter whatever the first byte does not tell to be a
// sign, punctuation or emoji.
func letterAt(text string, i int) int {
	switch c := text[i]; {
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		return 1
	case c < 0xC3 || c == 0xE2 || c >= 0xEF:
		return 0
	case c < 0xE0:
		return min(2, len(text)-i)
	default:
		return min(3, len(text)-i)
	}
}

// wordSet is a hash set of some seventy words at most, each as a number.
type wordSet [512]uint64

// sumSet is a set of words by their sums.
func sumSet(words string) *wordSet { return newWordSet(words, index.Sum) }

// packSet is a set of words of up to 7 letters, each packed into a number.
func packSet(words string) *wordSet {
	return newWordSet(words, func(w string) (packed uint64) {
		for i := range len(w) {
			packed = packed<<8 | uint64(w[i])
		}
		return packed
	})
}

func newWordSet(words string, number func(string) uint64) *wordSet {
	set := &wordSet{}
	for _, w := range strings.Fields(words) {
		n := number(w)
		i := slotOf(n)
		for set[i] != 0 {
			i = (i + 1) % uint64(len(set))
		}
		set[i] = n
	}
	return set
}

func (s *wordSet) has(number uint64) bool {
	for i := slotOf(number); s[i] != 0; i = (i + 1) % uint64(len(s)) {
		if s[i] == number {
			return true
		}
	}
	return false
}

func slotOf(number uint64) uint64 { return number * 0x9E3779B97F4A7C15 >> 55 }
