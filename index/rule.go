package index

import "slices"

// rule is a Form's rule, ready for use: words are their sums.
type rule struct {
	exact                               []string // the words as they must be written
	near, notNear                       *phrases
	followed, notFollow, preceded, notP *phrases
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
	if !f.byRule() {
		return nil
	}
	isTools := func(text string) bool { return text == "@tools" }
	r := &rule{
		near: newPhrases(slices.DeleteFunc(slices.Clone(f.Near), isTools)), tools: slices.ContainsFunc(f.Near, isTools),
		notNear: newPhrases(f.NotNear), followed: newPhrases(f.FollowedBy), notFollow: newPhrases(f.NotFollowedBy),
		preceded: newPhrases(f.PrecededBy), notP: newPhrases(f.NotPrecededBy), plain: !f.ruled(),
	}
	if f.Exact {
		for _, t := range Lex(nil, f.Text) {
			r.exact = append(r.exact, f.Text[t.Start:t.End])
		}
	}
	return r
}

// rules are those that the index holds, from place 1 on.
func (ix *Index) rules() ([]*rule, error) {
	var forms []Form
	if err := ix.internal(keyRules, &forms); err != nil {
		return nil, err
	}
	rules := make([]*rule, 1, 1+len(forms))
	for i := range forms {
		rules = append(rules, newRule(&forms[i]))
	}
	return rules, nil
}

// phrases are texts to be looked for, each with the plurals of its last word;
// nil are none.
type phrases struct {
	list        []phrase
	first, last wordFilter // of the words that they begin and end with
}

// wordFilter lets one word in a few pass that is not in it, and all that are.
type wordFilter [4]uint64

func (f *wordFilter) put(sum uint64)      { f[sum>>8%4] |= 1 << (sum % 64) }
func (f *wordFilter) may(sum uint64) bool { return f[sum>>8%4]>>(sum%64)&1 != 0 }

func newPhrases(texts []string) *phrases {
	if len(texts) == 0 {
		return nil
	}
	out := &phrases{list: make([]phrase, 0, 2*len(texts))}
	sums := make([]uint64, 0, 4*len(texts)) // of all phrases, one after the other
	var room [maxWords]Token
	for _, text := range texts {
		toks := Lex(room[:0], text)
		if len(toks) == 0 {
			continue
		}
		n := len(toks) - 1
		put := func(last uint64) {
			from := len(sums)
			for i := range n {
				sums = append(sums, toks[i].Sum)
			}
			sums = append(sums, last)
			p := phrase(sums[from:len(sums):len(sums)])
			out.list = append(out.list, p)
			out.first.put(p[0])
			out.last.put(last)
		}
		put(toks[n].Sum)
		if other := plural(fold(text[toks[n].Start:toks[n].End])); other != "" {
			put(Sum(other))
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
	case r.notFollow.at(toks, last+1), r.notP.before(toks, first):
		return no
	case (r.followed != nil || r.preceded != nil) && !r.followed.at(toks, last+1) && !r.preceded.before(toks, first):
		return no
	case r.notNear.near(toks, first, last):
		return no
	case r.near == nil && !r.tools, r.near.near(toks, first, last):
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

// at says whether one of the phrases stands at token i, in the same sentence.
func (p *phrases) at(toks []Token, i int) bool {
	return p != nil && i < len(toks) && p.first.may(toks[i].Sum) && toks[i].Gap != Stopped &&
		slices.ContainsFunc(p.list, func(p phrase) bool { return p.at(toks, i) })
}

// before says whether one of the phrases ends before token i, in the same sentence.
func (p *phrases) before(toks []Token, i int) bool {
	return p != nil && i > 0 && p.last.may(toks[i-1].Sum) && toks[i].Gap != Stopped &&
		slices.ContainsFunc(p.list, func(p phrase) bool { return p.at(toks, i-len(p)) })
}

// near says whether one of the phrases begins within nearWords of tokens first to last.
func (p *phrases) near(toks []Token, first, last int) bool {
	return p != nil && (p.within(toks, max(0, first-nearWords), first) || p.within(toks, last+1, min(len(toks), last+1+nearWords)))
}

func (p *phrases) within(toks []Token, from, to int) bool {
	for i := from; i < to; i++ {
		if sum := toks[i].Sum; p.first.may(sum) {
			for _, p := range p.list {
				if p[0] == sum && p.at(toks, i) {
					return true
				}
			}
		}
	}
	return false
}
