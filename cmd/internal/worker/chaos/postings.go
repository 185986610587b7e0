package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"rolecall/classifier"
)

// Titles that the classifier of this program cannot stand.
const (
	titlePanic = "panics"
	titleExit  = "ends the process"
	titleHang  = "hangs"
)

// item is one thing to send, and what must come of it.
type item struct {
	posting classifier.Posting
	raw     []byte // not nil: sent as it is, and unreadable
	reject  bool
}

var phrases = strings.Split(`build data pipelines in Spark and Airflow|own our Snowflake warehouse|train and deploy models in PyTorch|fine-tune LLMs with LangChain|write SQL and Python every day|work with a friendly team|keep Kafka streams healthy|design schemas in dbt|evaluate RAG systems|move fast and document what you did|run Kubernetes clusters|talk to stakeholders`, "|")

// makeItems draws n items: 1 % unreadable, 0.5 % that panic, and a few that
// end the process or hang.
func makeItems(n int, seed uint64) []item {
	r := rand.New(rand.NewPCG(seed, 1))
	items := make([]item, n)
	for i := range items {
		id := fmt.Sprintf("c%d-%d", seed, i)
		p := classifier.Posting{ID: id, Title: "Data Engineer", Company: "Acme", Description: text(r)}
		it := item{posting: p}
		switch x := r.IntN(1000); {
		case x < 10:
			it.raw, it.reject = []byte(fmt.Sprintf(`{"id":%q,"title":`, id)), true
		case x < 15:
			it.posting.Title, it.reject = titlePanic, true
		}
		items[i] = it
	}
	for k := range 4 {
		i := (k*2 + 1) * n / 9
		items[i] = item{posting: classifier.Posting{ID: items[i].posting.ID, Title: titleExit}, reject: true}
		if k < 2 {
			items[i+1] = item{posting: classifier.Posting{ID: items[i+1].posting.ID, Title: titleHang}, reject: true}
		}
	}
	return items
}

func text(r *rand.Rand) string {
	var b strings.Builder
	for b.Len() < 500+r.IntN(2500) {
		s := phrases[r.IntN(len(phrases))]
		b.WriteString("- " + strings.ToUpper(s[:1]) + s[1:] + ".\n")
	}
	return b.String()
}
