package main

import (
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/urfave/cli/v3"

	"rolecall/cmd/internal/feed"
	"rolecall/cmd/internal/sink"
)

func formatList() string {
	var b strings.Builder
	for _, f := range feed.Formats() {
		fmt.Fprintf(&b, "   %-10s %s\n", f[0], f[1])
	}
	return b.String()
}

// readFlags say how postings are read.
func readFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "from", Usage: "read the input as `FORMAT` whatever its bytes look like"},
		&cli.StringSliceFlag{Name: "map", Usage: "read a field from another column: `FIELD=COLUMN`, as in title=\"Job name\"; fields: " + strings.Join(feed.FieldNames(), ", ")},
	}
}

// feedOptions are what readFlags ask for.
func feedOptions(c *cli.Command) (feed.Options, error) {
	opts := feed.Options{Format: c.String("from"), Map: map[string]string{}, OnPassed: tellPassed(c.Root().ErrWriter)}
	for _, pair := range c.StringSlice("map") {
		field, column, ok := strings.Cut(pair, "=")
		if !ok {
			return opts, fmt.Errorf("--map %s: FIELD=COLUMN was wanted", pair)
		}
		if field = strings.TrimSpace(field); opts.Map[field] != "" {
			return opts, fmt.Errorf("--map %s: %s is mapped to %s already", pair, field, opts.Map[field])
		}
		opts.Map[field] = strings.TrimSpace(column)
	}
	return opts, opts.Check()
}

// tellPassed tells of what is passed over, with --quiet too: no exit code does.
func tellPassed(w io.Writer) func(file, why string) {
	told := 0
	return func(file, why string) {
		if told++; told <= shownErrors {
			fmt.Fprintf(w, "%s is passed over: %s, which is read where it is named\n", sink.Printable(file), why)
		}
	}
}

// maxWorkers is more than machines have cores: each has its memory.
const maxWorkers = 1024

// writeFlags say what classify does and writes.
func writeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Usage: "write `FORMAT`: " + strings.Join(sink.Names(), ", ") + "; otherwise as the name of --output ends, or jsonl"},
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write to `FILE`, which appears when it is complete"},
		&cli.BoolFlag{Name: "enrich", Usage: "pass every record through as it came, with the result added under \"" + sink.Key + "\""},
		&cli.BoolFlag{Name: "resume", Usage: "go on where an earlier run with the same --output was cut off; not with parquet. NAME.done.json then says what a complete output is of"},
		&cli.StringFlag{Name: "errors", Usage: "write the records that could not be read, with place and reason, to `FILE` as JSON Lines"},
		&cli.StringFlag{Name: "report", Usage: "write a report with charts to `FILE`, one HTML page"},
		&cli.StringFlag{Name: "against", Usage: "say what has moved since the report in `FILE`"},
		&cli.BoolFlag{Name: "fail-fast", Usage: "stop at the first record that cannot be read"},
		&cli.BoolFlag{Name: "unique", Usage: "leave out copies of a posting that came before: half of the text the same under the same title, or nearly all of it under another"},
		&cli.BoolFlag{Name: "no-copies", Usage: "do not look for copies"},
		&cli.IntFlag{Name: "workers", Value: min(runtime.GOMAXPROCS(0), maxWorkers), Usage: "classify on `N` cores"},
		&cli.IntFlag{Name: "limit", Usage: "stop after `N` records"},
		&cli.FloatFlag{Name: "min-confidence", Usage: "below `P` (0 to 1) give state review and the two likeliest labels"},
		&cli.BoolFlag{Name: "all-evidence", Usage: "list every summand of the scores, however small"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no progress and no summary on standard error"},
	}
}
