package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v3"

	"rolecall/classifier"
	"rolecall/cmd/internal/eval"
	"rolecall/cmd/internal/feed"
	"rolecall/cmd/internal/sink"
)

func evalCommand() *cli.Command {
	return &cli.Command{
		Name:      "eval",
		Usage:     "measure labels against those of readers",
		ArgsUsage: "FILE...",
		Description: "Classifies the postings that have a label and prints the confusion matrix, precision,\n" +
			"recall and F1 of each label, accuracy, and how far confidence can be trusted. With --folds\n" +
			"the weights are fitted anew for each part on the others, split by company: use it for\n" +
			"postings that the model was fitted on, the figures are too good otherwise. With marked\n" +
			"responsibilities it says how many are found, of all postings that were read for them.\n\n" + labelFiles,
		Flags: append(append(readFlags(), labelFlags()...), indexFlag(), modelFlag(),
			&cli.IntFlag{Name: "folds", Usage: "fit on the other parts of `N`, by company; 0 uses the model as it is"},
			&cli.StringSliceFlag{Name: "count", Usage: "count only the postings labelled in `FILE`; the others are learned from"},
			&cli.StringFlag{Name: "field", Usage: "classify by the title or the description alone: `FIELD`"},
			&cli.StringFlag{Name: "results", Usage: "write the results to `FILE` as JSON Lines"}),
		Action: runEval,
	}
}

// labelFiles says what is in the files that labelFlags name.
const labelFiles = `What readers said is JSON Lines, a posting a line, known by its id:
   --labels            {"id":"a1","label":"hybrid","certainty":2,"ai_share":40,"de_share":35}
      label is ai_engineer, data_engineer, hybrid or none; certainty 3 (sure), 2 (leaning)
      or 1 (arguable); the shares are per cent of the duties. Id and label must be there.
   --sentences         {"id":"a1","sentences":[{"start":0,"end":80,"section":"D","work":"a"}]}
      start to end are bytes of the description; section is D (duties), R (requirements),
      P (preferred), C (company), B (benefits), L (law), O (other) or H (a heading); work is
      a (AI engineering), d (data engineering), b (both) or n (neither).
   --responsibilities  {"id":"a1","responsibilities":{"deploy-ml-models":[529,606]}}
      the bytes that say so; {} if the posting was read and has none.`

func labelFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "labels", Required: true, Usage: "the readers' labels: `FILE`"},
		&cli.StringSliceFlag{Name: "sentences", Usage: "sentences that a reader marked: `FILE`"},
		&cli.StringSliceFlag{Name: "responsibilities", Usage: "responsibilities that a reader marked: `FILE`"},
	}
}

func runEval(ctx context.Context, c *cli.Command) error {
	set, err := labelledSet(ctx, c)
	if err != nil {
		return err
	}
	if err := keepField(set, c.String("field")); err != nil {
		return err
	}
	results, err := resultsOf(c, set)
	if err != nil {
		return err
	}
	sheet, kept, err := judge(c, set, results)
	if err != nil {
		return err
	}
	if err := writeResults(c.String("results"), kept); err != nil {
		return err
	}
	_, err = sheet.WriteTo(c.Root().Writer)
	return err
}

// judge puts on a sheet the results whose labels are to be counted, and the
// responsibilities of those that were marked.
func judge(c *cli.Command, set []classifier.Labelled, results []classifier.Result) (*eval.Sheet, []classifier.Result, error) {
	files := c.StringSlice("count")
	if len(files) == 0 {
		files = c.StringSlice("labels")
	}
	labels, err := eval.ReadLabels(files...)
	if err != nil {
		return nil, nil, err
	}
	sheet := eval.NewSheet()
	var kept []classifier.Result
	for i, r := range results {
		if marks := set[i].Responsibilities; marks != nil {
			sheet.AddResponsibilities(marks, r)
		}
		if l, ok := labels[r.ID]; ok {
			sheet.Add(l, r)
			kept = append(kept, r)
		}
	}
	return sheet, kept, nil
}

