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
// tells none, the description may, but only of the person sought ("looking for
// a Junior Data Engineer", "this is a mid-level role"): a senior colleague is
// often named, and years of experience are no level.
func (l levels) seniority(title, description string) string {
	var buf [64]index.Token
	if r := l.highest(title, index.Lex(buf[:0], title)); r >= 0 {
		return ranks[r]
	}
	if r := l.sought(description, buf[:0]); r >= 0 {
		return ranks[r]
	}
	return Unspecified
}

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

// before are the words behind which the person sought is named, by their last letter.
var before = [256][]string{
	'r': {"ooking for", "earching for", "As our"},
	'g': {"eeking", "ecruiting", "iring"},
	'e': {"ooking to hire"},
	'a': {"his is a", "search of a", "osition is a", "ole is a", "As a"},
	'n': {"search of an", "As an"},
}

// behind are the nouns at which the name of the person sought ends.
var behind = sumSet("engineer engineers developer developers scientist scientists analyst analysts architect architects consultant manager director programmer specialist role position job who to with that for team")

// notLevels are words by which a level means something else in running text.
var notLevels = sumSet("chief head director vp cto cio cdo ceo leader supervisor associate")

func sumSet(words string) map[uint64]bool {
	set := map[uint64]bool{}
	for _, w := range strings.Fields(words) {
		set[index.Sum(w)] = true
	}
	return set
}

// sought is the rank of the level named first where the description says whom
// it looks for, -1 for none.
func (l levels) sought(text string, buf []index.Token) int {
	text = text[:min(len(text), soughtReach)]
	for i := 1; i < len(text); i++ {
		if text[i] != ' ' {
			continue
		}
		for _, cue := range before[text[i-1]] {
			if !strings.HasSuffix(text[:i], cue) {
				continue
			}
			if r := l.named(text[i+1:min(len(text), i+90)], buf); r >= 0 {
				return r
			}
		}
	}
	return -1
}

// named is the rank of the level in the name of the person that text begins
// with: at most six words, up to a job's noun.
func (l levels) named(text string, buf []index.Token) int {
	toks := index.Lex(buf, text)
	for i := 0; i < len(toks) && i < 6 && (i == 0 || toks[i].Gap != index.Stopped); i++ {
		if behind[toks[i].Sum] {
			return -1
		}
		if notLevels[toks[i].Sum] {
			continue
		}
		if r, n := l.at(text, toks, i); n > 0 && r < len(ranks)-1 {
			return r
		}
	}
	return -1
}
