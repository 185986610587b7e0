package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/urfave/cli/v3"
	"golang.org/x/term"

	"rolecall/classifier"
	"rolecall/cmd/internal/feed"
	"rolecall/index"
)

func explainCommand() *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "show why a posting got its label, and what was missing for another",
		ArgsUsage: "[FILE|-]",
		Description: "Shows the posting's text with its mentions coloured by role (plain when piped), the sums\n" +
			"that made the label, and how far the other answer was.",
		Flags: append(readFlags(), indexFlag(), modelFlag(),
			&cli.StringFlag{Name: "id", Usage: "the posting with this `ID`; otherwise the first"},
			&cli.IntFlag{Name: "most", Value: 15, Usage: "list the `N` strongest summands of each role; 0 lists all"}),
		Action: runExplain,
	}
}

func runExplain(ctx context.Context, c *cli.Command) error {
	p, err := pickPosting(ctx, c)
	if err != nil {
		return err
	}
	ix, m, err := openBoth(c)
	if err != nil {
		return err
	}
	cl := classifier.New(ix, m, classifier.Options{AllEvidence: true})
	w := c.Root().Writer
	f, isFile := w.(*os.File)
	e := explainer{w: w, p: p, r: cl.Classify(p), ix: ix, colour: isFile && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == ""}
	e.text()
	e.found()
	e.answer()
	for _, role := range []classifier.Role{classifier.RoleAI, classifier.RoleData} {
		e.sum(role, int(c.Int("most")))
	}
	return nil
}

// pickPosting reads the posting that is asked for.
func pickPosting(ctx context.Context, c *cli.Command) (classifier.Posting, error) {
	opts, err := feedOptions(c)
	if err != nil {
		return classifier.Posting{}, err
	}
	for rec := range feed.Read(ctx, c.Args().Slice(), c.Root().Reader, opts) {
		p, err := rec.Posting()
		if err != nil {
			return p, fmt.Errorf("%s: %w", rec.Place, err)
		}
		if want := c.String("id"); want == "" || p.ID == want {
			return p, nil
		}
	}
	err = errors.New("no posting to explain")
	if id := c.String("id"); id != "" {
		err = fmt.Errorf("no posting with id %q", id)
	}
	return classifier.Posting{}, errors.Join(ctx.Err(), err)
}

// explainer prints one posting and its result.
type explainer struct {
	w      io.Writer
	p      classifier.Posting
	r      classifier.Result
	ix     *index.Index
	colour bool
}

const (
	colourAI    = "\x1b[35m"
	colourData  = "\x1b[36m"
	colourPlain = "\x1b[1m"
	colourOff   = "\x1b[0m"
)

// span is a mention and how it is shown.
type span struct {
	start, end int
	role       classifier.Role
}

// text prints title and description with the mentions marked.
func (e *explainer) text() {
	spans := map[string][]span{}
	for _, list := range [][]classifier.Found{e.r.Tools, e.r.Skills, e.r.Responsibilities} {
		for _, f := range list {
			for _, m := range f.Mentions {
				spans[m.Field] = append(spans[m.Field], span{m.Start, m.End, f.Role})
			}
		}
	}
	fmt.Fprintf(e.w, "%s\n\n%s\n\n", e.marked(e.p.Title, spans["title"]), e.marked(e.p.Description, spans["description"]))
	if e.colour {
		fmt.Fprintf(e.w, "%sAI engineering%s, %sdata engineering%s, %seither%s\n\n", colourAI, colourOff, colourData, colourOff, colourPlain, colourOff)
	}
}

// found prints what the posting names.
func (e *explainer) found() {
	for _, list := range []struct {
		name string
		all  []classifier.Found
	}{{"tools", e.r.Tools}, {"skills", e.r.Skills}} {
		var names []string
		for _, f := range list.all {
			names = append(names, f.Name+" ("+string(f.Need)+")")
		}
		if names != nil {
			fmt.Fprintf(e.w, "%s: %s\n", list.name, strings.Join(names, ", "))
		}
	}
	for _, f := range e.r.Responsibilities {
		fmt.Fprintf(e.w, "%s: %s\n", f.Name, oneLine(classifier.PlainText(f.Mentions[0].Text), 80))
	}
	fmt.Fprintln(e.w)
}

// marked is a field as a reader sees it with its spans coloured, those within
// others too; without colour it is the text. Colours are put where the spans
// begin and end in the field as signs that a text has none of, and HTML is
// taken away afterwards.
func (e *explainer) marked(field string, spans []span) string {
	if !e.colour {
		return seen(field)
	}
	field = noSigns.Replace(field)
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	var b strings.Builder
	var open []span // each within the one before
	at := 0
	put := func(to int, sign rune) {
		b.WriteString(field[at:to])
		b.WriteRune(sign)
		at = to
	}
	top := func() rune { // what is open
		if len(open) == 0 {
			return signOff
		}
		return signOf[open[len(open)-1].role]
	}
	closeUntil := func(start int) {
		for len(open) > 0 && open[len(open)-1].end <= start {
			end := open[len(open)-1].end
			open = open[:len(open)-1]
			put(end, top())
		}
	}
	for _, s := range spans {
		closeUntil(s.start)
		if len(open) > 0 {
			s.end = min(s.end, open[len(open)-1].end)
		}
		open = append(open, s)
		put(s.start, top())
	}
	closeUntil(len(field))
	b.WriteString(field[at:])
	return coloured(seen(b.String()))
}

