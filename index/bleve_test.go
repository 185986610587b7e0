package index

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"
	"github.com/google/go-cmp/cmp"
)

func buildDir(t testing.TB) string {
	t.Helper()
	tax, err := DefaultTaxonomy()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "index")
	ix, err := Build(tax, dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := ix.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestIndexAlone: what is opened from disk tags as what was built in memory.
func TestIndexAlone(t *testing.T) {
	ix, err := Open(buildDir(t))
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	if ix.Revision != defaultIndex().Revision {
		t.Errorf("revision %s, %s was wanted", ix.Revision, defaultIndex().Revision)
	}
	for _, text := range texts(t)[:50] {
		if d := cmp.Diff(defaultIndex().Find(text, Things), ix.Find(text, Things), cmp.AllowUnexported(Tag{})); d != "" {
			t.Fatal(d)
		}
	}
}

func TestOpenWhatIsNoIndex(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "no index there") {
		t.Errorf("empty folder: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "index_meta.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil {
		t.Error("broken index: no error")
	}
	if _, err := Build(&Taxonomy{}, dir); err == nil {
		t.Error("build into a folder that exists: no error")
	}
}

func TestSearch(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"airflow", "apache-airflow"}, {"kubernets", "kubernetes"}, {"snowflake", "snowflake"}, {"retrieval augmented generation", "retrieval"},
	} {
		hits, err := defaultIndex().Search(context.Background(), c.query, 5)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, h := range hits {
			found = found || strings.Contains(h.Entry.ID, c.want) || strings.Contains(strings.ToLower(h.Entry.Name), c.query)
		}
		if !found {
			t.Errorf("search %q: no %q among %d hits", c.query, c.want, len(hits))
		}
	}
}

// BenchmarkPercolate is the way with bleve alone: the posting as a document
// of an index in memory, a phrase query for every form.
func BenchmarkPercolate(b *testing.B) {
	text := sampleText(b)
	queries := make([]query.Query, 0)
	for _, f := range formTexts() {
		q := bleve.NewMatchPhraseQuery(f)
		q.SetField("text")
		queries = append(queries, q)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		ix, err := bleve.NewMemOnly(bleve.NewIndexMapping())
		if err != nil {
			b.Fatal(err)
		}
		if err := ix.Index("1", map[string]any{"text": text}); err != nil {
			b.Fatal(err)
		}
		for _, q := range queries {
			if _, err := ix.Search(bleve.NewSearchRequest(q)); err != nil {
				b.Fatal(err)
			}
		}
		ix.Close()
	}
}
