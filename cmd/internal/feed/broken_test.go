package feed

import (
	"fmt"
	"strings"
	"testing"
)

// TestBroken spoils every tenth object of an array, written in several ways,
// and holds that each costs itself and no other.
func TestBroken(t *testing.T) {
	const n = 3000
	const nested = `{"id":"%d","title":"Data Engineer","tags":[{"id":"t"}],"place":{"city":"Bonn"}}`
	for _, c := range []struct{ name, good, bad string }{
		{"a quote missing", nested, `{"id":"%d","title":"Data Engineer,"place":{"city":"Bonn"}}`},
		{"a quote too many", nested, `{"id":"%d","title":"Data" Engineer","tags":[]}`},
		{"a brace missing", nested, `{"id":"%d","title":"Data Engineer","tags":[{"id":"t"}],"place":{"city":"Bonn"}`},
		{"a bracket missing", nested, `{"id":"%d","title":"Data Engineer","tags":["a"}`},
		{"on several lines", "{\n\"id\":\"%d\",\n\"title\":\"Data Engineer\",\n\"tags\":[\n{\"a\":1}\n]\n}", "{\n\"id\":\"%d\",\n\"title\":\"Data Engineer,\n\"tags\":[]\n}"},
	} {
		for _, array := range [][3]string{{"[\n", ",\n", "\n]"}, {"[", ",\n ", "]"}, {"[\n  ", "\n, ", "]"}, {"[", ", ", "]"}} {
			for _, size := range []int{0, 2000} { // the larger does not fit into a window
				pad := `,"pad":"` + strings.Repeat("x", size) + `",`
				var items []string
				for i := range n {
					item := c.good
					if i%10 == 0 {
						item = c.bad
					}
					items = append(items, strings.Replace(fmt.Sprintf(item, i), ",", pad, 1))
				}
				got, errs := read(array[0]+strings.Join(items, array[1])+array[2], Options{Format: "json"})
				if len(got) != n*9/10 || len(errs) != n/10 {
					t.Errorf("%s, between %q, padded by %d: %d postings, %d errors, the last %q", c.name, array[1], size, len(got), len(errs), errs[len(errs)-1])
				}
			}
		}
	}
}

// TestCutOff holds that an array which never ends is told of, also where it is
// cut off between its objects.
func TestCutOff(t *testing.T) {
	const job = `{"id":"g","title":"Data Engineer","description":"Pipelines"}`
	for in, want := range map[string]string{
		"[" + job + ",\n" + job:                  "-:2: the array that begins in line 1 never ends: the input is cut off",
		"[" + job + ",\n" + job + ",\n":          "-:3: the array that begins in line 1 never ends: the input is cut off",
		"[\n" + job + ",\n" + job + "\n]":        "",
		"[\n" + job + "]\n[\n" + job + "]":       "",
		job + "\n" + job:                         "",
		"{\"jobs\":[" + job + ",\n" + job + "]}": "",
	} {
		got, errs := read(in, Options{Format: "json"})
		if all := strings.Join(errs, "\n"); len(got) != 2 || all != want {
			t.Errorf("%q: %d postings, %q; %q was wanted", in, len(got), all, want)
		}
	}
}

// TestBrokenYAML spoils documents and items: each costs itself and no other,
// however many there are.
func TestBrokenYAML(t *testing.T) {
	const n = 2000
	pad := strings.Repeat("Pipelines of data. ", 300) // 11 MB in all
	good := func(i int) string { return fmt.Sprintf("id: g%d\ntitle: Data Engineer\ndescription: %s\n", i, pad) }
	bad := func(int) string { return "id: b\ntitle: bad: colon\ndescription: x\n" }
	item := func(make func(int) string, indent string) func(int) string {
		return func(i int) string {
			return indent + "- " + strings.ReplaceAll(strings.TrimSuffix(make(i), "\n"), "\n", "\n"+indent+"  ") + "\n"
		}
	}
	for _, c := range []struct {
		name, head, between, tail string
		good, bad                 func(int) string
	}{
		{"documents", "", "---\n", "", good, bad},
		{"documents with a mark first and last", "%YAML 1.2\n---\n", "...\n---\n", "---\n", good, bad},
		{"a list", "", "", "", item(good, ""), item(bad, "")},
		{"a list under a name", "total: 3\njobs:\n", "", "next: null\n", item(good, "  "), item(bad, "  ")},
		{"a list under a name, not further in", "jobs:\n", "# and\n\n", "next: null\n", item(good, ""), item(bad, "")},
	} {
		for _, n := range []int{3, n} {
			var b strings.Builder
			b.WriteString(c.head)
			for i := range n {
				if i > 0 {
					b.WriteString(c.between)
				}
				if i%10 == 1 {
					b.WriteString(c.bad(i))
				} else {
					b.WriteString(c.good(i))
				}
			}
			got, errs := read(b.String()+c.tail, Options{Format: "yaml"})
			if wrong := (n + 8) / 10; len(got) != n-wrong || len(errs) != wrong {
				t.Errorf("%s, %d: %d postings, %d errors, the first %.200q", c.name, n, len(got), len(errs), append(errs, "")[0])
			}
		}
	}
}

