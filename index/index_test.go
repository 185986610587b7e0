package index

import "testing"

func TestSmoke(t *testing.T) {
	tax, err := Parse(File{"t.yaml", []byte(`
kind: tool
entries:
  - {id: apache-airflow, name: Apache Airflow, from: added, forms: [AirFlo]}
  - {id: r, name: R, kind: language, from: added, forms: [{text: R, exact: true, near: ["@tools", statistics]}], match: [R and Airflow], no_match: [R here]}
  - {id: bp, name: build pipes, kind: responsibility, from: added, actions: [build], objects: [data pipeline]}
`)})
	if err != nil {
		t.Fatal(err)
	}
	ix, err := Build(tax, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"AirFlo, Apache Airflow and R, R&D", "R is here", "Building robust Data Pipelines."} {
		for _, l := range []Layer{Things, Works} {
			for _, tag := range ix.Find(s, l) {
				t.Log(s, ix.Entries()[tag.Entry].ID, s[tag.Start:tag.End])
			}
		}
	}
}
