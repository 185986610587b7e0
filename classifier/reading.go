package classifier

import "rolecall/index"

// reading is a posting taken apart. It is kept in a pool: nothing of it may
// outlive a Classify.
type reading struct {
	engine *Classifier
	text   plain
	scan   index.Scan // of the description's text
	title  index.Scan
	units  []unit
	spare  []unit
	tagAt  [8]int // how far entryFeatures has come in each layer

	feats    []feature
	guesses  []guess
	unitRows []int32    // rows of the model that the units' words and entries have
	rowsOf   [][2]int32 // by unit: its part of unitRows
	summands []summand
	slot     []int32  // by row: its place in summands
	stamp    []uint32 // by row: slot holds if this is now
	now      uint32
	shares   shares
	termBuf  []term
	mentions []Mention // of the result in the making
	at       []entryAt
}

// read takes a posting apart.
func (r *reading) read(p *Posting) {
	r.text.read(p.Description)
	r.engine.ix.Scan(&r.scan, r.text.text, index.Things, index.Works, index.Cues, index.Heads)
	r.engine.ix.Scan(&r.title, p.Title, index.Titles, index.Things)
	r.cutUnits()
	r.tagAt = [8]int{}
}