// labelledSet reads the postings named on the command line that have a label,
// or were read for their responsibilities.
func labelledSet(ctx context.Context, c *cli.Command) ([]classifier.Labelled, error) {
	labels, err := eval.ReadLabels(c.StringSlice("labels")...)
	if err != nil {
		return nil, err
	}
	sentences, err := eval.ReadSentences(c.StringSlice("sentences")...)
	if err != nil {
		return nil, err
	}
	responsibilities, err := eval.ReadResponsibilities(c.StringSlice("responsibilities")...)
	if err != nil {
		return nil, err
	}
	opts, err := feedOptions(c)
	if err != nil {
		return nil, err
	}
	var set []classifier.Labelled
	labelled, unlabelled, marked, unread := 0, 0, 0, 0
	for rec := range feed.Read(ctx, c.Args().Slice(), c.Root().Reader, opts) {
		p, err := rec.Posting()
		if err != nil {
			fmt.Fprintf(c.Root().ErrWriter, "%s: %s\n", sink.Printable(rec.Place.String()), sink.Printable(err.Error()))
			unread++
			continue
		}
		l, ok := labels[p.ID]
		marks := responsibilities[p.ID]
		if ok {
			labelled++
		} else {
			unlabelled++
		}
		if marks != nil {
			marked++
		}
		if !ok && marks == nil {
			continue
		}
		set = append(set, classifier.Labelled{
			Posting: p, Label: l.Label, Certainty: l.Certainty, AIShare: part(l.AIShare), DEShare: part(l.DEShare), Sentences: sentences[p.ID],
			Responsibilities: marks,
		})
	}
	fmt.Fprintf(c.Root().ErrWriter, "%d postings with a label, %d without, %d not readable\n", labelled, unlabelled, unread)
	if len(responsibilities) > 0 {
		fmt.Fprintf(c.Root().ErrWriter, "%d of them with responsibilities marked\n", marked)
	}
	if labelled == 0 {
		return nil, errors.New("no posting has a label: the ids of postings and labels must be the same")
	}
	return set, ctx.Err()
}

// part turns per cent into a part of 1.
func part(percent *float64) *float64 {
	if percent == nil {
		return nil
	}
	x := *percent / 100
	return &x
}

// keepField blanks what is not to be classified by.
func keepField(set []classifier.Labelled, field string) error {
	for i := range set {
		p := &set[i].Posting
		switch field {
		case "":
		case "description":
			p.Title = ""
		case "title":
			p.Description, set[i].Responsibilities = "", nil
		default:
			return fmt.Errorf("--field %s: title or description was wanted", field)
		}
	}
	return nil
}

// resultsOf classifies the set: with the model as it is, or by folds.
func resultsOf(c *cli.Command, set []classifier.Labelled) ([]classifier.Result, error) {
	if n := c.Int("folds"); n != 0 {
		if n < 2 || n > 50 {
			return nil, fmt.Errorf("--folds %d: 2 to 50 was wanted", n)
		}
		ix, err := openIndex(c)
		if err != nil {
			return nil, err
		}
		m, err := openModel(c)
		if err != nil {
			return nil, err
		}
		return classifier.CrossValidate(ix, m, set, n, classifier.Options{})
	}
	cl, err := openClassifier(c, classifier.Options{})
	if err != nil {
		return nil, err
	}
	out := make([]classifier.Result, len(set))
	for i := range set {
		out[i] = cl.Classify(set[i].Posting)
	}
	return out, nil
}

func writeResults(name string, results []classifier.Result) error {
	if name == "" {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(encodeLines(f, results), f.Close())
}

func encodeLines(w io.Writer, results []classifier.Result) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range results {
		if err := enc.Encode(&results[i]); err != nil {
			return err
		}
	}
	return nil
}
