package feed

import (
	"fmt"
	"strings"
	"testing"
)

// TestWideAnswer reads answers that are small in bytes and have more values
// than one record may have: the bound is a posting's, not an answer's.
func TestWideAnswer(t *testing.T) {
	const n = 2500
	list := func(item, sep string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteString(sep)
			}
			fmt.Fprintf(&b, item, i)
		}
		return b.String()
	}
	job := `{"id":%d,"title":"Data Engineer","company":"Kran","location":"Bonn","url":"u","posted":"2024-01-01","type":"f","remote":true,"description":"Pipelines"}`
	for _, c := range []struct{ name, in string }{
		{"object", `{"total":2500,"jobs":[` + list(job, ",") + `]}`},
		{"object in an object", `{"data":{"total":2500,"jobs":[` + list(job, ",") + `]}}`},
		{"object in an array", `[{"total":2500,"jobs":[` + list(job, ",") + `]}]`},
		{"YAML", "jobs:\n" + list("- id: %d\n  title: Data Engineer\n  company: Kran\n  location: Bonn\n  url: u\n  type: f\n  remote: true\n  description: Pipelines\n", "")},
	} {
		got, errs := read(c.in, Options{})
		if len(c.in) > maxRecord || len(got) != n || len(errs) > 0 {
			t.Errorf("%s: %d bytes, %d postings of %d, %v", c.name, len(c.in), len(got), n, errs)
		}
	}
}

// TestWidePosting holds that a posting too large to be parsed is told of.
func TestWidePosting(t *testing.T) {
	wide := `{"id":"w","title":"Wide","vector":[` + strings.Repeat("1,", maxValues) + `1]}`
	long := `{"id":"l","title":"Long","description":"` + strings.Repeat("word ", maxRecord/5) + `"}`
	good := `{"id":"g","title":"Good","description":"Pipelines"}`
	for _, c := range []struct{ in, want string }{ // the last is cut off besides
		{"[" + good + ",\n" + wide + ",\n" + good + "]", "-:2: byte 40028: more than 20000 values: too large for one posting, and no posting in it"},
		{"[" + good + ",\n" + long + ",\n" + good + "]", "-:2: an object of more than 2097152 bytes: too large for one posting, and no posting in it"},
		{"[" + good + ",\n" + good + ",\n" + long, "-:3: an object of more than 2097152 bytes: too large for one posting, and no posting in it"},
	} {
		got, errs := read(c.in, Options{Format: "json"})
		if len(got) != 2 || len(errs) != 1+strings.Count(errs[len(errs)-1], "cut off") || errs[0] != c.want {
			t.Errorf("%d postings, %q: %q was wanted", len(got), errs, c.want)
		}
	}
}

// TestAliasBomb holds that YAML which multiplies itself comes to its end.
func TestAliasBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := range 12 {
		fmt.Fprintf(&b, "a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), i)
	}
	_, errs := read(b.String(), Options{Format: "yaml"})
	if len(errs) != 1 || !strings.Contains(errs[0], "values by aliases") {
		t.Errorf("errors %q", errs)
	}
}
