package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"

	"rolecall/classifier"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

// Band is a salary band to show pay against, in US dollars a year. Max 0 is open-ended.
type Band struct {
	Name     string
	Label    classifier.Label
	Min, Max float64
}

// About is what the page says of itself besides the summary.
type About struct {
	Title string
	When  string // the day, as written on the page
	Bands []Band
	Drift *Drift // nil: no earlier report
}

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"number": number, "percent": percent, "width": width, "label": func(l classifier.Label) string { return labelNames[l] },
	"label2": func(name string) string { return labelNames[classifier.Label(name)] },
	"sub":    func(a, b float64) float64 { return 100 * (a - b) }, "pct": func(f float64) string { return fmt.Sprintf("%.1f%%", 100*f) },
	"conf": func(f float64) string { return fmt.Sprintf("%.2f", f) },
}).Parse(pageHTML))

// WritePage writes the report as one HTML page: no script, nothing from
// elsewhere, and what postings say escaped.
func (s *Summary) WritePage(w io.Writer, about About) error {
	kept := *s
	kept.Pairs = nil // by far the largest part, and no later report needs it
	data, err := json.Marshal(&kept)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(pageCSS))
	return page.Execute(w, view{
		Summary: s, About: about, JSON: template.JS(inert(data)), CSS: template.CSS(pageCSS),
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'",
	})
}

// inert is JSON that cannot leave its element: json.Marshal escapes <, > and &.
func inert(data []byte) string { return strings.ReplaceAll(string(data), "<", `\u003c`) }

// view is what the page's template sees.
type view struct {
	*Summary
	About
	JSON   template.JS
	CSS    template.CSS
	Policy string
}

// bar is one row of a chart: parts of a whole, with what they are of.
type bar struct {
	Name  string
	Long  bool // the name needs more room than the bar
	Parts []barPart
	N, Of int
}

type barPart struct {
	Class string
	Name  string
	N     int
	X, W  float64 // per cent of the width
}

func percent(n, of int) string {
	if p := 100 * share(n, of); p > 0 && p < 10 {
		return fmt.Sprintf("%.1f%%", p)
	}
	return fmt.Sprintf("%.0f%%", 100*share(n, of))
}

func width(f float64) string { return fmt.Sprintf("%.2f%%", f) }

// Total is how many postings have a label.
func (v view) Total() int { return v.of(classifier.Labels...) }

// Mix is the share of every label.
func (v view) Mix() bar {
	b := bar{Name: "labels", N: v.Total(), Of: v.Total()}
	for i, l := range classifier.Labels {
		b.add(string(l), labelNames[l], v.Labels[i])
	}
	return b
}

func (b *bar) add(class, name string, n int) {
	x := 0.0
	if last := len(b.Parts) - 1; last >= 0 {
		x = b.Parts[last].X + b.Parts[last].W
	}
	b.Parts = append(b.Parts, barPart{class, name, n, x, 100 * share(n, b.Of)})
}

// group is a chart with a heading.
type group struct {
	Name string
	N    int
	Bars []bar
}

// ByLabel charts the top entries of every label of the two roles.
func (v view) ByLabel(what string) []group {
	all := map[string]map[string]*Entry{"tools": v.Tools, "skills": v.Skills, "responsibilities": v.Responsibilities}[what]
	var groups []group
	for _, l := range classifier.Labels[:3] {
		g := group{Name: labelNames[l], N: v.of(l)}
		for _, e := range top(all, 12, l) {
			b := bar{Name: e.Name, N: e.n, Of: g.N, Long: what != "tools"}
			b.add(string(l), e.Name, e.n)
			g.Bars = append(g.Bars, b)
		}
		groups = append(groups, g)
	}
	return groups
}

// Needs charts what is asked of the most frequent tools.
func (v view) Needs() []bar {
	var bars []bar
	for _, e := range top(v.Tools, 15, classifier.Labels[:3]...) {
		b := bar{Name: e.Name}
		for _, n := range e.Needs {
			b.Of += n
		}
		b.N = b.Of
		for i, n := range e.Needs {
			b.add(string(needs[i]), string(needs[i]), n)
		}
		bars = append(bars, b)
	}
	return bars
}

// levels are the levels of seniority, in order.
var levels = []string{"intern", "junior", "mid", "senior", "lead", "principal", "manager", "unspecified"}

// Levels charts the seniority of every label.
func (v view) Levels() []bar {
	var bars []bar
	for i, l := range classifier.Labels {
		b := bar{Name: labelNames[l], N: v.Labels[i], Of: v.Labels[i]}
		for _, level := range levels {
			n := 0
			if t := v.Seniority[level]; t != nil {
				n = t[i]
			}
			b.add("level-"+level, level, n)
		}
		bars = append(bars, b)
	}
	return bars
}

// LevelNames are the levels, for the legend.
func (v view) LevelNames() []string { return levels }

// NeedNames are the needs, for the legend.
func (v view) NeedNames() []classifier.Need { return needs }

// Sure charts the confidence of every label, in tenths.
func (v view) Sure() []columns {
	var all []columns
	for i, l := range classifier.Labels {
		c := columns{Name: labelNames[l], Class: string(l), N: v.Labels[i]}
		for t, n := range v.Confidence[i] {
			c.add(n, fmt.Sprintf("%.1f to %.1f", float64(t)/10, float64(t+1)/10))
		}
		all = append(all, c.scaled())
	}
	return all
}
