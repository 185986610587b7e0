package classifier

import (
	"slices"
	"strings"

	"rolecall/index"
)

// reason says in one sentence what decided: the words that weigh most, and
// the shares of the duties. What speaks against both roles is said once.
func (r *reading) reason(res *Result) string {
	var parts []string
	say := func(cues []string, what string) {
		if len(cues) > 0 {
			parts = append(parts, strings.Join(cues, ", ")+what)
		}
	}
	switch res.Label {
	case AIEngineer:
		say(r.cuesOf(res.Evidence, RoleAI, 1), "")
	case DataEngineer:
		say(r.cuesOf(res.Evidence, RoleData, 1), "")
	case Hybrid:
		say(r.cuesOf(res.Evidence, RoleAI, 1), " for AI engineering")
		say(r.cuesOf(res.Evidence, RoleData, 1), " for data engineering")
	default:
		both, ai, de := shared(r.cuesOf(res.Evidence, RoleAI, -1), r.cuesOf(res.Evidence, RoleData, -1))
		say(both, " against both roles")
		say(ai, " against AI engineering")
		say(de, " against data engineering")
	}
	return strings.Join(append(parts, r.dutiesText()), "; ")
}

// shared takes what is in both lists out of them, in the order of the first.
func shared(a, b []string) (both, onlyA, onlyB []string) {
	for _, s := range a {
		if i := slices.Index(b, s); i >= 0 {
			both, b = append(both, s), slices.Delete(b, i, i+1)
		} else {
			onlyA = append(onlyA, s)
		}
	}
	return both, onlyA, b
}

const (
	hardlyAny = 0.1 // a smaller share is as often none
	fewDuties = 1.5 // sentences
)

// dutiesText says how much of the duties each role has.
func (r *reading) dutiesText() string {
	ai, de := r.shown[0], r.shown[1]
	switch {
	case r.shares.duties < fewDuties:
		return "hardly any duties are stated"
	case ai < hardlyAny && de < hardlyAny:
		return "hardly any of the duties are AI or data engineering"
	case ai < hardlyAny:
		return percent(de) + " of the duties are data engineering, hardly any AI engineering"
	case de < hardlyAny:
		return percent(ai) + " of the duties are AI engineering, hardly any data engineering"
	}
	return percent(ai) + " of the duties are AI engineering, " + percent(de) + " data engineering"
}

// cuesOf are the words that weigh most for a role, or with sign -1 against
// it. Of words that are part of one another the longer stand for both; of others
// that share a place in the text the stronger do.
func (r *reading) cuesOf(list []Evidence, role Role, sign float64) []string {
	type cue struct {
		text string
		at   *Mention
	}
	cues := make([]cue, 0, reasonCues)
	own, others := strongestOf(list, role), strongestOf(list, otherRole[role])
	for i := range own {
		e := &own[i]
		if e.Weight*sign <= 0 || e.Mention == nil || len(e.Text) > cueLength {
			continue
		}
		text := e.Text
		if strings.ContainsAny(text, "\n\r\t") || strings.Contains(text, "  ") {
			text = strings.Join(strings.Fields(text), " ")
		}
		part := func(c cue) bool { return within(c.text, text) }
		at := slices.IndexFunc(cues, part)
		if slices.ContainsFunc(cues, func(c cue) bool { return within(text, c.text) }) ||
			at < 0 && (len(cues) == reasonCues || slices.ContainsFunc(cues, func(c cue) bool { return overlap(c.at, e.Mention) })) ||
			!r.tells(text) || sign < 0 && speaksFor(others, e.Mention) {
			continue
		}
		if at < 0 {
			cues = append(cues, cue{text, e.Mention})
			continue
		}
		cues[at] = cue{text, e.Mention}
		cues = append(cues[:at+1], slices.DeleteFunc(cues[at+1:], part)...)
	}
	out := make([]string, len(cues))
	for i, c := range cues {
		if out[i] = c.text; c.at.Field == "title" {
			out[i] += " (title)"
		}
	}
	return out
}

// strongestOf is the part of the evidence that says why: the same whether all
// is listed or not.
func strongestOf(list []Evidence, role Role) []Evidence {
	from := max(0, slices.IndexFunc(list, func(e Evidence) bool { return e.Role == role }))
	to := from
	for to < len(list) && to < from+shown && list[to].Role == role {
		to++
	}
	return list[from:to]
}

// within says whether small is a part of large, in any case of ASCII letters.
func within(small, large string) bool {
	for i := 0; i+len(small) <= len(large); i++ {
		if strings.EqualFold(large[i:i+len(small)], small) {
			return true
		}
	}
	return false
}

// tells says whether a text says something to a reader: it neither begins nor
// ends with a word that says nothing, has a word of two letters, and closes
// what brackets it opens.
func (r *reading) tells(text string) bool {
	r.cue = index.Lex(r.cue[:0], text)
	n := len(r.cue)
	if n == 0 || silentWords.has(r.cue[0].Sum) || silentWords.has(r.cue[n-1].Sum) ||
		strings.Count(text, "(") != strings.Count(text, ")") || strings.Count(text, "[") != strings.Count(text, "]") {
		return false
	}
	return slices.ContainsFunc(r.cue, func(t index.Token) bool {
		return t.End-t.Start > 1 && t.Digits == index.NoDigits && !emptyWords.has(t.Sum)
	})
}

// emptyWords weigh something for a model, and tell a reader nothing when they
// stand alone.
var emptyWords = sumSet("project projects study studies document documents particularly remote onsite hybrid portfolio scope range things some really specialists signal signals http https www com yrs year years including practices ongoing identifying perform need effectiveness external known fellow meaningful working prior previous well up other across within various into make them bring enjoy what accurately based ll work works sa uk us ii iii")

var otherRole = map[Role]Role{RoleAI: RoleData, RoleData: RoleAI}

// overlap says whether two mentions share a place in the posting.
func overlap(a, b *Mention) bool { return a.Field == b.Field && a.Start < b.End && b.Start < a.End }

// speaksFor says whether a place in the text is among the evidence for the
// other role: against this one it is no reason that a reader would see.
func speaksFor(list []Evidence, m *Mention) bool {
	for i := range list {
		e := &list[i]
		if e.Weight > 0 && e.Mention != nil && overlap(e.Mention, m) {
			return true
		}
	}
	return false
}