// seen is a field as a reader sees it: HTML's text, a blank line at most between
// two, and nothing that would steer a terminal.
func seen(field string) string {
	return bullets.ReplaceAllString(blankLines.ReplaceAllString(printable(classifier.PlainText(field)), "\n\n"), "• ")
}

var (
	blankLines = regexp.MustCompile(`\n\s*\n\s*`)
	bullets    = regexp.MustCompile(`•\s+`)
)

// Signs of colours: of private use, so that no text needs them.
const (
	signAI    = '\uF8F0'
	signData  = '\uF8F1'
	signPlain = '\uF8F2'
	signOff   = '\uF8F3'
)

var (
	signOf   = map[classifier.Role]rune{classifier.RoleAI: signAI, classifier.RoleData: signData, "": signPlain}
	colourOf = map[rune]string{signAI: colourAI, signData: colourData, signPlain: colourPlain}
	noSigns  = strings.NewReplacer(string(signAI), "\uFFFD", string(signData), "\uFFFD", string(signPlain), "\uFFFD", string(signOff), "\uFFFD") // as long as they are
)

// coloured puts colours where text follows their signs.
func coloured(s string) string {
	var b strings.Builder
	now, next := signOff, signOff
	for _, r := range s {
		if r >= signAI && r <= signOff {
			next = r
			continue
		}
		if next != now {
			if now != signOff {
				b.WriteString(colourOff)
			}
			b.WriteString(colourOf[next])
			now = next
		}
		b.WriteRune(r)
	}
	if now != signOff {
		b.WriteString(colourOff)
	}
	return b.String()
}

// printable replaces what would steer a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return '\uFFFD'
		}
		return r
	}, s)
}

// answer prints the label, the reason, and what would have made it another.
func (e *explainer) answer() {
	if e.r.Label == "" {
		fmt.Fprintf(e.w, "no answer: %s\n", e.r.State)
		return
	}
	fmt.Fprintf(e.w, "%s (confidence %.2f)\n%s\n", e.r.Label, e.r.Confidence, printable(e.r.Reason))
	for _, q := range []struct {
		name  string
		role  classifier.Role
		score float64
	}{{"AI engineering", classifier.RoleAI, e.r.Scores.AIEngineer}, {"data engineering", classifier.RoleData, e.r.Scores.DataEngineer}} {
		_, odds := e.summands(q.role)
		if odds >= 0 {
			fmt.Fprintf(e.w, "%s: yes, %.2f; without it: evidence of %.2f less\n", q.name, q.score, odds)
		} else {
			fmt.Fprintf(e.w, "%s: no, %.2f; for a yes: evidence of %.2f more\n", q.name, q.score, -odds)
		}
	}
}

// sum prints a role's summands, the strongest first.
func (e *explainer) sum(role classifier.Role, most int) {
	list, total := e.summands(role)
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(e.w, "\n%s\n", role)
	w := tabwriter.NewWriter(e.w, 0, 0, 2, ' ', 0)
	rest := total
	for i, ev := range list {
		if most > 0 && i == most {
			fmt.Fprintf(w, "%+.3f\t%d weaker ones\t\t\n", rest, len(list)-i)
			break
		}
		rest -= ev.Weight
		place := ""
		if ev.Mention != nil {
			place = fmt.Sprintf("%s %d-%d: %s", ev.Field, ev.Start, ev.End, oneLine(classifier.PlainText(ev.Text), 60))
		}
		fmt.Fprintf(w, "%+.3f\t%s\t%s\t%s\n", ev.Weight, printable(cmp.Or(e.nameOf(ev.Entry), ev.Cue)), ev.Section, place)
	}
	w.Flush()
	fmt.Fprintf(e.w, "%+.3f together: probability %.4f\n", total, 1/(1+math.Exp(-total)))
}

// summands are a role's, the strongest first, and what they add up to.
func (e *explainer) summands(role classifier.Role) (list []classifier.Evidence, total float64) {
	for _, ev := range e.r.Evidence {
		if ev.Role == role {
			list = append(list, ev)
			total += ev.Weight
		}
	}
	return list, total
}

// nameOf is what an entry is called.
func (e *explainer) nameOf(id string) string {
	if entry, err := e.ix.Entry(id); err == nil {
		return entry.Name
	}
	return id
}

// oneLine is a text on one line, cut after n runes.
func oneLine(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(printable(s)), " "))
	if len(r) > n {
		return string(r[:n]) + "…"
	}
	return string(r)
}
