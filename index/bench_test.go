package index

import (
	"strings"
	"testing"

	"github.com/BobuSumisu/aho-corasick"
	cloudflare "github.com/cloudflare/ahocorasick"
	petar "github.com/petar-dambovaliev/aho-corasick"
)

func BenchmarkScan(b *testing.B) {
	text := sampleText(b)
	var s Scan
	ix := defaultIndex()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		ix.Scan(&s, text, Things, Works)
	}
}

func BenchmarkLex(b *testing.B) {
	text := sampleText(b)
	var toks []Token
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		toks = Lex(toks[:0], text)
	}
}

// formTexts are the forms that Scan looks for, in lower case.
func formTexts() []string {
	var out []string
	for _, e := range wholeEntries() {
		if e.thing() {
			for i := range e.Forms {
				out = append(out, e.spellings(&e.Forms[i])...)
			}
		}
	}
	return out
}

// The same forms by Go's Aho-Corasick libraries. They find letters, not
// words: a little less than Scan does. Each needs the text in lower case.

func BenchmarkAhoCorasickBobuSumisu(b *testing.B) {
	text := sampleText(b)
	trie := ahocorasick.NewTrieBuilder().AddStrings(formTexts()).Build()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		trie.MatchString(strings.ToLower(text))
	}
}

func BenchmarkAhoCorasickCloudflare(b *testing.B) {
	text := sampleText(b)
	m := cloudflare.NewStringMatcher(formTexts())
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		m.Match([]byte(strings.ToLower(text)))
	}
}

func BenchmarkAhoCorasickPetar(b *testing.B) {
	text := sampleText(b)
	builder := petar.NewAhoCorasickBuilder(petar.Opts{AsciiCaseInsensitive: true, MatchOnlyWholeWords: true, MatchKind: petar.LeftMostLongestMatch, DFA: true})
	ac := builder.Build(formTexts())
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		ac.FindAll(text)
	}
}

func BenchmarkBuild(b *testing.B) {
	tax, err := DefaultTaxonomy()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		ix, err := Build(tax, "")
		if err != nil {
			b.Fatal(err)
		}
		ix.Close()
	}
}

func BenchmarkOpen(b *testing.B) {
	dir := buildDir(b)
	for b.Loop() {
		ix, err := Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		ix.Close()
	}
}
