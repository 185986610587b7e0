package classifier

import (
	"maps"
	"slices"

	"rolecall/internal/perfect"
)

// keyTable finds what stands under a key. A slot keeps half of its key; a key
// that is not in the table is taken for one of them once in four thousand
// million times.
type keyTable[V any] struct {
	hash  perfect.Hash
	slots []keySlot[V]
	none  *V // what get gives for a key that is not in it
}

type keySlot[V any] struct {
	val   V
	check uint32
}

func newKeyTable[V any](vals map[uint64]V, none V) keyTable[V] {
	t := keyTable[V]{hash: perfect.New(slices.Collect(maps.Keys(vals))), none: &none}
	t.slots = make([]keySlot[V], t.hash.Size())
	for key, val := range vals {
		t.slots[t.hash.Slot(key)] = keySlot[V]{val, checkOf(key)}
	}
	return t
}

// checkOf is never 0: an empty slot has none.
func checkOf(key uint64) uint32 { return uint32(key>>32) | 1 }

// get is what stands under a key.
func (t *keyTable[V]) get(key uint64) *V {
	s, v := &t.slots[t.hash.Slot(key)], t.none
	if s.check == checkOf(key) {
		v = &s.val
	}
	return v
}
