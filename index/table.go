package index

import (
	"math/bits"

	"rolecall/internal/perfect"
)

// table gives a key, which must be well mixed, its value. The upper bits of a
// key pick its slot, which holds the lower forty above the value: a key that is
// not in it is taken for one of them once in a million million times. Half of
// the slots are empty (0): keys that come to the same one stand behind each other.
type table struct {
	slots []uint64 // a power of two
	shift int      // of a key, to its slot
}

const valueBits = 24 // of a slot

// newTable makes an empty table for n keys.
func newTable(n int) table {
	size := bits.Len(uint(2*n + 1))
	return table{slots: make([]uint64, 1<<size), shift: 64 - size}
}

// put gives a key a value above 0.
func (t *table) put(key uint64, val uint32) {
	i := key >> t.shift
	for t.slots[i] != 0 {
		i = (i + 1) % uint64(len(t.slots))
	}
	t.slots[i] = key<<valueBits | uint64(val)
}

// get is the value of a key, 0 if it has none.
func (t *table) get(key uint64) uint32 {
	for i := key >> t.shift; ; i = (i + 1) % uint64(len(t.slots)) {
		if s := t.slots[i]; s == 0 || (s^key<<valueBits)>>valueBits == 0 {
			return uint32(s & (1<<valueBits - 1))
		}
	}
}

// known is what a taxonomy knows of a word: its number, above it the layers in
// which a form begins with it, and those in which it is one by itself. It is 0
// for a word that is in no form.
type known uint32

const (
	numberBits = 32 - 2*int(nLayers)
	maxNumber  = 1 << numberBits // of nodes, and of words
)

func (k known) number() uint32 { return uint32(k % maxNumber) }
func (k known) begins() uint8  { return uint8(k >> numberBits % (1 << nLayers)) }
func (k known) alone() uint8   { return uint8(k >> (numberBits + int(nLayers))) }

// root is the node that the word leads to from the beginning in a layer that
// it begins: those of its layers stand in a row.
func (k known) root(l Layer) uint32 {
	return k.number() + uint32(bits.OnesCount8(k.begins()&(1<<l-1)))
}

// wordTable says of the sum of a word what it is: all that is asked of a word
// stands in one place. A slot holds half of the sum; a word that is not in the
// table is taken for one of them once in four thousand million times.
type wordTable struct {
	hash  perfect.Hash
	slots []wordSlot
	sums  []uint64 // by slot
}

type wordSlot struct {
	check uint32
	is    known
	own   uint32 // its number in the caller's vocabulary
	next  uint32 // bit b is set if a word whose number ends in b leads on, in any layer
}

// newWordTable makes a table of words by their sums, whose hash is h. The check
// is filled in here.
func newWordTable(h perfect.Hash, sums []uint64, words []wordSlot) wordTable {
	t := wordTable{hash: h, slots: make([]wordSlot, h.Size()), sums: make([]uint64, h.Size())}
	for i, sum := range sums {
		at := h.Slot(sum)
		t.slots[at], t.sums[at] = words[i], sum
		t.slots[at].check = uint32(sum >> 32)
	}
	return t
}

// WithWords gives a tagger like t that tells besides, in Scan.Own, each word's
// place among words, sums without a repetition, from 1 on: who counts words has
// them looked up together with the taxonomy's. All numbers are the word numeral.
func (t *Tagger) WithWords(words []uint64, numeral uint64) *Tagger {
	own := make(map[uint64]uint32, len(words))
	for i, sum := range words {
		own[sum] = uint32(i + 1)
	}
	out := *t
	out.numeral = own[numeral]
	var sums []uint64
	var slots []wordSlot
	for i, w := range t.words.slots {
		if w.is == 0 {
			continue
		}
		sum := t.words.sums[i]
		w.own = own[sum]
		delete(own, sum)
		sums, slots = append(sums, sum), append(slots, w)
	}
	for sum, n := range own {
		sums, slots = append(sums, sum), append(slots, wordSlot{own: n})
	}
	out.words = newWordTable(perfect.New(sums), sums, slots)
	return &out
}
