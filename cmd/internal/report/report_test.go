package report

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	cdpkg "github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"rolecall/classifier"
	"rolecall/cmd/internal/sink"
)

// payloads are texts that would run, fetch or break out if a page let them.
var payloads = []string{
	`<script>document.title='owned'</script>`, `"><img src=x onerror="document.title='owned'">`, `</script><script>document.title='owned'</script>`,
	`</title><svg onload="document.title='owned'">`, `javascript:document.title='owned'`, `</style><style>body{display:none}</style>`,
	`{{.}}<!--`, `' onmouseover='document.title="owned"`, "\u202eowned\x00\x1b[31m", `<iframe srcdoc="<script>parent.document.title='owned'</script>">`,
}

// counted is a summary of n rows, hostile texts among them.
func counted(n int) *Summary {
	s := New("t1-m1")
	tools := []string{"python", "sql", "apache-spark", "pytorch", "langchain", "airflow", "docker", "kubernetes", "snowflake", "kafka", "mlflow", "dbt", "aws"}
	for i := range n {
		evil := payloads[i%len(payloads)]
		label := classifier.Labels[i%4]
		pay := float64(80_000 + i%20*10_000)
		r := classifier.Result{
			ID: fmt.Sprint(i), Title: evil, Company: evil, URL: evil, Reason: evil, Label: label, State: classifier.Classified,
			Confidence: float64(i%100) / 100, Seniority: []string{"senior", "mid", "unspecified"}[i%3], Industries: []string{"Healthcare", evil},
			Salary: &classifier.Salary{Min: &pay, Currency: "USD", Period: "year", Band: "within"},
		}
		for k := range 5 {
			id := tools[(i*7+k*k)%len(tools)]
			r.Tools = append(r.Tools, classifier.Found{ID: id, Name: id, Kind: "tool", Need: needs[(i+k)%4]})
		}
		r.Responsibilities = []classifier.Found{{ID: "train-models", Name: "Training models " + evil}}
		s.Read++
		s.Add(&sink.Row{Result: r})
	}
	return s
}

var about = About{
	Title: "Report " + payloads[0], When: "24 November 2026",
	Bands: []Band{{"Data Engineer", classifier.DataEngineer, 100_000, 150_000}, {"AI Architect", classifier.AIEngineer, 180_000, 0}},
}

func TestSummary(t *testing.T) {
	s := counted(400)
	if s.Labels != [4]int{100, 100, 100, 100} || s.Written != 400 || s.Pay[0].Stated != 100 || s.Pay[1].Bands["within"] != 100 {
		t.Errorf("%+v", s.Labels)
	}
	if len(s.Unsure) != maxUnsure || s.Unsure[0].Confidence != 0 || s.Unsure[0].ID != "0" || s.Unsure[1].ID != "100" {
		t.Errorf("unsure: %+v", s.Unsure)
	}
	var b bytes.Buffer
	if err := s.Print(&b, s.Compare(s)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"400 records: 400 written", "AI engineer            100   25.0%", "index of the labels 0.000 (stable)"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in:\n%s", want, b.String())
		}
	}
}

func TestDrift(t *testing.T) {
	was, is := counted(400), New("t1-m1")
	for i := range 200 {
		is.Add(&sink.Row{Result: classifier.Result{ID: fmt.Sprint(i), Label: classifier.DataEngineer, State: classifier.Classified}})
	}
	d := is.Compare(was)
	if d.Labels[1].Is != 1 || d.Labels[1].Was != 0.25 || !d.Labels[1].Relevant || d.Revision != "" || len(d.Tools) == 0 {
		t.Errorf("%+v", d)
	}
	if d := was.Compare(was); d.Stability != 0 || d.Labels[0].Relevant || len(d.Tools) > 0 {
		t.Errorf("a report has moved against itself: %+v", d)
	}
}

// TestPairs carries pairs over a checkpoint.
func TestPairs(t *testing.T) {
	p := newPairs()
	for range 3 {
		p.add(3, func(i int) string { return []string{"sql", "dbt", "airflow"}[i] })
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	got := newPairs()
	if err := json.Unmarshal(data, got); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		a, b string
		want int
	}{{"sql", "dbt", 3}, {"airflow", "sql", 3}, {"sql", "spark", 0}} {
		if n := got.of(c.a, c.b); n != c.want {
			t.Errorf("%s and %s: %d, want %d", c.a, c.b, n, c.want)
		}
	}
	if err := json.Unmarshal([]byte(`{"names":["a"],"counts":[0,7,1]}`), got); err == nil {
		t.Error("a pair of tools that are not there was taken")
	}
}

