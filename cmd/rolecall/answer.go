package main

import (
	"context"

	"github.com/urfave/cli/v3"

	"rolecall/cmd/internal/worker"
)

// answerCommand is the child process in which serve has suspect postings
// classified; it is of no use to people.
func answerCommand() *cli.Command {
	return &cli.Command{
		Name: "answer", Hidden: true, Usage: "classify postings for a worker, a JSON line each",
		Flags: []cli.Flag{indexFlag(), modelFlag()},
		Action: func(ctx context.Context, c *cli.Command) error {
			judge, err := loadJudge(c)
			if err != nil {
				return err
			}
			return worker.Answer(ctx, c.Root().Reader, c.Root().Writer, judge)
		},
	}
}
