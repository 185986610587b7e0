package classifier

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"rolecall/index"
)

// markedCorpus are the postings of testdata, every unit marked as the model
// that is built in reads it.
func markedCorpus(t *testing.T) []Labelled {
	r := newReading(t)
	var set []Labelled
	for _, p := range testPostings(t) {
		res := r.engine.Classify(p)
		if res.State != Classified {
			continue
		}
		l := Labelled{Posting: p, Label: res.Label, AIShare: &res.AIShare, DEShare: &res.DEShare}
		r.read(&p)
		r.guessUnits()
		for k := range r.units {
			u, g := &r.units[k], &r.guesses[k]
			m := MarkedSentence{Section: HeadingMark, AI: g.ai > 0.5, Data: g.de > 0.5}
			m.Start, m.End = r.text.span(int(r.scan.Tokens[u.first].Start), int(r.scan.Tokens[u.last].End))
			if !u.head {
				m.Section = r.sectionOf(k)
			}
			l.Sentences = append(l.Sentences, m)
		}
		set = append(set, l)
	}
	for i := range set { // half of them as if nobody had marked them
		if i%2 == 1 {
			set[i].Sentences = nil
		}
	}
	return set
}

// TestFitOfMarks: from marked sentences the same model is learned twice, byte
// for byte, and its first step reads them as they were marked.
func TestFitOfMarks(t *testing.T) {
	r := newReading(t)
	set := markedCorpus(t)
	var files [2]bytes.Buffer
	var m *Model
	for i := range files {
		var err error
		if m, err = Fit(r.engine.ix, nil, set); err != nil {
			t.Fatal(err)
		}
		if _, err := m.WriteTo(&files[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Error("two fits of the same marks differ")
	}
	r = New(r.engine.ix, m, Options{}).pool.Get().(*reading)
	right, n := 0, 0
	for _, l := range set {
		r.read(&l.Posting)
		r.guessUnits()
		for k := range r.units {
			if g := r.goldOf(k, l.Sentences); g >= 0 {
				n++
				right += b2i(r.units[k].head == (l.Sentences[g].Section == HeadingMark))
			}
		}
	}
	if n < 500 || right*100 < 97*n {
		t.Errorf("%d of %d units are headings or not as they were marked: 97 %% was wanted", right, n)
	}
}

// TestHeadsAreLearnedAsSeen: what looks like a heading and was marked as
// something else is learned from as the first step will see it.
func TestHeadsAreLearnedAsSeen(t *testing.T) {
	r := newReading(t)
	const text = "About Kran Systems\nMaintain our crawlers\nWe keep our things in order and write about them every day"
	item := strings.Index(text, "Maintain")
	l := Labelled{Posting: Posting{ID: "1", Title: "Data Engineer", Description: text}, Sentences: []MarkedSentence{
		{Start: 0, End: item - 1, Section: HeadingMark},
		{Start: item, End: item + len("Maintain our crawlers"), Section: Duties},
	}}
	exs, lex := r.engine.gather(slices.Repeat([]Labelled{l}, minDocs))
	if len(exs[0].heads) != 1 {
		t.Fatalf("%d items that look like headings, 1 was wanted", len(exs[0].heads))
	}
	r.read(&l.Posting)
	var want sparse
	want.add(0, 1)
	r.featuresAt(1, func(f feature, val float32) { want.add(lex.at[f.key()], val) })
	if got := exs[0].heads[0].sparse; !slices.Equal(got.at, want.at) || !slices.Equal(got.val, want.val) {
		t.Errorf("features %v %v, %v %v was wanted", got.at, got.val, want.at, want.val)
	}
	collecting := feature{fEntry, index.Sum("collect-events"), 0}
	if at, ok := lex.at[collecting.key()]; !ok || !slices.Contains(want.at, at) {
		t.Error("what the item tells to do is no feature of it")
	}
}
