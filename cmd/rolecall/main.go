// Command rolecall labels job postings: AI Engineer, Data Engineer, hybrid or
// none, with the evidence for it. See "rolecall help".
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"rolecall/cmd/internal/sink"
)

func main() {
	if err := run(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "rolecall:", harmless(err.Error()))
		os.Exit(exitCode(err))
	}
}

// harmless is what an error says, a line for each that was joined, without what
// a terminal obeys: names of files and what is in them are strangers' text.
func harmless(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = sink.Printable(lines[i])
	}
	return strings.Join(lines, "\n")
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

		Version:               programVersion(),
		EnableShellCompletion: true,
		Action:                noCommand,
		OnUsageError:          wrongUsage,
		ExitErrHandler:        func(context.Context, *cli.Command, error) {},
	}
	for _, c := range root.Commands {
		answerWrongUsage(c)
	}
	return root.Run(ctx, args)
}

// noCommand is run where no command has the name that was given.
func noCommand(_ context.Context, c *cli.Command) error {
	name := c.Args().First()
	switch {
	case name == "" && c == c.Root():
		return cli.ShowRootCommandHelp(c)
	case name == "":
		return cli.ShowSubcommandHelp(c)
	}
	return fmt.Errorf("no command %q: did you mean %q? %q lists all", name, cli.SuggestCommand(c.Commands, name), c.FullName()+" --help")
}

// answerWrongUsage has a command and those below it answer a wrong flag, or a
// wrong name of one of theirs, with one line.
func answerWrongUsage(c *cli.Command) {
	c.OnUsageError = wrongUsage
	if c.Action == nil {
		c.Action = noCommand
	}
	for _, sub := range c.Commands {
		answerWrongUsage(sub)
	}
}

func wrongUsage(_ context.Context, c *cli.Command, err error, _ bool) error {
	return fmt.Errorf("%w: see %q", err, c.FullName()+" --help")
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
