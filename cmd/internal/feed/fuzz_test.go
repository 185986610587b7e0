package feed

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rolecall/classifier"
)

// addSamples seeds a fuzz target with the samples of the endings given.
func addSamples(f *testing.F, endings ...string) {
	for _, ending := range endings {
		files, err := filepath.Glob("testdata/samples/*" + ending)
		if err != nil || len(files) == 0 {
			f.Fatalf("no samples *%s: %v", ending, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
}

// fuzzFormat holds a reader to what every reader keeps: it comes to an end,
// no posting is out of bounds, spans lie within the description, places count
// up, and what it says of a record can be written as JSON.
func fuzzFormat(f *testing.F, format string) {
	f.Fuzz(func(t *testing.T, data []byte) {
		n := 0
		for r := range Read(context.Background(), nil, bytes.NewReader(data), Options{Format: format}) {
			if n++; n > len(data)+1 {
				t.Fatalf("%d records out of %d bytes", n, len(data))
			}
			if r.Place.Record != n || r.Place.File != "-" {
				t.Fatalf("record %d has place %+v", n, r.Place)
			}
			checkRecord(t, &r)
		}
	})
}

func checkRecord(t *testing.T, r *Record) {
	p, err := r.Posting()
	if err != nil {
		if strings.TrimSpace(err.Error()) == "" {
			t.Fatal("an error that says nothing")
		}
		return
	}
	if p.ID == "" || p.Title == "" && p.Description == "" {
		t.Fatalf("an empty posting: %+v", p)
	}
	for _, s := range p.Sections {
		if s.Start < 0 || s.End < s.Start || s.End > len(p.Description) {
			t.Fatalf("span %+v in a description of %d", s, len(p.Description))
		}
	}
	line, err := r.JSON(nil, []byte("rolecall"), []byte("1"))
	if err != nil || !json.Valid(line) || bytes.IndexByte(line, '\n') >= 0 {
		t.Fatalf("not a line of JSON: %q %v", line, err)
	}
}

func FuzzJSONL(f *testing.F)   { addSamples(f, ".jsonl"); fuzzFormat(f, "jsonl") }
func FuzzJSON(f *testing.F)    { addSamples(f, ".json"); fuzzFormat(f, "json") }
func FuzzCSV(f *testing.F)     { addSamples(f, ".csv", ".tsv"); fuzzFormat(f, "csv") }
func FuzzXML(f *testing.F)     { addSamples(f, ".xml", ".rss", ".atom"); fuzzFormat(f, "xml") }
func FuzzHTML(f *testing.F)    { addSamples(f, ".html"); fuzzFormat(f, "html") }
func FuzzYAML(f *testing.F)    { addSamples(f, ".yaml"); fuzzFormat(f, "yaml") }
func FuzzText(f *testing.F)    { addSamples(f, ".txt", ".md"); fuzzFormat(f, "text") }
func FuzzParquet(f *testing.F) { addSamples(f, ".parquet"); fuzzFormat(f, "parquet") }

// FuzzAny lets the bytes decide, compression and encodings too.
func FuzzAny(f *testing.F) {
	addSamples(f, ".gz", ".zst", ".csv", ".json", ".xml", ".html")
	fuzzFormat(f, "")
}

// FuzzParse holds the parser to encoding/json: what one takes the other takes,
// with the same values.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"a":"b","c":[1,-2.5e+3,true,false,null],"d":{"e":"\u00e9\ud83d\ude80\ud800x\n\/\""}}`, "{\"a\":\"\xff\xe2\x80\"}", `{"a":01}`, `{"a":1.}`, `{"a" :
 "b" , "a":"c"}`, `{"a":"\u12"}`, `{"a":"\x"}`, "{\"a\":\"\x01\"}", `{}x`, `[`, ` {"":""} `, `{"a":-}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := parseJSON(bytes.Clone(data))
		var want any
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		wantErr := d.Decode(&want)
		if wantErr == nil && !json.Valid(data) { // something stands behind the value
			wantErr = os.ErrInvalid
		}
		if err != nil && strings.Contains(err.Error(), "more than") {
			return // bounds of our own
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, encoding/json %v", data, err, wantErr)
		}
		if err != nil {
			return
		}
		if diff := cmp.Diff(want, asMaps(got)); diff != "" {
			t.Fatalf("%q: -encoding/json +got:\n%s", data, diff)
		}
	})
}

// asMaps turns a tree into what encoding/json decodes into.
func asMaps(v any) any {
	switch v := v.(type) {
	case object:
		m := map[string]any{}
		for _, member := range v {
			m[member.name] = asMaps(member.value)
		}
		return m
	case []any:
		list := []any{}
		for _, item := range v {
			list = append(list, asMaps(item))
		}
		return list
	case number:
		return json.Number(v)
	}
	return v
}

// FuzzPosting holds the quick way to read a posting to the usual one.
func FuzzPosting(f *testing.F) {
	for _, s := range []string{
		`{"id":"1","title":"Data Engineer","description":"a\nb \u00e9","salary":{"min":1},"company":null}`, `{"id":42}`, `{"id":" "}`, `{"ID":"1"}`,
		`{"id":"1","id":"2"}`, `{"id":"1","title":3}`, `{"id":"1","sections":[{"section":"duties","start":0,"end":0}]}`, `{"id":true}`, `{"\u0069d":"1"}`,
		`{"id":"1","t\u0131tle":"x","de\u017fcription":"x"}`, "{\"id\":\"\xff\"}", `[]`, `{"id":-0}`, `{"id":"1"} x`, ``,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, ok := usualPosting(bytes.Clone(data))
		if !ok {
			return
		}
		if want, err := classifier.ParsePosting(data); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: %+v: %+v (%v) was wanted", data, got, want, err)
		}
	})
}
