package sink

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"rolecall/classifier"
	"rolecall/cmd/internal/feed"
)

// full is a result with something in every field.
func full(text string, f float64) classifier.Result {
	m := classifier.Mention{Field: "description", Start: 3, End: 9, Text: text}
	found := []classifier.Found{
		{ID: "apache-spark", Name: "Apache Spark" + text, Kind: "tool", Category: "processing", Role: classifier.RoleData, Need: classifier.NeedRequired, Mentions: []classifier.Mention{m, m}},
		{ID: "x", Name: text, Kind: "cloud", Mentions: []classifier.Mention{}},
	}
	return classifier.Result{
		Format: 1, ID: text, Title: text, Company: text, URL: text, Label: classifier.Hybrid, Confidence: f, State: classifier.Review,
		Candidates: []classifier.Label{classifier.Hybrid, classifier.None}, Scores: classifier.Scores{AIEngineer: f, DataEngineer: -f},
		AIShare: f, DEShare: f, Reason: text, Tools: found, Skills: []classifier.Found{}, Responsibilities: nil,
		Evidence:  []classifier.Evidence{{Role: classifier.RoleAI, Entry: "e", Cue: text, Section: classifier.Duties, Weight: f, Mention: &m}, {Role: classifier.RoleData, Weight: -f}},
		Seniority: "senior", Salary: &classifier.Salary{Min: &f, Currency: "USD", Period: "year", Band: "within", Mention: m},
		Industries: []string{text, "Retail"}, Codes: &classifier.Codes{ONET: "15-1243.00", ESCO: text}, Taxonomy: "t", Model: "m",
	}
}

func checkAppend(t *testing.T, r *classifier.Result) {
	t.Helper()
	want, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := AppendResult(nil, r); !bytes.Equal(got, want) {
		t.Errorf("-json.Marshal +got:\n%s", cmp.Diff(string(want), string(got)))
	}
}

func TestAppendResult(t *testing.T) {
	for _, text := range []string{"", "Spark", "a\"b\\c/<>&\u2028\u2029\x00\x1f\x7f\b\f\n\r\té🚀\xff\xfe", `</script><script>alert(1)</script>`} {
		for _, f := range []float64{0, 1, -1.5, 0.1234567, 1e-7, 1.5e-9, 1e21, 123456789, 0.0001, -0.05, -12.34, 99999.9999, 5e11, 0.30004} {
			r := full(text, f)
			checkAppend(t, &r)
		}
	}
	for n := range 18 { // a sign to be escaped at every place of short strings
		for i := range n {
			r := classifier.Result{ID: strings.Repeat("a", i) + "\"" + strings.Repeat("é", (n-i)%2) + strings.Repeat("a", n-i-1)}
			checkAppend(t, &r)
			r.ID = strings.Repeat("a", i) + "<" + strings.Repeat("b", n-i-1)
			checkAppend(t, &r)
		}
	}
	checkAppend(t, &classifier.Result{})
	checkAppend(t, &classifier.Result{Tools: []classifier.Found{{}}, Evidence: []classifier.Evidence{{}}, Salary: &classifier.Salary{}, Codes: &classifier.Codes{}})
}

func FuzzAppendResult(f *testing.F) {
	f.Add("text", 0.5)
	f.Fuzz(func(t *testing.T, text string, n float64) {
		if n-n != 0 { // no number
			return
		}
		r := full(text, n)
		checkAppend(t, &r)
	})
}

