package feed

import (
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
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

// TestParquetClaims gives the reader files that say of themselves what would
// take gigabytes to believe.
func TestParquetClaims(t *testing.T) {
	sample, err := os.ReadFile("testdata/samples/rows.parquet")
	if err != nil {
		t.Fatal(err)
	}
	footer := bytes.Clone(sample)
	binary.LittleEndian.PutUint32(footer[len(footer)-8:], 1<<31)
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"a long index", footer, "an index of 2147483648 bytes"},
		{"cut short", sample[:len(sample)-20], "does not end in PAR1"},
		{"nothing but its name", []byte("PAR1PAR1PAR1"), "an index of"},
	} {
		got := hostile(t, bytes.NewReader(c.data), "parquet", 16<<20)
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, %q wanted", c.name, got, c.want)
		}
	}
	for _, c := range []struct {
		codec format.CompressionCodec
		data  []byte
		want  string
	}{
		{format.Snappy, []byte{0xff, 0xff, 0xff, 0xff, 0x0f, 0}, errPageSize.Error()},
		{format.Lz4Raw, []byte{0}, "only snappy, gzip and zstd"},
		{format.Uncompressed, []byte{0}, ""},
	} {
		f, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		f.Write(c.data)
		got := ""
		if err := unpacksTo(f, 0, &format.PageHeader{CompressedPageSize: int32(len(c.data)), UncompressedPageSize: 100}, c.codec); err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: %q, %q wanted", c.codec, got, c.want)
		}
	}
}
