package feed

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rolecall/classifier"
)

var update = flag.Bool("update", false, "write what the readers say into testdata/samples/*.want")

// TestSamples holds every format to what it must make of the samples: the
// postings, and the mistakes with their places.
func TestSamples(t *testing.T) {
	files, err := filepath.Glob("testdata/samples/*")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d samples: %v", len(files), err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".want") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			got := tell(t, file)
			if *update {
				if err := os.WriteFile(file+".want", []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file + ".want")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// tell is what a file holds, for people to check.
func tell(t *testing.T, file string) string {
	var b strings.Builder
	opts := Options{OnSource: func(s Source) { fmt.Fprintf(&b, "format %s %v\n", s.Format, s.Fields) }}
	for r := range Read(context.Background(), []string{file}, nil, opts) {
		r.Place.File = filepath.Base(r.Place.File)
		p, err := r.Posting()
		if err != nil {
			fmt.Fprintf(&b, "%s: error: %v\n", r.Place, err)
			continue
		}
		if _, err := r.JSON(nil); err != nil {
			t.Errorf("%s: %v", r.Place, err)
		}
		sections := p.Sections
		p.Sections = nil
		data, err := json.MarshalIndent(p, "  ", "  ")
		if err != nil {
			t.Fatal(err)
		}
		data = bytes.ReplaceAll(data, []byte(`\u003c`), []byte("<"))
		fmt.Fprintf(&b, "%s: %s\n", r.Place, bytes.ReplaceAll(data, []byte(`\u003e`), []byte(">")))
		for _, s := range sections {
			fmt.Fprintf(&b, "  %s: %q\n", s.Section, p.Description[s.Start:s.End])
		}
	}
	return b.String()
}

func read(in string, opts Options) (postings []classifier.Posting, errs []string) {
	for r := range Read(context.Background(), nil, strings.NewReader(in), opts) {
		if p, err := r.Posting(); err != nil {
			errs = append(errs, r.Place.String()+": "+err.Error())
		} else {
			postings = append(postings, p)
		}
	}
	return postings, errs
}

func TestMap(t *testing.T) {
	const in = "Nummer,Was,Wer,Text\n1,Data Engineer,Kran,Pipelines bauen\n"
	if _, errs := read(in, Options{Format: "csv"}); len(errs) != 1 || !strings.Contains(errs[0], `neither title nor description`) {
		// "Text" alone could be a title or a description
		t.Logf("without a map: %v", errs)
	}
	got, errs := read(in, Options{Format: "csv", Map: map[string]string{"id": "Nummer", "title": "Was", "company": "wer", "description": "Text"}})
	want := []classifier.Posting{{ID: "1", Title: "Data Engineer", Company: "Kran", Description: "Pipelines bauen"}}
	if diff := cmp.Diff(want, got); diff != "" || len(errs) > 0 {
		t.Errorf("%v -want +got:\n%s", errs, diff)
	}
	got, errs = read("编号,职位名称,公司,描述\n1,数据工程师,起重机,管道\n", Options{Format: "csv", Map: map[string]string{"id": "编号", "title": "职位名称", "company": "公司", "description": "描述"}})
	want = []classifier.Posting{{ID: "1", Title: "数据工程师", Company: "起重机", Description: "管道"}}
	if diff := cmp.Diff(want, got); diff != "" || len(errs) > 0 {
		t.Errorf("%v -want +got:\n%s", errs, diff)
	}
	if err := (&Options{Map: map[string]string{"salary": "x"}}).Check(); err == nil {
		t.Error("a field that does not exist was taken")
	}
}

// TestEnrichSeveral adds members of which the record has the second, and null for the first.
func TestEnrichSeveral(t *testing.T) {
	in := `{"id":"1","skills":null,"responsibilities":"x","title":"A","description":"x"}`
	const want = `{"id":"1","title":"A","description":"x","skills":[1],"responsibilities":[2]}`
	for r := range Read(context.Background(), nil, strings.NewReader(in), Options{}) {
		got, err := r.JSON(nil, []byte("skills"), []byte("[1]"), []byte("responsibilities"), []byte("[2]"))
		if string(got) != want || err != nil {
			t.Errorf("got %s %v, want %s", got, err, want)
		}
	}
}

func TestMapMissing(t *testing.T) {
	const wanted = `map title=Vacansy: no such column or path, among "id", "Vacancy", "description"`
	vacansy := map[string]string{"title": "Vacansy"}
	for _, c := range []struct {
		in, format string
		columns    map[string]string
		records    int
		want       string
	}{
		{"id,Vacancy,description\n1,Data Engineer,Pipelines\n2,AI Engineer,Models\n", "csv", vacansy, 0, "-:1: " + wanted},
		{`{"id":"1","Vacancy":"Data Engineer","description":"Pipelines"}` + "\n", "jsonl", vacansy, 1, "-:2: " + wanted},
		{`{"id":"1","description":"Pipelines"}` + "\n" + `{"id":"2","Vacansy":"AI Engineer","description":"Models"}` + "\n", "jsonl", vacansy, 2, ""},
		{`{"id":"1","job":{"name":"Data Engineer"},"description":"Pipelines"}` + "\n", "jsonl", map[string]string{"title": "job.name"}, 1, ""},
		{`{"id":"1","title":"Data Engineer","place":null}` + "\n", "jsonl", map[string]string{"location": "place"}, 1, ""},
	} {
		got, errs := read(c.in, Options{Format: c.format, Map: c.columns})
		if len(got) != c.records || strings.Join(errs, "\n") != c.want {
			t.Errorf("%s: %d postings, errors %q: %d and %q was wanted", c.in, len(got), errs, c.records, c.want)
		}
	}
	if err := (&Options{Map: map[string]string{"title": "Text", "description": "text"}}).Check(); err == nil || !strings.Contains(err.Error(), "mapped to title already") {
		t.Errorf("one column for two fields: %v", err)
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"Job_Title": "jobtitle", "Intitulé du poste": "intituleduposte", "Intitule\u0301": "intitule", "Größe": "große", "職種 (Job)": "職種job", "शीर्षक": "शीर्षक", "# -": "",
	} {
		if got := plain(in); got != want {
			t.Errorf("%q: %q, %q was wanted", in, got, want)
		}
	}
}

func TestPaths(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"b.jsonl":       `{"id":"b","title":"B","description":"x"}` + "\n" + `{"id":"b2","title":"B","description":"x"}`,
		"a.json":        `{"id":"a","title":"A","description":"x"}`,
		"sub/c.json":    `{"id":"c","title":"C","description":"x"}`,
		".hidden.json":  `{"id":"h","title":"H","description":"x"}`,
		"README.md":     "# About these files",
		"sub/empty.csv": "",
	} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{dir}, "a b b2 c ERR"},
		{[]string{dir + "/"}, "a b b2 c ERR"},
		{[]string{link}, "a b b2 c ERR"},
		{[]string{dir + "/*.json*"}, "a b b2"},
		{[]string{dir + "/b.jsonl", dir + "/a.json"}, "b b2 a"},
		{[]string{dir + "/*.parquet"}, "ERR"},
		{[]string{dir + "/none.json"}, "ERR"},
		{[]string{"https://jobs.example/feed.xml"}, "ERR"},
	} {
		var got []string
		for r := range Read(context.Background(), c.args, nil, Options{}) {
			p, err := r.Posting()
			if err != nil {
				p.ID = "ERR"
			}
			got = append(got, p.ID)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v: got %v, want %s", c.args, got, c.want)
		}
	}
}

