package index

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// spellings are the word sequences of a form: as written, and for skills the
// plural or singular of its last word.
func (e *Entry) spellings(f *Form) []string {
	words := Words(f.Text)
	if f.Exact || e.Kind == Tool || e.Kind == Language || e.Kind == Cloud {
		return []string{strings.Join(words, " ")}
	}
	return withPlural(words)
}

func withPlural(words []string) []string {
	if len(words) == 0 {
		return nil
	}
	var out []string
	for _, last := range plurals(words[len(words)-1]) {
		out = append(out, strings.Join(append(words[:len(words)-1:len(words)-1], last), " "))
	}
	return out
}

// terms are those of phrases, with the plurals of nouns.
func terms(phrases []string, entry int, nouns bool) []string {
	var out []string
	for _, p := range phrases {
		spellings := []string{strings.Join(Words(p), " ")}
		if nouns {
			spellings = withPlural(Words(p))
		}
		for _, words := range spellings {
			out = append(out, term(words, entry, noRule))
		}
	}
	return out
}

// noRule is the number of a rule where there is none.
const noRule = -1

// term is how a form stands in the dictionary.
func term(words string, entry, rule int) string {
	s := words + termSep + strconv.FormatInt(int64(entry), 36) + termSep
	if rule != noRule {
		s += strconv.FormatInt(int64(rule), 36)
	}
	return s
}

// cutTerm is the way back.
func cutTerm(term string) (words string, entry, rule int, err error) {
	words, rest, ok := strings.Cut(term, termSep)
	first, second, ok2 := strings.Cut(rest, termSep)
	n, err := strconv.ParseInt(first, 36, 32)
	if !ok || !ok2 || err != nil {
		return "", 0, 0, fmt.Errorf("term %q: <words>, <entry> and <rule> were wanted", term)
	}
	if second == "" {
		return words, int(n), noRule, nil
	}
	k, err := strconv.ParseInt(second, 36, 32)
	if err != nil {
		return "", 0, 0, fmt.Errorf("term %q: rule: %w", term, err)
	}
	return words, int(n), int(k), nil
}

// headsOf are entries as the tagger and the classifier need them at once: of tools, skills and titles there are thousands, and their
// forms stand in the dictionary.
func headsOf(entries []Entry) []Entry {
	out := slices.Clone(entries)
	for i := range out {
		e := &out[i]
		e.Match, e.NoMatch = nil, nil
		if e.thing() || e.Kind == JobTitle || e.Kind == Industry || e.Kind == Heading {
			e.Forms = nil
		}
	}
	return out
}
