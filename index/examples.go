package index

import "fmt"

// CheckExamples looks for every entry in its own example sentences. It gives
// how many sentences there are and an error for each that is not as it says.
func (ix *Index) CheckExamples() (n int, wrong []error) {
	err := ix.eachEntry(func(i int32, e *Entry) {
		n += len(e.Match) + len(e.NoMatch)
		wrong = append(wrong, ix.checkEntry(i, e)...)
	})
	if err != nil {
		wrong = append(wrong, err)
	}
	return n, wrong
}

func (ix *Index) checkEntry(i int32, e *Entry) (wrong []error) {
	for _, text := range e.Match {
		if !ix.finds(i, text) {
			wrong = append(wrong, fmt.Errorf("%s: not found in its example %q", e.ID, text))
		}
	}
	for _, text := range e.NoMatch {
		if ix.finds(i, text) {
			wrong = append(wrong, fmt.Errorf("%s: found in %q, where it must not be", e.ID, text))
		}
	}
	return wrong
}

func (ix *Index) finds(entry int32, text string) bool {
	for _, tag := range ix.Find(text, layerOf[ix.entries[entry].Kind]) {
		if tag.Entry == entry {
			return true
		}
	}
	return false
}