// TestNoFiles: of a directory and a glob what is no file is passed over, and said
// so; a link to a file is read, one to a directory where it is named.
func TestNoFiles(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	fifo(t, in("feeds.fifo"))
	for _, step := range []error{
		os.Mkdir(in("feeds"), 0o755), os.Mkdir(in("other"), 0o755),
		os.WriteFile(in("other/a.json"), []byte(`{"id":"a","title":"A","description":"x"}`), 0o644),
		os.Symlink(in("other/a.json"), in("feeds/1.json")), os.Symlink(in("other"), in("feeds/2.json")),
		os.Rename(in("feeds.fifo"), in("feeds/3.json")), os.Symlink(in("feeds/3.json"), in("feeds/4.json")),
		os.Symlink(in("nowhere"), in("feeds/5.json")),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	for _, c := range []struct{ arg, want, passed string }{
		{in("feeds"), "a ERR", "2.json a link to a directory 3.json no regular file 4.json no regular file"},
		{in("feeds/*.json"), "a a ERR", "3.json no regular file 4.json no regular file"},
		{in("feeds/2.json"), "a", ""},
	} {
		var got, passed []string
		opts := Options{OnPassed: func(file, why string) { passed = append(passed, filepath.Base(file), why) }}
		for r := range Read(context.Background(), []string{c.arg}, nil, opts) {
			p, err := r.Posting()
			if err != nil {
				p.ID = "ERR"
			}
			got = append(got, p.ID)
		}
		if strings.Join(got, " ") != c.want || strings.Join(passed, " ") != c.passed {
			t.Errorf("%s: %q, passed over %q", c.arg, got, passed)
		}
	}
	if _, _, known := Measure([]string{in("feeds")}, nil); known {
		t.Error("a link that leads nowhere was measured")
	}
}

// TestPipe reads a named pipe, and gives up on one that nobody opens and on one
// that nobody writes to.
func TestPipe(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	fifo(t, name)
	short, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	for r := range Read(short, []string{name}, nil, Options{}) {
		t.Errorf("nobody opens: %+v", r)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		w, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
			return
		}
		fmt.Fprintln(w, `{"id":"a","title":"A","description":"x"}`)
		<-ctx.Done()
	}()
	n := 0
	for r := range Read(ctx, []string{name}, nil, Options{}) {
		if p, err := r.Posting(); err != nil || p.ID != "a" {
			t.Errorf("%v %+v", err, p)
		}
		n++
		time.AfterFunc(50*time.Millisecond, cancel)
	}
	if n != 1 {
		t.Errorf("%d records", n)
	}
}

