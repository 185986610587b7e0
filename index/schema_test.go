package index

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v4"
)

// TestSchema holds the schema that editors use against the files that the
// program reads: what one takes, the other must not refuse.
func TestSchema(t *testing.T) {
	schema := taxonomySchema(t)
	for _, f := range DefaultFiles() {
		if err := schema.Validate(asJSON(t, f.Data)); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	schema := taxonomySchema(t)
	entry := "kind: tool\nentries:\n  - {id: dagster, name: Dagster, from: added"
	for _, c := range []struct{ name, in string }{
		{"unknown key", entry + ", colour: red}"},
		{"role that does not exist", entry + ", role: nurse}"},
		{"id with capitals", "kind: tool\nentries:\n  - {id: Dagster, name: Dagster, from: added}"},
		{"source of its own", "kind: tool\nentries:\n  - {id: dagster, name: Dagster, from: hearsay}"},
		{"rule with an unknown key", entry + ", forms: [{text: dag, after: [the]}]}"},
		{"no entries", "kind: tool"},
		{"unknown kind", "kind: animal\nentries:\n  - {id: dagster, name: Dagster, from: added}"},
	} {
		if schema.Validate(asJSON(t, []byte(c.in))) == nil {
			t.Errorf("%s: taken: %s", c.name, c.in)
		}
		if _, err := Parse(File{Name: "t.yaml", Data: []byte(c.in)}); err == nil {
			t.Errorf("%s: the program takes what the schema refuses", c.name)
		}
	}
	if err := schema.Validate(asJSON(t, []byte(entry+"}"))); err != nil {
		t.Error(err)
	}
}

func taxonomySchema(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	data, err := os.ReadFile("taxonomy/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func asJSON(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(strings.NewReader(string(text))).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}
