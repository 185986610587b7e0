package feed

import (
	"strings"
	"testing"
)

// TestFound holds what in an answer is a posting and what stands around it.
// wanted is "id title/company" of each.
func TestFound(t *testing.T) {
	job := `{"id":7,"title":"Data Engineer","description":"Pipelines"}`
	locations := `"facets":{"locations":[{"id":1,"name":"Berlin"},{"id":2,"name":"Paris"}],"skills":[{"id":3,"name":"SQL"}]}`
	company := `"company":{"id":9,"name":"Kran","description":"We make things","url":"https://kran.example"}`
	full := `"id":"1","title":"Senior Data Engineer","company":"Kran","description":"Pipelines"`
	for _, c := range []struct{ name, in, want string }{
		{"company beside the job", `{"job":` + job + `,` + company + `}`, "7 Data Engineer/Kran"},
		{"company before the job", `{` + company + `,"job":` + job + `}`, "7 Data Engineer/Kran"},
		{"such records in a list", `[{"job":` + job + `,` + company + `},{"job":` + job + `,"company":"Esche"}]`, "7 Data Engineer/Kran, 7 Data Engineer/Esche"},
		{"a title and an id of its own", `{"id":1,"title":"Jobs of the week","name":"x","job":` + job + `,"company":"Kran"}`, "7 Data Engineer/Kran"},
		{"Elasticsearch", `{"hits":{"hits":[{"_id":"a","_score":1,"_source":{"title":"Data Engineer","company":"Kran"}}]}}`, "a Data Engineer/Kran"},
		{"GraphQL", `{"edges":[{"cursor":"c","node":{"id":"n","name":"Data Engineer","location":"Bonn"}}],"name":"Kran","id":"x"}`, "n Data Engineer/Kran"},
		{"facets and company", `{"jobs":[` + job + `],` + locations + `,` + company + `}`, "7 Data Engineer/Kran"},
		{"facets first, in a stream", `{` + locations + `,` + company + `,"jobs":[` + job + `],"pad":[` + strings.Repeat("0,", maxValues) + `0]}`, "7 Data Engineer/"},
		{"departments", `{"departments":[{"id":1,"name":"Engineering","jobs":[` + job + `]},{"id":2,"name":"Sales","jobs":[]}]}`, "7 Data Engineer/"},
		{"departments at the top", `[{"id":2,"name":"Sales","jobs":[]},{"id":1,"name":"Kran","jobs":[` + job + `]}]`, "7 Data Engineer/Kran"},
		{"offices", `{"offices":[{"id":1,"name":"Bonn","location":"Bonn, Germany","departments":[{"id":1,"name":"Data","jobs":[` + job + `]}]}]}`, "7 Data Engineer/"},
		{"positions of a job", `[{` + full + `,"positions":[{"title":"Berlin","id":"5"},{"title":"Paris","id":"6"}]}]`, "1 Senior Data Engineer/Kran"},
		{"items of a job", `{` + full + `,"items":[{"name":"x"}]}` + "\n" + `{` + full + `,"items":[{"name":"x"}]}` + "\n", "1 Senior Data Engineer/Kran, 1 Senior Data Engineer/Kran"},
		{"a comment on a job", `{` + full + `,"comment":{"id":2,"author":"x","text":"nice"}}`, "1 Senior Data Engineer/Kran"},
		{"a page with a title and a text", `{"title":"Work at Kran","description":"Come","items":[{"id":"7","title":"Data Engineer","url":"u"}]}`, "7 Data Engineer/"},
		{"a company with jobs", `{"id":1,"title":"Kran","description":"Cranes","location":"Bonn","url":"u","jobs":[` + job + `]}`, "7 Data Engineer/"},
		{"names for titles", `{"content":[{"id":7,"name":"Data Engineer"}]}`, "7 Data Engineer/"},
		{"names for titles under another name", `{"roles":[{"id":7,"name":"Data Engineer","location":"Bonn","url":"u"}]}`, "7 Data Engineer/"},
	} {
		got, errs := read(c.in, Options{})
		var all []string
		for _, p := range got {
			all = append(all, p.ID+" "+p.Title+"/"+p.Company)
		}
		if s := strings.Join(all, ", "); s != c.want || len(errs) > 0 {
			t.Errorf("%s: %s, errors %q; %s was wanted", c.name, s, errs, c.want)
		}
	}
}
