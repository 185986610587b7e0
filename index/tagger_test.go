package index

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var defaultIndex = sync.OnceValue(func() *Index {
	ix, err := Default()
	if err != nil {
		panic(err)
	}
	return ix
})

// wholeEntries are the built-in taxonomy's.
var wholeEntries = sync.OnceValue(func() []Entry {
	t, err := DefaultTaxonomy()
	if err != nil {
		panic(err)
	}
	return t.Entries
})

// slow finds what Scan finds in a layer of single forms, the slow way: at each
// word it tries every term of the index's dictionary and takes the longest
// whose rule holds.
type slow struct {
	terms   map[string][]accept // words joined by spaces
	rules   []*rule             // from 1 on
	longest int
	entries []Entry
}

func newSlow(t testing.TB, ix *Index, l Layer) *slow {
	t.Helper()
	s := &slow{terms: map[string][]accept{}, entries: ix.entries}
	var err error
	if s.rules, err = ix.rules(); err != nil {
		t.Fatal(err)
	}
	err = ix.reader(func(r indexReader) error {
		terms := make(chan []formTerm, 1000)
		err := fieldTerms(r, fieldForm, terms)
		close(terms)
		var all []formTerm
		for list := range terms {
			all = append(all, list...)
		}
		for _, t := range all {
			e := &ix.entries[t.entry]
			if layerOf[e.Kind] != l {
				continue
			}
			a := accept{entry: t.entry}
			if t.rule != noRule {
				a.rule = uint16(t.rule + 1)
			}
			spelled := []string{strings.Clone(t.words)}
			if e.declines(a.rule != 0 && s.rules[a.rule].exact != nil) {
				spelled = withPlural(strings.Split(t.words, " "))
			}
			for _, words := range spelled {
				s.terms[words] = append(s.terms[words], a)
				s.longest = max(s.longest, 1+strings.Count(words, " "))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range s.terms {
		slices.SortStableFunc(list, byStrictness)
	}
	return s
}

func (s *slow) find(text string) []Tag {
	scan := &Scan{Text: text, Tokens: Lex(nil, text)}
	var out []Tag
	for i := 0; i < len(scan.Tokens); i++ {
		if tag, ok := s.at(scan, i); ok {
			out = append(out, tag)
			i = int(tag.Last)
		}
	}
	return slices.DeleteFunc(slices.Clone(out), func(tag Tag) bool { return tag.pending && !s.plainNear(out, tag) })
}

// plainNear says whether a tag without a rule stands within reach.
func (s *slow) plainNear(all []Tag, me Tag) bool {
	return slices.ContainsFunc(all, func(o Tag) bool {
		return o.plain && o.First != me.First && o.First-me.Last <= nearWords && me.First-o.Last <= nearWords
	})
}

func (s *slow) at(scan *Scan, i int) (Tag, bool) {
	var words []string
	var found Tag
	ok := false
	for j := i; j < len(scan.Tokens) && j-i < s.longest; j++ {
		t := scan.Tokens[j]
		if j > i && (t.Gap == Apart || t.Gap == Stopped) {
			break
		}
		words = append(words, fold(scan.Text[t.Start:t.End]))
		for _, a := range s.terms[strings.Join(words, " ")] {
			v, r := yes, s.rules[a.rule]
			if r != nil {
				v = r.holds(scan, i, j)
			}
			if v != no {
				found, ok = Tag{
					Entry: a.entry, First: int32(i), Last: int32(j), Start: scan.Tokens[i].Start, End: t.End,
					plain: (r == nil || r.plain) && s.entries[a.entry].Kind != Skill, pending: v == ifTools,
				}, true
				break
			}
		}
	}
	return found, ok
}

func compareSlow(t *testing.T, s *slow, l Layer, text string) {
	t.Helper()
	got, want := defaultIndex().Find(text, l), s.find(text)
	if d := cmp.Diff(want, got, cmp.AllowUnexported(Tag{}), cmp.Transformer("nil", func(x []Tag) []Tag { return append([]Tag{}, x...) })); d != "" {
		t.Errorf("%q:\n%s", text, d)
	}
	for _, tag := range got {
		if tag.Start < 0 || tag.End > int32(len(text)) || tag.Start >= tag.End {
			t.Errorf("%q: tag at %d to %d", text, tag.Start, tag.End)
		}
	}
}

// TestTaggerIsTheSlowWay holds the automaton against the walk over the
// dictionary, on real-looking and on random text.
func TestTaggerIsTheSlowWay(t *testing.T) {
	for _, l := range []Layer{Things, Cues, Titles, Heads, Themes} {
		s := newSlow(t, defaultIndex(), l)
		for _, text := range texts(t) {
			compareSlow(t, s, l, text)
		}
		rnd := rand.New(rand.NewPCG(1, uint64(l)))
		for range 300 {
			compareSlow(t, s, l, randomText(rnd))
		}
	}
}

// texts are the postings of testdata and the taxonomy's own examples.
func texts(t testing.TB) []string {
	var out []string
	names, _ := filepath.Glob("../testdata/postings/*.json")
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(data))
	}
	err := defaultIndex().eachEntry(func(_ int32, e *Entry) {
		out = append(out, strings.Join(append(e.Match, e.NoMatch...), "\n"))
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 100 {
		t.Fatalf("%d texts: at least 100 were wanted", len(out))
	}
	return out
}

// randomText strings forms, rule words and signs together.
func randomText(rnd *rand.Rand) string {
	signs := []string{" ", " ", " ", " ", ", ", ". ", "\n", "\n\n", "-", "/", "(", "’s ", "\xff", " and ", "é", "+", "#", "&", "İ"}
	entries := wholeEntries()
	var b strings.Builder
	for range 40 {
		e := &entries[rnd.IntN(len(entries))]
		if len(e.Forms) > 0 {
			f := e.Forms[rnd.IntN(len(e.Forms))]
			b.WriteString(f.Text)
			if len(f.Near) > 0 && rnd.IntN(2) == 0 {
				b.WriteString(" " + f.Near[rnd.IntN(len(f.Near))])
			}
		}
		b.WriteString(signs[rnd.IntN(len(signs))])
	}
	return b.String()
}

func FuzzTagger(f *testing.F) {
	for _, text := range []string{"Spark, R and R&D in C++/C#", "Go to market with Go and Rust", "T-SQL\nNode.js\xff.NET", "apache\nspark"} {
		f.Add(text)
	}
	s := newSlow(f, defaultIndex(), Things)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 4000 {
			compareSlow(t, s, Things, text)
		}
	})
}

func TestExamples(t *testing.T) {
	n, wrong := defaultIndex().CheckExamples()
	for _, err := range wrong {
		t.Error(err)
	}
	if n < 200 {
		t.Errorf("%d examples: at least 200 were wanted", n)
	}
}

func TestOverlaps(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"Apache Spark and PySpark", []string{"Apache Spark", "PySpark"}},
		{"Azure Data Factory on Azure", []string{"Azure Data Factory", "Azure"}},
		{"C++, C# and .NET", []string{"C++", "C#", ".NET"}},
		{"T-SQL is not SQL", []string{"T-SQL", "SQL"}},
		{"R&D", nil},
		{"Python,Scala", []string{"Python", "Scala"}},
	} {
		var got []string
		for _, tag := range defaultIndex().Find(c.in, Things) {
			got = append(got, c.in[tag.Start:tag.End])
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%q: %s", c.in, d)
		}
	}
}

