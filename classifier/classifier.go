// Package classifier says of a job posting whether it is an AI Engineer's job,
// a Data Engineer's, both or neither, and why. In goes a Posting, out comes a
// Result: the label, its probability, the tools, skills and responsibilities
// with the bytes where they stand, and the evidence whose weights add up to
// the score.
//
// A posting is read in two steps. The first takes the description apart into
// sentences and guesses of each its section and whether it speaks of AI or of
// data engineering; the second adds up words, entries of the taxonomy, the
// title, and the shares that both roles have of the duties, once for each of
// the two questions. Both steps are linear in weights that Fit learns from
// labelled postings. What a duty says of responsibilities is learned the same
// way, from those that readers marked. The package reads no clock, network,
// flag or log: the same posting, taxonomy and model give the same result, byte
// for byte.
package classifier

import (
	"cmp"
	"sync"

	"rolecall/index"
)

// Options change what a Classifier answers. The zero value is production.
type Options struct {
	MinConfidence float64 // below it State is Review; 0 never asks for review
	AllEvidence   bool    // list every summand; otherwise the strongest, and the rest as one
}

// Classifier labels postings. It is safe for use by many goroutines.
type Classifier struct {
	opts      Options
	ix        *index.Index
	tagger    *index.Tagger // ix's, which numbers the model's words besides
	model     *Model
	sectionOf []int8   // by entry: the section that a heading names, -1 for other kinds
	idSums    []uint64 // by entry: the sum of its id
	roleSums  []uint64 // by entry: the sum of its role, 0 for none
	bound     bound
	tasks     boundTasks
	counted   counted
	begins    map[uint64]bool // words by which sentences about duties and requirements begin
	levels    levels
	bands     bands
	pool      sync.Pool
}

// New makes a classifier of an index and a model.
func New(ix *index.Index, m *Model, opts Options) *Classifier {
	c := &Classifier{opts: opts, ix: ix, model: m, counted: newCounted(ix.Entries()), begins: beginnings(ix.Entries()), levels: newLevels(ix.Entries()), bands: newBands(ix.Entries())}
	for _, e := range ix.Entries() {
		section := int8(-1)
		if e.Kind == index.Heading {
			section = sectionIndex(Section(e.Value))
		}
		role := uint64(0)
		if e.Role != "" {
			role = index.Sum(e.Role)
		}
		c.sectionOf = append(c.sectionOf, section)
		c.idSums = append(c.idSums, index.Sum(e.ID))
		c.roleSums = append(c.roleSums, role)
	}
	c.tagger = ix.Tagger
	if m != nil {
		c.tagger = ix.WithWords(m.tables.words, numberSum)
		c.bound = c.bind(m.tables)
		c.tasks = c.bindTasks(&m.tasks)
	}
	c.pool.New = func() any { return &reading{engine: c} }
	return c
}

// Default is a classifier with the taxonomy and model that are built in.
func Default(opts Options) (*Classifier, error) {
	var m *Model
	var modelErr error
	var model sync.WaitGroup // read beside the index, which takes longer
	model.Go(func() { m, modelErr = DefaultModel() })
	ix, err := index.Default()
	model.Wait()
	if err = cmp.Or(err, modelErr); err != nil {
		return nil, err
	}
	return New(ix, m, opts), nil
}

// Revision names the taxonomy and the model together: same revision, same
// posting, same result.
func (c *Classifier) Revision() string { return c.ix.Revision + "-" + c.model.Revision }

// Classify says what a posting is. It cannot fail, and says the same of the
// same posting, byte for byte.
func (c *Classifier) Classify(p Posting) Result {
	r := c.pool.Get().(*reading)
	defer c.pool.Put(r)
	r.read(&p)
	r.guessUnits()
	r.place(&p)
	r.sumUp()
	res := Result{
		Format: Format, ID: p.ID, Title: p.Title, Company: p.Company, URL: p.URL, State: r.state(),
		Evidence: []Evidence{}, Taxonomy: c.ix.Revision, Model: c.model.Revision,
	}
	r.find(&p, &res)
	r.facts(&p, &res)
	if res.State == Classified {
		r.decide(&p, &res)
	}
	return res
}

const (
	minWords = 20  // a description of fewer words is too short to say anything of
	langSize = 600 // bytes of text that its language is told by
)

// state says whether there is enough English text for an answer.
func (r *reading) state() State {
	switch {
	case len(r.scan.Tokens) < minWords:
		return TooShort
	case !englishWords(r.text.text, r.scan.Tokens) && !english(r.text.text):
		return UnsupportedLanguage
	}
	return Classified
}

// decide answers the two questions and says why.
func (r *reading) decide(p *Posting, res *Result) {
	var z [2]float64
	res.Evidence, z = r.evidence(p)
	ai, de := sigmoid(z[0]), sigmoid(z[1])
	res.Scores = Scores{round(ai), round(de)}
	res.AIShare, res.DEShare = round(r.shown[0]), round(r.shown[1])
	probs := [4]float64{ai * (1 - de), de * (1 - ai), ai * de, (1 - ai) * (1 - de)}
	first, second := 0, -1
	for i := range probs {
		if probs[i] > probs[first] {
			first = i
		}
	}
	for i := range probs {
		if i != first && (second < 0 || probs[i] > probs[second]) {
			second = i
		}
	}
	res.Label, res.Confidence = Labels[first], round(probs[first])
	if res.Confidence < r.engine.opts.MinConfidence {
		res.State, res.Candidates = Review, []Label{Labels[first], Labels[second]}
	}
	if codes, ok := codesOf[res.Label]; ok {
		res.Codes = &codes
	}
	if res.Salary != nil {
		res.Salary.Band = r.engine.bands.compare(res.Label, res.Seniority, res.Salary)
	}
	res.Reason = r.reason(p, res)
}

// codesOf are the closest occupations, not exact ones: O*NET lists Data
// Engineer under Database Architects and AI Engineer as an alternate title.
// A hybrid has no single one.
var codesOf = map[Label]Codes{
	AIEngineer:   {ONET: "15-1221.00", ESCO: "http://data.europa.eu/esco/occupation/35553663-deab-4d9a-bf22-15c1625d28e8"},
	DataEngineer: {ONET: "15-1243.00", ESCO: "http://data.europa.eu/esco/occupation/2079755f-d809-49e6-8037-4de6180e54c0"},
}

// beginnings are the first words of the taxonomy's actions and of what asks
// for a requirement.
func beginnings(entries []index.Entry) map[uint64]bool {
	out := map[uint64]bool{}
	add := func(text string) {
		if words := index.Words(text); len(words) > 0 {
			out[index.Sum(words[0])] = true
		}
	}
	for _, e := range entries {
		for _, a := range e.Actions {
			add(a)
		}
		if e.Kind == index.NeedCue && e.Value == "required" {
			for _, f := range e.Forms {
				add(f.Text)
			}
		}
	}
	return out
}
