package classifier_test

import (
	"bytes"
	"strings"
	"testing"

	"rolecall/classifier"
	"rolecall/index"
)

// labelledCorpus are the postings of testdata with their labels.
func labelledCorpus(t testing.TB) []classifier.Labelled {
	var set []classifier.Labelled
	eachPosting(t, func(p classifier.Posting, w want) {
		if w.Label != "" && w.State == "" {
			set = append(set, classifier.Labelled{Posting: p, Label: w.Label})
		}
	})
	return set
}

// TestFitTwice: the same postings make the same model, byte for byte, and it
// knows the postings that it was fitted on.
func TestFitTwice(t *testing.T) {
	ix, err := index.Default()
	if err != nil {
		t.Fatal(err)
	}
	base, err := classifier.DefaultModel()
	if err != nil {
		t.Fatal(err)
	}
	set := labelledCorpus(t)
	var files [2]bytes.Buffer
	var m *classifier.Model
	for i := range files {
		if m, err = classifier.Fit(ix, base, set); err != nil {
			t.Fatal(err)
		}
		if _, err := m.WriteTo(&files[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Error("two fits of the same postings differ")
	}
	c := classifier.New(ix, m, classifier.Options{})
	right := 0
	for _, l := range set {
		if c.Classify(l.Posting).Label == l.Label {
			right++
		}
	}
	if right*100 < 90*len(set) {
		t.Errorf("%d of %d postings that it was fitted on are right: 90 %% was wanted", right, len(set))
	}
}

func TestFitErrors(t *testing.T) {
	ix, err := index.Default()
	if err != nil {
		t.Fatal(err)
	}
	set := labelledCorpus(t)
	for _, c := range []struct {
		set  []classifier.Labelled
		want string
	}{
		{nil, "at least 20"},
		{set, "no sentence is marked"},
		{[]classifier.Labelled{{Label: "boss"}}, `label "boss"`},
	} {
		if _, err := classifier.Fit(ix, nil, c.set); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %q was wanted", err, c.want)
		}
	}
}

func TestReadModelErrors(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "line 1"},
		{"rolecall model 3\nw:x\t1", "line 2: 2 cells"},
		{"rolecall model 3\nw:x" + strings.Repeat("\tx", 15), `line 2: "x": a number`},
		{"rolecall model 3\nx" + strings.Repeat("\t", 15), "line 2: name"},
		{"rolecall model 3\nw:x\t1\t0.07" + strings.Repeat("\t", 13), `0.07: a multiple of 0.05`},
		{"rolecall model 3\nd:99" + strings.Repeat("\t", 15), "a number below"},
		{"rolecall model 3\n", `no row "c:"`},
		{"rolecall model 3\ny:a\t1", `a row "x:" that names the responsibilities`},
		{"rolecall model 3\nx:" + strings.Repeat("\ta", 17), `17 responsibilities: 1 to 16, each with an id of its own`},
		{"rolecall model 3\nx:\ta\ta", `2 responsibilities: 1 to 16, each with an id of its own`},
		{"rolecall model 3\nx:\t", `1 responsibilities: 1 to 16, each with an id of its own`},
		{"rolecall model 3\nc:a" + strings.Repeat("\t", 15) + "\nx:\ta", `no row "y:"`},
		{"rolecall model 3\nx:\ta\tb\nx:w\t1", `line 3: 2 cells: 3 were wanted`},
		{"rolecall model 3\nx:\ta\nx:\ta", `line 3: the responsibilities were named before`},
		{"rolecall model 3\nx:\ta\nx:w\tz", `line 3: "z": a number`},
		{"rolecall model 3\nx:\ta\nx:w\tNaN", `line 3: "NaN": a number`},
	} {
		if _, err := classifier.ReadModel(strings.NewReader(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.30q: %v: %q was wanted", c.in, err, c.want)
		}
	}
}

// TestModelLineEnds: an editor that ends lines as on Windows spoils nothing.
func TestModelLineEnds(t *testing.T) {
	unix := "rolecall model 3\n# a note\nc:a" + strings.Repeat("\t", 14) + "\t0.5\n"
	a, err := classifier.ReadModel(strings.NewReader(unix))
	if err != nil {
		t.Fatal(err)
	}
	b, err := classifier.ReadModel(strings.NewReader(strings.ReplaceAll(unix, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	var files [2]bytes.Buffer
	for i, m := range []*classifier.Model{a, b} {
		if _, err := m.WriteTo(&files[i]); err != nil {
			t.Fatal(err)
		}
	}
	if files[0].String() != files[1].String() {
		t.Errorf("%q: %q was wanted", files[1].String(), files[0].String())
	}
}
