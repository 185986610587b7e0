package classifier

import (
	"slices"
	"strings"

	"rolecall/index"
)

// reading is a posting taken apart. It is kept in a pool: nothing of it may
// outlive a Classify.
type reading struct {
	engine *Classifier
	text   plain
	scan   index.Scan // of the description's text
	title  index.Scan
	units  []unit
	spare  []unit
	tagAt  [8]int // how far entriesOf has come in each layer

	repeats []bool // by tag of index.Things: an alternative to one before it, of the same role

	guesses   []guess
	pairs     [chunk]pairAt
	said      []saying
	saidTo    []int32 // by unit: where its part of said ends
	entries   []int32 // found in units, see entriesIn
	entriesTo []int32 // by unit: where its part of entries ends
	inTitle   []placed
	summands  []summand
	places    []uint32 // by term: its place among summands, from 1 on; all 0 between two postings
	counts    []count  // by place in counted.features
	named     []int32  // responsibilities among them
	shares    shares
	shown     [2]float64    // the AI and the data share, as they are told
	terms     [2][]term     // of each question
	sums      [2]int        // of what they weigh, in shownSteps
	cue       []index.Token // of words that a reason may name
	cited     []Mention     // of its evidence
	hits      []hit
	seen      []sighting
	tasks     []sayingTask
	cueAt     int // how far need has come among the cues
}

// dropAddresses takes the tools out that stand in a web address: whose site it
// is says nothing of the job.
func (r *reading) dropAddresses() {
	text := r.text.text
	tags := &r.scan.Tags[index.Things]
	*tags = slices.DeleteFunc(*tags, func(t index.Tag) bool {
		if t.Start == 0 || strings.IndexByte(inAddress, text[t.Start-1]) < 0 {
			return false
		}
		word := text[max(0, int(t.Start)-longestAddress):t.Start]
		word = word[1+strings.LastIndexAny(word, spaces):]
		return strings.Contains(word, "://") || strings.Contains(word, "www.")
	})
}

const (
	longestAddress = 300 // bytes of one before what is found in it
	spaces         = " \n\r\t"
	inAddress      = "/.-_=&?@:%#+" // what stands before a word in one
)

// read takes a posting apart.
func (r *reading) read(p *Posting) {
	r.text.read(p.Description)
	r.engine.tagger.Scan(&r.scan, r.text.text, index.Things, index.Works, index.Cues, index.Heads, index.Themes)
	r.dropAddresses()
	r.engine.tagger.Scan(&r.title, p.Title, index.Titles, index.Things)
	r.cutUnits()
	r.findAlternatives()
	r.tagAt = [8]int{}
}
