package classifier

import (
	"slices"
	"strings"

	"rolecall/index"
)

// reason says in one sentence what decided: the words that weigh most, and
// the shares of the duties. What speaks against both roles is said once.
func (r *reading) reason(p *Posting, res *Result) string {
	var parts []string
	say := func(cues []string, what string) {
		if len(cues) > 0 {
			parts = append(parts, strings.Join(cues, ", ")+what)
		}
	}
	switch res.Label {
	case AIEngineer:
		say(r.cuesOf(p, res.Evidence, RoleAI, 1), "")
	case DataEngineer:
		say(r.cuesOf(p, res.Evidence, RoleData, 1), "")
	case Hybrid:
		say(r.cuesOf(p, res.Evidence, RoleAI, 1), " for AI engineering")
		say(r.cuesOf(p, res.Evidence, RoleData, 1), " for data engineering")
	default:
		both, ai, de := shared(r.cuesOf(p, res.Evidence, RoleAI, -1), r.cuesOf(p, res.Evidence, RoleData, -1))
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
func (r *reading) cuesOf(p *Posting, list []Evidence, role Role, sign float64) []string {
	type cue struct {
		text string
		at   *Mention
	}
	cues := make([]cue, 0, reasonCues)
	own, others := strongestOf(list, role), strongestOf(list, otherRole[role])
	for i := range own {
		e := &own[i]
		if e.Weight*sign <= 0 || e.Mention == nil || speaksFor(others, e.Mention, e.Weight) {
			continue
		}
		text := r.cueText(p, e)
		part := func(c cue) bool { return within(c.text, text) }
		at := slices.IndexFunc(cues, part)
		if text == "" || slices.ContainsFunc(cues, func(c cue) bool { return within(text, c.text) }) ||
			at < 0 && (len(cues) == reasonCues || slices.ContainsFunc(cues, func(c cue) bool { return overlap(c.at, e.Mention) })) {
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

// cueText is what a reason says for a piece of evidence, "" if it tells a reader
// nothing: what it stands for where that speaks against a role, else its words,
// as they are seen.
func (r *reading) cueText(p *Posting, e *Evidence) string {
	if e.Weight < 0 && strings.HasPrefix(e.Cue, sentencesAbout) {
		return e.Cue
	}
	text := e.Text
	if strings.ContainsAny(text, "<&\n\r\t") || strings.Contains(text, "  ") {
		text = strings.Join(strings.Fields(PlainText(text)), " ")
	}
	if len(text) > cueLength || !r.tells(text) || begins(p.Company, text) || e.Field == "description" && ofAddress(p.Description, e.Start, e.End) {
		return ""
	}
	return text
}

// ofAddress says whether a place in a text is part of an address of mail or the web.
func ofAddress(text string, start, end int) bool {
	const ends = spaces + "<>()[],;\"'"
	before, after := text[max(0, start-longestAddress):start], text[end:min(end+longestAddress, len(text))]
	before = before[1+strings.LastIndexAny(before, ends):]
	if n := strings.IndexAny(after, ends); n >= 0 {
		after = after[:n]
	}
	if before == "" && after == "" {
		return false
	}
	word := strings.ToLower(before + text[start:end] + after)
	return strings.ContainsAny(word, "@") || strings.Contains(word, "://") || strings.HasPrefix(word, "www.") || strings.Contains(word, ".com") || strings.Contains(word, ".org")
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
	silent := func(t index.Token) bool { return silentWords.has(t.Sum) || levelWords.has(t.Sum) }
	if n == 0 || silent(r.cue[0]) || silent(r.cue[n-1]) ||
		strings.Count(text, "(") != strings.Count(text, ")") || strings.Count(text, "[") != strings.Count(text, "]") {
		return false
	}
	return slices.ContainsFunc(r.cue, func(t index.Token) bool {
		return t.End-t.Start > 1 && t.Digits == index.NoDigits && !emptyWords.has(t.Sum)
	})
}

// emptyWords weigh something for a model, and tell a reader nothing when they
// stand alone.
var emptyWords = sumSet("project projects study studies document documents particularly remote onsite hybrid portfolio scope range things some really specialists signal signals http https www com yrs year years including practices ongoing identifying perform need effectiveness external known fellow meaningful working prior previous thanks thank regards dear hello please well up other across within various into make them bring enjoy what accurately based ll work works sa uk us ii iii")

// levelWords say how senior a job is, which is no reason for what it is about.
var levelWords = sumSet("senior sr junior jr lead staff principal intermediate mid middle entry associate head chief")

var otherRole = map[Role]Role{RoleAI: RoleData, RoleData: RoleAI}

// overlap says whether two mentions share a place in the posting.
func overlap(a, b *Mention) bool { return a.Field == b.Field && a.Start < b.End && b.Start < a.End }

// speaksFor says whether a place in the text weighs more for the other role, if
// anything: for or against this one it is no reason that a reader would see.
func speaksFor(others []Evidence, m *Mention, weight float64) bool {
	for i := range others {
		e := &others[i]
		if e.Weight > max(0, weight) && e.Mention != nil && overlap(e.Mention, m) {
			return true
		}
	}
	return false
}
