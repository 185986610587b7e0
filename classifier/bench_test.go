package classifier

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// benchPostings are the postings of testdata near 4 KB, repeated to 4 KB, and
// where ROLECALL_DATA names a folder with bulk.postings.jsonl, 500 of those.
func benchPostings(b *testing.B) []Posting {
	if dir := os.Getenv("ROLECALL_DATA"); dir != "" {
		data, err := os.ReadFile(filepath.Join(dir, "bulk.postings.jsonl"))
		if err != nil {
			b.Fatal(err)
		}
		var out []Posting
		for _, line := range strings.SplitN(string(data), "\n", 501)[:500] {
			p, err := ParsePosting([]byte(line))
			if err != nil {
				b.Fatal(err)
			}
			out = append(out, p)
		}
		return out
	}
	return testPostings(b)
}

// testPostings are the postings of testdata.
func testPostings(t testing.TB) []Posting {
	names, _ := filepath.Glob("../testdata/postings/*.json")
	if len(names) == 0 {
		t.Fatal("no postings in testdata")
	}
	var out []Posting
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var p Posting
		if err := json.Unmarshal(data, &p); err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func benchClassify(b *testing.B, keep func(p *Posting) bool) {
	c := newReading(b).engine
	var ps []Posting
	bytes := 0
	for _, p := range benchPostings(b) {
		if keep(&p) {
			ps = append(ps, p)
			bytes += len(p.Description)
		}
	}
	b.ReportAllocs()
	b.SetBytes(int64(bytes / len(ps)))
	i := 0
	for b.Loop() {
		c.Classify(ps[i%len(ps)])
		i++
	}
}

func BenchmarkClassifyPlain(b *testing.B) {
	benchClassify(b, func(p *Posting) bool { return !hasTag(p.Description, "<") && !hasTag(p.Description, "&lt;") })
}

func BenchmarkClassifyHTML(b *testing.B) {
	benchClassify(b, func(p *Posting) bool { return hasTag(p.Description, "<") || hasTag(p.Description, "&lt;") })
}
