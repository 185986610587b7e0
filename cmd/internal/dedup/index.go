package dedup

import (
	"encoding/binary"
	"sync/atomic"
)

// Index knows the postings seen so far. It is for one goroutine, Size aside. All it holds
// grows by pieces, not by copying, and has no pointers for the collector to follow.
type Index struct {
	exact map[uint64]uint32 // hash of all words -> item
	bands [bands]table
	marks [][]marks // of every item, in pieces of piece
	ids   [][]byte  // of every item, in pieces of idPiece bytes
	spots [][]spot  // of every item in ids, in pieces of piece
	len   int
	size  atomic.Int64
	near  []uint32 // scratch
}

// marks are the low 8 bits of a signature's min-hashes.
type marks [bins]uint8

// spot is where an item's id stands, and beside it what its title is.
type spot struct {
	piece, start uint32
	len, title   uint16
}

const (
	piece   = 1 << 12
	idPiece = 1 << 18
	maxID   = 1 << 12 // bytes kept of an id
)

// Candidates share all marks of one band. With 16 bands of 4, of two postings
// that have 70 % of their shingles in common 99 % meet, of those with 30 % one
// in eight.
const (
	bands    = 16
	bandRows = bins / bands
)

// Two postings of the same title are copies from Threshold on. Under other
// titles an employer's adverts share much and are different jobs: then all but
// a word or two must be the same. Of 129 that were copies by Threshold alone
// among 4,871 postings without exact ones, 92 had other titles, "Senior Data
// Engineer" and "Staff Data Engineer" among them.
const (
	Threshold      = 0.5
	ThresholdOther = 0.95
)

// minWords is how many words a posting must have to be like another: shorter
// ones are copies only if all their words are the same.
const minWords = 30

// NewIndex makes an empty index.
func NewIndex() *Index { return &Index{exact: map[uint64]uint32{}} }

// Len is how many postings are remembered.
func (ix *Index) Len() int { return ix.len }

// Size is about how many bytes the index takes. It may be asked from anywhere.
func (ix *Index) Size() int64 { return ix.size.Load() }

func (ix *Index) measure() {
	n := len(ix.marks)*piece*bins + len(ix.spots)*piece*12 + len(ix.ids)*idPiece + 24*len(ix.exact)
	for i := range ix.bands {
		n += 4 * len(ix.bands[i].slots)
	}
	ix.size.Store(int64(n))
}

// First gives the id of the first posting that s is a copy of, and how similar
// it is; "" where s is the first of its kind, which is then remembered under id.
func (ix *Index) First(s *Signature, id string) (string, float64) {
	if s.words == 0 {
		return "", 0
	}
	if item, ok := ix.exact[s.exact]; ok {
		return ix.id(item), 1
	}
	var m marks
	for i, v := range s.mins {
		m[i] = uint8(v)
	}
	if s.words >= minWords {
		if item, similarity := ix.best(&m, s.title); similarity > 0 {
			return ix.id(item), similarity
		}
	}
	ix.add(s, &m, id)
	return "", 0
}

// key is what a band's candidates share.
func (m *marks) key(band int) uint32 { return binary.LittleEndian.Uint32(m[band*bandRows:]) }

func (ix *Index) marksOf(item uint32) *marks { return &ix.marks[item/piece][item%piece] }

// best is the copy that is most similar of the candidates, the earliest of
// equals; the similarity is 0 if none is a copy.
func (ix *Index) best(m *marks, title uint16) (item uint32, similarity float64) {
	ix.near = ix.near[:0]
	for b := range ix.bands {
		ix.near = ix.find(b, m.key(b), ix.near)
	}
	for _, candidate := range ix.near {
		sim, least := similar(m, ix.marksOf(candidate)), Threshold
		if ix.spots[candidate/piece][candidate%piece].title != title {
			least = ThresholdOther
		}
		if sim < least {
			continue
		}
		if sim > similarity || sim == similarity && candidate < item {
			item, similarity = candidate, sim
		}
	}
	return item, similarity
}

// similar estimates the share of shingles in common (Jaccard's index), what
// chance makes equal taken off.
func similar(a, b *marks) float64 {
	same := 0
	for i := range a {
		if a[i] == b[i] {
			same++
		}
	}
	return max(0, (float64(same)-bins/256.)/(bins-bins/256.))
}

func (ix *Index) add(s *Signature, m *marks, id string) {
	item := uint32(ix.len)
	if ix.len%piece == 0 {
		ix.marks = append(ix.marks, make([]marks, piece))
		ix.spots = append(ix.spots, make([]spot, piece))
		ix.measure()
	}
	ix.len++
	*ix.marksOf(item) = *m
	at := ix.keepID(id)
	at.title = s.title
	ix.spots[item/piece][item%piece] = at
	ix.exact[s.exact] = item
	if s.words < minWords {
		return
	}
	for b := range ix.bands {
		ix.insert(b, m.key(b), item)
	}
}

func (ix *Index) keepID(id string) spot {
	id = id[:min(len(id), maxID)]
	last := len(ix.ids) - 1
	if last < 0 || len(ix.ids[last])+len(id) > idPiece {
		ix.ids = append(ix.ids, make([]byte, 0, idPiece))
		last++
	}
	start := len(ix.ids[last])
	ix.ids[last] = append(ix.ids[last], id...)
	return spot{piece: uint32(last), start: uint32(start), len: uint16(len(id))}
}

func (ix *Index) id(item uint32) string {
	s := ix.spots[item/piece][item%piece]
	return string(ix.ids[s.piece][s.start : s.start+uint32(s.len)])
}

// table finds the items of a band's key: open addressing, items of a key one
// after the other. Keys are read from the items' marks.
type table struct {
	slots []uint32 // item+1; 0 is free
	used  int
}

// maxNear bounds how many candidates one band gives: a phrase that thousands
// of adverts share makes none of them a copy.
const maxNear = 64

func (ix *Index) find(band int, key uint32, out []uint32) []uint32 {
	t := &ix.bands[band]
	if t.used == 0 {
		return out
	}
	mask := uint32(len(t.slots) - 1)
	n := 0
	for i := slotOf(key) & mask; t.slots[i] != 0 && n < maxNear; i = (i + 1) & mask {
		if item := t.slots[i] - 1; ix.marksOf(item).key(band) == key {
			out = append(out, item)
			n++
		}
	}
	return out
}

func slotOf(key uint32) uint32 { return uint32(mix(uint64(key))) }

func (ix *Index) insert(band int, key, item uint32) {
	t := &ix.bands[band]
	if 10*(t.used+1) > 7*len(t.slots) {
		old := t.slots
		*t = table{slots: make([]uint32, max(1024, 2*len(old)))}
		for _, slot := range old {
			if slot != 0 {
				ix.insert(band, ix.marksOf(slot-1).key(band), slot-1)
			}
		}
	}
	mask := uint32(len(t.slots) - 1)
	i, same := slotOf(key)&mask, 0
	for ; t.slots[i] != 0; i = (i + 1) & mask {
		if ix.marksOf(t.slots[i]-1).key(band) == key {
			if same++; same >= maxNear {
				return
			}
		}
	}
	t.slots[i] = item + 1
	t.used++
}
