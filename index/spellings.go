package index

import (
	"slices"
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
func terms(phrases []string, id string, nouns bool) []string {
	var out []string
	for _, p := range phrases {
		spellings := []string{strings.Join(Words(p), " ")}
		if nouns {
			spellings = withPlural(Words(p))
		}
		for _, words := range spellings {
			out = append(out, words+termSep+id+termSep)
		}
	}
	return out
}

// headsOf are entries as the tagger and the classifier need them at once,
// ordered by id: of tools, skills and titles there are thousands, and their
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
	slices.SortFunc(out, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
	return out
}
