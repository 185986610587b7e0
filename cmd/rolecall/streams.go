package main

import (
	"context"
	"fmt"
	"time"

	"github.com/urfave/cli/v3"

	"rolecall/cmd/internal/broker"
)

func streamsCommand() *cli.Command {
	return &cli.Command{
		Name:  "streams",
		Usage: "make the streams and the consumer that workers use",
		Commands: []*cli.Command{{
			Name:  "apply",
			Usage: "make them, or change them to what the flags say",
			Description: `Workers only look the streams up, so that they need no right to change any.
Nothing is deleted.

   rolecall streams apply --nats nats://broker:4222 --replicas 3`,
			Flags:  append(planFlags(), natsFlags()...),
			Action: streamsApply,
		}},
	}
}

// planFlags say how large and how safe the streams are to be.
func planFlags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "replicas", Value: 1, Usage: "keep `N` copies of everything: 3 survive the loss of a server"},
		&cli.Int64Flag{Name: "postings-mib", Value: 4096, Usage: "keep at most `MIB` of postings: the oldest go first, read or not"},
		&cli.Int64Flag{Name: "results-mib", Value: 8192, Usage: "take at most `MIB` of results: then postings wait"},
		&cli.Int64Flag{Name: "rejected-mib", Value: 1024, Usage: "take at most `MIB` of rejected postings: then those wait"},
		&cli.DurationFlag{Name: "window", Value: 10 * time.Minute, Usage: "know a repeat by its message id for so long (by its subject for ever)"},
		&cli.DurationFlag{Name: "ack-wait", Value: 30 * time.Second, Usage: "deliver a posting again that has no answer after this"},
		&cli.IntFlag{Name: "max-ack-pending", Value: 4096, Usage: "have at most `N` postings out with all workers together"},
	}
}

func planOf(c *cli.Command) broker.Plan {
	return broker.Plan{
		Replicas:      c.Int("replicas"),
		PostingsBytes: c.Int64("postings-mib") << 20, ResultsBytes: c.Int64("results-mib") << 20, RejectedBytes: c.Int64("rejected-mib") << 20,
		Window: c.Duration("window"), AckWait: c.Duration("ack-wait"), MaxAckPending: c.Int("max-ack-pending"),
	}
}

func streamsApply(ctx context.Context, c *cli.Command) error {
	link, err := connect(ctx, c)
	if err != nil {
		return err
	}
	defer link.Close()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	changes, err := broker.Apply(ctx, link, planOf(c))
	for _, ch := range changes {
		fmt.Fprintf(c.Root().Writer, "%-18s %s\n", ch.Name, ch.What)
	}
	return err
}
