package classifier

import (
	"strings"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
)

const (
	windowSize  = 400 // bytes of each of the three places that are looked at
	fewWords    = 12  // with fewer there is nothing to tell a language by
	plentyShare = 12  // one word in so many is English text: 7,480 real postings have one in 5, two in a hundred fewer than this
)

// functionWords are frequent in every English text and rare in other languages.
var functionWords = packSet("the and of to with for you your our are will this that from have be by who")

// english says whether a text is English, or gives no reason to think that it
// is not: a list of tools is nobody's language. The text's beginning, middle
// and later part are looked at, so that a paragraph in another language, or an
// English one under a German posting, does not decide alone.
func english(text string) bool {
	places := windows(text)
	words, known := 0, 0
	for _, w := range places {
		a, b := countWords(w)
		words, known = words+a, known+b
	}
	if words < fewWords || known*plentyShare >= words {
		return true
	}
	// Few enough get here that the cost, some 100 µs, does not matter.
	info := whatlanggo.Detect(strings.Join(places[:], " "))
	return info.Lang == whatlanggo.Eng || known*50 > words && !info.IsReliable()
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

// countWords counts words, and those that are English function words. Scripts
// without spaces count a word for every six bytes.
func countWords(text string) (words, known int) {
	for i := 0; i < len(text); {
		c := text[i] | 0x20
		if (c < 'a' || c > 'z') && text[i] < 0x80 {
			i++
			continue
		}
		start, packed, wide := i, uint64(0), 0
		for i < len(text) {
			if text[i] >= 0x80 {
				wide++
			} else if c = text[i] | 0x20; c < 'a' || c > 'z' {
				break
			}
			packed = packed<<8 | uint64(text[i]|0x20)
			i++
		}
		words += 1 + wide/6
		if wide == 0 && i-start < 8 && functionWords[slotOf(packed)] == packed {
			known++
		}
	}
	return words, known
}

// packSet is a hash set of words of up to 7 letters, each packed into a number.
func packSet(words string) (set [256]uint64) {
	for _, w := range strings.Fields(words) {
		packed := uint64(0)
		for i := range len(w) {
			packed = packed<<8 | uint64(w[i])
		}
		if set[slotOf(packed)] != 0 {
			panic("two function words share a slot: change the factor of slotOf")
		}
		set[slotOf(packed)] = packed
	}
	return set
}

func slotOf(packed uint64) uint8 { return uint8(packed * 0x9E3779B97F4A7C15 >> 56) }
