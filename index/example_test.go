package index_test

import (
	"fmt"

	"rolecall/index"
)

func ExampleTagger_Scan() {
	ix, err := index.Default()
	if err != nil {
		panic(err)
	}
	defer ix.Close()
	const text = "Orchestrate data pipelines with Airflow, dbt and GCP."
	var s index.Scan // to be used again for the next text
	ix.Scan(&s, text, index.Things)
	for _, tag := range s.Tags[index.Things] {
		fmt.Println(ix.Entries()[tag.Entry].Name, tag.Start, text[tag.Start:tag.End])
	}
	// Output:
	// Data Pipelines 12 data pipelines
	// Apache Airflow 32 Airflow
	// dbt 41 dbt
	// Google Cloud 49 GCP
}
