package feed

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkPosting reads postings out of JSON Lines, one operation a posting:
// cutting and parsing, without classifying.
func BenchmarkPosting(b *testing.B) {
	data, err := os.ReadFile(filepath.Join(os.Getenv("ROLECALL_DATA"), "bulk.postings.jsonl"))
	if err != nil {
		line := `{"id":"1","title":"Data Engineer","company":"Kran","description":"` + strings.Repeat(`Build pipelines.\nKeep them alive. `, 100) + "\"}\n"
		data = []byte(strings.Repeat(line, 1000))
	}
	n := 0
	for n < b.N {
		for r := range Read(context.Background(), nil, bytes.NewReader(data), Options{}) {
			if _, err := r.Posting(); err != nil {
				b.Fatal(err)
			}
			if n++; n == b.N {
				break
			}
		}
	}
	b.SetBytes(int64(len(data) / bytes.Count(data, []byte{'\n'})))
}