// TestYAMLDocuments: none is lost, wherever its mark and its lists stand.
func TestYAMLDocuments(t *testing.T) {
	jobs := func(indent string, n int) string {
		return strings.Repeat(indent+"- title: Data Engineer\n"+indent+"  description: "+strings.Repeat("Pipelines ", 15)+"\n", n)
	}
	for _, c := range []struct {
		name, in   string
		good, errs int
	}{
		{"on the line of the mark", "--- {title: A1, description: D}\n--- {title: B1, description: D}\n--- {title: C1, description: D}\n", 3, 0},
		{"an empty one", "title: A1\ndescription: D\n---\n---\ntitle: B1\ndescription: D\n---\ntitle: C1\ndescription: D\n", 3, 0},
		{"an empty one that ends", "---\n...\n---\ntitle: B1\ndescription: D\n", 1, 0},
		{"two lists", "first:\n" + jobs("  ", 3000) + "second:\n  more:\n" + jobs("    ", 3000), 6000, 0},
		{"another list first", "tags:\n- a\n- b\njobs:\n" + jobs("  ", 3000), 3000, 0},
		{"two lists, one broken", "first:\n" + jobs("  ", 2) + "  - title: \"x\n    description: y\nsecond:\n  more:\n" + jobs("    ", 2), 2, 2},
	} {
		got, errs := read(c.in, Options{Format: "yaml"})
		if len(got) != c.good || len(errs) != c.errs {
			t.Errorf("%s: %d postings, %.300q: %d and %d were wanted", c.name, len(got), errs, c.good, c.errs)
		}
	}
}

// TestPrettyJSON: JSON on several lines is no JSON Lines, whatever its second line is.
func TestPrettyJSON(t *testing.T) {
	const job = `{"id":"g","title":"Data Engineer","description":"Pipelines"}`
	for in, want := range map[string]int{
		"[\n" + job + "\n]": 1, "{\"jobs\":[\n" + job + "\n]}": 1, "[" + job + ",\n" + job + "\n]": 2,
		"<!doctype html><html><head><script type=\"application/ld+json\">\n" + `{"@type":"JobPosting","title":"Data Engineer","description":"Pipelines"}` + "\n</script></head></html>": 1,
		"{\"id\":\"b\",\"title\":\"Data Eng\n" + job: 1,
	} {
		got, errs := read(in, Options{})
		if len(got) != want || len(errs) != strings.Count(in, "Eng\n") {
			t.Errorf("%q: %d postings, errors %q", in, len(got), errs)
		}
	}
}

// TestItems holds what is said of items that are no objects, and of empty lists.
func TestItems(t *testing.T) {
	const job = `{"id":"g","title":"Data Engineer","description":"Pipelines"}`
	for _, c := range []struct {
		in         string
		good, errs int
	}{
		{"[" + job + `,null,"str",[1],5,nul,` + job + "]", 2, 4},
		{`{"tags":["a","b"],"jobs":[` + job + `],"more":["c",1]}`, 1, 0},
		{"[[" + job + "],[" + job + "]]", 2, 0},
		{`{"jobs":[],"meta":{"total":0}}`, 0, 0},
		{`{"totalFound":0,"content":[]}`, 0, 0},
		{"[ ]", 0, 0},
		{`{"data":{"jobs":[],"total":0}}`, 0, 0},
		{`{"jobs":[` + job + `,"x",null,` + job + `]}`, 2, 2},
		{`{"tags":[]}`, 0, 1},
		{"[1]", 0, 1},
	} {
		if got, errs := read(c.in, Options{Format: "json"}); len(got) != c.good || len(errs) != c.errs {
			t.Errorf("%s: %d postings, errors %q: %d and %d were wanted", c.in, len(got), errs, c.good, c.errs)
		}
	}
}

