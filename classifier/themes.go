package classifier

import (
	"slices"

	"rolecall/index"
)

// count says how many sentences of a posting speak of a theme of the taxonomy,
// or how many of a role's responsibilities it names, and where the first stands.
type count struct {
	n          float32 // a sentence counts as far as it is about the job
	last       int32   // unit that was counted last
	unit       int32
	start, end int32 // bytes of the text
}

// counted are the features that are counted, and which of them an entry adds to.
type counted struct {
	features []feature
	places   []int32 // by entry: place in features, -1 for none
}

func newCounted(entries []index.Entry) counted {
	c := counted{places: make([]int32, len(entries))}
	at := map[string]int32{}
	for i, e := range entries {
		name := ""
		switch e.Kind {
		case index.Theme:
			name = e.ID
		case index.Responsibility:
			name = e.Role
		}
		c.places[i] = -1
		if name == "" {
			continue
		}
		if _, ok := at[name]; !ok {
			at[name] = int32(len(c.features))
			c.features = append(c.features, feature{fCount, index.Sum(name), 0})
		}
		c.places[i] = at[name]
	}
	return c
}

// aboutJob is how far a sentence must be about the job for the responsibility
// in it to count.
const aboutJob = 0.3

// count counts anew. gate is how far a unit is about the job, 0 to 1.
func (r *reading) count(gate func(k int) float32) {
	c := &r.engine.counted
	r.counts = r.counts[:0]
	for range c.features {
		r.counts = append(r.counts, count{last: -1})
	}
	k := 0
	for i := range r.scan.Tags[index.Themes] {
		tag := &r.scan.Tags[index.Themes][i]
		k = r.unitAt(k, tag.First)
		if at := c.places[tag.Entry]; r.counts[at].last != int32(k) {
			r.counts[at].add(gate(k), k, tag)
		}
	}
	k = 0
	r.named = r.named[:0]
	for i := range r.scan.Tags[index.Works] {
		tag := &r.scan.Tags[index.Works][i]
		k = r.unitAt(k, tag.First)
		if at := c.places[tag.Entry]; at >= 0 && !slices.Contains(r.named, tag.Entry) && gate(k) >= aboutJob {
			r.named = append(r.named, tag.Entry)
			r.counts[at].add(1, k, tag)
		}
	}
}

func (c *count) add(n float32, k int, tag *index.Tag) {
	if c.last < 0 {
		c.unit, c.start, c.end = int32(k), tag.Start, tag.End
	}
	c.last = int32(k)
	c.n += n
}

// countFeatures calls take with the features of the counts that are not 0. A
// scientist's postings have features of their own besides: what is production
// or reporting tells engineers among scientists, and among nobody else.
func (r *reading) countFeatures(take func(f feature, c *count)) {
	scientist := slices.ContainsFunc(r.title.Tokens, func(t index.Token) bool { return scientistWords.has(t.Sum) })
	for i, f := range r.engine.counted.features {
		if c := &r.counts[i]; c.n > 0 {
			take(f, c)
			if scientist {
				f.b = scientistSum
				take(f, c)
			}
		}
	}
}

const scientistName = "scientist"

var (
	scientistSum   = index.Sum(scientistName)
	scientistWords = sumSet("scientist scientists science research researcher researchers")
)
