package classifier

import (
	"strings"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
)

const (
	windowSize = 400 // bytes of each of the three places that are looked at
	fewWords   = 12  // with fewer there is nothing to tell a language by
)

var (
	// functionWords are frequent in every English text and rare in other
	// languages: one word in five of a usual posting, one in 37 of the poorest of 7,480.
	functionWords = packSet("the and of to with for you your our are will this that from have be by who")

	// foreignWords are the like of other languages, without those that English knows.
	foreignWords = packSet("und der die das mit wir wird sie ist ein eine oder auf zu im het een van voor met en je jij bij onze wij naar le la les des et pour vous nous une du dans avec au el los las para con una del por y de se na em os um uma oraz jest lub nie od dla il di che per nel och att som til og av det")
)

// english says whether a text is English, or gives no reason to think that it
// is not: a list of tools is nobody's language. The text's beginning, middle
// and later part are looked at, so that a paragraph in another language, or an
// English one under a German posting, does not decide alone.
func english(text string) bool {
	places := windows(text)
	var n wordCount
	for _, w := range places {
		n.add(w, &functionWords)
	}
	if n.words < fewWords || n.known*12 >= n.words {
		return true
	}
	foreign := wordCount{}
	for _, w := range places {
		foreign.add(w, &foreignWords)
	}
	switch {
	case n.known*25 < n.words && (n.wide*3 > n.words || foreign.known*10 > n.words):
		return false
	case (foreign.known+n.wide)*25 < n.words:
		return true
	}
	// Few get here: a detector that costs 300 µs may decide.
	for i, w := range places {
		places[i] = strings.ToValidUTF8(w[:min(len(w), 200)], "")
	}
	info := whatlanggo.Detect(strings.Join(places[:], " "))
	return info.Lang == whatlanggo.Eng || n.known*25 > n.words && !info.IsReliable()
}

// windows are three parts of a text, or all of a short one.
func windows(text string) [3]string {
	if len(text) <= 3*windowSize {
		return [3]string{text}
	}
	return [3]string{cut(text, 0), cut(text, len(text)/2), cut(text, len(text)*3/4)}
}

// cut takes windowSize bytes from at on, and as many more or fewer as whole runes need.
func cut(text string, at int) string {
	for at < len(text) && !utf8.RuneStart(text[at]) {
		at++
	}
	end := min(at+windowSize, len(text))
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end++
	}
	return text[at:end]
}

// wordCount counts a text's words, those of a set, and those with letters beyond ASCII.
type wordCount struct{ words, known, wide int }

// add counts the words of a text. Scripts without spaces count a word for
// every six bytes.
func (n *wordCount) add(text string, set *[512]uint64) {
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
		case i-start < 8 && set[slotOf(packed)] == packed:
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

// packSet is a hash set of words of up to 7 letters, each packed into a number.
func packSet(words string) (set [512]uint64) {
	for _, w := range strings.Fields(words) {
		packed := uint64(0)
		for i := range len(w) {
			packed = packed<<8 | uint64(w[i])
		}
		if set[slotOf(packed)] != 0 {
			panic(w + ": another word has its slot: change the factor of slotOf")
		}
		set[slotOf(packed)] = packed
	}
	return set
}

func slotOf(packed uint64) uint16 { return uint16(packed * 0x9E3779B97F4A7C15 >> 55) }
