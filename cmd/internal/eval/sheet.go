package eval

import (
	"fmt"
	"io"
	"text/tabwriter"

	"rolecall/classifier"
)

// Sheet counts results against labels.
type Sheet struct {
	n           map[[2]classifier.Label]int // wanted, given; given is "" where there was no answer
	right, all  int
	sureN, sure int
	bins        [10]bin

	read                              int // postings whose responsibilities were marked
	tasksWanted, tasksGiven, tasksHit int
}

// bin is the results of one tenth of confidence.
type bin struct {
	n, right int
	sum      float64
}

// NewSheet is a sheet with nothing on it.
func NewSheet() *Sheet { return &Sheet{n: map[[2]classifier.Label]int{}} }

// Add puts one result on the sheet.
func (s *Sheet) Add(want Label, got classifier.Result) {
	s.n[[2]classifier.Label{want.Label, got.Label}]++
	ok := 0
	if want.Label == got.Label {
		ok = 1
	}
	s.all++
	s.right += ok
	if want.Certainty == 3 || want.Certainty == 0 {
		s.sureN++
		s.sure += ok
	}
	if got.Label != "" {
		b := &s.bins[min(9, int(got.Confidence*10))]
		b.n++
		b.right += ok
		b.sum += got.Confidence
	}
}

// AddResponsibilities puts the responsibilities of one result on the sheet. One
// counts once for a posting, wherever in it it was marked.
func (s *Sheet) AddResponsibilities(marks []classifier.MarkedResponsibility, got classifier.Result) {
	want := map[string]bool{}
	for _, m := range marks {
		want[m.ID] = true
	}
	for _, f := range got.Responsibilities {
		if want[f.ID] {
			s.tasksHit++
		}
	}
	s.read++
	s.tasksWanted += len(want)
	s.tasksGiven += len(got.Responsibilities)
}

// Accuracy is the part of all that is right.
func (s *Sheet) Accuracy() float64 { return ratio(s.right, s.all) }

// SureAccuracy is the part that is right of those whose reader was sure.
func (s *Sheet) SureAccuracy() float64 { return ratio(s.sure, s.sureN) }

// Of gives precision and recall of a label, and how many there are of it.
func (s *Sheet) Of(l classifier.Label) (precision, recall float64, n int) {
	given, tp := 0, s.n[[2]classifier.Label{l, l}]
	for k, c := range s.n {
		if k[1] == l {
			given += c
		}
		if k[0] == l {
			n += c
		}
	}
	return ratio(tp, given), ratio(tp, n), n
}

// MacroF1 is the mean of the four labels' F1.
func (s *Sheet) MacroF1() float64 {
	sum := 0.0
	for _, l := range classifier.Labels {
		p, r, _ := s.Of(l)
		sum += f1(p, r) / float64(len(classifier.Labels))
	}
	return sum
}

// CalibrationError is the expected calibration error over ten bins: how far,
// on average, confidence is from the part that is right.
func (s *Sheet) CalibrationError() float64 {
	sum, n := 0.0, 0
	for _, b := range s.bins {
		d := b.sum - float64(b.right)
		sum += max(d, -d)
		n += b.n
	}
	return sum / float64(max(1, n))
}

func ratio(a, b int) float64 { return float64(a) / float64(max(1, b)) }

func f1(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

// WriteTo prints the sheet: confusion matrix, figures of each label, reliability.
func (s *Sheet) WriteTo(to io.Writer) (int64, error) {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "wanted / given\t")
	for _, l := range classifier.Labels {
		fmt.Fprintf(w, "%s\t", l)
	}
	fmt.Fprint(w, "no answer\tprecision\trecall\tF1\t\n")
	for _, want := range classifier.Labels {
		fmt.Fprintf(w, "%s\t", want)
		for _, got := range append(classifier.Labels[:len(classifier.Labels):len(classifier.Labels)], "") {
			fmt.Fprintf(w, "%d\t", s.n[[2]classifier.Label{want, got}])
		}
		p, r, _ := s.Of(want)
		fmt.Fprintf(w, "%.3f\t%.3f\t%.3f\t\n", p, r, f1(p, r))
	}
	w.Flush()
	fmt.Fprintf(to, "\naccuracy %.3f macro_f1 %.3f sure_accuracy %.3f n %d sure_n %d\n", s.Accuracy(), s.MacroF1(), s.SureAccuracy(), s.all, s.sureN)
	fmt.Fprintf(to, "\nconfidence   postings  mean confidence  right   (expected calibration error %.3f)\n", s.CalibrationError())
	for i, b := range s.bins {
		if b.n > 0 {
			fmt.Fprintf(to, "%.1f to %.1f   %8d  %15.3f  %.3f\n", float64(i)/10, float64(i+1)/10, b.n, b.sum/float64(b.n), ratio(b.right, b.n))
		}
	}
	if s.read > 0 {
		fmt.Fprintf(to, "\nresponsibilities precision %.3f (%d of %d found) recall %.3f (of %d marked) n %d\n",
			ratio(s.tasksHit, s.tasksGiven), s.tasksHit, s.tasksGiven, ratio(s.tasksHit, s.tasksWanted), s.tasksWanted, s.read)
	}
	return 0, nil
}
