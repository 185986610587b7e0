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
		{"Nice to have:\n- Experience with Swagger\n- Skills in Jira", "# Nice to have|Experience with Swagger|Skills in Jira"},
		{"- Benefits:\n- Free fruit", "# Benefits|Free fruit"},
		{"Nice to Have Experience\n- Large clouds", "# Nice to Have Experience|Large clouds"},
		{"About Kran Systems\nWe make cranes for harbours, and software that plans where each goes", "# About Kran Systems|We make cranes for harbours, and software that plans where each goes"},
		{"Preferred Qualifications\nExperience with Jupyter\nKnowledge of statistics", "# Preferred Qualifications|Experience with Jupyter|Knowledge of statistics"},
		{"Nice to have\nDatabricks\nSnowflake", "# Nice to have|Databricks|Snowflake"},
	} {
		r.read(&Posting{Description: c.in})
		r.guessUnits()
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
		{head + "- Strong Python skills are required, Terraform is a plus", "python", NeedRequired},
		{head + "- Strong Python skills are required, Terraform is a plus", "terraform", NeedPreferred},
		{head + "- Terraform is a plus but Python is a must", "python", NeedRequired},
		{head + "- Experience with Python, preferably with Terraform", "python", NeedRequired},
		{head + "- Experience with Python, preferably with Terraform", "terraform", NeedPreferred},
		{"Requirements (nice to have)\n- Experience with Terraform in years of large clouds\n- SQL", "terraform", NeedPreferred},
		{"Preferred qualifications\n- Experience with Swagger and a busy team of engineers\n- Experience with Terraform in years of large clouds", "terraform", NeedPreferred},
		{"Nice to have\n- Terraform\n- Kubernetes\n- Experience of large teams and busy offices that work with vendors", "terraform", NeedPreferred},
		{"Nice to have\n- Experience of streaming (Terraform, Kafka) and storage (Hive) in large clouds is essential\n- Kubernetes", "terraform", NeedRequired},
		{head + "- Strong Python, with Scala and Terraform as a nice to have", "terraform", NeedPreferred},
		{"Our tech stack\n- Terraform, Kubernetes, Python and Go\nRequirements\n- Five years of data engineering in a busy team of engineers", "terraform", NeedContext},
		{head + "Preferred Qualifications\nExperience with Jupyter\nKnowledge of statistics\nExperience with Terraform and large clouds", "terraform", NeedPreferred},
		{head + "Nice to Have Experience\n- Experience with provisioning tools (e.g., Terraform, Ansible)", "terraform", NeedPreferred},
		{head + "- Preferably on a provisioning tool (e.g., Terraform, Ansible)", "terraform", NeedPreferred},
		{head + "- Provisioning tools (Terraform, Ansible) are a plus", "terraform", NeedPreferred},
		{head + "- Terraform: 1 year (Preferred)", "terraform", NeedPreferred},
		{head + "- Terraform (Ansible preferred)", "terraform", NeedRequired},
		{head + "- Kubernetes, Terraform (strongly preferred)", "terraform", NeedPreferred},
		{head + "- Terraform, Kubernetes (strongly preferred)", "terraform", NeedRequired},
		{head + "- Terraform (nice to have)", "terraform", NeedPreferred},
		{head + "- Terraform (IaC) is a plus", "terraform", NeedPreferred},
		{head + "- Terraform (or Ansible) preferred", "terraform", NeedPreferred},
		{"Nice to have\n- Terraform, Python (required)", "terraform", NeedPreferred},
		{"Nice to have\n- Terraform, Python (required)", "python", NeedRequired},
		{head + "Preferred Qualifications\nAnsible experience\nKafka\nTerraform", "terraform", NeedPreferred},
		{head + "Preferred Qualifications\n- Experience With Ansible\n- Terraform", "terraform", NeedPreferred},
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

// TestToolThatIsACue: somebody's own taxonomy may give a word both meanings.
func TestToolThatIsACue(t *testing.T) {
	tax, err := index.Parse(append(index.DefaultFiles(),
		index.File{Name: "own-tools.yaml", Data: []byte("kind: tool\nentries:\n  - {id: zorbly, name: Zorbly, from: added}")},
		index.File{Name: "own-cues.yaml", Data: []byte("kind: need\nentries:\n  - {id: need-own, name: own, value: preferred_next, from: added, forms: [zorbly]}")},
	)...)
	if err != nil {
		t.Fatal(err)
	}
	ix, err := index.Build(tax, "")
	if err != nil {
		t.Fatal(err)
	}
	c := New(ix, newReading(t).engine.model, Options{})
	r := c.Classify(Posting{ID: "1", Description: "Zorbly is what we build our pipelines with"})
	if len(r.Tools) != 1 || r.Tools[0].ID != "zorbly" {
		t.Errorf("tools %v, zorbly alone was wanted", r.Tools)
	}
}

// TestSectionsOverrule: what the source says of a part overrules its heading.
func TestSectionsOverrule(t *testing.T) {
	c := newReading(t).engine
	const text = "Requirements\n- Experience with Python and Terraform in large clouds\n- SQL and the habits of busy teams of engineers"
	p := Posting{ID: "1", Title: "Data Engineer", Description: text, Sections: []Span{{Section: Preferred, Start: 0, End: len(text)}}}
	for _, f := range c.Classify(p).Tools {
		if f.Need != NeedPreferred {
			t.Errorf("%s is %q, preferred was wanted", f.ID, f.Need)
		}
	}
}

// TestEmployersOwnName: what the employer is called is not asked for in passing.
func TestEmployersOwnName(t *testing.T) {
	c := newReading(t).engine
	const text = "Responsibilities\n- Move the data pipelines of every team to Snowflake day by day\n- Build data pipelines in Python for our analysts"
	for company, want := range map[string]Need{"Snowflake Inc.": NeedContext, "Snow": NeedDuty, "": NeedDuty} {
		for _, f := range c.Classify(Posting{ID: "1", Title: "Data Engineer", Company: company, Description: text}).Tools {
			if f.ID == "snowflake" && f.Need != want {
				t.Errorf("company %q: Snowflake is %q, %q was wanted", company, f.Need, want)
			}
		}
	}
}

// TestAddresses: whose site an address is says nothing of the job.
func TestAddresses(t *testing.T) {
	c := newReading(t).engine
	for _, tc := range []struct {
		in   string
		want int
	}{
		{"You host our code on GitHub.", 1},
		{"Apply at https://kran.github.io/jobs or on www.github.com/kran, or write.", 0},
		{"See https://kran.example/jobs and know GitHub as well as anyone in the team does", 1},
	} {
		if got := len(c.Classify(Posting{ID: "1", Description: tc.in}).Tools); got != tc.want {
			t.Errorf("%q: %d tools, %d wanted", tc.in, got, tc.want)
		}
	}
}

// TestResultsAreApart: what a caller does to one result changes no other.
func TestResultsAreApart(t *testing.T) {
	c := newReading(t).engine
	p := Posting{ID: "1", Title: "Data Engineer", Description: "Responsibilities\n" + strings.Repeat("- Build ETL pipelines and model the Snowflake warehouse\n", 5)}
	first := c.Classify(p)
	if first.Codes == nil {
		t.Fatalf("%s has no codes", first.Label)
	}
	first.Codes.ONET = "other"
	if again := c.Classify(p); again.Codes.ONET == "other" {
		t.Error("two results share their codes")
	}
	if short := c.Classify(Posting{ID: "2", Title: "Data Engineer"}); short.Evidence == nil {
		t.Error("a posting that is too short has no list of evidence")
	}
}
