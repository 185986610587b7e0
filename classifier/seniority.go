package classifier

import (
	"slices"
	"strings"

	"rolecall/index"
)

// Unspecified is the seniority of a posting that states none.
const Unspecified = "unspecified"

// ranks are the levels from the lowest to the highest.
var ranks = []string{"intern", "junior", "mid", "senior", "lead", "principal", "manager"}

// levels are the taxonomy's words for seniority, by the sum of their first word.
type levels map[uint64][]levelForm

// levelForm is one spelling of a level and the rule it is bound to.
type levelForm struct {
	words                            []uint64
	exact                            string // the one word as it must be written, "" for any case
	rank                             int
	follow, notFollow, prec, notPrec [][]uint64
}

// newLevels takes the levels out of a taxonomy's entries.
func newLevels(entries []index.Entry) levels {
	l := levels{}
	for i := range entries {
		rank := slices.Index(ranks, entries[i].Value)
		if entries[i].Kind != index.Seniority || rank < 0 {
			continue
		}
		for _, f := range entries[i].Forms {
			words := sums(f.Text)
			if len(words) == 0 {
				continue
			}
			lf := levelForm{
				words: words, rank: rank, follow: allSums(f.FollowedBy), notFollow: allSums(f.NotFollowedBy),
				prec: allSums(f.PrecededBy), notPrec: allSums(f.NotPrecededBy),
			}
			if f.Exact {
				lf.exact = f.Text
			}
			l[words[0]] = append(l[words[0]], lf)
		}
	}
	for _, forms := range l {
		slices.SortStableFunc(forms, func(a, b levelForm) int { return len(b.words) - len(a.words) })
	}
	return l
}

func sums(text string) []uint64 {
	var out []uint64
	for _, w := range index.Words(text) {
		out = append(out, index.Sum(w))
	}
	return out
}

func allSums(texts []string) [][]uint64 {
	var out [][]uint64
	for _, t := range texts {
		out = append(out, sums(t))
	}
	return out
}

// seniority is the level of a posting: one of ranks, or Unspecified.
//
// The title decides. Of several levels in it ("Senior Manager", "Data
// Engineer/Senior Data Engineer") the highest counts, except that an intern's
// title stays an intern's ("Intern, Office of the Director"). Where the title
// tells none, the description may, in a board's field or of the person sought ("looking for
// a Junior Data Engineer", "this is a mid-level role"): a senior colleague is
// often named, and years of experience are no level.
func (l levels) seniority(title, description *index.Scan) string {
	if r := l.highest(title.Text, title.Tokens); r >= 0 {
		return ranks[r]
	}
	if r := l.sought(description.Text, description.Tokens); r >= 0 {
		return ranks[r]
	}
	return fieldLevel(description)
}

// fieldLevels are what a board writes under "Seniority level". Its others, as
// "Mid-Senior level", are of no one level.
var fieldLevels = map[string]string{"internship": "intern", "entry level": "junior", "director": "manager", "executive": "manager"}

// fieldLevel is the level in a board's own field of a description.
func fieldLevel(s *index.Scan) string {
	if !strings.Contains(s.Text, "Seniority level") { // in a few of a hundred
		return Unspecified
	}
	toks := s.Tokens
	for i := 0; i+2 < len(toks); i++ {
		if toks[i].Sum != senioritySum || toks[i+1].Sum != levelSum || toks[i+2].Gap < index.Line {
			continue
		}
		for words, level := range fieldLevels {
			if joined(toks, i+2, sums(words)) {
				return level
			}
		}
	}
	return Unspecified
}

var senioritySum, levelSum = index.Sum("seniority"), index.Sum("level")

// highest is the rank of the highest level in a text, 0 (intern) before all, -1 for none.
func (l levels) highest(text string, toks []index.Token) int {
	best := -1
	for i := 0; i < len(toks); i++ {
		r, n := l.at(text, toks, i)
		if n == 0 {
			continue
		}
		if r == 0 {
			return 0
		}
		best = max(best, r)
		i += n - 1
	}
	return best
}

// at is the rank of the longest level that begins at token i, and its words.
func (l levels) at(text string, toks []index.Token, i int) (rank, words int) {
	for _, f := range l[toks[i].Sum] {
		n := len(f.words)
		if !joined(toks, i, f.words) || f.exact != "" && text[toks[i].Start:toks[i+n-1].End] != f.exact {
			continue
		}
		if follows(toks, i+n, f.notFollow) || precedes(toks, i, f.notPrec) {
			continue
		}
		if len(f.follow)+len(f.prec) > 0 && !follows(toks, i+n, f.follow) && !precedes(toks, i, f.prec) {
			continue
		}
		return f.rank, n
	}
	return -1, 0
}

