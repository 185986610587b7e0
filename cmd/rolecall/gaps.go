package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/urfave/cli/v3"

	"rolecall/cmd/internal/feed"
	"rolecall/index"
)

func taxonomyGaps() *cli.Command {
	return &cli.Command{
		Name:      "gaps",
		Usage:     "list frequent tool-like words that the taxonomy does not know, each with a ready entry",
		ArgsUsage: "FILE...",
		Description: "Looks for names near known tools: words with a capital inside a sentence, all capitals,\n" +
			"or capitals and digits within, that no entry covers and that are no common English.",
		Flags: append(readFlags(), indexFlag(),
			&cli.IntFlag{Name: "most", Value: 40, Usage: "list `N` words at most"},
			&cli.IntFlag{Name: "least", Value: 3, Usage: "in at least `N` postings"}),
		Action: func(ctx context.Context, c *cli.Command) error {
			ix, err := openIndex(c)
			if err != nil {
				return err
			}
			defer ix.Close()
			opts, err := feedOptions(c)
			if err != nil {
				return err
			}
			g := gaps{ix: ix, seen: map[string]*gap{}, low: map[uint64]int{}}
			for rec := range feed.Read(ctx, c.Args().Slice(), c.Root().Reader, opts) {
				if p, err := rec.Posting(); err == nil {
					g.read(p.ID, p.Description)
				}
			}
			g.print(c)
			return ctx.Err()
		},
	}
}

// gap is a word that may be a tool.
type gap struct {
	word     string
	postings int
	last     string   // id of the posting that counted it last
	examples []string // where it stands
}

type gaps struct {
	ix   *index.Index
	scan index.Scan
	seen map[string]*gap
	low  map[uint64]int // word -> how often it stands in small letters
}

const gapReach = 6 // words to the next known tool

func (g *gaps) read(id, text string) {
	g.ix.Scan(&g.scan, text, index.Things)
	tags := g.scan.Tags[index.Things]
	for i := 1; i < len(g.scan.Tokens); i++ {
		if t := &g.scan.Tokens[i]; text[t.Start:t.End] == strings.ToLower(text[t.Start:t.End]) {
			g.low[t.Sum]++
		}
		for len(tags) > 0 && int(tags[0].Last)+gapReach < i {
			tags = tags[1:]
		}
		if len(tags) == 0 || int(tags[0].First) > i+gapReach || covered(tags, i) {
			continue
		}
		t := g.scan.Tokens[i]
		if word := text[t.Start:t.End]; t.Gap != index.Stopped && t.Gap != index.Line && toolLike(word) {
			g.count(id, word, text, int(t.Start), int(t.End))
		}
	}
}

func covered(tags []index.Tag, i int) bool {
	return slices.ContainsFunc(tags[:min(len(tags), 2*gapReach+2)], func(t index.Tag) bool { return int(t.First) <= i && i <= int(t.Last) })
}

// toolLike says whether a word is written as names of tools are.
func toolLike(word string) bool {
	if len(word) < 2 || len(word) > 30 || index.English(word) {
		return false
	}
	letters, upper := 0, 0
	for _, r := range word {
		if unicode.IsLetter(r) {
			letters++
		}
		if unicode.IsUpper(r) {
			upper++
		}
	}
	return letters > 1 && upper > 0
}

func (g *gaps) count(id, word, text string, start, end int) {
	key := strings.ToLower(word)
	e := g.seen[key]
	if e == nil {
		e = &gap{word: word}
		g.seen[key] = e
	}
	if e.last == id && e.postings > 0 {
		return
	}
	e.postings++
	e.last = id
	if len(e.examples) < 2 {
		e.examples = append(e.examples, oneLine(text[max(0, start-40):min(len(text), end+40)], 100))
	}
}

func (g *gaps) print(c *cli.Command) {
	var list []*gap
	for _, e := range g.seen {
		// a name is seldom written small
		if low := g.low[index.Sum(strings.ToLower(e.word))]; e.postings >= int(c.Int("least")) && low*4 < e.postings {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b *gap) int { return cmp.Or(b.postings-a.postings, strings.Compare(a.word, b.word)) })
	for _, e := range list[:min(len(list), int(c.Int("most")))] {
		fmt.Fprintf(c.Root().Writer, "# %s: %d postings\n", e.word, e.postings)
		for _, x := range e.examples {
			fmt.Fprintf(c.Root().Writer, "#   %s\n", strings.ToValidUTF8(x, "\uFFFD"))
		}
		fmt.Fprintf(c.Root().Writer, "- {id: %s, name: %s, kind: tool, category: \"\", from: added}\n", entryID(e.word), e.word)
	}
}

func entryID(word string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(word)), "-")
}
