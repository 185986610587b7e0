package feed

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
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

// indexed is a Parquet file of nothing but an index.
func indexed(index []byte) []byte {
	return slices.Concat(parquetMagic, index, binary.LittleEndian.AppendUint32(nil, uint32(len(index))), parquetMagic)
}

func index(t *testing.T, m *format.FileMetaData) []byte {
	t.Helper()
	data, err := thrift.Marshal(&thrift.CompactProtocol{}, m)
	if err != nil {
		t.Fatal(err)
	}
	return indexed(data)
}

// parquetOf is a Parquet file of rows.
func parquetOf[T any](t *testing.T, rows []T, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestParquetMemory gives the reader small files that take much memory to read,
// and says what is told of them.
func TestParquetMemory(t *testing.T) {
	type wide struct{ A, B, C, D string }
	type list struct {
		Title string   `parquet:"title"`
		Tags  []string `parquet:"tags,list"`
	}
	large := parquet.PageBufferSize(1 << 30)
	plain := []parquet.WriterOption{large, parquet.Compression(&parquet.Zstd), parquet.DataPageStatistics(false)}
	text := strings.Repeat("Pipelines. ", 100_000) // 1.1 MB
	many := func(n int) []byte {
		return parquetOf(t, []list{{"Data Engineer", slices.Repeat([]string{"a"}, n)}}, plain...)
	}
	two := parquetOf(t, []list{{"Data Engineer", slices.Repeat([]string{"a"}, 3<<20)}, {"Data Engineer", nil}}, plain...)
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"large pages", parquetOf(t, slices.Repeat([]wide{{text, text, text, text}}, 30), plain...), "a page of every column of a row group takes more than 112 MB"},
		{"a page of many values", many(maxParquetCells + 1), "a Parquet page of 4194305 values"},
		{"a row of many values", many(maxValues + 1), "more than 20000 values in a row: too large for one posting"},
		{"a row of more values", two, "more than 20000 values in a row: too large for one posting"},
		{"a long row", parquetOf(t, []wide{{strings.Repeat(text, 8), "", "", ""}}, plain...), "a row of 8800000 bytes: too large for one posting"},
	} {
		got := hostile(t, bytes.NewReader(c.data), "parquet", 100<<20)
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, %q wanted", c.name, got, c.want)
		}
	}
	if got, errs := read(string(two), Options{Format: "parquet"}); len(got) != 1 || len(errs) != 1 {
		t.Errorf("behind a row that is too large: %d postings, %q", len(got), errs)
	}
}

// TestParquetHeaders reads pages whose headers have texts of a megabyte in them,
// twice and more, as the library writes them unless it is told not to.
func TestParquetHeaders(t *testing.T) {
	type row struct{ Title, Description string }
	data := parquetOf(t, []row{{"Data Engineer", strings.Repeat("Pipelines. ", 90_000)}}, parquet.DataPageStatistics(true))
	if got, errs := read(string(data), Options{Format: "parquet"}); len(got) != 1 || len(errs) > 0 {
		t.Errorf("%d postings, %q", len(got), errs)
	}
}

// TestParquetPages holds the places of pages to what was looked over.
func TestParquetPages(t *testing.T) {
	sample, err := os.ReadFile("testdata/samples/rows.parquet")
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(sample), int64(len(sample)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		change func(*format.FileMetaData)
		want   string
	}{
		{func(m *format.FileMetaData) { m.RowGroups[0].Columns[1].MetaData.DataPageOffset++ }, "damaged Parquet"},
		{func(m *format.FileMetaData) {
			c := &m.RowGroups[0].Columns[1].MetaData
			c.DictionaryPageOffset, c.DataPageOffset = c.DataPageOffset, c.DataPageOffset+1
		}, "where the index says so"},
		{func(m *format.FileMetaData) {
			second := m.RowGroups[0]
			second.Columns = slices.Clone(second.Columns)
			second.Columns[1].MetaData.Codec = format.Gzip
			m.RowGroups = append(m.RowGroups, second)
		}, "compressed with UNCOMPRESSED in one row group and GZIP in another"},
	} {
		m := *f.Metadata()
		m.RowGroups = slices.Clone(m.RowGroups)
		m.RowGroups[0].Columns = slices.Clone(m.RowGroups[0].Columns)
		c.change(&m)
		end := index(t, &m)
		got := hostile(t, io.MultiReader(bytes.NewReader(sample), bytes.NewReader(end[4:])), "parquet", 16<<20)
		if !strings.Contains(got, c.want) {
			t.Errorf("%q, %q wanted", got, c.want)
		}
	}
}

