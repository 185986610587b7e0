package index

import "slices"

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
// automaton over words, immutable, and safe for use by many goroutines.
type Tagger struct {
	words   table // sum of a word -> its number, and the layers that begin with it
	edges   table // node and word -> node
	first   [nLayers][]uint32
	nodes   []node
	accepts []accept
	entries []Entry
}

// node is a place in a trie. The forms that end there are accepts from its
// from to the next node's.
type node struct {
	from uint32
	next uint32 // bit b is set if a word whose number ends in b leads on
}

// accept is a form that was read to its end.
type accept struct {
	entry int32
	bit   uint8 // responsibilities: which of them
	part  part
	rule  *rule // nil where every place is good
}

type part uint8

const (
	whole part = iota
	action
	object
)

// table is a hash table with open addressing, filled once. A slot holds forty
// bits of a key above its value; 0 is an empty one. It is looked into for every
// word of a text, and eight slots share a cache line.
type table struct {
	mask  uint64
	slots []uint64
}

const valueBits = 24 // of a slot

func newTable(n int) table {
	size := uint64(8)
	for size < uint64(n)*2 {
		size *= 2
	}
	return table{size - 1, make([]uint64, size)}
}

// put adds a value above 0 under a key of forty bits, to be found from place on.
func (t *table) put(place, key uint64, val uint32) {
	i := place & t.mask
	for t.slots[i] != 0 {
		i = (i + 1) & t.mask
	}
	t.slots[i] = key<<valueBits | uint64(val)
}

// get is the value of a key, 0 if it has none.
func (t *table) get(place, key uint64) uint32 {
	slots := t.slots
	for i := place & t.mask; i < uint64(len(slots)); i = (i + 1) & t.mask {
		if s := slots[i]; s>>valueBits == key || s == 0 {
			return uint32(s & (1<<valueBits - 1))
		}
	}
	return 0
}

// wordOf is a word's number and layers, by its sum. Two words are taken for
// one if 40 bits of their sums and the place are the same: one in a million
// million.
func (t *Tagger) wordOf(sum uint64) uint32 { return t.words.get(sum, sum>>valueBits) }

// step is the node that a word leads to from a node, 0 if none.
func (t *Tagger) step(at, word uint32) uint32 {
	if t.nodes[at].next>>(word%32)&1 == 0 {
		return 0
	}
	key := edgeKey(at, word)
	return t.edges.get(edgePlace(key), key)
}

// edgeKey is exact: nodes and words have at most maxNumber.
func edgeKey(node, word uint32) uint64 { return uint64(node)<<20 | uint64(word) }

func edgePlace(key uint64) uint64 { return key * sumPrime >> 20 }

// maxNumber is how many nodes, and how many words, a Tagger may have: what fits
// into a table's keys and values.
const maxNumber = 1 << layerBits

// accepted are the forms that end at a node.
func (t *Tagger) accepted(at uint32) []accept {
	return t.accepts[t.nodes[at].from:t.nodes[at+1].from]
}

// layerBits is where a word's value in Tagger.words holds its layers.
const layerBits = valueBits - int(nLayers)

// Scan takes text apart into s: its words, and the tags of the layers wanted.
func (t *Tagger) Scan(s *Scan, text string, layers ...Layer) {
	s.Text = text
	s.Tokens = Lex(s.Tokens[:0], text)
	for l := range s.Tags {
		s.Tags[l] = s.Tags[l][:0]
	}
	s.begin = s.begin[:0]
	for i := range s.Tokens {
		tok := &s.Tokens[i]
		v := t.wordOf(tok.Sum)
		tok.Word, tok.Layers = v&(1<<layerBits-1), uint8(v>>layerBits)
		if tok.Layers != 0 {
			s.begin = append(s.begin, int32(i))
		}
	}
	for _, l := range layers {
		if l == Works {
			t.works(s)
		} else {
			t.longest(s, l)
		}
	}
}

// walked holds the forms that begin at token i and keeps those that end well.
type walked struct {
	n    int
	node [maxWords]uint32
	last [maxWords]int32
}

func (t *Tagger) walk(p *walked, toks []Token, l Layer, i int) {
	p.n = 0
	at := t.first[l][toks[i].Word]
	for j := i; ; {
		if t.nodes[at].from != t.nodes[at+1].from && p.n < maxWords {
			p.node[p.n], p.last[p.n] = at, int32(j)
			p.n++
		}
		j++
		if j == len(toks) || toks[j].Word == 0 || toks[j].Gap == Apart || toks[j].Gap == Stopped {
			return
		}
		if at = t.step(at, toks[j].Word); at == 0 {
			return
		}
	}
}

// longest finds the leftmost longest forms of a layer. Where the rule of a
// form fails, the next shorter one at the same place has its turn.
func (t *Tagger) longest(s *Scan, l Layer) {
	var p walked
	pending := false
	last := int32(-1) // token of the tag before
	for _, i := range s.begin {
		if i <= last || s.Tokens[i].Layers>>l&1 == 0 {
			continue
		}
		t.walk(&p, s.Tokens, l, int(i))
		if tag, ok := t.pick(s, &p, int(i)); ok {
			s.Tags[l] = append(s.Tags[l], tag)
			pending = pending || tag.pending
			last = tag.Last
		}
	}
	if pending {
		t.settle(s, l)
	}
}

// pick takes the longest form of the path whose rule holds.
func (t *Tagger) pick(s *Scan, p *walked, first int) (Tag, bool) {
	for k := p.n - 1; k >= 0; k-- {
		for _, a := range t.accepted(p.node[k]) {
			holds := yes
			if a.rule != nil {
				holds = a.rule.holds(s, first, int(p.last[k]))
			}
			if holds == no {
				continue
			}
			return Tag{
				Entry: a.entry, First: int32(first), Last: p.last[k],
				Start: s.Tokens[first].Start, End: s.Tokens[p.last[k]].End,
				plain: (a.rule == nil || a.rule.plain) && t.entries[a.entry].Kind != Skill, pending: holds == ifTools,
			}, true
		}
	}
	return Tag{}, false
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

// works finds responsibilities: an action and then an object in one sentence.
func (t *Tagger) works(s *Scan) {
	var p walked
	clear(s.acts[:])
	for _, i := range s.begin {
		if s.Tokens[i].Layers>>Works&1 == 0 {
			continue
		}
		t.walk(&p, s.Tokens, Works, int(i))
		for k := range p.n {
			for _, a := range t.accepted(p.node[k]) {
				t.work(s, a, i, p.last[k])
			}
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
