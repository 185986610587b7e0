package dedup

// Index knows the postings seen so far. It is for one goroutine.
type Index struct {
	exact map[uint64]uint32 // hash of all words -> item
	bands [bands]table
	marks []uint8 // bins of every item, 8 bits each
	ids   []byte  // of every item, one after the other
	ends  []uint32
	near  []uint32 // scratch
}

// Candidates share all min-hashes of one band. With 16 bands of 4, of two
// postings that have 70 % of their shingles in common 99 % meet, of those with
// 30 % one in eight.
const (
	bands    = 16
	bandRows = bins / bands
)

// Threshold is the similarity from which on two postings are copies.
const Threshold = 0.5

// NewIndex makes an empty index.
func NewIndex() *Index { return &Index{exact: map[uint64]uint32{}} }

// First gives the id of the first posting that s is a copy of, and how similar
// it is; "" where s is the first of its kind, which is then remembered under id.
func (ix *Index) First(s *Signature, id string) (string, float64) {
	if s.words == 0 {
		return "", 0
	}
	if item, ok := ix.exact[s.exact]; ok {
		return ix.id(item), 1
	}
	var keys [bands]uint32
	for b := range keys {
		keys[b] = bandKey(s, b)
	}
	if s.words >= minWords {
		if item, similarity := ix.best(s, &keys); similarity >= Threshold {
			return ix.id(item), similarity
		}
	}
	ix.add(s, id, &keys)
	return "", 0
}

// minWords is how many words a posting must have to be like another: shorter
// ones are copies only if all their words are the same.
const minWords = 30

func bandKey(s *Signature, band int) uint32 {
	h := uint64(band)
	for _, m := range s.mins[band*bandRows : (band+1)*bandRows] {
		h = mix(h ^ uint64(m))
	}
	return uint32(h)
}

// best is the most similar of the candidates, the earliest of equals.
func (ix *Index) best(s *Signature, keys *[bands]uint32) (item uint32, similarity float64) {
	ix.near = ix.near[:0]
	for b := range keys {
		ix.near = ix.bands[b].find(keys[b], ix.near)
	}
	for _, candidate := range ix.near {
		sim := ix.similarity(s, candidate)
		if sim > similarity || sim == similarity && candidate < item {
			item, similarity = candidate, sim
		}
	}
	return item, similarity
}

// similarity estimates the share of shingles in common (Jaccard's index).
func (ix *Index) similarity(s *Signature, item uint32) float64 {
	marks := ix.marks[int(item)*bins : int(item+1)*bins]
	same := 0
	for i, m := range s.mins {
		if uint8(m) == marks[i] {
			same++
		}
	}
	return max(0, (float64(same)-bins/256.)/(bins-bins/256.))
}

func (ix *Index) add(s *Signature, id string, keys *[bands]uint32) {
	item := uint32(len(ix.ends))
	if len(id) > maxID {
		id = id[:maxID]
	}
	ix.ids = append(ix.ids, id...)
	ix.ends = append(ix.ends, uint32(len(ix.ids)))
	for _, m := range s.mins {
		ix.marks = append(ix.marks, uint8(m))
	}
	ix.exact[s.exact] = item
	if s.words < minWords {
		return
	}
	for b := range keys {
		ix.bands[b].add(keys[b], item)
	}
}

const maxID = 200 // bytes kept of an id

func (ix *Index) id(item uint32) string {
	start := uint32(0)
	if item > 0 {
		start = ix.ends[item-1]
	}
	return string(ix.ids[start:ix.ends[item]])
}

// Len is how many postings are remembered.
func (ix *Index) Len() int { return len(ix.ends) }

// table finds the items of a key: open addressing, items of a key one after
// the other.
type table struct {
	slots []slot
	used  int
}

type slot struct{ key, item uint32 } // item+1; 0 is free

// maxNear bounds how many candidates one band gives: a phrase that thousands
// of adverts share makes none of them a copy.
const maxNear = 64

func (t *table) find(key uint32, out []uint32) []uint32 {
	if t.used == 0 {
		return out
	}
	mask := uint32(len(t.slots) - 1)
	for i, n := key&mask, 0; t.slots[i].item != 0 && n < maxNear; i = (i + 1) & mask {
		if t.slots[i].key == key {
			out = append(out, t.slots[i].item-1)
			n++
		}
	}
	return out
}

func (t *table) add(key, item uint32) {
	if 4*(t.used+1) > 3*len(t.slots) {
		t.grow()
	}
	mask := uint32(len(t.slots) - 1)
	i, same := key&mask, 0
	for ; t.slots[i].item != 0; i = (i + 1) & mask {
		if t.slots[i].key == key {
			if same++; same >= maxNear {
				return
			}
		}
	}
	t.slots[i] = slot{key, item + 1}
	t.used++
}

func (t *table) grow() {
	old := t.slots
	t.slots = make([]slot, max(1024, 2*len(old)))
	t.used = 0
	for _, s := range old {
		if s.item != 0 {
			t.add(s.key, s.item-1)
		}
	}
}
