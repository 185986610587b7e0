package sink

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"rolecall/classifier"
)

type table struct {
	w     io.Writer
	width int
	begun bool
}

func newTable(w io.Writer, opts Options) Sink {
	if opts.Width == 0 {
		opts.Width = math.MaxInt
	}
	return &table{w: w, width: max(60, opts.Width), begun: opts.Continue}
}

func (s *table) Begin(*Row) {}

// titles are the columns before the reason; its own width is what is left.
const titles = "%-13s  %4s  %-30s  %-18s"

func (s *table) Encode(dst []byte, row *Row) []byte {
	r := &row.Result
	label, sure := string(r.Label), fmt.Sprintf("%3.0f%%", 100*r.Confidence)
	if r.Label == "" {
		label, sure = string(r.State), ""
	}
	if row.DuplicateOf != "" {
		label += "="
	}
	line := fmt.Sprintf(titles, fit(label, 13), sure, fit(r.Title, 30), fit(r.Company, 18))
	line += "  " + fit(why(row), s.width-75)
	return append(append(dst, strings.TrimRight(line, " ")...), '\n')
}

// why is the reason, or for a copy whose it is.
func why(row *Row) string {
	if row.DuplicateOf != "" {
		return fmt.Sprintf("copy of %s (%.2f)", row.DuplicateOf, row.Similarity)
	}
	if row.Result.State == classifier.Review {
		return fmt.Sprintf("review: %s or %s; %s", row.Result.Candidates[0], row.Result.Candidates[1], row.Result.Reason)
	}
	return row.Result.Reason
}

func (s *table) Write(encoded []byte, _ []Row) error {
	if !s.begun {
		s.begun = true
		head := fmt.Sprintf(titles+"  %s\n", "LABEL", "SURE", "TITLE", "COMPANY", "WHY")
		if _, err := io.WriteString(s.w, head); err != nil {
			return err
		}
	}
	_, err := s.w.Write(encoded)
	return err
}

func (s *table) Close() error { return nil }

// fit makes s n characters wide at most, and harmless to a terminal.
func fit(s string, n int) string {
	s = Printable(s)
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:max(0, n-1)]) + "…"
}

// Printable is s on one line, without characters that a terminal obeys or
// that turn the direction of what follows.
func Printable(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
