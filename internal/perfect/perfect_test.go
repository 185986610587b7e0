package perfect

import (
	"math/rand/v2"
	"testing"
)

// TestSlots: every key has a slot of its own, whatever the number of keys, and
// the slots are few.
func TestSlots(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 3, 10, 100, 1000, 30000} {
		keys := make([]uint64, n)
		for i := range keys {
			keys[i] = rnd.Uint64()
		}
		if n > 2 {
			keys[1] = keys[0] // twice: counts once
		}
		h := New(keys)
		if h.Size() > n+n/2+1 {
			t.Errorf("%d keys: %d slots", n, h.Size())
		}
		at := map[uint64]uint64{}
		for _, k := range keys {
			s := h.Slot(k)
			if s >= uint64(h.Size()) {
				t.Fatalf("%d keys: slot %d of %d", n, s, h.Size())
			}
			if other, ok := at[s]; ok && other != k {
				t.Fatalf("%d keys: %x and %x share slot %d", n, other, k, s)
			}
			at[s] = k
		}
		for range 1000 {
			if s := h.Slot(rnd.Uint64()); s >= uint64(h.Size()) {
				t.Fatalf("%d keys: slot %d of %d for a key that is none of them", n, s, h.Size())
			}
		}
	}
}