func TestResponsibilities(t *testing.T) {
	for _, c := range []struct {
		in, want string
	}{
		{"Design, build and maintain scalable data pipelines.", "build-etl-elt-pipelines"},
		{"You will fine-tune and train models.", "train-models"},
		{"Pipelines matter. We build houses.", ""},
	} {
		got := ""
		for _, tag := range defaultIndex().Find(c.in, Works) {
			got = defaultIndex().Entries()[tag.Entry].ID
		}
		if got != c.want {
			t.Errorf("%q: %q, %q was wanted", c.in, got, c.want)
		}
	}
}

func TestScanTakesNoAllocation(t *testing.T) {
	text := sampleText(t)
	var s Scan
	defaultIndex().Scan(&s, text, Things, Works, Cues, Heads, Themes)
	if n := testing.AllocsPerRun(20, func() { defaultIndex().Scan(&s, text, Things, Works, Cues, Heads, Themes) }); n != 0 {
		t.Errorf("%v allocations a scan: 0 were wanted", n)
	}
}

func TestScanByManyGoroutines(t *testing.T) {
	list := texts(t)[:60]
	want := make([][]Tag, len(list))
	for i, text := range list {
		want[i] = defaultIndex().Find(text, Things)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i, text := range list {
				if !slices.Equal(want[i], defaultIndex().Find(text, Things)) {
					t.Errorf("text %d: other tags in another goroutine", i)
				}
			}
		})
	}
	wg.Wait()
}

// sampleText is 4 KB of the postings of testdata.
func sampleText(t testing.TB) string {
	var b strings.Builder
	for _, text := range texts(t) {
		if b.Len() > 4096 {
			break
		}
		b.WriteString(text)
	}
	s := b.String()[:4096]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s
}
