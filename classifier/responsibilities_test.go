package classifier

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// TestTaskOdds: the odds of every unit of testdata are what its words and
// entries, looked up one by one in the model's rows, add up to.
func TestTaskOdds(t *testing.T) {
	r := newReading(t)
	m := r.engine.model
	rows := map[string]*taskRow{}
	for i, name := range m.tasks.names {
		rows[name] = &m.tasks.rows[i]
	}
	lex := lexicon{words: map[uint64]string{numberSum: "#"}}
	long := Posting{Description: strings.Repeat("we build data pipelines and train models with you ", 100)}
	some := false
	for _, p := range append(testPostings(t), long) {
		r.read(&p)
		r.guessUnits()
		lex.learn(r.text.text, r.scan.Tokens)
		for k, u := range r.units {
			var want taskRow
			add := func(name string) {
				if row := rows[name]; row != nil {
					for i := range row {
						want[i] += row[i]
					}
				}
			}
			add(taskEntry)
			for _, entry := range r.entriesIn(k) {
				add(taskEntry + r.engine.ix.Entries()[entry].ID)
			}
			for i := u.first; i <= u.last; i++ {
				add(taskWord + lex.words[wordSum(&r.scan.Tokens[i])])
			}
			for i, got := range r.taskOdds(k) {
				if d := float32(got)*weightStep - want[i]; d > 0.01 || d < -0.01 {
					t.Fatalf("%s, unit %d, %s: %v: %v was wanted", p.ID, k, m.tasks.ids[i], float32(got)*weightStep, want[i])
				}
				some = some || got > 0
			}
		}
	}
	if !some {
		t.Error("no unit is likely to name any")
	}
}

// duties is a posting of one sentence about what is to be done.
func duties(sentence string) Posting {
	return Posting{
		Title:       "Engineer",
		Description: "Who we are\n\nWe are a company of forty people in Leeds and make maps for walkers and riders.\n\nWhat you will do:\n- " + sentence + "\n\nWhat we ask:\n- Five years of experience\n",
	}
}

// named gives what the mentions of a responsibility of a posting name.
func named(c *Classifier, p Posting, id string) []string {
	var out []string
	for _, f := range c.Classify(p).Responsibilities {
		if f.ID == id {
			for _, m := range f.Mentions {
				out = append(out, m.Text)
			}
		}
	}
	return out
}

// TestResponsibilityWithoutForm: a duty that no form foresees is told by its
// words, and named whole.
func TestResponsibilityWithoutForm(t *testing.T) {
	c := newReading(t).engine
	const sentence = "Extract, transform and consolidate legacy records from several source systems into our reporting database"
	if got := named(c, duties(sentence), "build-etl-elt-pipelines"); len(got) != 1 || got[0] != sentence {
		t.Errorf("%q: the sentence was wanted", got)
	}
}

// TestResponsibilityOfFormAlone: what a model knows nothing of is found by the
// taxonomy's forms.
func TestResponsibilityOfFormAlone(t *testing.T) {
	c := newReading(t).engine
	m := *c.model
	m.tasks = tasks{}
	m.tables = newTables(&m)
	c = New(c.ix, &m, Options{})
	if got := named(c, duties("Train neural networks on our maps"), "train-models"); len(got) != 1 || got[0] != "Train neural networks" {
		t.Errorf("%q: the form was wanted", got)
	}
}

