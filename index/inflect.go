package index

import "strings"

// plural is the plural of a word, or its singular if it is one, and "" where
// it has neither: enough for the nouns of the trade, and a form that nobody
// writes does no harm.
func plural(word string) string {
	n := len(word)
	if n < 3 || !small(word) {
		return ""
	}
	switch {
	case strings.HasSuffix(word, "ss") || strings.HasSuffix(word, "sis") || strings.HasSuffix(word, "us") || strings.HasSuffix(word, "ics"):
		return ""
	case strings.HasSuffix(word, "ies") && n > 4:
		return word[:n-3] + "y"
	case strings.HasSuffix(word, "ches") || strings.HasSuffix(word, "shes") || strings.HasSuffix(word, "xes") || strings.HasSuffix(word, "sses"):
		return word[:n-2]
	case strings.HasSuffix(word, "s"):
		return word[:n-1]
	case strings.HasSuffix(word, "y") && !vowel(word[n-2]):
		return word[:n-1] + "ies"
	case strings.HasSuffix(word, "ch") || strings.HasSuffix(word, "sh") || strings.HasSuffix(word, "x"):
		return word + "es"
	}
	return word + "s"
}

// inflections are the forms of a verb given in its base form.
func inflections(verb string) []string {
	if len(verb) < 2 || !small(verb) {
		return []string{verb}
	}
	last, before := verb[len(verb)-1], verb[len(verb)-2]
	switch {
	case last == 'e' && before != 'e':
		stem := verb[:len(verb)-1]
		return []string{verb, verb + "s", stem + "ing", verb + "d"}
	case last == 'y' && !vowel(before):
		return []string{verb, verb[:len(verb)-1] + "ies", verb + "ing", verb[:len(verb)-1] + "ied"}
	case strings.HasSuffix(verb, "ch") || strings.HasSuffix(verb, "sh") || last == 's' || last == 'x':
		return []string{verb, verb + "es", verb + "ing", verb + "ed"}
	case doubles(verb):
		return []string{verb, verb + "s", verb + string(last) + "ing", verb + string(last) + "ed"}
	}
	return []string{verb, verb + "s", verb + "ing", verb + "ed"}
}

// doubles says whether a verb doubles its last letter: one syllable that ends
// consonant, vowel, consonant (run, ship, plan).
func doubles(verb string) bool {
	n := len(verb)
	if n < 3 || n > 4 || vowel(verb[n-1]) || !vowel(verb[n-2]) || vowel(verb[n-3]) || strings.ContainsRune("wxy", rune(verb[n-1])) {
		return false
	}
	return n == 3 || !vowel(verb[0])
}

func vowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }

func small(s string) bool {
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return true
}
