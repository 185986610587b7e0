package classifier

import (
	"fmt"
	"slices"
	"strings"

	"rolecall/index"
)

// reason says in one sentence what decided: the words that weigh most, and
// the shares of the duties.
func (r *reading) reason(res *Result) string {
	shares := fmt.Sprintf("%.0f%% of the duties are AI engineering, %.0f%% data engineering", 100*res.AIShare, 100*res.DEShare)
	var parts []string
	say := func(role Role, sign float64, what string) {
		if cues := cuesOf(res.Evidence, role, sign); len(cues) > 0 {
			parts = append(parts, strings.Join(cues, ", ")+what)
		}
	}
	switch res.Label {
	case AIEngineer:
		say(RoleAI, 1, "")
	case DataEngineer:
		say(RoleData, 1, "")
	case Hybrid:
		say(RoleAI, 1, " for AI engineering")
		say(RoleData, 1, " for data engineering")
	default:
		say(RoleAI, -1, " against AI engineering")
		say(RoleData, -1, " against data engineering")
	}
	return strings.Join(append(parts, shares), "; ")
}

// cuesOf are the words that weigh most for a role, or with sign -1 against
// it. Of words that are part of one another the longer stand for both.
func cuesOf(list []Evidence, role Role, sign float64) []string {
	var out, titled []string
	for _, e := range list {
		if e.Role != role || e.Weight*sign <= 0 || e.Mention == nil || len(e.Text) > cueLength {
			continue
		}
		text := strings.Join(strings.Fields(e.Text), " ")
		if smallWords(text) {
			continue
		}
		i := slices.IndexFunc(out, func(s string) bool { return overlap(s, text) })
		switch {
		case i >= 0 && len(text) > len(out[i]):
			out[i] = text
		case i < 0 && len(out) < reasonCues:
			out = append(out, text)
		default:
			continue
		}
		if e.Section == Title {
			titled = append(titled, text)
		}
	}
	for i, text := range out {
		if slices.Contains(titled, text) {
			out[i] += " (title)"
		}
	}
	return out
}

// overlap says whether one of two texts is part of the other.
func overlap(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	return strings.Contains(a, b) || strings.Contains(b, a)
}

// smallWords says whether a text begins or ends with a word that says nothing.
func smallWords(text string) bool {
	words := index.Words(text)
	return len(words) == 0 || silentWords[index.Sum(words[0])] || silentWords[index.Sum(words[len(words)-1])]
}
