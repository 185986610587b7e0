// Package perfect numbers the keys of a set that does not change, so that each
// has a slot of its own and looking one up is one look. It holds no keys: the
// caller's slot must tell whether a key is the one that it was made for.
package perfect

import "slices"

// Hash gives every key of its set a slot of its own below Size. The keys are
// dealt into groups of about four, and each group has a number, found when the
// hash is made, by which all its keys come to slots that are free (Belazzougui,
// Botelho and Dietzfelbinger, "Hash, displace, and compress", 2009).
type Hash struct {
	shifts []uint16 // by group
	size   uint64
}

const groupSize = 4

// New makes a hash of keys, which must be well mixed: all their bits are used.
// Keys that come twice count once.
func New(keys []uint64) Hash {
	groups := 1
	for groups*groupSize < len(keys) {
		groups *= 2
	}
	h := Hash{shifts: make([]uint16, groups)}
	list := h.deal(keys)
	for size := uint64(len(keys)*10/9 + 1); !h.fill(list, size); size += size/8 + 1 {
	}
	return h
}

// deal gives the keys of each group, the largest group first.
func (h *Hash) deal(keys []uint64) [][]uint64 {
	ends := make([]int32, len(h.shifts)+1)
	for _, key := range keys {
		ends[h.group(key)+1]++
	}
	most := slices.Max(ends)
	for i := range h.shifts {
		ends[i+1] += ends[i]
	}
	dealt := make([]uint64, len(keys))
	for _, key := range keys {
		g := h.group(key)
		dealt[ends[g]] = key
		ends[g]++ // which makes it the end
	}
	bySize := make([][][]uint64, most+1)
	from := int32(0)
	for _, end := range ends[:len(h.shifts)] {
		group := dealt[from:end]
		slices.Sort(group)
		group = slices.Compact(group)
		bySize[len(group)] = append(bySize[len(group)], group)
		from = end
	}
	slices.Reverse(bySize)
	return slices.Concat(bySize[:most]...) // without the empty ones
}

// fill finds every group's number; false if one finds no room in size slots.
func (h *Hash) fill(list [][]uint64, size uint64) bool {
	h.size = size
	taken := make([]bool, size)
	for _, group := range list {
		if !h.place(group, taken) {
			return false
		}
	}
	return true
}

func (h *Hash) place(group []uint64, taken []bool) bool {
	for shift := range 1 << 16 {
		h.shifts[h.group(group[0])] = uint16(shift)
		n := 0
		for ; n < len(group) && !taken[h.Slot(group[n])]; n++ {
			taken[h.Slot(group[n])] = true
		}
		if n == len(group) {
			return true
		}
		for _, key := range group[:n] {
			taken[h.Slot(key)] = false
		}
	}
	return false
}

func (h *Hash) group(key uint64) uint64 { return key & uint64(len(h.shifts)-1) }

// Size is how many slots there are: a ninth more than keys, or a little more.
func (h *Hash) Size() int { return int(h.size) }

// Slot is the slot of a key, and some slot of any other.
func (h *Hash) Slot(key uint64) uint64 {
	shift := uint64(h.shifts[key&uint64(len(h.shifts)-1)])
	return (key + shift*0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93 >> 32 * h.size >> 32
}
