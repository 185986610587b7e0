package index

import (
	"fmt"
	"slices"
	"strings"
)

// compiler makes a Tagger of what an index's dictionary holds.
type compiler struct {
	entries []Entry
	number  map[string]int32 // id -> place in entries
	bits    map[int32]uint8  // responsibility -> its bit
	vocab   map[string]uint32
	layers  map[uint32]uint8
	first   [nLayers]map[uint32]uint32
	edges   map[uint64]uint32
	ends    map[uint32][]accept
	nodes   uint32
}

// layerOf says in which layer the forms of a kind are looked for.
var layerOf = map[Kind]Layer{
	Tool: Things, Language: Things, Cloud: Things, Skill: Things, Responsibility: Works,
	NeedCue: Cues, Industry: Cues, JobTitle: Titles, Seniority: Titles, Heading: Heads,
}

var partOf = map[string]part{fieldForm: whole, fieldAction: action, fieldObject: object}

func newCompiler(entries []Entry) *compiler {
	c := &compiler{
		entries: entries, number: map[string]int32{}, bits: map[int32]uint8{}, vocab: map[string]uint32{},
		layers: map[uint32]uint8{}, edges: map[uint64]uint32{}, ends: map[uint32][]accept{},
	}
	for l := range c.first {
		c.first[l] = map[uint32]uint32{}
	}
	for i := range entries {
		c.number[entries[i].ID] = int32(i)
		if entries[i].Kind == Responsibility {
			c.bits[int32(i)] = uint8(len(c.bits))
		}
	}
	return c
}

// add takes one term of the dictionary.
func (c *compiler) add(field, words, id string, form int) error {
	n, ok := c.number[id]
	if !ok {
		return fmt.Errorf("term %q: entry %q is not in the index", words, id)
	}
	if len(c.bits) > len(Scan{}.acts) {
		return fmt.Errorf("%d responsibilities: at most %d fit", len(c.bits), len(Scan{}.acts))
	}
	e := &c.entries[n]
	l, ok := layerOf[e.Kind]
	if !ok {
		return fmt.Errorf("entry %q: kind %q has no layer", id, e.Kind)
	}
	a := accept{entry: n, bit: c.bits[n], part: partOf[field]}
	if a.part == whole {
		if form < 0 || form >= len(e.Forms) {
			return fmt.Errorf("term %q: entry %q has no form %d", words, id, form)
		}
		a.rule = newRule(&e.Forms[form])
	}
	return c.insert(l, strings.Split(words, " "), a)
}

func (c *compiler) insert(l Layer, words []string, a accept) error {
	if len(words) > maxWords {
		return fmt.Errorf("form %q: at most %d words fit", strings.Join(words, " "), maxWords)
	}
	var at uint32
	for i, w := range words {
		id := c.word(w)
		if i == 0 {
			c.layers[id] |= 1 << l
			at = c.child(c.first[l][id], func(n uint32) { c.first[l][id] = n })
			continue
		}
		key := uint64(at)<<32 | uint64(id)
		at = c.child(c.edges[key], func(n uint32) { c.edges[key] = n })
	}
	c.ends[at] = append(c.ends[at], a)
	return nil
}

func (c *compiler) word(w string) uint32 {
	id, ok := c.vocab[w]
	if !ok {
		id = uint32(len(c.vocab) + 1)
		c.vocab[w] = id
	}
	return id
}

// child is the node n, or a new one, told to set, where n is 0.
func (c *compiler) child(n uint32, set func(uint32)) uint32 {
	if n == 0 {
		c.nodes++
		n = c.nodes
		set(n)
	}
	return n
}

// compile lays everything out flat.
func (c *compiler) compile() *Tagger {
	t := &Tagger{words: newTable(len(c.vocab)), edges: newTable(len(c.edges)), nodes: make([]node, c.nodes+1), entries: c.entries}
	for w, id := range c.vocab {
		t.words.put(Sum(w), id|uint32(c.layers[id])<<layerBits)
	}
	for key, to := range c.edges {
		t.edges.put(key, to)
	}
	for l := range c.first {
		t.first[l] = make([]uint32, len(c.vocab)+1)
		for id, n := range c.first[l] {
			t.first[l][id] = n
		}
	}
	for n := range t.nodes {
		from := int32(len(t.accepts))
		list := c.ends[uint32(n)]
		slices.SortStableFunc(list, byStrictness)
		t.accepts = append(t.accepts, list...)
		t.nodes[n] = node{from, int32(len(t.accepts))}
	}
	return t
}

// byStrictness puts forms with a rule before those without: the first whose
// rule holds wins, then the lower entry.
func byStrictness(a, b accept) int {
	if (a.rule == nil) != (b.rule == nil) {
		if a.rule != nil {
			return -1
		}
		return 1
	}
	return int(a.entry - b.entry)
}
