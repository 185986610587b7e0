package index

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// declines says whether a form counts in the plural and singular of its last
// word, too: names do not, and what must be written exactly.
func (e *Entry) declines(exact bool) bool {
	return !exact && e.Kind != Tool && e.Kind != Language && e.Kind != Cloud
}

// spellings are the word sequences of a form: as written, and where it
// declines with the plural or singular of its last word.
func (e *Entry) spellings(f *Form) []string {
	words := Words(f.Text)
	if len(words) == 0 || !e.declines(f.Exact) {
		return []string{strings.Join(words, " ")}
	}
	return withPlural(words)
}

// withPlural are words, which are not none, with each number of the last.
func withPlural(words []string) []string {
	var out []string
	for _, last := range plurals(words[len(words)-1]) {
		out = append(out, strings.Join(append(words[:len(words)-1:len(words)-1], last), " "))
	}
	return out
}

// terms are those of phrases.
func terms(phrases []string, entry int) []string {
	out := make([]string, len(phrases))
	for i, p := range phrases {
		out[i] = term(strings.Join(Words(p), " "), entry, noRule)
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

// formTerm is a term taken apart, and the field it stands in.
type formTerm struct {
	field, words string
	entry, rule  int // rule is noRule where there is none
}

// cutTerm takes a term apart.
func cutTerm(s string) (formTerm, error) {
	words, rest, ok := strings.Cut(s, termSep)
	entry, rule, ok2 := strings.Cut(rest, termSep)
	n, err := strconv.ParseInt(entry, 36, 32)
	if !ok || !ok2 || err != nil {
		return formTerm{}, fmt.Errorf("term %q: <words>, <entry> and <rule> were wanted", s)
	}
	if rule == "" {
		return formTerm{words: words, entry: int(n), rule: noRule}, nil
	}
	k, err := strconv.ParseInt(rule, 36, 32)
	if err != nil {
		return formTerm{}, fmt.Errorf("term %q: rule: %w", s, err)
	}
	return formTerm{words: words, entry: int(n), rule: int(k)}, nil
}

// headsOf are entries as the tagger and the classifier need them at once: of
// tools, skills and titles there are thousands, and their forms stand in the
// dictionary.
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