// TestLoad reads back what a page carries.
func TestLoad(t *testing.T) {
	s := counted(200)
	name := writePage(t, s)
	got, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	s.Pairs, got.Pairs = nil, nil // the page has no need of them
	if diff := cmp.Diff(s, got); diff != "" {
		t.Errorf("-counted +read back:\n%s", diff)
	}
	if err := os.WriteFile(name, []byte("<html>no report</html>"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(name); err == nil {
		t.Error("a page that is no report was read")
	}
}

// TestLoadRefuses what no run has written, before any work is done.
func TestLoadRefuses(t *testing.T) {
	name := filepath.Join(t.TempDir(), "report.json")
	for _, text := range []string{
		`{"format":1,"tools":{"x":null}}`, `{"format":1,"skills":{"x":null}}`, `{"format":1,"responsibilities":{"x":null}}`,
		`{"format":1,"seniority":{"a":null}}`, `{"format":1,"industries":{"a":null}}`, `{"format":1,"pairs":null}`,
		`{"format":1,"tools":null}`, `{"format":1,"seniority":null}`, `{"format":1,"states":null}`,
		`{"format":1,"labels":[-1,0,0,0]}`, `{"format":1,"tools":{"x":{"name":"X","labels":[0,9223372036854775807,1,0]}}}`,
		`null`, `{}`, `[]`, `{"format":2}`,
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(name); err == nil || !strings.HasPrefix(err.Error(), name+": ") {
			t.Errorf("%s was read: %v", text, err)
		}
	}
}

func writePage(t *testing.T, s *Summary) string {
	t.Helper()
	var b bytes.Buffer
	about := about
	about.Drift = s.Compare(s)
	if err := s.WritePage(&b, about); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestPageHasNothingOfOthers(t *testing.T) {
	data, err := os.ReadFile(writePage(t, counted(100)))
	if err != nil {
		t.Fatal(err)
	}
	for _, no := range []string{"<script>", "onerror=\"", "<img", "<iframe", "http://", "@import", "ZgotmplZ"} {
		if bytes.Contains(data, []byte(no)) {
			t.Errorf("the page has %q in it", no)
		}
	}
}

// browser starts headless Chromium, and skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil && path == "" {
			path = p
		}
	}
	if path == "" {
		t.Skip("no Chromium on this machine: the page is not looked at (apt-get install chromium)")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WSURLReadTimeout(60*time.Second))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// TestPageInBrowser opens the page of 100,000 postings: in under two seconds,
// no error, nothing of what the postings say is run, nothing is fetched, and it
// fits a phone.
func TestPageInBrowser(t *testing.T) {
	ctx := browser(t)
	name := writePage(t, counted(100_000))
	var mu sync.Mutex
	var wrong []string
	err := chromedp.Listen(ctx, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			wrong = append(wrong, ev.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			wrong = append(wrong, ev.Entry.Text)
		case *cdp.EventJavascriptDialogOpening:
			wrong = append(wrong, "dialog "+ev.Message)
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(ev.Request.URL, "file://"+name) {
				wrong = append(wrong, "request to "+ev.Request.URL)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, enable := range []func() error{
		func() error { _, err := chromedp.Call(ctx, log.Enable, cdpkg.Empty{}); return err },
		func() error { _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); return err },
	} {
		if err := enable(); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+name), chromedp.WaitReady(chromedp.CSS("#summary"))); err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	title, err := chromedp.Run(ctx, chromedp.Title())
	if err != nil {
		t.Fatal(err)
	}
	rows := evaluate(t, ctx, `document.querySelectorAll('.card rect').length`)
	ready := evaluate(t, ctx, `Math.round(performance.timing.loadEventEnd - performance.timing.navigationStart)`)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile)); err != nil {
		t.Fatal(err)
	}
	wide := evaluate(t, ctx, `document.documentElement.scrollWidth`)
	culprit, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > 391 && !e.closest('.scroll')).map(e => e.tagName + '.' + e.className.toString() + ' ' + e.textContent.slice(0, 40)).slice(0, 8).join(' | ')`))
	mu.Lock()
	defer mu.Unlock()
	t.Logf("loaded in %d ms (%v with the driver), %d bars", ready, took.Round(time.Millisecond), rows)
	if title != about.Title || len(wrong) > 0 {
		t.Errorf("title %q, errors %q", title, wrong)
	}
	if rows < 100 || wide > 390 {
		t.Errorf("%d bars; %d pixels wide on a phone of 390: %s", rows, wide, culprit)
	}
	if ready > 2000 {
		t.Errorf("loaded in %d ms: at most 2000 wanted", ready)
	}
}

func evaluate(t *testing.T, ctx context.Context, expression string) int {
	t.Helper()
	n, err := chromedp.Run(ctx, chromedp.Evaluate[int](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return n
}
