// Package report counts results and tells what was counted: on a terminal, in
// one HTML page, and against an earlier report.
//
// A Summary is fed one row at a time and stays small however many there are.
// Its JSON form goes into checkpoints and into the page, from which a later
// run reads it back to compare itself with.
package report

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"rolecall/classifier"
	"rolecall/cmd/internal/sink"
)

// Format is the version of Summary's JSON form.
const Format = 1

// Summary is what is counted of a pile of postings. Arrays over labels are in
// the order of classifier.Labels.
type Summary struct {
	Format   int    `json:"format"`
	Revision string `json:"revision"` // of taxonomy and model

	Read    int `json:"read"`     // records
	Failed  int `json:"failed"`   // records that could not be read
	Copies  int `json:"copies"`   // postings that are copies of one before
	Written int `json:"written"`  // results
	NoTrace int `json:"no_trace"` // classified without one entry found

	States     map[classifier.State]int `json:"states"`
	Labels     [4]int                   `json:"labels"`
	Confidence [4][10]int               `json:"confidence"` // by label, in tenths
	Seniority  map[string]*[4]int       `json:"seniority"`
	Industries map[string]*[4]int       `json:"industries"`

	Tools            map[string]*Entry `json:"tools"`
	Skills           map[string]*Entry `json:"skills"`
	Responsibilities map[string]*Entry `json:"responsibilities"`
	Pairs            *Pairs            `json:"pairs,omitempty"` // of postings of the two roles

	Pay    [4]Pay    `json:"pay"` // by label
	Unsure []Posting `json:"unsure"`
}

// Entry is an entry of the taxonomy, as often as postings mention it.
type Entry struct {
	Name     string `json:"name"`
	Category string `json:"category,omitempty"`
	Labels   [4]int `json:"labels"` // postings, by label
	Needs    [4]int `json:"needs"`  // postings that are not "none", by need: required, preferred, duty, context
}

// Pay is what postings of a label state as pay.
type Pay struct {
	Stated  int            `json:"stated"`
	Dollars [payBins]int   `json:"dollars"` // a year, middle of the range, in bins of payBin
	Other   int            `json:"other"`   // in other currencies, or of no sensible size
	Bands   map[string]int `json:"bands"`   // below, within, above
}

const (
	payBin  = 20_000 // US dollars a year
	payBins = 20
)

// Posting is a posting that the page names.
type Posting struct {
	ID         string           `json:"id"`
	Title      string           `json:"title"`
	Company    string           `json:"company"`
	URL        string           `json:"url"`
	Label      classifier.Label `json:"label"`
	Confidence float64          `json:"confidence"`
	Reason     string           `json:"reason"`
}

// New makes an empty summary.
func New(revision string) *Summary {
	return &Summary{
		Format: Format, Revision: revision, States: map[classifier.State]int{},
		Seniority: map[string]*[4]int{}, Industries: map[string]*[4]int{},
		Tools: map[string]*Entry{}, Skills: map[string]*Entry{}, Responsibilities: map[string]*Entry{}, Pairs: newPairs(),
	}
}

// UnmarshalJSON reads a summary that this package has written, and refuses
// others: a page or a checkpoint may be anybody's.
func (s *Summary) UnmarshalJSON(data []byte) error {
	type plain Summary // without this method
	if err := json.Unmarshal(data, (*plain)(s)); err != nil {
		return err
	}
	return s.check()
}

// check says what a summary has that none of ours can have: holes, and numbers
// of postings below 0.
func (s *Summary) check() error {
	for name, all := range map[string]map[string]*[4]int{"seniority": s.Seniority, "industries": s.Industries} {
		if err := checkAll(name, all, func(n *[4]int) []int { return n[:] }); err != nil {
			return err
		}
	}
	for name, all := range map[string]map[string]*Entry{"tools": s.Tools, "skills": s.Skills, "responsibilities": s.Responsibilities} {
		if err := checkAll(name, all, func(e *Entry) []int { return append(e.Labels[:], e.Needs[:]...) }); err != nil {
			return err
		}
	}
	if s.States == nil || s.Pairs == nil {
		return errors.New("states or pairs are null")
	}
	return checkCounts("labels", s.Labels[:])
}

func checkAll[V any](name string, all map[string]*V, counts func(*V) []int) error {
	if all == nil {
		return fmt.Errorf("%s are null", name)
	}
	for key, v := range all {
		if v == nil {
			return fmt.Errorf("%q of %s is null", key, name)
		}
		if err := checkCounts(name, counts(v)); err != nil {
			return err
		}
	}
	return nil
}

// mostPostings is more than any run has, and little enough to be added up.
const mostPostings = 1e15

func checkCounts(name string, counts []int) error {
	for _, n := range counts {
		if n < 0 || n > mostPostings {
			return fmt.Errorf("%d postings in %s", n, name)
		}
	}
	return nil
}

