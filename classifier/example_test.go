package classifier_test

import (
	"fmt"
	"strings"

	"rolecall/classifier"
	"rolecall/index"
)

func ExampleClassifier_Classify() {
	c, err := classifier.Default(classifier.Options{})
	if err != nil {
		panic(err)
	}
	r := c.Classify(classifier.Posting{
		ID:    "42",
		Title: "Senior Data Engineer",
		Description: `What you will do
- Build and run ELT pipelines with Airflow and dbt.
- Model our Snowflake warehouse and keep its data quality high.
Requirements
- Strong SQL and Python
- Kafka is a plus`,
	})
	fmt.Println(r.Label, r.Seniority)
	for _, t := range r.Tools {
		fmt.Println(t.Name, t.Need, t.Mentions[0].Start)
	}
	// Output:
	// data_engineer senior
	// Apache Airflow duty 52
	// dbt duty 64
	// Snowflake duty 81
	// SQL required 155
	// Python required 163
	// Apache Kafka preferred 172
}

func ExampleParsePosting() {
	_, err := classifier.ParsePosting([]byte(`{"id": "7", "title": ["AI Engineer"]}`))
	fmt.Println(err)
	// Output:
	// "title": a JSON array: a string was wanted
}

// A taxonomy of one's own, in place of the one that is built in.
func ExampleNew() {
	tax, err := index.Parse(index.File{Name: "mine.yaml", Data: []byte(strings.TrimSpace(`
kind: tool
entries:
  - {id: frobnicator, name: Frobnicator, category: processing, from: added}
`))})
	if err != nil {
		panic(err)
	}
	ix, err := index.Build(tax, "")
	if err != nil {
		panic(err)
	}
	defer ix.Close()
	m, err := classifier.DefaultModel()
	if err != nil {
		panic(err)
	}
	r := classifier.New(ix, m, classifier.Options{}).Classify(classifier.Posting{ID: "1", Title: "Operator", Description: "You run the frobnicator."})
	fmt.Println(r.State, r.Tools[0].ID)
	// Output:
	// too_short frobnicator
}
