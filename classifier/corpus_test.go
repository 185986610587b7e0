package classifier_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rolecall/classifier"
)

var update = flag.Bool("update", false, "write the golden score sheet anew")

// want is what a posting of testdata must get.
type want struct {
	Label            classifier.Label
	State            classifier.State
	Tools            []string
	Absent           []string
	Responsibilities []string
	Seniority        string
	Salary           *struct {
		Min, Max         *float64
		Currency, Period string
	}
}

var defaultClassifier = sync.OnceValue(func() *classifier.Classifier {
	c, err := classifier.Default(classifier.Options{AllEvidence: true})
	if err != nil {
		panic(err)
	}
	return c
})

// eachPosting calls f with every posting of testdata.
func eachPosting(t testing.TB, f func(p classifier.Posting, w want)) {
	names, err := filepath.Glob("../testdata/postings/*.json")
	if err != nil || len(names) < 60 {
		t.Fatalf("%d postings in testdata, %v: at least 60 were wanted", len(names), err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := classifier.ParsePosting(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var w struct{ Want want }
		if err := json.Unmarshal(data, &w); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		f(p, w.Want)
	}
}

// TestReasonSaysOnce: no words of a reason are part of others for the same role,
// and none stands for both roles by itself where neither is the label.
func TestReasonSaysOnce(t *testing.T) {
	both := 0
	eachPosting(t, func(p classifier.Posting, _ want) {
		r := defaultClassifier().Classify(p)
		var said []string
		for part := range strings.SplitSeq(r.Reason, "; ") {
			for _, ends := range []string{" for AI engineering", " for data engineering", " against AI engineering", " against data engineering", " against both roles"} {
				part = strings.TrimSuffix(part, ends)
			}
			cues := strings.Split(part, ", ")
			for i, a := range cues {
				for j, b := range cues {
					a, b := strings.TrimSuffix(a, " (title)"), strings.TrimSuffix(b, " (title)")
					if i != j && strings.Contains(strings.ToLower(a), strings.ToLower(b)) {
						t.Errorf("%s: %q is part of %q: %s", p.ID, b, a, r.Reason)
					}
				}
				if r.Label == classifier.None && slices.Contains(said, a) {
					t.Errorf("%s: %q is said twice: %s", p.ID, a, r.Reason)
				}
			}
			said = append(said, cues...)
		}
		both += strings.Count(r.Reason, " against both roles")
	})
	if both == 0 {
		t.Error("nothing speaks against both roles in any posting")
	}
}

// TestAllEvidence: how much of the evidence is listed changes nothing but the list.
func TestAllEvidence(t *testing.T) {
	few, err := classifier.Default(classifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	eachPosting(t, func(p classifier.Posting, _ want) {
		a, b := few.Classify(p), defaultClassifier().Classify(p)
		if a.Label != b.Label || a.Confidence != b.Confidence || a.Scores != b.Scores || a.Reason != b.Reason {
			t.Errorf("%s: %s %v %q: %s %v %q was wanted", p.ID, a.Label, a.Confidence, a.Reason, b.Label, b.Confidence, b.Reason)
		}
	})
}

// TestCorpus holds the score sheet of all postings against the golden one, so
// that every change of a label, a tool or a fact shows in a diff.
func TestCorpus(t *testing.T) {
	var lines []string
	right, all := 0, 0
	eachPosting(t, func(p classifier.Posting, w want) {
		r := defaultClassifier().Classify(p)
		wrong := misses(r, w)
		if w.State == "" {
			all++
			if r.Label == w.Label {
				right++
			}
		}
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%-50s %-14s %.2f %s", p.ID, r.Label, r.Confidence, strings.Join(wrong, "; ")), " "))
	})
	lines = append(lines, fmt.Sprintf("\n%d of %d labels as wanted", right, all))
	got := strings.Join(lines, "\n") + "\n"
	const golden = "../testdata/scores.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(data), got); d != "" {
		t.Errorf("scores changed (go test ./classifier -run Corpus -update writes them anew):\n%s", d)
	}
	if float64(right) < 0.90*float64(all) {
		t.Errorf("%d of %d labels as wanted: 90 %% is the floor", right, all)
	}
}

// misses says what of w a result does not have.
func misses(r classifier.Result, w want) []string {
	var out []string
	miss := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if w.State == "" {
		w.State = classifier.Classified
	}
	if r.State != w.State {
		miss("state %s, not %s", r.State, w.State)
	}
	if r.Label != w.Label && w.State == classifier.Classified {
		miss("label %s, not %s", r.Label, w.Label)
	}
	ids := map[string]bool{}
	for _, list := range [][]classifier.Found{r.Tools, r.Skills, r.Responsibilities} {
		for _, f := range list {
			ids[f.ID] = true
		}
	}
	for _, id := range slices.Concat(w.Tools, w.Responsibilities) {
		if !ids[id] {
			miss("no %s", id)
		}
	}
	for _, id := range w.Absent {
		if ids[id] {
			miss("%s found", id)
		}
	}
	if w.Seniority != "" && r.Seniority != w.Seniority {
		miss("seniority %s, not %s", r.Seniority, w.Seniority)
	}
	if w.Salary != nil && (r.Salary == nil || r.Salary.Currency != w.Salary.Currency || r.Salary.Period != w.Salary.Period ||
		!cmp.Equal(r.Salary.Min, w.Salary.Min) || !cmp.Equal(r.Salary.Max, w.Salary.Max)) {
		miss("salary %s", salaryText(r.Salary))
	}
	return out
}

func salaryText(s *classifier.Salary) string {
	if s == nil {
		return "not found"
	}
	end := func(x *float64) string {
		if x == nil {
			return ""
		}
		return fmt.Sprint(*x)
	}
	return fmt.Sprintf("%s to %s %s a %s", end(s.Min), end(s.Max), s.Currency, s.Period)
}

// TestInvariants holds what every result promises, over all postings of testdata.
func TestInvariants(t *testing.T) {
	eachPosting(t, func(p classifier.Posting, _ want) { checkResult(t, defaultClassifier(), p) })
}

func FuzzClassify(f *testing.F) {
	eachPosting(f, func(p classifier.Posting, _ want) { f.Add(p.Title, p.Description) })
	f.Fuzz(func(t *testing.T, title, description string) {
		if len(description) > 20_000 {
			return
		}
		checkResult(t, defaultClassifier(), classifier.Posting{ID: "1", Title: title, Description: description})
	})
}

// checkResult: mentions stand where they say, evidence adds up to the scores,
// the same posting gets the same result.
func checkResult(t *testing.T, c *classifier.Classifier, p classifier.Posting) {
	t.Helper()
	r := c.Classify(p)
	for _, list := range [][]classifier.Found{r.Tools, r.Skills, r.Responsibilities} {
		for _, f := range list {
			for _, m := range f.Mentions {
				checkMention(t, p, m)
			}
		}
	}
	sums := map[classifier.Role]float64{}
	for _, e := range r.Evidence {
		sums[e.Role] += e.Weight
		if e.Mention != nil {
			checkMention(t, p, *e.Mention)
		}
	}
	if r.Salary != nil {
		checkMention(t, p, r.Salary.Mention)
	}
	if r.State == classifier.Classified {
		checkScore(t, p.ID, sums[classifier.RoleAI], r.Scores.AIEngineer)
		checkScore(t, p.ID, sums[classifier.RoleData], r.Scores.DataEngineer)
	} else if r.Label != "" {
		t.Errorf("%s: label %s with state %s", p.ID, r.Label, r.State)
	}
	if d := cmp.Diff(r, c.Classify(p)); d != "" {
		t.Errorf("%s: another result the second time:\n%s", p.ID, d)
	}
}

func checkMention(t *testing.T, p classifier.Posting, m classifier.Mention) {
	t.Helper()
	field := map[string]string{"title": p.Title, "description": p.Description}[m.Field]
	if m.Start < 0 || m.End > len(field) || m.Start >= m.End || field[m.Start:m.End] != m.Text {
		t.Errorf("%s: %s[%d:%d] is not %q", p.ID, m.Field, m.Start, m.End, m.Text)
	}
}

func checkScore(t *testing.T, id string, sum, score float64) {
	t.Helper()
	if want := 1 / (1 + math.Exp(-sum)); math.Abs(want-score) > 1e-4 {
		t.Errorf("%s: evidence adds up to %.4f, the score is %.4f", id, want, score)
	}
}
