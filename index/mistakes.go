package index

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Mistake is one thing wrong in a taxonomy file.
type Mistake struct {
	File string
	Line int
	Text string
}

func (m Mistake) Error() string { return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Text) }

// byPlace orders mistakes by file and line.
func byPlace(a, b Mistake) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
}

func joinMistakes(list []Mistake) error {
	slices.SortFunc(list, byPlace)
	errs := make([]error, len(list))
	for i, m := range list {
		errs[i] = m
	}
	return errors.Join(errs...)
}

// yamlLine finds the line that a YAML error names.
func yamlLine(err error) int {
	_, rest, ok := strings.Cut(err.Error(), "line ")
	if !ok {
		return 1
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	line, _ := strconv.Atoi(rest[:max(end, 0)])
	return max(line, 1)
}
