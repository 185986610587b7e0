package index

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"rolecall/internal/perfect"
)

// compiler makes a Tagger of what an index's dictionary holds.
type compiler struct {
	entries []Entry
	rules   []*rule                    // from 1 on
	owners  []owner                    // by entry
	acts    int                        // responsibilities
	vocab   map[uint64]uint32          // sum of a word -> its number
	layers  []uint8                    // by word
	roots   [nLayers]map[uint64]uint32 // word -> node
	edges   map[uint64]uint32          // node and word -> node
	ends    []int32                    // by node: the last of its links, 0 for none
	links   []link                     // from 1 on
	ways    [nLayers]way
}

// owner is what all forms of an entry have of it.
type owner struct {
	layer Layer // nLayers where its kind has no forms
	bit   uint8 // of a responsibility
}

// link is a form that ends at a node, and the place of another there.
type link struct {
	accept
	next int32
}

// way are the words of a layer's last form, its last word apart, and where
// they lead: in the dictionary's order most forms begin like the one before.
type way struct {
	words []string
	nodes []uint32
}

// layerOf says in which layer the forms of a kind are looked for.
var layerOf = map[Kind]Layer{
	Tool: Things, Language: Things, Cloud: Things, Skill: Things, Responsibility: Works,
	NeedCue: Cues, Industry: Cues, JobTitle: Titles, Seniority: Titles, Heading: Heads, Theme: Themes,
}

var partOf = map[string]part{fieldForm: whole, fieldAction: action, fieldObject: object}

func newCompiler(entries []Entry, rules []*rule) *compiler {
	c := &compiler{
		entries: entries, owners: make([]owner, len(entries)), edges: make(map[uint64]uint32, 4*len(entries)),
		vocab: make(map[uint64]uint32, 4*len(entries)), layers: make([]uint8, 1),
		ends: make([]int32, 1, 1+8*len(entries)), links: make([]link, 1, 1+8*len(entries)), rules: rules,
	}
	for l := range c.roots {
		c.roots[l] = map[uint64]uint32{}
	}
	for i := range entries {
		o := owner{layer: nLayers}
		if l, ok := layerOf[entries[i].Kind]; ok {
			o.layer = l
		}
		if entries[i].Kind == Responsibility {
			o.bit = uint8(c.acts)
			c.acts++
		}
		c.owners[i] = o
	}
	return c
}

// add takes one term of the dictionary.
func (c *compiler) add(t *formTerm) error {
	if t.entry < 0 || int(t.entry) >= len(c.entries) || t.rule < noRule || int(t.rule) >= len(c.rules)-1 {
		return fmt.Errorf("term %q: entry %d or rule %d is not in the index", t.words, t.entry, t.rule)
	}
	if c.acts > len(Scan{}.acts) {
		return fmt.Errorf("%d responsibilities: at most %d fit", c.acts, len(Scan{}.acts))
	}
	e, o := &c.entries[t.entry], &c.owners[t.entry]
	l := o.layer
	if l == nLayers {
		return fmt.Errorf("entry %q: kind %q has no layer", e.ID, e.Kind)
	}
	a := accept{entry: t.entry, bit: o.bit, part: t.part}
	if t.rule != noRule {
		a.rule = uint16(t.rule + 1)
	}
	if a.part == whole && e.Kind != Skill && (a.rule == 0 || c.rules[a.rule].plain) {
		a.part = plain
	}
	if t.part == action || t.part == whole && !e.declines(a.rule != 0 && c.rules[a.rule].exact != nil) {
		return c.insert(l, t.words, "", a)
	}
	first, last := "", t.words
	if at := strings.LastIndexByte(t.words, ' '); at >= 0 {
		first, last = t.words[:at], t.words[at+1:]
	}
	if other := plural(last); other != "" {
		if err := c.insert(l, first, other, a); err != nil {
			return err
		}
	}
	return c.insert(l, first, last, a)
}

