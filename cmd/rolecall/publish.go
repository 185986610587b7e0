package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/urfave/cli/v3"
)

func publishCommand() *cli.Command {
	return &cli.Command{
		Name:      "publish",
		Usage:     "send postings to the workers",
		ArgsUsage: "[FILE|DIR|-]...",
		Description: `Publishes every posting to postings.<source>, each as one message, and ends when
the broker has stored them all. What cannot be read is sent too: a worker
rejects it, and so it is kept with its reason.

   rolecall publish feed.xml.gz
   rolecall publish --source acme --nats nats://broker:4222 exports/`,
		Flags: append(append([]cli.Flag{
			&cli.StringFlag{Name: "source", Usage: "call the source `NAME` (the first file's name): metrics and alerts tell sources apart"},
			&cli.IntFlag{Name: "max-lag", Usage: "wait while `N` postings wait for workers (0: never)"},
		}, readFlags()...), natsFlags()...),
		Action: publish,
	}
}

func publish(ctx context.Context, c *cli.Command) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	opts, err := feedOptions(c)
	if err != nil {
		return err
	}
	link, err := connect(ctx, c)
	if err != nil {
		return err
	}
	defer link.Close()
	n, _, err := publishFiles(ctx, link, c, opts, c.Int("max-lag"), slog.Default())
	if err != nil {
		return fmt.Errorf("after %d postings were stored: %w", n, err)
	}
	fmt.Fprintf(c.Root().ErrWriter, "%d postings published\n", n)
	return nil
}

// sourceName is --source, or the first file's name without its endings.
func sourceName(c *cli.Command) string {
	if s := c.String("source"); s != "" {
		return s
	}
	first := c.Args().First()
	if first == "" || first == "-" {
		return "stdin"
	}
	name, _, _ := strings.Cut(filepath.Base(first), ".")
	return name
}
