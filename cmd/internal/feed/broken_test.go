package feed

import (
	"fmt"
	"strings"
	"testing"
)

// TestBroken spoils every tenth object of an array that has one a line, and
// holds that each costs itself and no other.
func TestBroken(t *testing.T) {
	const n = 3000
	for _, c := range []struct{ name, good, bad string }{
		{"a quote missing", `{"id":"%d","title":"Data Engineer","company":"Kran"}`, `{"id":"%d","title":"Data Engineer,"company":"Kran"}`},
		{"a quote too many", `{"id":"%d","title":"Data Engineer","company":"Kran"}`, `{"id":"%d","title":"Data" Engineer","company":"Kran"}`},
		{"a brace missing", `{"id":"%d","title":"Data Engineer","place":{"city":"Bonn"}}`, `{"id":"%d","title":"Data Engineer","place":{"city":"Bonn"}`},
		{"a bracket missing", `{"id":"%d","title":"Data Engineer","tags":["a"]}`, `{"id":"%d","title":"Data Engineer","tags":["a"}`},
		{"on several lines", "{\n\"id\":\"%d\",\n\"title\":\"Data Engineer\",\n\"tags\":[\n{\"a\":1}\n]\n}", "{\n\"id\":\"%d\",\n\"title\":\"Data Engineer,\n\"tags\":[]\n}"},
	} {
		for _, size := range []int{0, 2000} { // the larger does not fit into a window
			pad := `{"pad":"` + strings.Repeat("x", size) + `",`
			var items []string
			for i := range n {
				item := c.good
				if i%10 == 0 {
					item = c.bad
				}
				items = append(items, pad+fmt.Sprintf(item, i)[1:])
			}
			got, errs := read("[\n"+strings.Join(items, ",\n")+"\n]", Options{Format: "json"})
			if len(got) != n*9/10 || len(errs) != n/10 {
				t.Errorf("%s, padded by %d: %d postings, %d errors, the last %q", c.name, size, len(got), len(errs), errs[len(errs)-1])
			}
		}
	}
}
