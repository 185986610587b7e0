package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/urfave/cli/v3"

	"rolecall/cmd/internal/feed"
	"rolecall/cmd/internal/sink"
)

// readCommand shows what classify and publish read, unclassified: the text
// that a result's offsets point into.
func readCommand() *cli.Command {
	return &cli.Command{
		Name:      "read",
		Usage:     "turn files in any format into postings, one a line, without classifying them",
		ArgsUsage: "[FILE|DIR|-]...",
		Description: `Shows what classify and publish see: which column became which field, and the
description that the offsets of results point into. The formats:

` + formatList() + `
   rolecall read jobs.xml | head -1
   rolecall read --map title=Vacancy odd.csv > postings.jsonl`,
		Flags:  readFlags(),
		Action: readPostings,
	}
}

func readPostings(ctx context.Context, c *cli.Command) error {
	opts, err := feedOptions(c)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(c.Root().Writer)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	opts.OnWait = func() { err = errors.Join(err, out.Flush()) }
	opts.OnSource = showSource(c.Root().ErrWriter)
	bad := 0
	for rec := range feed.Read(ctx, c.Args().Slice(), c.Root().Reader, opts) {
		p, wrong := rec.Posting()
		if wrong != nil {
			bad++
			fmt.Fprintf(c.Root().ErrWriter, "%s: %s\n", sink.Printable(rec.Place.String()), sink.Printable(wrong.Error()))
			continue
		}
		if err = errors.Join(err, enc.Encode(p)); err != nil {
			return err
		}
	}
	if err := errors.Join(err, out.Flush()); err != nil {
		return err
	}
	if bad > 0 {
		return cli.Exit(fmt.Sprintf("%d records could not be read", bad), exitBadRecords)
	}
	return nil
}
