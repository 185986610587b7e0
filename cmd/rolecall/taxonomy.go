package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v3"

	"rolecall/index"
)

func taxonomyCommand() *cli.Command {
	return &cli.Command{
		Name:  "taxonomy",
		Usage: "look at, check and build what rolecall knows",
		Commands: []*cli.Command{
			taxonomyCheck(), taxonomyBuild(), taxonomyList(), taxonomyShow(), taxonomySearch(), taxonomyDiff(), taxonomyGaps(),
		},
	}
}

// indexFlag names an index made by "taxonomy build"; without it the taxonomy
// that is built in is used.
func indexFlag() cli.Flag {
	return &cli.StringFlag{Name: "index", Usage: "use the index in `DIR` in place of the taxonomy that is built in", Sources: cli.EnvVars("ROLECALL_INDEX")}
}

// openIndex opens the index that the command's flags name.
func openIndex(c *cli.Command) (*index.Index, error) {
	if dir := c.String("index"); dir != "" {
		return index.Open(dir)
	}
	return index.Default()
}

// taxonomyFiles reads the files named, or every YAML file of a folder named.
func taxonomyFiles(paths []string) ([]index.File, error) {
	var files []index.File
	for _, p := range paths {
		names := []string{p}
		if st, err := os.Stat(p); err == nil && st.IsDir() {
			names, _ = filepath.Glob(filepath.Join(p, "*.yaml"))
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			files = append(files, index.File{Name: name, Data: data})
		}
	}
	return files, nil
}

// readTaxonomy reads the taxonomy in the files and folders named, or the one
// that is built in where none is.
func readTaxonomy(paths []string) (*index.Taxonomy, error) {
	if len(paths) == 0 {
		return index.DefaultTaxonomy()
	}
	files, err := taxonomyFiles(paths)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no taxonomy there: *.yaml files were wanted", strings.Join(paths, ", "))
	}
	return index.Parse(files...)
}

func taxonomyCheck() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "report every mistake in taxonomy files, with file and line, and run their examples",
		ArgsUsage: "[FILE|DIR]...",
		Action: func(_ context.Context, c *cli.Command) error {
			tax, err := readTaxonomy(c.Args().Slice())
			if err != nil {
				return err
			}
			ix, err := index.Build(tax, "")
			if err != nil {
				return err
			}
			defer ix.Close()
			n, wrong := ix.CheckExamples()
			fmt.Fprintf(c.Root().Writer, "%d entries, %d examples, revision %s\n", len(tax.Entries), n, tax.Revision)
			return errors.Join(wrong...)
		},
	}
}

func taxonomyBuild() *cli.Command {
	return &cli.Command{
		Name:      "build",
		Usage:     "write an index of a taxonomy to a new folder",
		ArgsUsage: "DIR [FILE|DIR]...",
		Action: func(_ context.Context, c *cli.Command) error {
			if c.Args().Len() == 0 {
				return errors.New("taxonomy build: the name of a new folder was wanted")
			}
			tax, err := readTaxonomy(c.Args().Tail())
			if err != nil {
				return err
			}
			ix, err := index.Build(tax, c.Args().First())
			if err != nil {
				return err
			}
			fmt.Fprintf(c.Root().Writer, "%s: %d entries, revision %s\n", c.Args().First(), len(tax.Entries), tax.Revision)
			return ix.Close()
		},
	}
}

func taxonomyList() *cli.Command {
	return &cli.Command{
		Name:  "list",
		Usage: "list entries, one a line",
		Flags: []cli.Flag{indexFlag(), &cli.StringFlag{Name: "kind", Usage: "only entries of `KIND` (tool, language, cloud, skill, responsibility, title, ...)"}},
		Action: func(_ context.Context, c *cli.Command) error {
			ix, err := openIndex(c)
			if err != nil {
				return err
			}
			defer ix.Close()
			w := tabwriter.NewWriter(c.Root().Writer, 0, 0, 2, ' ', 0)
			for _, e := range ix.Entries() {
				if k := c.String("kind"); k == "" || k == string(e.Kind) {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", e.ID, e.Kind, e.Category, e.Role, e.Name, e.From)
				}
			}
			return w.Flush()
		},
	}
}

func taxonomyShow() *cli.Command {
	return &cli.Command{
		Name:      "show",
		Usage:     "show entries whole",
		ArgsUsage: "ID...",
		Flags:     []cli.Flag{indexFlag()},
		Action: func(_ context.Context, c *cli.Command) error {
			ix, err := openIndex(c)
			if err != nil {
				return err
			}
			defer ix.Close()
			for _, id := range c.Args().Slice() {
				e, err := ix.Entry(id)
				if err != nil {
					return fmt.Errorf("%w: \"rolecall taxonomy search %s\" looks for names like it", err, id)
				}
				if err := writeJSON(c.Root().Writer, e); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func taxonomySearch() *cli.Command {
	return &cli.Command{
		Name:      "search",
		Usage:     "find entries by name, spelling, category or example, best first",
		ArgsUsage: "WORDS...",
		Flags:     []cli.Flag{indexFlag(), &cli.IntFlag{Name: "most", Value: 10, Usage: "list `N` entries at most"}},
		Action: func(ctx context.Context, c *cli.Command) error {
			ix, err := openIndex(c)
			if err != nil {
				return err
			}
			defer ix.Close()
			hits, err := ix.Search(ctx, strings.Join(c.Args().Slice(), " "), int(c.Int("most")))
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(c.Root().Writer, 0, 0, 2, ' ', 0)
			for _, h := range hits {
				fmt.Fprintf(w, "%.2f\t%s\t%s\t%s\n", h.Score, h.Entry.ID, h.Entry.Kind, h.Entry.Name)
			}
			return w.Flush()
		},
	}
}
