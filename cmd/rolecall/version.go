package main

import (
	"context"
	"fmt"
	"runtime"

	"github.com/urfave/cli/v3"

	"rolecall/classifier"
)

func versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "show the versions of program, taxonomy and model",
		Flags: []cli.Flag{indexFlag(), modelFlag()},
		Action: func(_ context.Context, c *cli.Command) error {
			ix, m, err := openBoth(c)
			if err != nil {
				return err
			}
			defer ix.Close()
			_, err = fmt.Fprintf(c.Root().Writer, "rolecall %s (%s)\nresult format %d\ntaxonomy %s, %d entries\nmodel %s\n%s",
				programVersion(), runtime.Version(), classifier.Format, ix.Revision, len(ix.Entries()), m.Revision, m.Note)
			return err
		},
	}
}