// TestSize counts what a record holds, whatever read it: batches are made by it.
func TestSize(t *testing.T) {
	text := strings.Repeat("Pipelines. ", 10_000)
	type row struct {
		Title       string   `parquet:"title"`
		Description string   `parquet:"description,dict"`
		Tags        []string `parquet:"tags,list"`
	}
	for format, in := range map[string]string{
		"parquet": string(parquetOf(t, []row{{"x", text, []string{text}}})),
		"json":    `[{"title":"x","description":"` + text + `"}]`,
		"yaml":    "title: x\ndescription: " + text + "\n",
		"xml":     "<rss><item><title>x</title><description>" + text + "</description></item></rss>",
		"html":    `<script type="application/ld+json">{"@type":"JobPosting","title":"x","description":"` + text + `"}</script>`,
		"csv":     "title,description\nx," + text + "\n",
		"text":    "x\n\n" + text,
	} {
		most := 3 * len(text)
		for r := range Read(context.Background(), nil, strings.NewReader(in), Options{Format: format}) {
			if n := r.Size(); r.Err != nil || n < len(text) || format == "parquet" && n < 2*len(text) || n > most {
				t.Errorf("%s: %d bytes of %d, %v", format, n, len(text), r.Err)
			}
		}
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
	elements := func(n int, children int32) *format.FileMetaData {
		m := &format.FileMetaData{Schema: make([]format.SchemaElement, n)}
		m.Schema[0].NumChildren = thrift.New(int32(n - 1))
		for i := range m.Schema[1:] {
			m.Schema[i+1].NumChildren = thrift.New(children)
		}
		return m
	}
	names := elements(200, 0)
	names.Schema[0].Name = "x"
	for i := range names.Schema[1:] {
		names.Schema[i+1] = format.SchemaElement{Name: strings.Repeat("n", 30_000), Type: thrift.New(format.Boolean)}
	}
	chunks := elements(1, 0)
	chunks.RowGroups = []format.RowGroup{{Columns: make([]format.ColumnChunk, maxParquetChunks+1)}}
	column := func(c format.ColumnMetaData) *format.FileMetaData {
		m := elements(2, 0)
		m.Schema[1].Type = thrift.New(format.ByteArray)
		m.RowGroups = []format.RowGroup{{Columns: []format.ColumnChunk{{MetaData: c}}}}
		return m
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"a schema of 2,147,483,647 elements", indexed([]byte("\x15\x02\x19\xfc\xff\xff\xff\xff\x07\x00\x00\x00\x00\x00\x00\x00\x00")), "a size of 2147483647 where 8 bytes are left"},
		{"a text of 2,147,483,647 bytes", indexed([]byte("\x68\xff\xff\xff\xff\x07\x00\x00")), "a size of 2147483647 where 2 bytes are left"},
		{"a schema of many elements", index(t, elements(maxParquetSchema+1, 0)), "5001 elements in its schema"},
		{"elements in elements", index(t, elements(maxDepth+2, 1)), "a schema nested more than 64 deep"},
		{"an element with many children", index(t, elements(3, 1<<30)), "an element with 1073741824 children in a schema of 3"},
		{"two schemas", indexed([]byte("\x29\x1c\x00\x09\x04\x1c\x00\x00")), "two schemas"},
		{"structs in structs", indexed(bytes.Repeat([]byte{0x1c}, 1000)), "nested more than 64 deep"},
		{"lists in lists", indexed(append([]byte{0x19}, bytes.Repeat([]byte{0x19}, 1000)...)), "nested more than 64 deep"},
		{"columns of many row groups", index(t, chunks), "65537 columns in them"},
		{"long names", index(t, names), "columns' names take more than 4194304 bytes"},
		{"a column longer than the file", index(t, column(format.ColumnMetaData{DataPageOffset: 4, TotalCompressedSize: math.MaxInt64})), "9223372036854775807 bytes of a column at byte 4"},
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
