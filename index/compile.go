package index

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// compiler makes a Tagger of what an index's dictionary holds. Terms come in
// the dictionary's order, so that each one begins like the one before it.
type compiler struct {
	entries []Entry
	rules   []*rule         // from 1 on
	bits    map[int32]uint8 // responsibility -> its bit
	vocab   map[string]uint32
	layers  []uint8 // by word
	tries   [nLayers]trie
	edges   []edge
	works   map[edge]uint32 // of the layer Works: from and word -> to
	ends    [][]accept      // by node
}

// trie is one layer in the making: its roots, and the path of its last term.
type trie struct {
	first map[uint32]uint32 // word -> node
	words []string
	nodes []uint32
}

// edge leads from a node by a word to a node.
type edge struct{ from, word, to uint32 }

// layerOf says in which layer the forms of a kind are looked for.
var layerOf = map[Kind]Layer{
	Tool: Things, Language: Things, Cloud: Things, Skill: Things, Responsibility: Works,
	NeedCue: Cues, Industry: Cues, JobTitle: Titles, Seniority: Titles, Heading: Heads,
}

var partOf = map[string]part{fieldForm: whole, fieldAction: action, fieldObject: object}

func newCompiler(entries []Entry, rules []Form) *compiler {
	c := &compiler{
		entries: entries, bits: map[int32]uint8{}, works: map[edge]uint32{},
		vocab: make(map[string]uint32, 4*len(entries)), layers: make([]uint8, 1), ends: make([][]accept, 1), rules: make([]*rule, 1),
	}
	for i := range rules {
		c.rules = append(c.rules, newRule(&rules[i]))
	}
	for l := range c.tries {
		c.tries[l].first = map[uint32]uint32{}
	}
	for i := range entries {
		if entries[i].Kind == Responsibility {
			c.bits[int32(i)] = uint8(len(c.bits))
		}
	}
	return c
}

// add takes one term of the dictionary.
func (c *compiler) add(field, words string, entry, rule int) error {
	if entry < 0 || entry >= len(c.entries) || rule < noRule || rule >= len(c.rules)-1 {
		return fmt.Errorf("term %q: entry %d or rule %d is not in the index", words, entry, rule)
	}
	if len(c.bits) > len(Scan{}.acts) {
		return fmt.Errorf("%d responsibilities: at most %d fit", len(c.bits), len(Scan{}.acts))
	}
	e := &c.entries[entry]
	l, ok := layerOf[e.Kind]
	if !ok {
		return fmt.Errorf("entry %q: kind %q has no layer", e.ID, e.Kind)
	}
	n := int32(entry)
	a := accept{entry: n, bit: c.bits[n], part: partOf[field]}
	if rule != noRule {
		a.rule = uint16(rule + 1)
	}
	if a.part == whole && e.Kind != Skill && (a.rule == 0 || c.rules[a.rule].plain) {
		a.part = plain
	}
	return c.insert(l, words, a)
}

func (c *compiler) insert(l Layer, text string, a accept) error {
	t := &c.tries[l]
	k := 0
	for rest, more := text, true; more; k++ {
		var w string
		w, rest, more = strings.Cut(rest, " ")
		if k < len(t.words) && t.words[k] == w {
			continue
		}
		if k >= maxWords {
			return fmt.Errorf("form %q: at most %d words fit", text, maxWords)
		}
		t.words, t.nodes = append(t.words[:k], w), append(t.nodes[:k], c.step(t, l, k, w))
	}
	t.words, t.nodes = t.words[:k], t.nodes[:k]
	at := t.nodes[k-1]
	c.ends[at] = append(c.ends[at], a)
	return nil
}

// step is the node that word k of a term leads to, a new one if need be. Only
// responsibilities have terms in more fields than one: there a node may have
// been made before.
func (c *compiler) step(t *trie, l Layer, k int, w string) uint32 {
	id, ok := c.vocab[w]
	if !ok {
		id = uint32(len(c.layers))
		c.vocab[strings.Clone(w)] = id
		c.layers = append(c.layers, 0)
	}
	if k == 0 {
		c.layers[id] |= 1 << l
		if n, ok := t.first[id]; ok {
			return n
		}
	} else if n, ok := c.works[edge{t.nodes[k-1], id, 0}]; ok {
		return n
	}
	n := uint32(len(c.ends))
	c.ends = append(c.ends, nil)
	switch {
	case k == 0:
		t.first[id] = n
	case l == Works:
		c.works[edge{t.nodes[k-1], id, 0}] = n
		fallthrough
	default:
		c.edges = append(c.edges, edge{t.nodes[k-1], id, n})
	}
	return n
}

// compile lays everything out flat. Words and nodes get new numbers: first the
// nodes that words lead to from the beginning, the layers of a word in a row,
// and the word with them; then the others.
func (c *compiler) compile() (*Tagger, error) {
	nodeOf, wordOf, n := make([]uint32, len(c.ends)), make([]uint32, len(c.layers)), uint32(1)
	for w := range c.layers {
		if c.layers[w] != 0 {
			wordOf[w] = n
		}
		for l := range c.tries {
			if root, ok := c.tries[l].first[uint32(w)]; ok {
				nodeOf[root] = n
				n++
			}
		}
	}
	words := n
	for w := 1; w < len(wordOf); w++ {
		if wordOf[w] == 0 {
			wordOf[w] = words
			words++
		}
	}
	for i := 1; i < len(nodeOf); i++ {
		if nodeOf[i] == 0 {
			nodeOf[i] = n
			n++
		}
	}
	if n > maxNumber || words > maxNumber || len(c.rules) > math.MaxUint16 {
		return nil, fmt.Errorf("%d words, %d places in forms and %d rules: at most %d, %d and %d fit", words, n, len(c.rules), maxNumber, maxNumber, math.MaxUint16)
	}
	t := &Tagger{nodes: make([]node, n+1), rules: c.rules}
	values := make(map[uint64]uint32, len(c.vocab))
	for w, id := range c.vocab {
		values[Sum(w)] = wordOf[id] | uint32(c.layers[id])<<layerBits
	}
	t.words = newTable(values)
	edges := make(map[uint64]uint32, len(c.edges))
	for _, e := range c.edges {
		from, word := nodeOf[e.from], wordOf[e.word]
		edges[edgeKey(from, word)] = nodeOf[e.to]
		t.nodes[from].next |= 1 << (word % 32)
	}
	t.edges = newTable(edges)
	old := make([]int, n)
	for i, at := range nodeOf {
		old[at] = i
	}
	for at, i := range old {
		list := c.ends[i]
		if len(list) > 1 {
			slices.SortStableFunc(list, byStrictness)
		}
		t.accepts = append(t.accepts, list...)
		t.nodes[at+1].from = uint32(len(t.accepts))
	}
	return t, nil
}

// byStrictness puts forms with a rule before those without: the first whose
// rule holds wins, then the lower entry.
func byStrictness(a, b accept) int {
	if (a.rule == 0) != (b.rule == 0) {
		if a.rule != 0 {
			return -1
		}
		return 1
	}
	return int(a.entry - b.entry)
}
