package report

import (
	"encoding/json"
	"fmt"
)

// Pairs counts in how many postings two tools stand together. Tools have
// numbers in the order of their appearance: a posting has a hundred pairs, and
// names would cost more than all else that is counted.
type Pairs struct {
	names   []string
	numbers map[string]uint32
	counts  []uint32 // by pairPlace
	scratch []uint32
}

// maxTools bounds whose pairs are counted: 4,096 are twice as many as the
// taxonomy that is built in has, and would take 33 MB.
const maxTools = 4096

func newPairs() *Pairs { return &Pairs{numbers: map[string]uint32{}} }

// number is a tool's, false if there are too many.
func (p *Pairs) number(name string) (uint32, bool) {
	n, ok := p.numbers[name]
	if !ok && len(p.names) < maxTools {
		n, ok = uint32(len(p.names)), true
		p.numbers[name] = n
		p.names = append(p.names, name)
		p.counts = append(p.counts, make([]uint32, n)...)
	}
	return n, ok
}

// add counts every two of a posting's tools.
func (p *Pairs) add(n int, name func(int) string) {
	p.scratch = p.scratch[:0]
	for i := range n {
		if number, ok := p.number(name(i)); ok {
			p.scratch = append(p.scratch, number)
		}
	}
	for i, a := range p.scratch {
		for _, b := range p.scratch[i+1:] {
			if a != b {
				p.counts[pairPlace(a, b)]++
			}
		}
	}
}

// pairPlace is the place of two different numbers' count: those of the larger
// with all that are smaller stand in a row.
func pairPlace(a, b uint32) int {
	small, large := int(min(a, b)), int(max(a, b))
	return large*(large-1)/2 + small
}

// of is in how many postings both stand.
func (p *Pairs) of(a, b string) int {
	x, known := p.numbers[a]
	y, also := p.numbers[b]
	if !known || !also || x == y {
		return 0
	}
	return int(p.counts[pairPlace(x, y)])
}

// pairsJSON is Pairs on the wire: counts are a, b and n by turns.
type pairsJSON struct {
	Names  []string `json:"names"`
	Counts []uint32 `json:"counts"`
}

func (p *Pairs) MarshalJSON() ([]byte, error) {
	w := pairsJSON{Names: p.names}
	for a := range uint32(len(p.names)) {
		for b := range a {
			if n := p.counts[pairPlace(a, b)]; n > 0 {
				w.Counts = append(w.Counts, b, a, n)
			}
		}
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
		if max(a, b) >= maxTools && int(max(a, b)) < len(w.Names) {
			continue
		}
		if a == b || int(max(a, b)) >= len(p.names) {
			return fmt.Errorf("pair %d, %d of %d tools", a, b, len(p.names))
		}
		p.counts[pairPlace(a, b)] = w.Counts[i+2]
	}
	return nil
}