// TestFitOfResponsibilities: from marks the same model is learned twice, byte
// for byte, also from postings without a label; it finds most of what was
// marked; without marks the present model's are kept.
func TestFitOfResponsibilities(t *testing.T) {
	base := newReading(t).engine
	set := markedCorpus(t)
	marks := 0
	for i := range set {
		res := base.Classify(set[i].Posting)
		set[i].Responsibilities = []MarkedResponsibility{}
		for _, f := range res.Responsibilities {
			set[i].Responsibilities = append(set[i].Responsibilities, MarkedResponsibility{f.ID, f.Mentions[0].Start, f.Mentions[0].End})
		}
		marks += len(res.Responsibilities)
	}
	set[0].Label, set[0].Sentences = "", nil
	var files [2]bytes.Buffer
	var m *Model
	for i := range files {
		var err error
		if m, err = Fit(base.ix, nil, set); err != nil {
			t.Fatal(err)
		}
		if _, err := m.WriteTo(&files[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Error("two fits of the same marks differ")
	}
	c := New(base.ix, m, Options{})
	right := 0
	for _, l := range set {
		for _, mark := range l.Responsibilities {
			right += b2i(named(c, l.Posting, mark.ID) != nil)
		}
	}
	if right*10 < 7*marks {
		t.Errorf("%d of %d marks are found again: 70 %% was wanted", right, marks)
	}
	for i := range set { // as if readers had looked for one alone
		set[i].Responsibilities = slices.DeleteFunc(set[i].Responsibilities, func(m MarkedResponsibility) bool { return m.ID != "train-models" })
	}
	if m, err := Fit(base.ix, base.model, set); err != nil {
		t.Fatal(err)
	} else if !strings.Contains(m.Note, "1 learned") || !strings.Contains(m.Note, "15 kept") {
		t.Errorf("%s: one learned and 15 kept was wanted", m.Note)
	}
}

// TestFitOfOneSidedMarks: from postings that all have a responsibility, or whose
// marks are of no duty, nothing is learned, and the present model's is kept.
func TestFitOfOneSidedMarks(t *testing.T) {
	base := newReading(t).engine
	for name, posting := range map[string]string{
		"all have it":    "Train neural networks on our maps",
		"none in a duty": "",
	} {
		set := markedCorpus(t)
		for i := range 30 {
			l := Labelled{Posting: duties(posting)}
			l.Posting.ID = strings.Repeat("i", i+1)
			at := strings.Index(l.Posting.Description, "Train")
			if posting == "" {
				l.Posting.Description += strings.Repeat(" Benefits: tea.", 3)
				at = len(l.Posting.Description) - 4
			}
			l.Responsibilities = []MarkedResponsibility{{"train-models", at, at + 4}}
			set = append(set, l)
		}
		m, err := Fit(base.ix, base.model, set)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(m.Note, "0 learned from 30 postings, 16 kept") {
			t.Errorf("%s: %s: 16 kept was wanted", name, m.Note)
		}
	}
}

func TestFitOfWrongMarks(t *testing.T) {
	base := newReading(t).engine
	p := duties("Train neural networks on our maps")
	p.ID = "one"
	for _, c := range []struct {
		mark MarkedResponsibility
		want string
	}{
		{MarkedResponsibility{"kubernetes", 0, 4}, `posting one: "kubernetes" is no responsibility`},
		{MarkedResponsibility{"train-models", 4, 4}, "posting one: train-models at bytes 4 to 4"},
		{MarkedResponsibility{"train-models", 0, len(p.Description) + 1}, "which has "},
	} {
		_, err := Fit(base.ix, base.model, []Labelled{{Posting: p, Responsibilities: []MarkedResponsibility{c.mark}}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %q was wanted", err, c.want)
		}
	}
}

// TestWordsFor: what no form names is named by the words that say most of it.
func TestWordsFor(t *testing.T) {
	c := newReading(t).engine
	long := strings.Repeat("we like tea and walk far ", 40) + "and consolidate legacy records from several source systems into a database " + strings.Repeat("we like tea and walk far ", 40)
	r := c.pool.New().(*reading)
	p := duties(long)
	r.read(&p)
	task := slices.Index(c.model.tasks.ids, "build-etl-elt-pipelines")
	for k := range r.units {
		u := &r.units[k]
		if u.last-u.first < 100 {
			continue
		}
		first, last := r.wordsFor(task, u)
		got := r.text.text[r.scan.Tokens[first].Start:r.scan.Tokens[last].End]
		if last-first >= taskWords || !strings.Contains(got, "source systems") || strings.Contains(got, "tea") {
			t.Errorf("%q: what is said of source systems was wanted", got)
		}
		return
	}
	t.Fatal("no long unit")
}