// insert adds a form of the words of first and the word last, either of which
// may be empty.
func (c *compiler) insert(l Layer, first, last string, a accept) error {
	p := &c.ways[l]
	at, n := uint32(0), 0
	for rest, w := first, ""; rest != ""; n++ {
		w, rest, _ = strings.Cut(rest, " ")
		if n < len(p.words) && p.words[n] == w {
			at = p.nodes[n]
			continue
		}
		at = c.step(l, at, w)
		p.words, p.nodes = append(p.words[:n], w), append(p.nodes[:n], at)
	}
	p.words, p.nodes = p.words[:n], p.nodes[:n]
	if last != "" {
		at, n = c.step(l, at, last), n+1
	}
	if n == 0 || n > maxWords {
		return fmt.Errorf("form %q: 1 to %d words were wanted", strings.TrimSpace(first+" "+last), maxWords)
	}
	for i := c.ends[at]; i != 0; i = c.links[i].next {
		if c.links[i].accept == a {
			return nil
		}
	}
	c.links = append(c.links, link{a, c.ends[at]})
	c.ends[at] = int32(len(c.links) - 1)
	return nil
}

// step is the node that a word leads to from a node, or from the beginning
// where that is 0.
func (c *compiler) step(l Layer, from uint32, w string) uint32 {
	sum := Sum(w)
	id, ok := c.vocab[sum]
	if !ok {
		id = uint32(len(c.layers))
		c.vocab[sum] = id
		c.layers = append(c.layers, 0)
	}
	if from == 0 {
		c.layers[id] |= 1 << l
		return c.nodeAt(c.roots[l], uint64(id))
	}
	return c.nodeAt(c.edges, uint64(from)<<32|uint64(id))
}

// nodeAt is the node at a key of nodes, a new one where there is none.
func (c *compiler) nodeAt(nodes map[uint64]uint32, key uint64) uint32 {
	n, ok := nodes[key]
	if !ok {
		n = uint32(len(c.ends))
		c.ends = append(c.ends, 0)
		nodes[key] = n
	}
	return n
}

// compile lays everything out flat. Words and nodes get new numbers: first the
// nodes that words lead to from the beginning, the layers of a word in a row,
// and the word with them; then the others.
func (c *compiler) compile() (*Tagger, error) {
	sums := slices.Collect(maps.Keys(c.vocab))
	var hash perfect.Hash
	var hashed sync.WaitGroup // it takes as long as all the rest
	hashed.Go(func() { hash = perfect.New(sums) })
	defer hashed.Wait()
	nodeOf, wordOf, n := make([]uint32, len(c.ends)), make([]uint32, len(c.layers)), uint32(1)
	for w := range c.layers {
		if c.layers[w] != 0 {
			wordOf[w] = n
		}
		for l := range c.roots {
			if c.layers[w]>>l&1 != 0 {
				nodeOf[c.roots[l][uint64(w)]] = n
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
	t := &Tagger{nodes: make([]node, n+1), edges: newTable(len(c.edges)), accepts: make([]accept, 0, len(c.links)), rules: c.rules}
	for e, to := range c.edges {
		from, word := nodeOf[e>>32], wordOf[uint32(e)]
		t.edges.put(edgeKey(from, word), nodeOf[to])
		t.nodes[from].next |= 1 << (word % 32)
	}
	old := make([]int, n)
	for i, at := range nodeOf {
		old[at] = i
	}
	for at, i := range old {
		from := len(t.accepts)
		for k := c.ends[i]; k != 0; k = c.links[k].next {
			t.accepts = append(t.accepts, c.links[k].accept)
		}
		slices.SortFunc(t.accepts[from:], byStrictness)
		t.nodes[at+1].from = uint32(len(t.accepts))
	}
	slots := make([]wordSlot, len(sums))
	for i, sum := range sums {
		w := c.vocab[sum]
		slots[i] = t.wordAt(wordOf[w], c.layers[w])
	}
	hashed.Wait()
	t.words = newWordTable(hash, sums, slots)
	return t, nil
}

// wordAt is what is known of a word by the nodes that it leads to from the
// beginning in some layers.
func (t *Tagger) wordAt(number uint32, layers uint8) wordSlot {
	w := wordSlot{is: known(number) | known(layers)<<numberBits}
	for l := range nLayers {
		if layers>>l&1 == 0 {
			continue
		}
		root := w.is.root(l)
		if t.nodes[root].from != t.nodes[root+1].from {
			w.is |= 1 << (numberBits + int(nLayers) + int(l))
		}
		w.next |= t.nodes[root].next
	}
	return w
}

// byStrictness puts forms with a rule before those without: the first whose
// rule holds wins, then the lower entry, rule and part.
func byStrictness(a, b accept) int {
	if (a.rule == 0) != (b.rule == 0) {
		if a.rule != 0 {
			return -1
		}
		return 1
	}
	return cmp.Or(int(a.entry-b.entry), int(a.rule)-int(b.rule), int(a.part)-int(b.part))
}
