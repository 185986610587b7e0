// Package eval reads what readers said of postings and measures results by it.
//
// A file of labels holds one JSON object a line: id, label, and where known
// certainty (3 sure, 2 leaning, 1 arguable) and ai_share and de_share (per
// cent of the duties). A file of marked sentences, or of marked
// responsibilities, holds one posting a line: see ReadSentences and
// ReadResponsibilities.
package eval

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"rolecall/classifier"
)

// Label is what a reader said of one posting.
type Label struct {
	ID        string           `json:"id"`
	Label     classifier.Label `json:"label"`
	Certainty int              `json:"certainty"`
	AIShare   *float64         `json:"ai_share"` // per cent
	DEShare   *float64         `json:"de_share"`
	Format    int              `json:"format"` // of a result: no reader's label has it
}

// ReadLabels reads files of labels. The error joins every mistake, with file and line.
func ReadLabels(paths ...string) (map[string]Label, error) {
	out := map[string]Label{}
	err := eachLine(paths, func(line []byte) error {
		var l Label
		if err := json.Unmarshal(line, &l); err != nil {
			return err
		}
		switch {
		case l.ID == "":
			return errors.New(`no "id"`)
		case !slices.Contains(classifier.Labels, l.Label):
			return fmt.Errorf("label %q: one of %v was wanted", l.Label, classifier.Labels)
		case l.Format != 0:
			return errors.New("a result of rolecall: what a reader says was wanted")
		case l.Certainty < 0 || l.Certainty > 3:
			return fmt.Errorf("certainty %d: 1, 2 or 3 was wanted", l.Certainty)
		case !perCent(l.AIShare) || !perCent(l.DEShare):
			return errors.New("ai_share and de_share: 0 to 100 was wanted, per cent of the duties")
		}
		out[l.ID] = l
		return nil
	})
	return out, err
}

func perCent(x *float64) bool { return x == nil || *x >= 0 && *x <= 100 }

// marked is a posting whose sentences a reader marked.
type marked struct {
	ID        string `json:"id"`
	Sentences []struct {
		Start   int    `json:"start"`
		End     int    `json:"end"`
		Section string `json:"section"`
		Work    string `json:"work"`
	} `json:"sentences"`
}

// sectionLetters are how a file of sentences writes sections.
var sectionLetters = map[string]classifier.Section{
	"D": classifier.Duties, "R": classifier.Requirements, "P": classifier.Preferred, "C": classifier.Company,
	"B": classifier.Benefits, "L": classifier.Legal, "O": classifier.Other, "H": classifier.HeadingMark,
}

// ReadSentences reads files of marked sentences: section by its letter, work
// a (AI engineering), d (data engineering), b (both) or n (neither).
func ReadSentences(paths ...string) (map[string][]classifier.MarkedSentence, error) {
	out := map[string][]classifier.MarkedSentence{}
	err := eachLine(paths, func(line []byte) error {
		var m marked
		if err := json.Unmarshal(line, &m); err != nil {
			return err
		}
		if m.ID == "" || m.Sentences == nil {
			return errors.New(`"id" and "sentences" were wanted`)
		}
		for _, s := range m.Sentences {
			section, ok := sectionLetters[s.Section]
			if !ok || s.Start < 0 || s.End < s.Start {
				return fmt.Errorf("sentence %d to %d, section %q: D, R, P, C, B, L, O or H was wanted", s.Start, s.End, s.Section)
			}
			if !slices.Contains([]string{"a", "d", "b", "n"}, s.Work) {
				return fmt.Errorf("sentence %d to %d, work %q: a, d, b or n was wanted", s.Start, s.End, s.Work)
			}
			out[m.ID] = append(out[m.ID], classifier.MarkedSentence{
				Start: s.Start, End: s.End, Section: section,
				AI: s.Work == "a" || s.Work == "b", Data: s.Work == "d" || s.Work == "b",
			})
		}
		return nil
	})
	return out, err
}

// ReadResponsibilities reads files of marked responsibilities: one posting a
// line, its id and under "responsibilities" for each that it has the bytes
// [start, end] of the description that say so. One without any has {}. What
// several lines say of a posting counts together.
func ReadResponsibilities(paths ...string) (map[string][]classifier.MarkedResponsibility, error) {
	out := map[string][]classifier.MarkedResponsibility{}
	err := eachLine(paths, func(line []byte) error {
		var m struct {
			ID               string           `json:"id"`
			Responsibilities map[string][]int `json:"responsibilities"`
		}
		if err := json.Unmarshal(line, &m); err != nil {
			return err
		}
		if m.ID == "" || m.Responsibilities == nil {
			return errors.New(`"id" and "responsibilities" were wanted`)
		}
		marks := append([]classifier.MarkedResponsibility{}, out[m.ID]...)
		for _, id := range slices.Sorted(maps.Keys(m.Responsibilities)) {
			at := m.Responsibilities[id]
			if len(at) != 2 || at[0] < 0 || at[1] <= at[0] {
				return fmt.Errorf("%s %v: where it begins and ends was wanted", id, at)
			}
			marks = append(marks, classifier.MarkedResponsibility{ID: id, Start: at[0], End: at[1]})
		}
		out[m.ID] = marks
		return nil
	})
	return out, err
}

// eachLine calls take with every line of files that is not blank.
func eachLine(paths []string, take func(line []byte) error) error {
	var errs []error
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		sc := bufio.NewScanner(f)
		sc.Buffer(nil, 1<<24)
		for n := 1; sc.Scan(); n++ {
			if len(sc.Bytes()) == 0 {
				continue
			}
			if err := take(sc.Bytes()); err != nil {
				errs = append(errs, fmt.Errorf("%s:%d: %w", path, n, err))
			}
		}
		if err := errors.Join(sc.Err(), f.Close()); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", path, err))
		}
	}
	return errors.Join(errs...)
}
