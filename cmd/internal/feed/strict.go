package feed

import (
	"slices"
	"strings"

	"rolecall/classifier"
)

// Posting reads one posting from JSON as classifier.ParsePosting does, with
// the same values and errors (a fuzz test holds the two together): what is
// usual in a third of the time, all else by ParsePosting itself. The posting's
// strings may share data's memory, which must not be written to after.
func Posting(data []byte) (classifier.Posting, error) {
	if p, ok := usualPosting(data); ok {
		return p, nil
	}
	return classifier.ParsePosting(data)
}

// postingNames are the names in a posting's JSON.
var postingNames = []string{"id", "title", "company", "location", "description", "url", "posted", "sections"}

// usualPosting reads an object whose names are those of a posting in small
// letters, or none of them, each once, with strings behind them.
func usualPosting(data []byte) (p classifier.Posting, ok bool) {
	if len(data) > classifier.MaxPosting {
		return p, false
	}
	o, err := parseObject(data)
	if err != nil {
		return p, false
	}
	for i, m := range o {
		same := func(earlier member) bool { return earlier.name == m.name }
		switch to := fieldOf(&p, m.name); {
		case to != nil:
			if slices.ContainsFunc(o[:i], same) || !fill(&p, to, m.value) {
				return p, false
			}
		case slices.ContainsFunc(postingNames, func(name string) bool { return strings.EqualFold(name, m.name) }):
			return p, false // in capitals, which encoding/json takes too, or sections
		}
	}
	return p, strings.TrimSpace(p.ID) != ""
}