// joined says whether the words stand at token i with nothing but spaces or joining signs between them.
func joined(toks []index.Token, i int, words []uint64) bool {
	if i < 0 || i+len(words) > len(toks) {
		return false
	}
	for k, w := range words {
		if toks[i+k].Sum != w || k > 0 && toks[i+k].Gap != index.Joined {
			return false
		}
	}
	return true
}

func follows(toks []index.Token, i int, phrases [][]uint64) bool {
	return i < len(toks) && toks[i].Gap != index.Stopped &&
		slices.ContainsFunc(phrases, func(p []uint64) bool { return joined(toks, i, p) })
}

func precedes(toks []index.Token, i int, phrases [][]uint64) bool {
	return toks[i].Gap != index.Stopped &&
		slices.ContainsFunc(phrases, func(p []uint64) bool { return joined(toks, i-len(p), p) })
}

// soughtReach is how far into a description the person sought is looked for,
// in bytes: later a posting speaks of others, or lists search words.
const soughtReach = 2500

// before are the words behind which the person sought is named, by the last of
// them, and beforeEnds those last words. A small first letter may be a capital, too.
var before, beforeEnds = byLast("looking for", "searching for", "As our", "seeking", "recruiting", "hiring", "looking to hire", "this is a", "search of a", "position is a", "role is a", "As a", "search of an", "As an", "opportunity for a", "opportunity for an", "opening for a", "opening for an", "vacancy for a", "vacancy for an", "requirement for a")

func byLast(cues ...string) (map[uint64][]string, *wordSet) {
	out, ends := map[uint64][]string{}, ""
	for _, cue := range cues {
		last := cue[strings.LastIndexByte(cue, ' ')+1:]
		sum := index.Sum(last)
		if out[sum] == nil {
			ends += " " + last
		}
		out[sum] = append(out[sum], cue)
	}
	return out, sumSet(ends)
}

// jobs are the nouns that a level is said of, behind those and the words at
// which the name of the person sought ends.
const jobs = "engineer engineers developer developers scientist scientists analyst analysts architect architects consultant manager director programmer specialist role position job"

var (
	jobNouns = sumSet(jobs)
	behind   = sumSet(jobs + " who to with that for team")
)

// notLevels are words by which a level means something else in running text.
var notLevels = sumSet("chief head director vp cto cio cdo ceo leader supervisor associate")

// sought is the rank of the level named first where the description says whom
// it looks for, -1 for none.
func (l levels) sought(text string, toks []index.Token) int {
	for i := range toks {
		t := &toks[i]
		if t.End > soughtReach || i+1 == len(toks) {
			break
		}
		if !beforeEnds.has(t.Sum) || text[t.End] != ' ' {
			continue
		}
		for _, cue := range before[t.Sum] {
			if !endsWith(text[:t.End], cue) {
				continue
			}
			if r := l.named(text, toks[i+1:]); r >= 0 {
				return r
			}
		}
	}
	return -1
}

// endsWith says whether text ends with a cue, whose first letter may be a capital in it.
func endsWith(text, cue string) bool {
	at := len(text) - len(cue)
	return at >= 0 && text[at+1:] == cue[1:] && (text[at] == cue[0] || cue[0] >= 'a' && text[at] == cue[0]-('a'-'A'))
}

// named is the rank of the level in the name of the person that toks begin
// with: at most six words, up to a job's noun.
func (l levels) named(text string, toks []index.Token) int {
	for i := 0; i < len(toks) && i < 6 && (i == 0 || toks[i].Gap != index.Stopped); i++ {
		if behind.has(toks[i].Sum) {
			return -1
		}
		if notLevels.has(toks[i].Sum) {
			continue
		}
		if r, n := l.at(text, toks, i); n > 0 && r < len(ranks)-1 && ofJob(text, toks[i+n-1], toks[i+n:]) {
			return r
		}
	}
	return -1
}

// ofJob says whether a job's noun comes soon behind a level's last word: "more
// staff", "staff nurses" are no level. The full stop of "Sr." ends no sentence.
func ofJob(text string, last index.Token, toks []index.Token) bool {
	short := last.End-last.Start == 2 && strings.HasPrefix(text[last.End:], ". ")
	for i := 0; i < len(toks) && i < 5 && (toks[i].Gap != index.Stopped || i == 0 && short); i++ {
		if jobNouns.has(toks[i].Sum) {
			return true
		}
	}
	return false
}
