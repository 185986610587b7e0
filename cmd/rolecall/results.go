package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"

	"rolecall/classifier"
	"rolecall/cmd/internal/broker"
	"rolecall/cmd/internal/worker"
)

func resultsCommand() *cli.Command {
	return &cli.Command{
		Name:  "results",
		Usage: "follow the results of the workers",
		Description: `Shows the results that are stored, then each as it comes, until Ctrl-C.

   rolecall results
   rolecall results --label hybrid --since 1h --format jsonl
   rolecall results --rejected --no-follow`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "table", Usage: "show results as table or jsonl"},
			&cli.StringFlag{Name: "label", Usage: "show only results with `LABEL` (or unanswered)"},
			&cli.BoolFlag{Name: "rejected", Usage: "show rejected postings, in place of results, as JSON Lines"},
			&cli.DurationFlag{Name: "since", Usage: "begin with what is younger than this"},
			&cli.BoolFlag{Name: "new", Usage: "begin with what comes from now on"},
			&cli.BoolFlag{Name: "no-follow", Usage: "end after what is stored"},
		}, natsFlags()...),
		Action: results,
	}
}

// labelSubject is where the results of a label are published, "" being all.
func labelSubject(label string) (string, error) {
	if label == "" {
		return "", nil
	}
	all := []string{"unanswered"}
	for _, l := range classifier.Labels {
		all = append(all, string(l))
	}
	if !slices.Contains(all, label) {
		return "", fmt.Errorf("--label %s: one of %s was wanted", label, strings.Join(all, ", "))
	}
	return broker.ResultsSubject + "." + label + ".>", nil
}

// errEnough ends a Follow whose reader wants no more.
var errEnough = errors.New("enough")

func results(ctx context.Context, c *cli.Command) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	out, err := newShow(c.String("format"), c.Root().Writer, c.Root().ErrWriter)
	if err != nil {
		return err
	}
	subject, err := labelSubject(c.String("label"))
	if err != nil {
		return err
	}
	link, err := connect(ctx, c)
	if err != nil {
		return err
	}
	defer link.Close()
	name := broker.Results
	if c.Bool("rejected") {
		name, subject = broker.Rejected, ""
	}
	from, left, err := begin(ctx, c, link, name, subject)
	if err != nil || left == 0 && c.Bool("no-follow") {
		return err
	}
	err = worker.Follow(ctx, link, name, from, func(m worker.Said) error {
		if err := showOne(c, out, name, m); err != nil {
			return err
		}
		if c.Bool("no-follow") && m.Left == 0 {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func showOne(c *cli.Command, out *show, stream string, m worker.Said) error {
	if m.Rejection == nil {
		return out.said(stream, m)
	}
	_, err := fmt.Fprintf(c.Root().Writer, "%s\n", m.Data)
	return err
}

// begin says where to begin, and how many messages there may be.
func begin(ctx context.Context, c *cli.Command, link *broker.Link, name, subject string) (worker.From, uint64, error) {
	from := worker.From{Subject: subject}
	stream, err := link.JS.Stream(ctx, name)
	if err != nil {
		return from, 0, fmt.Errorf("stream %s: %w", name, err)
	}
	state := stream.CachedInfo().State
	switch {
	case c.Bool("new"):
		from.Sequence = state.LastSeq + 1
		return from, 0, nil
	case c.Duration("since") > 0:
		from.Since = time.Now().Add(-c.Duration("since"))
		if state.LastTime.Before(from.Since) {
			return from, 0, nil
		}
	}
	if subject == "" {
		return from, state.Msgs, nil
	}
	last, err := stream.GetLastMsgForSubject(ctx, subject)
	if err != nil {
		return from, 0, nil // there is none
	}
	if last.Time.Before(from.Since) {
		return from, 0, nil
	}
	return from, last.Sequence, nil
}
