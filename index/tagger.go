package index

import (
	"math/bits"
	"slices"
)

// Layer is a set of forms that are looked for by themselves: within one, the
// leftmost longest form wins; between them nothing competes.
type Layer uint8

// The layers.
const (
	Things  Layer = iota // tools, languages, clouds and skills
	Works                // responsibilities
	Cues                 // words that say what a mention asks for, and industries
	Titles               // job titles and seniority
	Heads                // headings
	Themes               // what a sentence speaks of besides
	nLayers              //
)

// Tag is an entry found in a text.
type Tag struct {
	Entry       int32 // index into the index's Entries
	Start, End  int32 // bytes of the text
	First, Last int32 // tokens of the scan
	plain       bool  // its form has no rule: it vouches for "@tools"
	pending     bool  // stays only if an "@tools" is near
}

// Scan is a text taken apart. Reuse one for many texts and nothing is allocated.
type Scan struct {
	Text   string
	Tokens []Token
	Tags   [nLayers][]Tag
	Own    []uint32 // by token: its word's number in the vocabulary of Tagger.WithWords, 0 if it is not in it

	begin []int32 // the tokens that a form may begin with
	acts  [64]act // the last action of each responsibility
}

// act is where an action stands: tokens first to last.
type act struct{ first, last int32 }

const (
	nearWords = 12 // how far Near and NotNear reach, and an action from its object
	maxWords  = 12 // words of the longest form
)

// Tagger finds every form of a taxonomy in a text in one pass. It is an
// automaton over words, immutable, and safe for use by many goroutines. Its
// tables are small, to stay in a processor's cache: they are looked into for
// every word of a text.
type Tagger struct {
	words   wordTable
	numeral uint32 // of the caller's vocabulary: what all numbers are
	edges   table  // node and word -> node
	nodes   []node
	accepts []accept
	rules   []*rule
}

// node is a place in a trie. The forms that end there are accepts from its
// from to the next node's. The nodes that a word leads to from the beginning,
// one for each of its layers, stand together, and the word's number is that of
// the first.
type node struct {
	from uint32
	next uint32 // bit b is set if a word whose number ends in b leads on
}

// accept is a form that was read to its end.
type accept struct {
	entry int32
	rule  uint16 // place in Tagger.rules, 0 where every place is good
	bit   uint8  // responsibilities: which of them
	part  part
}

type part uint8

const (
	whole part = iota
	plain      // a whole that vouches for "@tools"
	action
	object
)

// step is the node that a word leads to from a node, 0 if none.
func (t *Tagger) step(at, word uint32) uint32 {
	if t.nodes[at].next>>(word%32)&1 == 0 {
		return 0
	}
	return t.edges.get(edgeKey(at, word))
}

func edgeKey(node, word uint32) uint64 { return mix(sumSeed, uint64(node)<<32|uint64(word)) }

// accepted are the forms that end at a node.
func (t *Tagger) accepted(at uint32) []accept {
	return t.accepts[t.nodes[at].from:t.nodes[at+1].from]
}

// Scan takes text apart into s: its words, and the tags of the layers wanted.
func (t *Tagger) Scan(s *Scan, text string, layers ...Layer) {
	s.Text = text
	s.Tokens = Lex(s.Tokens[:0], text)
	for l := range s.Tags {
		s.Tags[l] = s.Tags[l][:0]
	}
	wanted := uint8(0)
	for _, l := range layers {
		wanted |= 1 << l
	}
	t.look(s, wanted)
	t.tag(s, wanted)
}

// look finds what is known of every word, and the words with which a form of
// the layers wanted may begin: those that are one alone, and those whose next
// word may lead on.
func (t *Tagger) look(s *Scan, wanted uint8) {
	toks := s.Tokens
	own := slices.Grow(s.Own[:0], len(toks))[:len(toks)]
	begin := slices.Grow(s.begin[:0], len(toks)+1)[:len(toks)+1]
	n := 0
	alone, next := 0, uint32(0) // of the word before
	for i := range toks {
		tok := &toks[i]
		w := &t.words.slots[t.words.hash.Slot(tok.Sum)]
		hit := uint32(0)
		if w.check == uint32(tok.Sum>>32) {
			hit = ^hit
		}
		is, number := w.is&known(hit), w.own&hit
		if tok.Digits == Number {
			number = t.numeral
		}
		tok.is, own[i] = is, number
		// kept where a form may begin: a branch could not be foretold
		begin[n] = int32(i - 1)
		leads := next >> (is.number() % 32) & uint32(tok.Gap^1)
		n += (alone | int(leads&1) + 255) >> 8
		alone, next = int(is.alone()&wanted), w.next&hit
	}
	begin[n] = int32(len(toks) - 1)
	n += (alone + 255) >> 8
	s.begin, s.Own = begin[:n], own
}

