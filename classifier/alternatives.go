package classifier

import (
	"strings"

	"rolecall/index"
)

// findAlternatives marks the tools and skills that are asked for in place of
// one another: "Airflow, Dagster or similar" asks for one orchestrator, not
// for two. All are listed; for their role they count once.
func (r *reading) findAlternatives() {
	tags := r.scan.Tags[index.Things]
	r.repeats = append(r.repeats[:0], make([]bool, len(tags))...)
	for from, to := 0, 0; from < len(tags); from = to {
		// the list from the tag "from" on, its alternatives up to "last", and
		// the beginning of what slashes join
		last, slashed := from, from
		for to = from + 1; to < len(tags); to++ {
			link := r.link(tags[to-1], tags[to])
			if link == unlinked {
				break
			}
			if link == linkOr {
				last = to
			}
			if link != linkSlash {
				slashed = to
			}
			r.repeats[to] = r.roleAmong(tags[slashed:to], tags[to])
		}
		if r.orLike(tags[to-1]) {
			last = to - 1
		}
		for i := from + 1; i <= last; i++ {
			r.repeats[i] = r.roleAmong(tags[from:i], tags[i])
		}
	}
}

// How two tags stand together.
const (
	unlinked = iota
	linkComma
	linkOr
	linkSlash
)

func (r *reading) link(a, b index.Tag) int {
	toks := r.scan.Tokens
	if b.First > a.Last+2 || toks[b.First].Gap >= index.Line || toks[a.Last+1].Gap >= index.Line {
		return unlinked
	}
	between := r.text.text[a.End:b.Start]
	if b.First == a.Last+1 {
		switch strings.TrimSpace(between) {
		case ",":
			return linkComma
		case "/":
			return linkSlash
		}
		return unlinked
	}
	word := toks[a.Last+1]
	if strings.EqualFold(r.text.text[word.Start:word.End], "or") {
		return linkOr
	}
	return unlinked
}

var similar = sumSet("similar equivalent comparable other another alternatives like related")

// orLike says whether "or similar" and the like stand behind a tag.
func (r *reading) orLike(tag index.Tag) bool {
	toks := r.scan.Tokens
	i := int(tag.Last) + 1
	if i+1 >= len(toks) || toks[i].Gap >= index.Line || toks[i+1].Gap != index.Joined {
		return false
	}
	or := r.text.text[toks[i].Start:toks[i].End]
	return (or == "or" || or == "and") && (similar.has(toks[i+1].Sum) || strings.HasPrefix(r.text.text[toks[i+1].Start:], "any "))
}

// roleAmong says whether one of some tags has the role of another.
func (r *reading) roleAmong(tags []index.Tag, tag index.Tag) bool {
	role := r.engine.roleSums[tag.Entry]
	for _, t := range tags {
		if role != 0 && r.engine.roleSums[t.Entry] == role {
			return true
		}
	}
	return false
}
