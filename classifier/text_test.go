package classifier

import (
	"strings"
	"testing"
	"unicode/utf8"

	"rolecall/index"
)

func TestPlain(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"no markup at all < 5 years & more", "no markup at all < 5 years & more"},
		{"<p>One</p><ul><li>Two</li><li>Three</li></ul>", "\n\nOne\n\n\n\n• Two\n\n• Three\n\n"},
		{"a<br>b", "a\nb"},
		{"<b>R&amp;D</b> at AT&amp;T", "R&D at AT&T"},
		{"&lt;p&gt;Once more &amp;amp; escaped&lt;/p&gt;", "\n\nOnce more & escaped\n\n"},
		{"caf&eacute; only entities", "café only entities"},
		{"x<script>alert('</p>')</script>y", "x\n\ny"},
		{"x<!-- a > b -->y", "x\ny"},
		{"<a title='a>b'>link</a>", "link"},
		{"<p unclosed", "\n\n"},
		{"a <p>5 < 6", "a \n\n5 < 6"},
		{"<div><style>p{}</style>text</div>", "\n\n\ntext\n"},
	} {
		var p plain
		p.read(c.in)
		if p.text != c.want {
			t.Errorf("%q: %q, %q was wanted", c.in, p.text, c.want)
		}
	}
}

// TestSpans: a word of the text stands in the field where span says.
func TestSpans(t *testing.T) {
	for _, in := range []string{
		"<p>Apache <b>Spark</b> &amp; Kafka</p>", "&lt;li&gt;Airflow &amp;amp; dbt&lt;/li&gt;", "<p>caf&eacute; Python</p>", "Scala &#43; SQL <br> \xff Go",
	} {
		var p plain
		p.read(in)
		for _, tok := range index.Lex(nil, p.text) {
			word := p.text[tok.Start:tok.End]
			start, end := p.span(int(tok.Start), int(tok.End))
			if got := in[start:end]; got != word && !strings.Contains(got, "&") {
				t.Errorf("%q: %q stands at %d to %d, %q", in, word, start, end, got)
			}
		}
	}
}

// FuzzPlain: whatever comes in, spans lie within the field, in order, and
// what was copied is the same there.
func FuzzPlain(f *testing.F) {
	for _, s := range []string{"<p>a</p>", "&lt;p&gt;a&amp;amp;b&lt;/p&gt;", "<", "&", "<a b='", "&#x1F600;<li>", "\xff<p>\xc3", "&NotEqualTilde;<br>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, field string) {
		var p plain
		p.read(field)
		last := 0
		for _, tok := range index.Lex(nil, p.text) {
			start, end := p.span(int(tok.Start), int(tok.End))
			if start < last || end < start || end > len(field) {
				t.Fatalf("%q: word %q at %d to %d, the one before began at %d", field, p.text[tok.Start:tok.End], start, end, last)
			}
			if start == end {
				t.Fatalf("%q: word %q stands nowhere", field, p.text[tok.Start:tok.End])
			}
			last = start
		}
		for i := range len(p.segs) {
			if s := p.segs[i]; int(s.src+s.n) > len(field) || s.src < 0 {
				t.Fatalf("%q: segment %+v", field, s)
			}
		}
		if utf8.ValidString(field) && !utf8.ValidString(p.text) {
			t.Fatalf("%q became %q", field, p.text)
		}
	})
}

func FuzzParsePosting(f *testing.F) {
	for _, s := range []string{`{"id":"1","title":"x","description":"y"}`, `{"id":7}`, `{"id":"1","sections":[{"section":"duties","start":0,"end":9}]}`, `[`, `null`, `{"id":{}}`, `{"id":"a","title":3}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParsePosting(data)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error that says nothing")
			}
			return
		}
		if strings.TrimSpace(p.ID) == "" {
			t.Fatalf("%q: a posting without an id", data)
		}
		for _, s := range p.Sections {
			_ = p.Description[s.Start:s.End]
		}
	})
}

func TestParsePostingErrors(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"id":"1","title":3}`, `"title": a JSON number`},
		{`{"title":"x"}`, `"id" is missing or empty`},
		{`{"id":true}`, `"id": true`},
		{`[1]`, "a JSON array"},
		{`{"id":"1"`, "unexpected end"},
		{`{"id":"1","description":"ab","sections":[{"section":"duties","start":1,"end":9}]}`, "not within a description of 2"},
		{`{"id":"1","description":"ab","sections":[{"section":"fun","start":0,"end":1}]}`, `"fun" is no section`},
		{strings.Repeat(" ", MaxPosting+1), "at most"},
	} {
		_, err := ParsePosting([]byte(c.in))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s: %v: %q was wanted", c.in, err, c.want)
		}
	}
	p, err := ParsePosting([]byte(`{"id":12.0,"title":null,"unknown":[1]}`))
	if err != nil || p.ID != "12.0" {
		t.Errorf("id %q, %v: the number as it is written was wanted", p.ID, err)
	}
}
