package feed

import (
	"os"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
)

// TestParquetSample writes the sample that the golden test and the fuzz target
// start from, when -update asks for it.
func TestParquetSample(t *testing.T) {
	if !*update {
		t.Skip("only with -update")
	}
	type company struct {
		Name string `parquet:"name"`
	}
	type row struct {
		JobID       int64     `parquet:"job_id"`
		JobTitle    string    `parquet:"job_title"`
		Company     company   `parquet:"company"`
		Description *string   `parquet:"job_description,optional,zstd"`
		Skills      []string  `parquet:"skills,list"`
		Remote      bool      `parquet:"remote"`
		Pay         float64   `parquet:"pay"`
		PostedAt    time.Time `parquet:"posted_at,timestamp(microsecond)"`
	}
	text := "Columns all the way down."
	rows := []row{
		{1, "Parquet Engineer", company{"Slate"}, &text, []string{"DuckDB", "Arrow"}, true, 1.5e5, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)},
		{2, "Row Engineer", company{""}, nil, nil, false, 0, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)},
	}
	f, err := os.Create("testdata/samples/rows.parquet")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := parquet.Write(f, rows); err != nil {
		t.Fatal(err)
	}
}
