package index

import "slices"

// rule is a Form's rule, ready for use: words are their sums.
type rule struct {
	exact                               []string // the words as they must be written
	near, notNear                       near
	followed, notFollow, preceded, notP []phrase
	tools                               bool // "@tools" near will do
	plain                               bool // nothing but exact letters is asked
}

type phrase []uint64

// verdict is what a rule says of a place.
type verdict uint8

const (
	no verdict = iota
	yes
	ifTools // yes if a tool without a rule is near
)

func newRule(f *Form) *rule {
	if !f.Exact && !f.ruled() {
		return nil
	}
	isTools := func(text string) bool { return text == "@tools" }
	r := &rule{
		near: newNear(slices.DeleteFunc(slices.Clone(f.Near), isTools)), tools: slices.ContainsFunc(f.Near, isTools),
		notNear: newNear(f.NotNear), followed: phrases(f.FollowedBy), notFollow: phrases(f.NotFollowedBy),
		preceded: phrases(f.PrecededBy), notP: phrases(f.NotPrecededBy), plain: !f.ruled(),
	}
	if f.Exact {
		for _, t := range Lex(nil, f.Text) {
			r.exact = append(r.exact, f.Text[t.Start:t.End])
		}
	}
	return r
}

// phrases are the sums of each text, with the plurals of its last word.
func phrases(texts []string) []phrase {
	var out []phrase
	for _, text := range texts {
		words := Words(text)
		if len(words) == 0 {
			continue
		}
		head := words[:len(words)-1]
		for _, last := range plurals(words[len(words)-1]) {
			var p phrase
			for _, w := range head {
				p = append(p, Sum(w))
			}
			out = append(out, append(p, Sum(last)))
		}
	}
	return out
}

// holds says whether the form at tokens first to last is what the rule wants.
func (r *rule) holds(s *Scan, first, last int) verdict {
	toks := s.Tokens
	for i, w := range r.exact {
		if t := toks[first+i]; s.Text[t.Start:t.End] != w {
			return no
		}
	}
	switch {
	case r.plain:
		return yes
	case anyAt(r.notFollow, toks, last+1), anyBefore(r.notP, toks, first):
		return no
	case len(r.followed)+len(r.preceded) > 0 && !anyAt(r.followed, toks, last+1) && !anyBefore(r.preceded, toks, first):
		return no
	case r.notNear.any(toks, first, last):
		return no
	case len(r.near.list) == 0 && !r.tools, r.near.any(toks, first, last):
		return yes
	case r.tools:
		return ifTools
	}
	return no
}

func (p phrase) at(toks []Token, i int) bool {
	if i < 0 || i+len(p) > len(toks) {
		return false
	}
	for k, sum := range p {
		if toks[i+k].Sum != sum {
			return false
		}
	}
	return true
}

func anyAt(list []phrase, toks []Token, i int) bool {
	return i < len(toks) && toks[i].Gap != Stopped && slices.ContainsFunc(list, func(p phrase) bool { return p.at(toks, i) })
}

func anyBefore(list []phrase, toks []Token, first int) bool {
	return toks[first].Gap != Stopped && slices.ContainsFunc(list, func(p phrase) bool { return p.at(toks, first-len(p)) })
}

// near is a list of phrases to be looked for within nearWords.
type near struct {
	list  []phrase
	first uint64 // bit b is set if the sum of a phrase's first word ends in b
}

func newNear(texts []string) near {
	n := near{list: phrases(texts)}
	for _, p := range n.list {
		n.first |= 1 << (p[0] % 64)
	}
	return n
}

// any says whether one of the phrases is near to tokens first to last.
func (n *near) any(toks []Token, first, last int) bool {
	return len(n.list) > 0 && (n.within(toks, max(0, first-nearWords), first) || n.within(toks, last+1, min(len(toks), last+1+nearWords)))
}

func (n *near) within(toks []Token, from, to int) bool {
	for i := from; i < to; i++ {
		if sum := toks[i].Sum; n.first>>(sum%64)&1 != 0 {
			for _, p := range n.list {
				if p[0] == sum && p.at(toks, i) {
					return true
				}
			}
		}
	}
	return false
}