// TestGraph: what stands beside a posting in a graph and is named by it is its.
func TestGraph(t *testing.T) {
	const in = `<html><script type="application/ld+json">{"@graph":[{"@id":"#org","@type":"Organization","name":"Kran"},
{"@type":"JobPosting","title":"Data Engineer","description":"Pipelines","hiringOrganization":{"@id":"#org"},"jobLocation":{"@id":"#none"}}]}</script></html>`
	got, errs := read(in, Options{})
	if len(got) != 1 || len(errs) > 0 || got[0].Company != "Kran" || got[0].Location != "" {
		t.Errorf("%+v %q", got, errs)
	}
}

// TestSheets: tables as spreadsheets export them.
func TestSheets(t *testing.T) {
	wide := func(s string, little bool) string {
		var b strings.Builder
		for i := range len(s) {
			if little {
				b.WriteString(s[i:i+1] + "\x00")
			} else {
				b.WriteString("\x00" + s[i:i+1])
			}
		}
		return b.String()
	}
	const plain = "Jobtitel;Firma;Beschreibung\nData Engineer;Kran;Pipelines bauen\n"
	for name, in := range map[string]string{
		"sep": "sep=;\r\n" + plain, "UTF-16": wide(plain, true), "UTF-16, the other way": wide(plain, false),
	} {
		got, errs := read(in, Options{})
		if len(got) != 1 || len(errs) > 0 || got[0].Title != "Data Engineer" || got[0].Company != "Kran" || got[0].Description != "Pipelines bauen" {
			t.Errorf("%s: %+v %q", name, got, errs)
		}
	}
}

// TestThread: of a thread of Hacker News the comments on the story are postings.
func TestThread(t *testing.T) {
	reply := func(id int, text string) string {
		return fmt.Sprintf(`{"id":%d,"type":"comment","author":"x","parent_id":1,"text":%q,"title":null,"children":[{"id":9,"type":"comment","text":"Is it remote?","children":[]}]}`, id, text)
	}
	short, long := "Kran | Data Engineer | Bonn<p>Pipelines.", "Hof | AI Engineer | Ulm<p>"+strings.Repeat("Agents in production. ", 20)
	in := `{"id":1,"type":"story","title":"Ask HN: Who is hiring?","text":"Please state the place","children":[` + reply(2, short) + "," + reply(3, long) + `,{"id":4,"type":"comment","text":null,"children":[]}]}`
	for _, in := range []string{in, in + "\n", "[" + reply(2, short) + "," + reply(3, long) + "]", reply(2, short) + "\n" + reply(3, long)} {
		got, errs := read(in, Options{})
		if len(got) != 2 || len(errs) > 0 || got[0].Company != "Kran" || got[0].Title != "Data Engineer" || got[0].Description != short || got[1].Title != "AI Engineer" {
			t.Errorf("%.40s: %q %+v", in, errs, got)
		}
	}
}

// TestNoJSON holds that what only looks like objects is one broken one.
func TestNoJSON(t *testing.T) {
	if got, errs := read(strings.Repeat("{p4", 100), Options{Format: "json"}); len(got) > 0 || len(errs) != 1 {
		t.Errorf("%d postings, %d errors", len(got), len(errs))
	}
}

// TestPoorLines holds that lines which are no postings are told of, wherever
// the first posting stands.
func TestPoorLines(t *testing.T) {
	const good, poor = `{"id":"g","title":"Data Engineer","description":"Pipelines"}`, `{"id":"p","title":null,"description":null}`
	for _, c := range []struct {
		in         string
		good, errs int
	}{
		{poor + "\n" + good + "\n" + poor + "\n" + good + "\n", 2, 2},
		{poor + "\n" + poor + "\n" + good + "\n" + poor + "\n", 1, 3},
		{poor + "\n" + good, 1, 1},
		{poor, 0, 1},
		{`{"index":{"_id":"1"}}` + "\n" + good + "\n" + `{"index":{"_id":"2"}}` + "\n" + good + "\n", 2, 0}, // Elasticsearch's bulk format
		{`{"total":2,"page":1,"jobs":[` + good + "]}\n" + `{"total":2,"page":2,"jobs":[]}` + "\n", 1, 0},
	} {
		if got, errs := read(c.in, Options{}); len(got) != c.good || len(errs) != c.errs {
			t.Errorf("%s: %d postings, errors %q: %d and %d were wanted", c.in, len(got), errs, c.good, c.errs)
		}
	}
}
