package classifier

import (
	"math"
	"strings"
	"testing"
)

// TestTables: the first step says of every unit of testdata what its features,
// looked up one by one in the model's rows, add up to.
func TestTables(t *testing.T) {
	r := newReading(t)
	m := r.engine.model
	rows := map[uint64]*outputs{}
	for i, name := range m.names {
		rows[featureOf(name).key()] = &m.rows[i].step1
	}
	long := Posting{Description: strings.Repeat("we build data pipelines and train models with you ", 100)}
	for _, p := range append(testPostings(t), long) {
		r.read(&p)
		r.guessUnits()
		sums := make([]outputs, len(r.units))
		add := func(f feature, k int, val float32) {
			if w := rows[f.key()]; w != nil && k >= 0 {
				for o := range w {
					sums[k][o] += val * w[o]
				}
			}
		}
		r.eachFeature(add)
		for k := range r.units {
			add(constantFeature, k, 1)
			var want guess
			want.finish(&sums[k])
			got := &r.guesses[k]
			far := func(a, b float32) bool { return math.Abs(float64(a-b)) > 1e-4*(1+math.Abs(float64(b))) }
			differ := far(got.zAI, want.zAI) || far(got.zDE, want.zDE)
			for o := range got.section {
				differ = differ || far(got.section[o], want.section[o])
			}
			if differ {
				t.Fatalf("%s, unit %d: %+v: %+v was wanted", p.ID, k, *got, want)
			}
		}
	}
}
