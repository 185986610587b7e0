package classifier

import (
	"strings"
	"testing"
)

func testClassifier(t *testing.T) *Classifier {
	t.Helper()
	c, err := Default(Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestThemes: a sentence counts once for a theme, however often it speaks of
// it, and a scientist's posting has features of its own.
func TestThemes(t *testing.T) {
	c := testClassifier(t)
	const text = "You deploy models and keep every deployment in order.\n\nYou write reports.\n\nWe deployed a lot last year."
	for _, k := range []struct {
		title string
		of    int // features of one theme
	}{{"Data Scientist", 2}, {"Software Engineer", 1}} {
		r := c.pool.Get().(*reading)
		r.read(&Posting{Title: k.title, Description: text})
		r.count(func(unit int) float32 { return 1 / float32(unit+1) })
		got := map[string]int{}
		r.countFeatures(func(f feature, n *count) {
			for i, e := range c.ix.Entries() {
				if c.idSums[i] != f.a {
					continue
				}
				got[e.ID]++
				where := r.text.text[n.start:n.end]
				if e.ID == "theme-production" && (where != "deploy" || n.n < 1.3 || n.n > 1.34 || n.unit != 0) {
					t.Errorf("%s: %q in unit %d, %v times: deploy in unit 0 and 1 + 1/3 were wanted", k.title, where, n.unit, n.n)
				}
				if e.ID == "theme-reporting" && (where != "reports" || n.n != 0.5) {
					t.Errorf("%s: %q, %v times: reports and 1/2 were wanted", k.title, where, n.n)
				}
			}
		})
		if got["theme-production"] != k.of || got["theme-reporting"] != k.of || got["theme-insight"] != 0 {
			t.Errorf("%s: %v: %d features of production and of reporting were wanted", k.title, got, k.of)
		}
		c.pool.Put(r)
	}
}

// TestResponsibilitiesCount: each of a role's responsibilities counts once.
func TestResponsibilitiesCount(t *testing.T) {
	c := testClassifier(t)
	r := c.pool.Get().(*reading)
	r.read(&Posting{Title: "x", Description: "You build ETL pipelines.\n\nYou build ETL pipelines again.\n\nYou train machine learning models."})
	for _, k := range []struct {
		gate   float32
		ai, de float32
	}{{1, 1, 1}, {aboutJob / 2, 0, 0}} {
		r.count(func(int) float32 { return k.gate })
		got := map[Role]float32{}
		for i, e := range c.ix.Entries() {
			if at := c.counted.places[i]; e.Kind == "responsibility" && at >= 0 {
				got[Role(e.Role)] = r.counts[at].n
			}
		}
		if got[RoleAI] != k.ai || got[RoleData] != k.de {
			t.Errorf("%v: %v of AI and %v of data were wanted", got, k.ai, k.de)
		}
	}
}

// TestTitleWordOnce: what a title says twice counts once.
func TestTitleWordOnce(t *testing.T) {
	c := testClassifier(t)
	r := c.pool.Get().(*reading)
	r.read(&Posting{Title: "Data Analyst / Data Consultant / Data Engineer"})
	seen := map[feature]int{}
	for _, f := range r.titleFeatures(nil) {
		if seen[f.feature]++; seen[f.feature] > 1 {
			t.Errorf("%q stands twice", r.title.Text[f.start:f.end])
		}
	}
}

// TestShareCurve: what is shown rises with what was added up, from 0 to 1.
func TestShareCurve(t *testing.T) {
	m, err := DefaultModel()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range append(m.curves[:], shareCurve{}) {
		last := -1.0
		for x := 0.0; x <= 1; x += 1.0 / 64 {
			y := c.shown(x)
			if y < 0 || y > 1 || y <= last || (x == 0 || x == 1) && y != x {
				t.Errorf("%v: %g is shown as %g, after %g", c, x, y, last)
			}
			if c.slope == 0 && y != x {
				t.Errorf("no curve: %g is shown as %g", x, y)
			}
			last = y
		}
	}
}

// TestReasonSaysSomething: no word that tells nothing, and no role's own name
// as a reason against the other where neither is the label.
func TestReasonSaysSomething(t *testing.T) {
	r := &reading{}
	for text, want := range map[string]bool{
		"deploy models": true, "dbt": true, "Kafka (streams)": true, "R&D": true,
		"o": false, "7": false, "2024": false, "https": false, "project": false, "Azure (Data": false, "the": false, "of data": false, "": false,
	} {
		if got := r.tells(text); got != want {
			t.Errorf("%q: %v, %v was wanted", text, got, want)
		}
	}
	c := testClassifier(t)
	res := c.Classify(Posting{Title: "Data Engineer Recruiter", Description: strings.Repeat("You call candidates on the telephone and sell them our vacancies. ", 8)})
	if res.Label != None || strings.Contains(res.Reason, "Data Engineer (title) against AI") {
		t.Errorf("%s: %s", res.Label, res.Reason)
	}
}