// tag finds the leftmost longest forms of each layer wanted, and the parts of
// responsibilities.
func (t *Tagger) tag(s *Scan, wanted uint8) {
	var p walked
	var behind [nLayers]int32 // the token behind the tag before
	clear(s.acts[:])
	for _, i := range s.begin {
		is, next := s.Tokens[i].is, nextWord(s.Tokens, int(i))
		alone := is.alone()
		for todo := is.begins() & wanted; todo != 0; todo &= todo - 1 {
			l := Layer(bits.TrailingZeros8(todo))
			root := is.root(l)
			if i < behind[l] || alone>>l&1 == 0 && (next == 0 || t.nodes[root].next>>(next%32)&1 == 0) {
				continue
			}
			t.walk(&p, s.Tokens, root, int(i))
			if l == Works {
				t.works(s, &p, i)
			} else if t.pick(s, l, &p, i) {
				tags := s.Tags[l]
				behind[l] = tags[len(tags)-1].Last + 1
			}
		}
	}
	byFirst := func(a, b Tag) int { return int(a.First - b.First) }
	if works := s.Tags[Works]; !slices.IsSortedFunc(works, byFirst) { // each was taken at its object
		slices.SortStableFunc(works, byFirst)
	}
	for l := range s.Tags {
		if slices.ContainsFunc(s.Tags[l], func(tag Tag) bool { return tag.pending }) {
			t.settle(s, Layer(l))
		}
	}
}

// nextWord is the number of the word behind token i in the same phrase, 0 for none.
func nextWord(toks []Token, i int) uint32 {
	if i+1 == len(toks) || toks[i+1].Gap == Apart || toks[i+1].Gap == Stopped {
		return 0
	}
	return toks[i+1].is.number()
}

// walked holds the forms that begin at token i and keeps those that end well.
type walked struct {
	n    int
	node [maxWords]uint32
	last [maxWords]int32
}

// walk follows the words from token i on, which leads to node at.
func (t *Tagger) walk(p *walked, toks []Token, at uint32, i int) {
	p.n = 0
	for {
		if t.nodes[at].from != t.nodes[at+1].from && p.n < maxWords {
			p.node[p.n], p.last[p.n] = at, int32(i)
			p.n++
		}
		word := nextWord(toks, i)
		if word == 0 {
			return
		}
		if at = t.step(at, word); at == 0 {
			return
		}
		i++
	}
}

// pick tags the longest form of the path whose rule holds. Where the rule of a
// form fails, the next shorter one at the same place has its turn.
func (t *Tagger) pick(s *Scan, l Layer, p *walked, first int32) bool {
	for k := p.n - 1; k >= 0; k-- {
		for _, a := range t.accepted(p.node[k]) {
			holds := yes
			if a.rule != 0 {
				holds = t.rules[a.rule].holds(s, int(first), int(p.last[k]))
			}
			if holds == no {
				continue
			}
			s.Tags[l] = append(s.Tags[l], Tag{
				Entry: a.entry, First: first, Last: p.last[k],
				Start: s.Tokens[first].Start, End: s.Tokens[p.last[k]].End,
				plain: a.part == plain, pending: holds == ifTools,
			})
			return true
		}
	}
	return false
}

// settle drops the pending tags that no plain tool is near to.
func (t *Tagger) settle(s *Scan, l Layer) {
	tags := s.Tags[l]
	kept := tags[:0]
	for i, tag := range tags {
		if tag.pending && !vouched(tags, i) {
			continue
		}
		kept = append(kept, tag)
	}
	s.Tags[l] = kept
}

// vouched says whether a plain tool stands within reach of tag i. Kept tags
// are moved left in place, never past i, so what is read to the left may be an
// older copy: plain tags are never dropped, so none is missed.
func vouched(tags []Tag, i int) bool {
	me := tags[i]
	for j := i + 1; j < len(tags) && tags[j].First-me.Last <= nearWords; j++ {
		if tags[j].plain {
			return true
		}
	}
	for j := i - 1; j >= 0; j-- {
		if me.First-tags[j].Last <= nearWords && tags[j].plain {
			return true
		}
		if me.First-tags[j].Last > 4*nearWords {
			break
		}
	}
	return false
}

// works takes the parts of responsibilities that begin at token i: an action
// and then an object in one sentence.
func (t *Tagger) works(s *Scan, p *walked, i int32) {
	for k := range p.n {
		for _, a := range t.accepted(p.node[k]) {
			t.work(s, a, i, p.last[k])
		}
	}
}

// work takes one part of a responsibility: tokens first to last.
func (t *Tagger) work(s *Scan, a accept, first, last int32) {
	act := &s.acts[a.bit]
	switch a.part {
	case action:
		act.first, act.last = first+1, last+1 // from 1: 0 is none yet
		return
	case object:
		if act.first == 0 || first+1 <= act.last || first-act.last >= nearWords || stops(s.Tokens[act.first:first+1]) {
			return
		}
		first = act.first - 1
	}
	tags := s.Tags[Works]
	tag := Tag{Entry: a.entry, First: first, Last: last, Start: s.Tokens[first].Start, End: s.Tokens[last].End}
	for i := len(tags) - 1; i >= 0 && tags[i].Last >= first; i-- {
		if tags[i].Entry == a.entry {
			if tags[i].First == first && tags[i].Last < last && tags[i].Last+2 >= last {
				tags[i] = tag // the longer object at the same place
			}
			return
		}
	}
	s.Tags[Works] = append(tags, tag)
}

// stops says whether a sentence begins with one of toks.
func stops(toks []Token) bool {
	for i := range toks {
		if toks[i].Gap == Stopped || toks[i].Gap == Line && toks[i].Upper {
			return true
		}
	}
	return false
}

// Find is a convenience: the tags of one layer in a text.
func (t *Tagger) Find(text string, l Layer) []Tag {
	var s Scan
	t.Scan(&s, text, l)
	return slices.Clone(s.Tags[l])
}