// write writes rows with a sink as a batch does.
func write(t *testing.T, format string, opts Options, rows ...Row) string {
	t.Helper()
	var b bytes.Buffer
	s, err := New(format, &b, opts)
	if err != nil {
		t.Fatal(err)
	}
	s.Begin(&rows[0])
	var out []byte
	for i := range rows {
		out = s.Encode(out, &rows[i])
	}
	if err := s.Write(out, rows); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func rowOf(title string) Row {
	return Row{
		Posting: classifier.Posting{ID: "1", Title: title, Description: "text"},
		Result:  classifier.Result{ID: "1", Title: title, Label: classifier.None, State: classifier.Classified},
	}
}

func TestCSVFormula(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Data Engineer", "Data Engineer"},
		{`=HYPERLINK("http://evil.example","x")`, `'=HYPERLINK("http://evil.example","x")`},
		{"+1+2", "'+1+2"},
		{"-2+3", "'-2+3"},
		{"-12.5", "-12.5"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"\t=1", "'\t=1"},
		{" =1+1", "' =1+1"},
		{"＝1+1", "'＝1+1"},
		{"a,b\n\"c\"", "a,b\n\"c\""},
		{"-", "'-"},
		{"", ""},
		{"\x00=1", "'=1"},
		{"\u3000=1", "'\u3000=1"},
		{"\u2003+1", "'\u2003+1"},
		{"\u200b-a", "'\u200b-a"},
		{"\ufeff@a", "'\ufeff@a"},
		{"\x01=1", "'\x01=1"},
		{"\x0b=1", "'\x0b=1"},
		{"\x0c=1", "'\x0c=1"},
		{"\u0085=1", "'\u0085=1"},
		{"\u2028=1", "'\u2028=1"},
		{" \u200b\u3000=1", "' \u200b\u3000=1"},
		{"\u3000データ=1", "\u3000データ=1"},
		{"\u200b", "\u200b"},
	} {
		out := write(t, "csv", Options{}, rowOf(c.in))
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%q: %v %q", c.in, err, out)
		}
		if got := rows[1][1]; got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

// TestCSVCutElsewhere: a cell with what other locales cut at is quoted.
func TestCSVCutElsewhere(t *testing.T) {
	for _, title := range []string{"Data; Engineer", "Data\tEngineer"} {
		if out := write(t, "csv", Options{}, rowOf(title)); !strings.Contains(out, `1,"`+title+`",`) {
			t.Errorf("%q is not quoted: %s", title, out)
		}
	}
}

// TestCSVColumnsOfOneName: columns that share a name, or have none, keep their cells.
func TestCSVColumnsOfOneName(t *testing.T) {
	const in = "id,title,tag,tag,,\n1,Data Engineer,a,b,x,y\n2,AI Engineer,,b,,y\n"
	var out bytes.Buffer
	s, err := New("csv", &out, Options{Enrich: true})
	if err != nil {
		t.Fatal(err)
	}
	for rec := range feed.Read(context.Background(), nil, strings.NewReader(in), feed.Options{}) {
		row := rowOf("Data Engineer")
		if row.Record = &rec; rec.Err != nil {
			t.Fatal(rec.Err)
		}
		if rec.Place.Record == 1 {
			s.Begin(&row)
		}
		if err := s.Write(s.Encode(nil, &row), nil); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{"id,title,tag,tag,,,", "1,Data Engineer,a,b,x,y,", "2,AI Engineer,,b,,y,"} {
		if line := strings.Split(out.String(), "\n")[i]; !strings.HasPrefix(line, want) {
			t.Errorf("got %s, want %s...", line, want)
		}
	}
}

func TestTableIsHarmless(t *testing.T) {
	out := write(t, "table", Options{Width: 120}, rowOf("Data\x1b[31m Engi\u202eneer\x07\r\nx\u200b \x9b31m 日本"))
	if strings.ContainsAny(out, "\x1b\x07\r\u202e\u200b\u009b") || strings.Count(out, "\n") != 2 {
		t.Errorf("a terminal would obey: %q", out)
	}
	if !strings.Contains(out, "Data[31m Engineer") {
		t.Errorf("the title is not there: %q", out)
	}
}

func TestParquet(t *testing.T) {
	row := Row{Posting: classifier.Posting{ID: "1", Title: "A"}, Result: full("text", 0.5), DuplicateOf: "0", Similarity: 0.75}
	out := write(t, "parquet", Options{}, row, rowOf("B"))
	rows, err := parquet.Read[parquetRow](strings.NewReader(out), int64(len(out)))
	if err != nil || len(rows) != 2 {
		t.Fatal(err, len(rows))
	}
	got := rows[0]
	if got.Title != "A" || got.Label != "hybrid" || *got.SalaryMin != 0.5 || got.SalaryMax != nil || got.DuplicateOf != "0" ||
		cmp.Diff(got.Tools, []string{"apache-spark", "x"}) != "" || !json.Valid([]byte(got.Result)) {
		t.Errorf("%+v", got)
	}
}

// TestParquetEnrich: the record that came in is in the file.
func TestParquetEnrich(t *testing.T) {
	const in = `{"id":"1","title":"Data Engineer","description":"Pipelines","ours":[1,"x"]}`
	for rec := range feed.Read(context.Background(), nil, strings.NewReader(in+"\n"), feed.Options{Format: "jsonl"}) {
		row := rowOf("Data Engineer")
		row.Record = &rec
		out := write(t, "parquet", Options{Enrich: true}, row, rowOf("without a record"))
		rows, err := parquet.Read[parquetRow](strings.NewReader(out), int64(len(out)))
		if err != nil || len(rows) != 2 || rows[0].Record == nil || *rows[0].Record != in || rows[1].Record != nil {
			t.Errorf("%v %+v", err, rows)
		}
	}
}

func TestJSONLD(t *testing.T) {
	row := Row{Posting: classifier.Posting{ID: "1", Title: "A", Company: "C", Description: "<script>", Location: "L"}, Result: full("</script>", 0.5)}
	var got map[string]any
	out := write(t, "jsonld", Options{}, row)
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if got["@type"] != "JobPosting" || len(got["skills"].([]any)) != 2 || len(got["occupationalCategory"].([]any)) != 2 || strings.Contains(out, "</script>") {
		t.Errorf("%s", out)
	}
}

// TestParquetLong reads back what was written of a long record: no header of the
// file may have the record in it.
func TestParquetLong(t *testing.T) {
	text := strings.Repeat("Pipelines and models. ", 80_000) // 1.8 MB
	in := `{"id":"A","title":"Data Engineer","description":"` + text + `"}`
	for record := range feed.Read(context.Background(), nil, strings.NewReader(in), feed.Options{}) {
		row := rowOf("A")
		row.Record = &record
		out := write(t, "parquet", Options{Enrich: true}, row)
		if len(out) > 64<<10 {
			t.Errorf("a file of %d bytes", len(out))
		}
		n := 0
		for r := range feed.Read(context.Background(), nil, strings.NewReader(out), feed.Options{}) {
			if r.Err != nil {
				t.Error(r.Err)
			}
			for name, value := range r.Fields() {
				if name == "record" && value == in {
					n++
				}
			}
		}
		if n != 1 {
			t.Errorf("the record is there %d times", n)
		}
	}
}

// TestJSONLDKeeps: what the employer says of skills is not replaced.
func TestJSONLDKeeps(t *testing.T) {
	for in, want := range map[string]string{
		`{"id":"1","title":"A","description":"B","skills":"Welding","responsibilities":["Weld"]}`: `"skills":"Welding","responsibilities":["Weld"],"occupationalCategory":[`,
		`{"id":"1","title":"A","description":"B","skills":"","responsibilities":null}`:            `"description":"B","skills":[{"@type":"DefinedTerm"`,
	} {
		for rec := range feed.Read(context.Background(), nil, strings.NewReader(in+"\n"), feed.Options{Format: "jsonl"}) {
			row := Row{Record: &rec, Result: full("x", 0.5)}
			row.Result.Responsibilities = row.Result.Tools
			out := write(t, "jsonld", Options{Enrich: true}, row)
			if !strings.Contains(out, want) || strings.Count(out, `"DefinedTerm"`) != 2 || strings.Count(out, "Apache Sparkx. x") != 1 || !json.Valid([]byte(out)) {
				t.Errorf("%s, want %s", out, want)
			}
		}
	}
}

// TestJSONLDEnrich: what is passed through is as harmless in a page as what is not.
func TestJSONLDEnrich(t *testing.T) {
	const in = `{"id":"1","title":"A</script>","description":"R&D","ours":{"<!--":"x"}}`
	for rec := range feed.Read(context.Background(), nil, strings.NewReader(in+"\n"), feed.Options{Format: "jsonl"}) {
		row := rowOf("A")
		row.Record = &rec
		out := write(t, "jsonld", Options{Enrich: true}, row, row)
		if strings.ContainsAny(out, "<>&") || strings.Count(out, "\n") != 2 {
			t.Errorf("a page would obey: %s", out)
		}
		var got struct {
			Title, Description string
			Ours               map[string]string
		}
		if err := json.Unmarshal([]byte(strings.Split(out, "\n")[1]), &got); err != nil || got.Title != "A</script>" || got.Description != "R&D" || got.Ours["<!--"] != "x" {
			t.Errorf("%v %+v", err, got)
		}
	}
}
