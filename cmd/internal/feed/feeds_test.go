package feed

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

func TestPeek(t *testing.T) {
	dir := os.Getenv("ROLECALL_DATA")
	if dir == "" {
		t.Skip("ROLECALL_DATA names no folder with feeds")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "feeds", "*", "*"))
	for _, f := range files {
		n, bad := 0, 0
		opts := Options{OnSource: func(s Source) { t.Log(s.Format, s.Fields) }}
		for r := range Read(context.Background(), []string{f}, nil, opts) {
			n++
			p, err := r.Posting()
			if err != nil {
				bad++
				t.Log(r.Place, err)
			} else if n == 1 {
				t.Logf("%q %q @%q loc=%q url=%q posted=%q desc=%d %q %v", p.ID, p.Title, p.Company, p.Location, clip(p.URL, 50), p.Posted, len(p.Description), clip(p.Description, 70), p.Sections)
			}
		}
		t.Log("=====", n, bad, f)
	}
}
