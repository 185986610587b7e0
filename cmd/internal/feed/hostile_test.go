package feed

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// endless repeats a text up to a number of bytes.
type endless struct {
	text string
	left int
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range p[:n] {
		p[i] = e.text[e.at]
		if e.at++; e.at == len(e.text) {
			e.at = 0
		}
	}
	e.left -= n
	return n, nil
}

// TestHostile reads what no feed would send, in every format: 8 MB each, with
// ROLECALL_LONG=1 100 MB. None may take more than maxHostile of memory, nor long.
func TestHostile(t *testing.T) {
	size := 8 << 20
	if os.Getenv("ROLECALL_LONG") != "" {
		size = 100 << 20
	}
	const maxHostile = 120 << 20
	for _, c := range []struct{ name, format, head, text string }{
		{"deep arrays", "json", "", "["},
		{"deep objects", "json", "", `{"a":`},
		{"deep objects on lines", "json", "", "{\"a\":\n"},
		{"arrays and objects by turns", "json", "", `[{"a":`},
		{"objects never closed, with small ones in them", "json", "", `{"a":{"id":1,"title":"x"},`},
		{"objects with too many values", "json", "[", `{"a":[` + strings.Repeat("1,", maxValues) + `{"b":[1]}]},`},
		{"an endless string", "json", `{"title":"`, "x"},
		{"quotes", "json", "", `"`},
		{"an endless line", "jsonl", "", "x"},
		{"an endless field", "jsonl", `{"id":"1","title":"`, "x"},
		{"empty lines", "jsonl", "", "\n"},
		{"many members", "jsonl", `{"id":"1"`, `,"a":1`},
		{"an endless cell", "csv", "title,description\nx,", "x"},
		{"a quote never closed", "csv", "title,description\nx,\"", "x,y\n"},
		{"an endless header", "csv", "title,description,", "x,"},
		{"quotes and lines", "csv", "title,description\n", "\"\n"},
		{"quotes that open and close over good rows", "csv", "title,description\n", "\"x,y\na,b\n"},
		{"an item never closed", "xml", "<rss><item><title>", "x "},
		{"items never closed", "xml", "<rss>", "<item>"},
		{"deep elements", "xml", "<rss><item>", "<a>"},
		{"an endless CDATA", "xml", "<rss><item><![CDATA[", "x"},
		{"CDATA never closed", "xml", "<jobs>", "<job><![CDATA["},
		{"CDATA never closed, but the last", "xml", "<jobs><job>", "<![CDATA[<a>]]"},
		{"tags never closed", "xml", "<jobs>", "<job </job "},
		{"tags and quotes never closed", "xml", "<jobs>", `<job a="`},
		{"comments never closed", "xml", "<jobs>", "<job><!--"},
		{"records in records", "xml", "<jobs>", "<job><a><job><b>"},
		{"records in records that end", "xml", "<jobs>", "<job><a><job></job>"},
		{"records of many names", "xml", "<jobs>", "<job><item><x><entry><a>"},
		{"records that end and never began", "xml", "<jobs>", "<title></job>"},
		{"lists in lists", "xml", "<jobs>", "<row><item><a></item><item><a></item>"},
		{"fields never closed", "xml", "<jobs><job>", "<title>a<company>"},
		{"elements never closed in a record", "xml", "<jobs>", "<job>" + strings.Repeat("<p><title><description>", 20_000) + "</job>"},
		{"no item at all", "xml", "<?xml version='1.0'?>", "<a/>"},
		{"a page of nothing", "html", "<html>", "<div>"},
		{"an endless script", "html", `<html><script type="application/ld+json">`, "{"},
		{"paragraphs", "html", "<html><body><h1>Data</h1><main>", "<p>a"},
		{"attributes", "html", "<html><body><h1>Data</h1><main>", "<br a b c d>"},
		{"anchors among tables", "html", "<html><body>" + strings.Repeat("<table>", 400), "<a>b"},
		{"empty items of YAML", "yaml", "title: x\ndescription: y\nx:\n", "- \n"},
		{"a flow of YAML", "yaml", "title: x\ndescription: y\nx: [", "a,"},
		{"text by aliases", "yaml", "title: x\na: &a \"" + strings.Repeat("word ", 50000) + "\"\ndescription:\n", "- *a\n"},
		{"a place by aliases", "yaml", "title: x\ndescription: y\na: &a \"" + strings.Repeat("word ", 50000) + "\"\nlocation:\n", "- *a\n"},
		{"parts of a posting", "jsonl", "", `{"id":"1","title":"Data Engineer","description":"<p>` + strings.Repeat("word ", 100000) + `</p>","lists":[` + strings.Repeat(`{"text":"a","content":"zqN"},`, 6000) + `{"text":"a","content":"zqN"}]}` + "\n"},
		{"deep YAML", "yaml", "", "- "},
		{"long YAML", "yaml", "title: ", "x"},
		{"text", "text", "", "word "},
		{"binary", "", "\x00\x01", "\x00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			left := size
			switch c.name { // larger ones are refused unseen
			case "paragraphs", "attributes", "anchors among tables":
				left = maxPage - 1<<16
			case "a flow of YAML":
				left = maxYAML - 1<<10
			}
			in := io.MultiReader(strings.NewReader(c.head), &endless{text: c.text, left: left})
			hostile(t, in, c.format, maxHostile)
		})
	}
	t.Run("a gzip bomb", func(t *testing.T) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.Copy(z, &endless{text: strings.Repeat("a", 1<<14) + "\n", left: 200 << 20})
		z.Close()
		if errs := hostile(t, &b, "jsonl", maxHostile); !strings.Contains(errs, "bomb") {
			t.Errorf("not seen as a bomb: %s", errs)
		}
	})
	t.Run("a zstd bomb", func(t *testing.T) {
		var b bytes.Buffer
		z, _ := zstd.NewWriter(&b)
		io.Copy(z, &endless{text: strings.Repeat("ab", 1<<14) + "\n", left: 200 << 20})
		z.Close()
		if errs := hostile(t, &b, "jsonl", maxHostile); !strings.Contains(errs, "bomb") {
			t.Errorf("not seen as a bomb: %s", errs)
		}
	})
}

// hostile reads in and gives the last error. It fails the test where the
// memory in use rises by more than most, or it takes long.
func hostile(t *testing.T, in io.Reader, format string, most uint64) string {
	t.Helper()
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	peak, done, ended := uint64(0), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapInuse)
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	start, last, n := time.Now(), "", 0
	for r := range Read(context.Background(), nil, in, Options{Format: format}) {
		n++
		if _, err := r.Posting(); err != nil {
			last = err.Error()
		}
	}
	close(done)
	<-ended
	rise := peak - min(peak, before.HeapInuse)
	t.Logf("%d records, %d MB, %v, %s", n, rise>>20, time.Since(start).Round(time.Millisecond), last)
	if rise > most {
		t.Errorf("%d MB in use: at most %d wanted", rise>>20, most>>20)
	}
	if took := time.Since(start); took > 60*time.Second {
		t.Errorf("took %v", took)
	}
	return last
}