// needs are the needs, in the order of Entry.Needs.
var needs = []classifier.Need{classifier.NeedRequired, classifier.NeedPreferred, classifier.NeedDuty, classifier.NeedContext}

// Bounds of what is kept.
const (
	maxUnsure = 12
	maxText   = 300 // bytes of a posting's text in the page
)

// Add counts a row.
func (s *Summary) Add(row *sink.Row) {
	r := &row.Result
	s.Written++
	s.States[r.State]++
	if row.DuplicateOf != "" {
		s.Copies++
	}
	label := slices.Index(classifier.Labels, r.Label)
	if label < 0 {
		return
	}
	s.Labels[label]++
	s.Confidence[label][min(9, max(0, int(r.Confidence*10)))]++
	if len(r.Tools)+len(r.Skills)+len(r.Responsibilities) == 0 {
		s.NoTrace++
	}
	count(s.Tools, r.Tools, label)
	count(s.Skills, r.Skills, label)
	count(s.Responsibilities, r.Responsibilities, label)
	tally(s.Seniority, r.Seniority, label)
	for _, name := range r.Industries {
		tally(s.Industries, name, label)
	}
	if r.Label != classifier.None {
		s.Pairs.add(len(r.Tools), func(i int) string { return r.Tools[i].ID })
	}
	s.Pay[label].add(r.Salary)
	s.unsure(row)
}

func count(all map[string]*Entry, found []classifier.Found, label int) {
	for i := range found {
		f := &found[i]
		e := all[f.ID]
		if e == nil {
			e = &Entry{Name: f.Name, Category: f.Category}
			all[f.ID] = e
		}
		e.Labels[label]++
		if classifier.Labels[label] == classifier.None {
			continue
		}
		if need := slices.Index(needs, f.Need); need >= 0 {
			e.Needs[need]++
		}
	}
}

func tally(all map[string]*[4]int, name string, label int) {
	if all[name] == nil {
		all[name] = &[4]int{}
	}
	all[name][label]++
}

// unsure keeps the postings with the lowest confidence, the earliest of equals.
func (s *Summary) unsure(row *sink.Row) {
	r := &row.Result
	if row.DuplicateOf != "" || len(s.Unsure) == maxUnsure && s.Unsure[maxUnsure-1].Confidence <= r.Confidence {
		return
	}
	p := Posting{clip(r.ID), clip(r.Title), clip(r.Company), clip(r.URL), r.Label, r.Confidence, clip(r.Reason)}
	at, _ := slices.BinarySearchFunc(s.Unsure, p, func(a, b Posting) int {
		if c := cmp.Compare(a.Confidence, b.Confidence); c != 0 {
			return c
		}
		return -1 // behind its equals
	})
	s.Unsure = slices.Insert(s.Unsure, at, p)
	s.Unsure = s.Unsure[:min(len(s.Unsure), maxUnsure)]
}

func clip(s string) string {
	s = sink.Printable(s[:min(len(s), 4*maxText)])
	if len(s) > maxText {
		s = s[:maxText]
	}
	return sink.Printable(s)
}

// perYear are the working periods of a year.
var perYear = map[string]float64{"hour": 2080, "day": 260, "week": 52, "month": 12, "year": 1}

func (p *Pay) add(s *classifier.Salary) {
	if s == nil || s.Min == nil && s.Max == nil {
		return
	}
	p.Stated++
	if s.Band != "" {
		if p.Bands == nil {
			p.Bands = map[string]int{}
		}
		p.Bands[s.Band]++
	}
	bin := int(middle(s) * perYear[s.Period] / payBin)
	if s.Currency != "USD" || bin <= 0 {
		p.Other++
		return
	}
	p.Dollars[min(bin, payBins-1)]++
}

func middle(s *classifier.Salary) float64 {
	switch {
	case s.Min == nil:
		return *s.Max
	case s.Max == nil:
		return *s.Min
	}
	return (*s.Min + *s.Max) / 2
}

// ranked is an entry with its id.
type ranked struct {
	id string
	*Entry
	n int // postings that the ranking goes by
}

// top ranks entries by their postings of the labels given, the most frequent first.
func top(all map[string]*Entry, most int, labels ...classifier.Label) []ranked {
	var list []ranked
	for id, e := range all {
		n := 0
		for _, l := range labels {
			n += e.Labels[slices.Index(classifier.Labels, l)]
		}
		if n > 0 {
			list = append(list, ranked{id, e, n})
		}
	}
	slices.SortFunc(list, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.id, b.id))
	})
	return list[:min(len(list), most)]
}

// of is how many postings have one of the labels.
func (s *Summary) of(labels ...classifier.Label) int {
	n := 0
	for _, l := range labels {
		n += s.Labels[slices.Index(classifier.Labels, l)]
	}
	return n
}
