package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"rolecall/classifier"
	"rolecall/cmd/internal/sink"
)

// labelNames are the labels as people say them.
var labelNames = map[classifier.Label]string{
	classifier.AIEngineer: "AI engineer", classifier.DataEngineer: "Data engineer",
	classifier.Hybrid: "Hybrid", classifier.None: "Neither",
}

// Print tells the summary on a terminal, and what has moved since d's earlier
// report if d is not nil.
func (s *Summary) Print(w io.Writer, d *Drift) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s records: %s written, %s copies found, %s could not be read\n",
		number(s.Read), number(s.Written), number(s.Copies), number(s.Failed))
	s.printLabels(&b)
	for _, state := range []classifier.State{classifier.Review, classifier.TooShort, classifier.UnsupportedLanguage} {
		if n := s.States[state]; n > 0 {
			what := "not answered"
			if state == classifier.Review {
				what = "of those answered"
			}
			fmt.Fprintf(&b, "  %-20s %5s  %s\n", strings.ReplaceAll(string(state), "_", " "), number(n), what)
		}
	}
	if s.NoTrace > 0 {
		fmt.Fprintf(&b, "  %s answered without one tool, skill or responsibility found\n", number(s.NoTrace))
	}
	for _, l := range classifier.Labels[:3] {
		s.printTop(&b, l)
	}
	if d != nil {
		d.print(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

const barWidth = 24

func (s *Summary) printLabels(b *strings.Builder) {
	total := s.of(classifier.Labels...)
	fmt.Fprintf(b, "  %-16s %9s  of these:\n", "answered", number(total))
	for i, l := range classifier.Labels {
		n := s.Labels[i]
		bar := strings.Repeat("█", int(share(n, total)*barWidth+0.5))
		fmt.Fprintf(b, "  %-16s %9s  %5.1f%%  %-*s  %s\n", labelNames[l], number(n), 100*share(n, total), barWidth, bar, s.sure(i))
	}
}

// sure says how sure the answers of a label are.
func (s *Summary) sure(label int) string {
	n := s.Labels[label]
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%2.0f%% of them with confidence 0.9 or more", 100*share(s.Confidence[label][9], n))
}

func (s *Summary) printTop(b *strings.Builder, l classifier.Label) {
	of := s.of(l)
	list := top(s.Tools, 8, l)
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "  %s's tools, of %s:", labelNames[l], number(of))
	for i, e := range list {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(b, " %s %.0f%% (%s)", sink.Printable(e.Name), 100*share(e.n, of), number(e.n))
	}
	b.WriteString("\n")
}

func (d *Drift) print(b *strings.Builder) {
	fmt.Fprintf(b, "  against the earlier report: stability index of the labels %.3f (%s)\n", d.Stability, d.Verdict())
	if d.Revision != "" {
		fmt.Fprintf(b, "    that one was made with another taxonomy or model, %s: some of the movement is theirs\n", d.Revision)
	}
	for _, m := range slices.Concat(d.Labels, d.Tools) {
		if m.Relevant {
			fmt.Fprintf(b, "    %-20s %5.1f%% -> %5.1f%% (%+.1f points, n %s and %s)\n", sink.Printable(m.Name), 100*m.Was, 100*m.Is, 100*(m.Is-m.Was), number(m.WasOf), number(m.IsOf))
		}
	}
}

// Verdict puts the stability index into words.
func (d *Drift) Verdict() string {
	switch {
	case d.Stability < 0.1:
		return "stable"
	case d.Stability < 0.25:
		return "moving: have a look"
	}
	return "another mix of postings"
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// number writes n with commas between thousands.
func number(n int) string {
	s := fmt.Sprint(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}
