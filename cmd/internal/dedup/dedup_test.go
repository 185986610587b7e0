package dedup

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"rolecall/classifier"
)

// postings are the real ones of the folder that ROLECALL_DATA names, or made
// ones where there is none.
func postings(t testing.TB, most int) []classifier.Posting {
	f, err := os.Open(filepath.Join(os.Getenv("ROLECALL_DATA"), "bulk.postings.jsonl"))
	if err != nil {
		return made(most, 1)
	}
	defer f.Close()
	var all []classifier.Posting
	for s := bufio.NewReader(f); len(all) < most; {
		line, err := s.ReadBytes('\n')
		if err != nil {
			break
		}
		var p classifier.Posting
		if err := json.Unmarshal(line, &p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// made makes postings of sentences drawn from the same small stock of words,
// with some sentences that all of them share, as adverts have.
func made(n int, seed uint64) []classifier.Posting {
	r := rand.New(rand.NewPCG(seed, 2))
	words := make([]string, 3000)
	for i := range words {
		words[i] = fmt.Sprintf("%s%s", []string{"pipe", "lake", "model", "serve", "load", "batch", "store", "team", "cloud", "test"}[i%10], string(rune('a'+i/10%26))+string(rune('a'+i/260)))
	}
	shared := sentence(r, words, 60)
	all := make([]classifier.Posting, n)
	for i := range all {
		var lines []string
		for range 18 + r.IntN(12) {
			lines = append(lines, "- "+sentence(r, words, 8+r.IntN(14)))
		}
		all[i] = classifier.Posting{ID: fmt.Sprint("p", i), Title: sentence(r, words, 3), Description: strings.Join(lines, "\n") + "\n" + shared}
	}
	return all
}

func sentence(r *rand.Rand, words []string, n int) string {
	s := make([]string, n)
	for i := range s {
		s[i] = words[r.IntN(len(words))]
	}
	return strings.Join(s, " ")
}

var year = regexp.MustCompile(`20[12]\d`)

// edited is a copy as agencies and boards make them: another company and
// date, one paragraph another, bullets in another order, lines before and
// behind; two of these at least.
func edited(p classifier.Posting, r *rand.Rand, other string) classifier.Posting {
	end := "\n"
	if strings.Count(p.Description, end) < 6 {
		end = ". "
	}
	lines := strings.Split(p.Description, end)
	i := r.IntN(len(lines))
	if len(lines[i]) < len(p.Description)/6 {
		lines[i] = other
	} else {
		lines = append(lines, other)
	}
	switch r.IntN(3) {
	case 0: // neighbouring lines change places
		for range len(lines) / 4 {
			i := r.IntN(len(lines) - 1)
			lines[i], lines[i+1] = lines[i+1], lines[i]
		}
	case 1:
		lines = append([]string{"Our client is looking for a colleague."}, append(lines, "We look forward to your application by 2027.")...)
	case 2:
		lines = append(lines, "Posted again on 2 May.")
	}
	text := strings.Join(lines, end)
	if p.Company != "" {
		text = strings.ReplaceAll(text, p.Company, "Our Client")
	}
	p.Description = year.ReplaceAllString(strings.ReplaceAll(text, "  ", " "), "2027")
	p.ID += "-copy"
	p.Company = "Agency"
	return p
}

// TestCopies: recall at least 0.95 at precision at least 0.99 on copies made by
// editing, among postings that are none.
func TestCopies(t *testing.T) {
	all := postings(t, 4000)
	r := rand.New(rand.NewPCG(7, 7))
	ix := NewIndex()
	var firsts []classifier.Posting
	for i := range all { // real piles have copies of their own: leave those out
		if s := Sign(&all[i]); s.words >= 80 {
			if id, _ := ix.First(&s, all[i].ID); id == "" {
				firsts = append(firsts, all[i])
			}
		}
	}
	half := len(firsts) / 2
	ix = NewIndex()
	for i := range firsts[:half] {
		s := Sign(&firsts[i])
		ix.First(&s, firsts[i].ID)
	}
	found, right, wrong := 0, 0, 0
	for i := range firsts[:half] {
		p := edited(firsts[i], r, firsts[half+i%half].Description[:min(200, len(firsts[half+i%half].Description))])
		s := Sign(&p)
		id, similarity := ix.First(&s, p.ID)
		switch {
		case id == firsts[i].ID:
			found++
			right++
		case id != "":
			wrong++
			t.Logf("%s taken for a copy of %s (%.2f)", p.ID, id, similarity)
		}
	}
	for i := range firsts[half:] {
		s := Sign(&firsts[half+i])
		if id, _ := ix.First(&s, "x"); id != "" && !strings.HasSuffix(id, "-copy") {
			wrong++
		}
	}
	recall, precision := float64(found)/float64(half), float64(right)/float64(max(1, right+wrong))
	t.Logf("%d pairs, %d others: recall %.4f, precision %.4f", half, len(firsts)-half, recall, precision)
	if recall < 0.95 || precision < 0.99 {
		t.Errorf("recall %.4f, precision %.4f: at least 0.95 and 0.99 wanted", recall, precision)
	}
}

// TestOtherTitle: an employer's adverts that share most of their text are not
// copies of each other under other titles, but are if nothing else differs.
func TestOtherTitle(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	var words []string
	for i := range 400 {
		words = append(words, fmt.Sprint("word", i))
	}
	about := sentence(r, words, 240)
	post := func(title, own string) *classifier.Posting {
		return &classifier.Posting{Title: title, Description: about + " " + own}
	}
	one := sentence(r, words, 60)
	for _, c := range []struct {
		name string
		p    *classifier.Posting
		copy bool
	}{
		{"another job", post("Staff Data Engineer", sentence(r, words, 60)), false},
		{"edited", post("Senior Data Engineer", sentence(r, words, 60)), true},
		{"title turned round", post("Data Engineer (Senior)", sentence(r, words, 60)), true},
		{"title with its place", post("Senior Data Engineer, Leeds", one), true},
	} {
		ix := NewIndex()
		first, second := Sign(post("Senior Data Engineer", one)), Sign(c.p)
		ix.First(&first, "first")
		if of, sim := ix.First(&second, "second"); (of == "first") != c.copy {
			t.Errorf("%s: copy of %q (%.2f): %v was wanted", c.name, of, sim, c.copy)
		}
	}
}

func TestSign(t *testing.T) {
	const text = "Build and run the pipelines that feed the warehouse, every night, from forty sources, and keep the catalogue of what they hold up to date for the analysts. " +
		"You know SQL well, write Python that others can read, and have kept something running through a night that went wrong."
	for _, c := range []struct {
		a, b string
		want float64 // similarity, at least
	}{
		{text, text, 1},
		{text, strings.ToUpper(text), 1},
		{text, "<p>" + strings.ReplaceAll(text, ", ", ",</p>\n<p class=x>") + "</p>", 1},
		{text, strings.ReplaceAll(text, "forty", "fifty"), 0.5},
	} {
		ix := NewIndex()
		a, b := Sign(&classifier.Posting{Description: c.a}), Sign(&classifier.Posting{Description: c.b})
		ix.First(&a, "a")
		if id, got := ix.First(&b, "b"); got < c.want || id != "a" {
			t.Errorf("%q, %q: similarity %.2f, at least %.2f wanted", c.a, c.b, got, c.want)
		}
	}
	ix := NewIndex()
	for _, text := range []string{"", "Data Engineer", "AI Engineer", "Data Engineer in Leith"} {
		s := Sign(&classifier.Posting{Title: text})
		if id, _ := ix.First(&s, text); id != "" {
			t.Errorf("%q taken for a copy of %q", text, id)
		}
	}
	ix = NewIndex()
	for _, p := range []classifier.Posting{{Company: "Kran"}, {Company: "Anker"}, {Location: "Kran"}, {URL: "Kran"}, {}} {
		p.Title = "Data Engineer"
		s := Sign(&p)
		if id, _ := ix.First(&s, "x"); id != "" {
			t.Errorf("a title alone: %+v taken for a copy of another's", p)
		}
		if id, _ := ix.First(&s, "y"); id != "x" {
			t.Errorf("a title alone: %+v is no copy of itself", p)
		}
	}
}

// TestMillion holds the memory of a million postings under 500 MB. It takes a
// minute: ROLECALL_LONG=1.
func TestMillion(t *testing.T) {
	if os.Getenv("ROLECALL_LONG") == "" {
		t.Skip("takes a minute: set ROLECALL_LONG=1")
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	ix := NewIndex()
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 1_000_000 {
		s := Signature{words: 500, exact: r.Uint64()}
		for b := range s.mins {
			s.mins[b] = r.Uint32()
		}
		ix.First(&s, fmt.Sprintf("https://board.example/jobs/%d", i))
	}
	runtime.ReadMemStats(&after)
	runtime.GC()
	var kept runtime.MemStats
	runtime.ReadMemStats(&kept)
	t.Logf("%d remembered: %d MB kept, %d MB of the system", ix.Len(), (kept.HeapAlloc-before.HeapAlloc)>>20, after.Sys>>20)
	if after.Sys > 500<<20 {
		t.Errorf("%d MB of the system: at most 500 wanted", after.Sys>>20)
	}
}

// TestTableKeepsAll looks every item up again that was put in.
func TestTableKeepsAll(t *testing.T) {
	ix := NewIndex()
	r := rand.New(rand.NewPCG(3, 3))
	var all []marks
	for i := range 5000 {
		s := Signature{words: minWords, exact: uint64(i)}
		var m marks
		for b := range s.mins {
			s.mins[b] = r.Uint32()
			m[b] = uint8(s.mins[b])
		}
		if id, _ := ix.First(&s, fmt.Sprint("id-", i)); id != "" {
			t.Fatalf("item %d taken for %s", i, id)
		}
		all = append(all, m)
	}
	for i := range all {
		for band := range ix.bands {
			if !slices.Contains(ix.find(band, all[i].key(band), nil), uint32(i)) {
				t.Fatalf("item %d is not in band %d", i, band)
			}
		}
		if got := ix.id(uint32(i)); got != fmt.Sprint("id-", i) {
			t.Fatalf("item %d has id %q", i, got)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	all := postings(b, 500)
	bytes := 0
	for i := range all {
		bytes += len(all[i].Description)
	}
	b.SetBytes(int64(bytes / len(all)))
	i := 0
	for b.Loop() {
		Sign(&all[i%len(all)])
		i++
	}
}
