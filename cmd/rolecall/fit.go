package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/urfave/cli/v3"

	"rolecall/classifier"
)

func fitCommand() *cli.Command {
	return &cli.Command{
		Name:      "fit",
		Usage:     "learn the weights from labelled postings",
		ArgsUsage: "FILE...",
		Description: "Learns a model from your own labels and notion of the roles, and writes it where --output\n" +
			"says. With --folds it first prints how well models fitted the same way do on postings of\n" +
			"companies that they were not fitted on. Same input, same model, byte for byte.\n" +
			"Without marked sentences the sentences are judged as the present model does. A\n" +
			"responsibility is learned if ten postings have it marked and ten that were read have not;\n" +
			"of the others it keeps what the present model knows.\n\n" + labelFiles,
		Flags: append(append(readFlags(), labelFlags()...), indexFlag(), modelFlag(),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Required: true, Usage: "write the model to `FILE`"},
			&cli.IntFlag{Name: "folds", Usage: "measure on the other parts of `N` first, by company"},
			&cli.StringSliceFlag{Name: "count", Usage: "with --folds, count only the postings labelled in `FILE`"}),
		Action: runFit,
	}
}

func runFit(ctx context.Context, c *cli.Command) error {
	set, err := labelledSet(ctx, c)
	if err != nil {
		return err
	}
	ix, base, err := openBoth(c)
	if err != nil {
		return err
	}
	if c.Int("folds") > 0 {
		results, err := resultsOf(c, set)
		if err != nil {
			return err
		}
		sheet, _, err := judge(c, set, results)
		if err != nil {
			return err
		}
		if _, err := sheet.WriteTo(c.Root().Writer); err != nil {
			return err
		}
	}
	m, err := classifier.Fit(ix, base, set)
	if err != nil {
		return err
	}
	f, err := os.Create(c.String("output"))
	if err != nil {
		return err
	}
	if _, err = m.WriteTo(f); err != nil {
		return errors.Join(err, f.Close())
	}
	fmt.Fprintf(c.Root().Writer, "%s: revision %s\n%s", c.String("output"), m.Revision, m.Note)
	return f.Close()
}
