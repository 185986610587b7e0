package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"rolecall/cmd/internal/broker"
)

func doctorCommand() *cli.Command {
	return &cli.Command{
		Name:  "doctor",
		Usage: "check a NATS configuration against the live server",
		Description: `Looks whether the server can be reached, whether this user may do what its role
needs, whether streams, consumer, clock and limits are as wanted, and says what
to change. It changes nothing. The exit code is 1 if something fails.

   rolecall doctor --nats nats://broker:4222 --creds worker.creds
   rolecall doctor --as publisher --context jobs`,
		Flags: append(append([]cli.Flag{
			&cli.StringFlag{Name: "as", Value: "worker", Usage: "check what `ROLE` needs: " + strings.Join(broker.Roles, ", ")},
		}, planFlags()...), natsFlags()...),
		Action: doctor,
	}
}

func doctor(ctx context.Context, c *cli.Command) error {
	role := c.String("as")
	if !slices.Contains(broker.Roles, role) {
		return fmt.Errorf("--as %s: one of %s was wanted", role, strings.Join(broker.Roles, ", "))
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	failed := 0
	for _, f := range broker.Examine(ctx, natsConfig(c), planOf(c), role) {
		fmt.Fprintf(c.Root().Writer, "%-4s  %s: %s\n", f.Level, f.What, f.Detail)
		if f.Do != "" {
			fmt.Fprintf(c.Root().Writer, "      -> %s\n", f.Do)
		}
		if f.Level == "fail" {
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d checks failed", failed)
	}
	return nil
}
