package index

import "slices"

// rule is a Form's rule, ready for use: words are their sums.
type rule struct {
	exact                                              []string // the words as they must be written
	near, notNear, followed, notFollow, preceded, notP []phrase
	tools                                              bool // "@tools" near will do
	plain                                              bool // nothing but exact letters is asked
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
	r := &rule{
		notNear: phrases(f.NotNear), followed: phrases(f.FollowedBy), notFollow: phrases(f.NotFollowedBy),
		preceded: phrases(f.PrecededBy), notP: phrases(f.NotPrecededBy), plain: !f.ruled(),
	}
	for _, n := range f.Near {
		if n == "@tools" {
			r.tools = true
			continue
		}
		r.near = append(r.near, phrases([]string{n})...)
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
	case anyNear(r.notNear, toks, first, last):
		return no
	case len(r.near) == 0 && !r.tools, anyNear(r.near, toks, first, last):
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

func anyNear(list []phrase, toks []Token, first, last int) bool {
	if len(list) == 0 {
		return false
	}
	for i := max(0, first-nearWords); i < min(len(toks), last+1+nearWords); i++ {
		if i == first {
			i = last
			continue
		}
		for _, p := range list {
			if p[0] == toks[i].Sum && p.at(toks, i) {
				return true
			}
		}
	}
	return false
}
