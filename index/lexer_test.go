package index

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestWords(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"C++ C# .NET Node.js CI/CD T-SQL R&D", []string{"c++", "c#", ".net", "node", "js", "ci", "cd", "t", "sql", "r&d"}},
		{"5+ years, Python3.", []string{"5", "years", "python3"}},
		{"C#/F#", []string{"c#", "f#"}},
		{"ÉCOLE İstanbul naïve", []string{"école", "istanbul", "naïve"}},
		{"a\xffb\xc3", []string{"a", "b"}},
		{"日本語 text", []string{"日本語", "text"}},
		{"", nil},
	} {
		if d := cmp.Diff(c.want, Words(c.in)); d != "" {
			t.Errorf("%q: %s", c.in, d)
		}
	}
}

// TestSigns: the signs that are told by their number are neither letters nor digits.
func TestSigns(t *testing.T) {
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		want := r != utf8.RuneError && unicode.In(r, unicode.L, unicode.Nd, unicode.Mn)
		if got := inWord(r); got != want {
			t.Fatalf("%U: %v, %v was wanted", r, got, want)
		}
	}
}

func TestGaps(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Gap // before the second word
	}{
		{"data lake", Joined},
		{"data-lake", Joined},
		{"data\nlake", Line},
		{"data\n\nlake", Stopped},
		{"data, lake", Apart},
		{"data. Lake", Stopped},
		{"node.js", Joined},
		{"lakes.Build", Stopped},
		{"data (lake", Apart},
		{"data\n• lake", Stopped},
		{"data\n- lake", Stopped},
		{"data’s", Joined},
		{"data\u00a0lake", Joined},
		{"data! lake", Stopped},
		{"data: lake", Apart},
		{"etc. is", Apart},
		{"etc. Data", Stopped},
	} {
		if got := Lex(nil, c.in)[1].Gap; got != c.want {
			t.Errorf("%q: gap %d, %d was wanted", c.in, got, c.want)
		}
	}
}

// FuzzLex holds what every user of tokens relies on.
func FuzzLex(f *testing.F) {
	for _, s := range []string{"C++ and .NET", "a\xff\xfeb", "R&D\n\n• x", "İ’s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := int32(0)
		for _, tok := range Lex(nil, text) {
			if tok.Start < end || tok.End <= tok.Start || tok.End > int32(len(text)) {
				t.Fatalf("token at %d to %d after one that ends at %d", tok.Start, tok.End, end)
			}
			if sum := Sum(fold(text[tok.Start:tok.End])); sum != tok.Sum {
				t.Fatalf("%q has sum %d, %d was wanted", text[tok.Start:tok.End], tok.Sum, sum)
			}
			end = tok.End
		}
	})
}
