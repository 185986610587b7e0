package classifier

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rolecall/index"
)

func newReading(t testing.TB) *reading {
	t.Helper()
	ix, err := index.Default()
	if err != nil {
		t.Fatal(err)
	}
	m, err := DefaultModel()
	if err != nil {
		t.Fatal(err)
	}
	return New(ix, m, Options{}).pool.Get().(*reading)
}

// TestUnits: a # before a heading, the others as sentences.
func TestUnits(t *testing.T) {
	r := newReading(t)
	for _, c := range []struct{ in, want string }{
		{"What you will do\n- Build pipelines\n- Own the lake", "# What you will do|Build pipelines|Own the lake"},
		{"Responsibilities: Build pipelines. Own the lake.", "# Responsibilities|Build pipelines|Own the lake"},
		{"We grow. Key Responsibilities Own the design of pipelines", "We grow|# Key Responsibilities|Own the design of pipelines"},
		{"<h3>Requirements</h3><ul><li>Python</li><li>SQL</li></ul>", "# Requirements|Python|SQL"},
		{"<p><strong>Your mission</strong></p><p>Ship models.</p>", "# Your mission|Ship models"},
		{"TASKS\nBuild pipelines", "# TASKS|Build pipelines"},
	} {
		r.read(&Posting{Description: c.in})
		var got []string
		for _, u := range r.units {
			text := r.text.text[r.scan.Tokens[u.first].Start:r.scan.Tokens[u.last].End]
			if u.head {
				text = "# " + text
			}
			got = append(got, text)
		}
		if d := cmp.Diff(strings.Split(c.want, "|"), got); d != "" {
			t.Errorf("%q:\n%s", c.in, d)
		}
	}
}

func TestNeed(t *testing.T) {
	c := newReading(t).engine
	const head = "Requirements\n- Five years of data engineering in a busy team of engineers and analysts\n"
	for _, tc := range []struct {
		in, tool string
		want     Need
	}{
		{head + "- Experience with Snowflake and Airflow", "snowflake", NeedRequired},
		{head + "- Knowledge of Terraform is a plus", "terraform", NeedPreferred},
		{head + "- Ideally you know Terraform", "terraform", NeedPreferred},
		{head + "- Strong Python (Terraform a plus)", "python", NeedRequired},
		{"Nice to have\n- Terraform\n- Kubernetes\n- Experience of large teams and busy offices that work with vendors", "terraform", NeedPreferred},
		{"Responsibilities\n- Build data pipelines in Python for our analysts\n- Keep our lake house clean and well documented for everyone", "python", NeedDuty},
	} {
		got := Need("")
		for _, f := range c.Classify(Posting{ID: "1", Title: "Data Engineer", Description: tc.in}).Tools {
			if f.ID == tc.tool {
				got = f.Need
			}
		}
		if got != tc.want {
			t.Errorf("%q: %s is %q, %q was wanted", tc.in, tc.tool, got, tc.want)
		}
	}
}