func fifo(t *testing.T, name string) {
	t.Helper()
	if out, err := exec.Command("mkfifo", name).CombinedOutput(); err != nil {
		t.Skipf("no named pipe can be made: %v %s", err, out)
	}
}

func TestEnrich(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"id":"1","title":"A","description":"x"}`, `{"id":"1","title":"A","description":"x","rolecall":{"k":1}}`},
		{`{"job":{"title":"A","description":"x"},"company":"B"}`, `{"job":{"title":"A","description":"x"},"company":"B","rolecall":{"k":1}}`},
		{"title,description\nA,<b>\n", `{"title":"A","description":"\u003cb\u003e","rolecall":{"k":1}}`},
		{`{"id":"1","title":"A","rolecall":{"old":1},"description":"x"}`, `{"id":"1","title":"A","description":"x","rolecall":{"k":1}}`},
		{"{\"id\":\"1\",\r \"title\":\"A\",\r\"description\":\"x\"}", `{"id":"1","title":"A","description":"x","rolecall":{"k":1}}`},
		{"{\n \"id\":\"1\",\n \"title\":\"A\",\"description\":\"x\"\n}", `{"id":"1","title":"A","description":"x","rolecall":{"k":1}}`},
	} {
		for r := range Read(context.Background(), nil, strings.NewReader(c.in), Options{}) {
			got, err := r.JSON(nil, []byte("rolecall"), []byte(`{"k":1}`))
			if string(got) != c.want || err != nil {
				t.Errorf("got %s %v, want %s", got, err, c.want)
			}
		}
	}
}

// TestLong reads inputs that are many times the window's buffer, in the formats
// that stream: what is kept of a record must not change as the window moves on.
func TestLong(t *testing.T) {
	const n = 3000
	text := strings.Repeat("Keep the pipelines running. ", 40)
	for _, c := range []struct{ name, head, record, sep, tail string }{
		{"jsonl", "", `{"id":"r%d","title":"Title %d","description":"%s"}`, "\n", ""},
		{"array", "[", `{"id":"r%d","title":"Title %d","description":"%s"}`, ",\n", "]"},
		{"answer", `{"total":3000,"data":{"jobs":[`, `{"id":"r%d","title":"Title %d","description":"%s"}`, ",", "]}}"},
		{"csv", "Job ID,Job Title,Job Description\r\n", `r%d,Title %d,"%s"`, "\r\n", "\r\n"},
		{"xml", "<?xml version=\"1.0\"?><rss><channel>", `<item><guid>r%d</guid><title>Title %d</title><description>%s</description></item>`, "\n", "</channel></rss>"},
	} {
		var b strings.Builder
		b.WriteString(c.head)
		for i := range n {
			if i > 0 {
				b.WriteString(c.sep)
			}
			fmt.Fprintf(&b, c.record, i, i, text)
		}
		b.WriteString(c.tail)
		var records []Record
		for r := range Read(context.Background(), nil, strings.NewReader(b.String()), Options{}) {
			records = append(records, r)
		}
		if len(records) != n {
			t.Errorf("%s: %d records", c.name, len(records))
		}
		for i := range records {
			p, err := records[i].Posting()
			want := classifier.Posting{ID: fmt.Sprint("r", i), Title: fmt.Sprint("Title ", i), Description: strings.TrimSpace(text)}
			p.Description = strings.TrimSpace(p.Description)
			if diff := cmp.Diff(want, p); diff != "" || err != nil {
				t.Fatalf("%s: record %d: %v -want +got:\n%s", c.name, i, err, diff)
			}
		}
	}
}
