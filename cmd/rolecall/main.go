// Command rolecall labels job postings: AI Engineer, Data Engineer, hybrid or
// none, with the evidence for it. See "rolecall help".
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v3"
)

func main() {
	if err := run(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "rolecall:", err)
		os.Exit(exitCode(err))
	}
}

// run is the whole program, with nothing of the process but its arguments.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	root := &cli.Command{
		Name:      "rolecall",
		Usage:     "label job postings: AI Engineer, Data Engineer, hybrid or none",
		Reader:    stdin,
		Writer:    stdout,
		ErrWriter: stderr,
		Commands:  commands(),

		EnableShellCompletion: true,
		ExitErrHandler:        func(context.Context, *cli.Command, error) {},
	}
	return root.Run(ctx, args)
}

// commands are all commands, each in the file of its name.
func commands() []*cli.Command {
	return []*cli.Command{
		classifyCommand(),
		readCommand(),
		serveCommand(),
		publishCommand(),
		resultsCommand(),
		streamsCommand(),
		doctorCommand(),
		answerCommand(),
		explainCommand(),
		evalCommand(),
		fitCommand(),
		taxonomyCommand(),
		versionCommand(),
	}
}

// exitCode is 1 unless the error asks for another.
func exitCode(err error) int {
	if e, ok := err.(cli.ExitCoder); ok {
		return e.ExitCode()
	}
	return 1
}
