package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Pairs counts in how many postings two tools stand together. Tools have
// numbers in the order of their appearance: a posting has a hundred pairs, and
// names would cost more than all else that is counted.
type Pairs struct {
	names   []string
	numbers map[string]uint32
	counts  map[uint64]uint32 // smaller number<<32 | larger
	scratch []uint32
}

// maxPairs bounds how many pairs are kept; 1,500 tools make a million, of
// which postings have a tenth.
const maxPairs = 200_000

func newPairs() *Pairs { return &Pairs{numbers: map[string]uint32{}, counts: map[uint64]uint32{}} }

func (p *Pairs) number(name string) uint32 {
	n, ok := p.numbers[name]
	if !ok {
		n = uint32(len(p.names))
		p.numbers[name] = n
		p.names = append(p.names, name)
	}
	return n
}

// add counts every two of a posting's tools.
func (p *Pairs) add(n int, name func(int) string) {
	p.scratch = p.scratch[:0]
	for i := range n {
		p.scratch = append(p.scratch, p.number(name(i)))
	}
	for i, a := range p.scratch {
		for _, b := range p.scratch[i+1:] {
			key := pairKey(a, b)
			if had := p.counts[key]; had > 0 || len(p.counts) < maxPairs {
				p.counts[key] = had + 1
			}
		}
	}
}

func pairKey(a, b uint32) uint64 { return uint64(min(a, b))<<32 | uint64(max(a, b)) }

// of is in how many postings both stand.
func (p *Pairs) of(a, b string) int {
	x, known := p.numbers[a]
	y, also := p.numbers[b]
	if !known || !also {
		return 0
	}
	return int(p.counts[pairKey(x, y)])
}

// pairsJSON is Pairs on the wire: counts are a, b and n by turns.
type pairsJSON struct {
	Names  []string `json:"names"`
	Counts []uint32 `json:"counts"`
}

func (p *Pairs) MarshalJSON() ([]byte, error) {
	w := pairsJSON{Names: p.names}
	for _, key := range slices.Sorted(maps.Keys(p.counts)) {
		w.Counts = append(w.Counts, uint32(key>>32), uint32(key), p.counts[key])
	}
	return json.Marshal(w)
}

func (p *Pairs) UnmarshalJSON(data []byte) error {
	var w pairsJSON
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	*p = *newPairs()
	for _, name := range w.Names {
		p.number(name)
	}
	for i := 0; i+2 < len(w.Counts); i += 3 {
		a, b := w.Counts[i], w.Counts[i+1]
		if int(max(a, b)) >= len(p.names) {
			return fmt.Errorf("pair %d, %d of %d tools", a, b, len(p.names))
		}
		p.counts[pairKey(a, b)] = w.Counts[i+2]
	}
	return nil
}
