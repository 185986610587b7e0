package index

import (
	"strings"
	"testing"
)

// TestArticle: everything that the article's tables and lists name is an entry
// that says so.
func TestArticle(t *testing.T) {
	for _, name := range []string{
		// technologies of both roles
		"Apache Spark", "Databricks", "Kafka", "Flink", "Airflow", "Snowflake", "Redshift", "SQL", "Python", "Scala",
		"PyTorch", "TensorFlow", "Hugging Face", "LangChain", "Docker", "Kubernetes", "MLflow", "Azure AI", "SageMaker",
		"AWS", "Azure", "Google Cloud",
		// skills and shared fields
		"data modeling", "streaming systems", "deep learning", "vector databases", "prompt engineering", "agentic AI",
		"DataOps", "MLOps", "LLMOps", "feature stores", "real-time inference", "machine learning", "generative AI", "LLMs",
		"distributed computing",
		// deliverables
		"chatbots", "RAG", "ETL pipelines", "data warehouses", "data lakes", "recommendation engines",
	} {
		found := false
		for _, tag := range defaultIndex().Find("Go, "+name+", Java and Python", Things) {
			e := defaultIndex().Entries()[tag.Entry]
			found = found || tag.Start == 4 && strings.HasPrefix(e.From, "article: ")
		}
		if !found {
			t.Errorf("%s: no entry with its part of the article", name)
		}
	}
	n := map[Kind]int{}
	for _, e := range defaultIndex().Entries() {
		if strings.HasPrefix(e.From, "article: ") {
			n[e.Kind]++
		}
	}
	for kind, want := range map[Kind]int{Responsibility: 16, SalaryBand: 4, Industry: 5} {
		if n[kind] < want {
			t.Errorf("%d entries of kind %s are the article's: %d were wanted", n[kind], kind, want)
		}
	}
}
