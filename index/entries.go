package index

import (
	"fmt"
	"slices"
	"strings"
)

// Entries are all entries, ordered by id, without their examples and, where
// there are thousands of a kind, without their forms: Entry has them whole.
// They must not be changed.
func (ix *Index) Entries() []Entry { return ix.entries }

// Entry is the entry of an id, whole.
func (ix *Index) Entry(id string) (e Entry, err error) {
	if _, ok := ix.number(id); !ok {
		return e, fmt.Errorf("no entry %q", id)
	}
	err = ix.reader(func(r indexReader) error {
		e, err = readEntry(r, id)
		return err
	})
	return e, err
}

// eachEntry calls use with every entry, whole, in the order of Entries.
func (ix *Index) eachEntry(use func(i int32, e *Entry)) error {
	return ix.reader(func(r indexReader) error {
		for i := range ix.entries {
			e, err := readEntry(r, ix.entries[i].ID)
			if err != nil {
				return err
			}
			use(int32(i), &e)
		}
		return nil
	})
}

// number is the place of an id in Entries.
func (ix *Index) number(id string) (int, bool) {
	return slices.BinarySearchFunc(ix.entries, id, func(e Entry, id string) int { return strings.Compare(e.ID, id) })
}
