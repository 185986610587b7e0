package index

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
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
	out := []string{strings.Join(words, " ")}
	n := len(words) - 1
	if other := plural(words[n]); other != "" {
		out = append(out, strings.Join(append(words[:n:n], other), " "))
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

// mostNumbers is how many entries and rules there can be: a term holds the
// number of each in two bytes, for every byte is a step in the dictionary.
const mostNumbers = 1 << 16

// term is how a form stands in the dictionary.
func term(words string, entry, rule int) string {
	t := make([]byte, 0, len(words)+5)
	t = append(t, words...)
	t = append(t, termSep)
	t = binary.BigEndian.AppendUint16(t, uint16(entry))
	if rule != noRule {
		t = binary.BigEndian.AppendUint16(t, uint16(rule))
	}
	return string(t)
}

// formTerm is a term taken apart, and the part of an entry that its field holds.
type formTerm struct {
	words       string
	entry, rule int32 // rule is noRule where there is none
	part        part
}

// cutTerm takes a term apart.
func cutTerm(s string) (formTerm, error) {
	words, numbers, _ := strings.Cut(s, string(termSep))
	t := formTerm{words: words, rule: noRule}
	switch len(numbers) {
	case 4:
		t.rule = int32(numbers[2])<<8 | int32(numbers[3])
		fallthrough
	case 2:
		t.entry = int32(numbers[0])<<8 | int32(numbers[1])
		return t, nil
	}
	return t, fmt.Errorf("term %q: words, a zero byte and two or four more were wanted", s)
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

// document is entry number n as bleve takes it. The rules of its forms have
// the numbers from firstRule on.
func document(e *Entry, n, firstRule int) (map[string]any, error) {
	raw, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	forms := make([]string, len(e.Forms))
	var words []string
	for i := range e.Forms {
		rule := noRule
		if e.Forms[i].byRule() {
			rule = firstRule
			firstRule++
		}
		form := Words(e.Forms[i].Text)
		words = append(words, form...)
		forms[i] = term(strings.Join(form, " "), n, rule)
	}
	var text []string
	for _, phrase := range slices.Concat([]string{e.Category, e.From, e.Role}, e.Objects, e.Match) {
		text = append(text, Words(phrase)...)
	}
	return map[string]any{
		fieldForm: forms, fieldAction: terms(e.Actions, n), fieldObject: terms(e.Objects, n),
		fieldEntry: string(raw), fieldName: e.Name + " " + once(words), fieldText: once(text),
	}, nil
}

// once are words, each of them once: some entries have thousands of forms of
// the same few words.
func once(words []string) string {
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " ")
}
