package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"rolecall/classifier"
	"rolecall/cmd/internal/feed"
	"rolecall/index"
)

const builtIn = "built-in"

func taxonomyDiff() *cli.Command {
	return &cli.Command{
		Name:      "diff",
		Usage:     "classify a sample under two taxonomies or models and list what changes",
		ArgsUsage: "OLD NEW FILE...",
		Description: "OLD and NEW are each a folder made by \"taxonomy build\", taxonomy files or a folder of them,\n" +
			"a model file (*.tsv), or the word " + builtIn + ".",
		Flags: append(readFlags(), &cli.IntFlag{Name: "most", Value: 50, Usage: "list `N` postings at most"}),
		Action: func(ctx context.Context, c *cli.Command) error {
			args := c.Args().Slice()
			if len(args) < 3 {
				return errors.New("taxonomy diff: OLD, NEW and a file of postings were wanted")
			}
			var sides [2]*classifier.Classifier
			for i := range sides {
				var err error
				if sides[i], err = namedClassifier(args[i]); err != nil {
					return err
				}
			}
			opts, err := feedOptions(c)
			if err != nil {
				return err
			}
			d := differ{c: c, sides: sides, moves: map[string]int{}}
			for rec := range feed.Read(ctx, args[2:], c.Root().Reader, opts) {
				d.add(&rec)
			}
			return errors.Join(d.sum(), ctx.Err())
		},
	}
}

// namedClassifier is the classifier that an argument of "taxonomy diff" names.
func namedClassifier(name string) (*classifier.Classifier, error) {
	ix, m, err := namedParts(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return classifier.New(ix, m, classifier.Options{}), nil
}

func namedParts(name string) (ix *index.Index, m *classifier.Model, err error) {
	if strings.HasSuffix(name, ".tsv") {
		f, err := os.Open(name)
		if err != nil {
			return nil, nil, err
		}
		defer f.Close()
		if m, err = classifier.ReadModel(f); err != nil {
			return nil, nil, err
		}
		ix, err = index.Default()
		return ix, m, err
	}
	if m, err = classifier.DefaultModel(); err != nil {
		return nil, nil, err
	}
	switch _, statErr := os.Stat(filepath.Join(name, "index_meta.json")); {
	case name == builtIn:
		ix, err = index.Default()
	case statErr == nil:
		ix, err = index.Open(name)
	default:
		ix, err = buildNamed(name)
	}
	return ix, m, err
}

func buildNamed(name string) (*index.Index, error) {
	t, err := readTaxonomy([]string{name})
	if err != nil {
		return nil, err
	}
	return index.Build(t, "")
}

// differ counts and prints what changes.
type differ struct {
	c            *cli.Command
	sides        [2]*classifier.Classifier
	n, changed   int
	unread       int
	moves        map[string]int // "none -> hybrid" -> how many
	gained, lost int
}

func (d *differ) add(rec *feed.Record) {
	p, err := rec.Posting()
	if err != nil {
		d.unread++
		return
	}
	d.n++
	old, now := d.sides[0].Classify(p), d.sides[1].Classify(p)
	gained, lost := minus(now, old), minus(old, now)
	d.gained, d.lost = d.gained+len(gained), d.lost+len(lost)
	move := ""
	if old.Label != now.Label {
		move = fmt.Sprintf("%s -> %s", said(old), said(now))
		d.moves[move]++
	}
	if move == "" && len(gained)+len(lost) == 0 {
		return
	}
	if d.changed++; d.changed > int(d.c.Int("most")) {
		return
	}
	fmt.Fprintf(d.c.Root().Writer, "%s  %s\n", printable(p.ID), oneLine(p.Title, 60))
	if move != "" {
		fmt.Fprintf(d.c.Root().Writer, "  %s (%.2f -> %.2f)\n", move, old.Confidence, now.Confidence)
	}
	for _, side := range []struct {
		sign string
		ids  []string
	}{{"+", gained}, {"-", lost}} {
		if len(side.ids) > 0 {
			fmt.Fprintf(d.c.Root().Writer, "  %s %s\n", side.sign, strings.Join(side.ids, ", "))
		}
	}
}

func said(r classifier.Result) string {
	if r.Label == "" {
		return string(r.State)
	}
	return string(r.Label)
}

// minus are the ids found in a and not in b.
func minus(a, b classifier.Result) []string {
	ids := func(r classifier.Result) (out []string) {
		for _, list := range [][]classifier.Found{r.Tools, r.Skills, r.Responsibilities} {
			for _, f := range list {
				out = append(out, f.ID)
			}
		}
		slices.Sort(out)
		return out
	}
	other := ids(b)
	return slices.DeleteFunc(ids(a), func(id string) bool {
		_, ok := slices.BinarySearch(other, id)
		return ok
	})
}

func (d *differ) sum() error {
	w := d.c.Root().Writer
	fmt.Fprintf(w, "\n%d postings, %d change, %d mentions of entries more, %d fewer, %d not readable\n", d.n, d.changed, d.gained, d.lost, d.unread)
	moves := make([]string, 0, len(d.moves))
	for m := range d.moves {
		moves = append(moves, m)
	}
	slices.Sort(moves)
	for _, m := range moves {
		fmt.Fprintf(w, "%6d  %s\n", d.moves[m], m)
	}
	return nil
}
