package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
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

// columns is a histogram.
type columns struct {
	Name  string
	Class string
	N     int
	Cols  []col
	Bands []bandArea
	Notes []string
}

type col struct {
	N          int
	Name       string
	X, Y, W, H float64 // in a box of 100 by 50
}

type bandArea struct {
	Name string
	X, W float64
	Row  float64
}

func (c *columns) add(n int, name string) { c.Cols = append(c.Cols, col{N: n, Name: name}) }

// scaled gives the columns their places.
func (c columns) scaled() columns {
	most := 1
	for _, col := range c.Cols {
		most = max(most, col.N)
	}
	step := 100 / float64(max(1, len(c.Cols)))
	for i := range c.Cols {
		h := 48 * float64(c.Cols[i].N) / float64(most)
		c.Cols[i].X, c.Cols[i].W = float64(i)*step+step*.08, step*.84
		c.Cols[i].Y, c.Cols[i].H = 50-h, h
	}
	return c
}

// Pays charts what the two roles pay, over the article's bands.
func (v view) Pays() []columns {
	var all []columns
	for i, l := range classifier.Labels[:3] {
		p := v.Pay[i]
		c := columns{Name: labelNames[l], Class: string(l)}
		for b, n := range p.Dollars {
			c.N += n
			c.add(n, fmt.Sprintf("$%dK to $%dK a year", b*payBin/1000, (b+1)*payBin/1000))
		}
		for _, band := range v.Bands {
			if band.Label == l {
				c.Bands = append(c.Bands, areaOf(band, float64(len(c.Bands))))
			}
		}
		c.Notes = append(c.Notes, fmt.Sprintf("%s of %s state a pay; %s in US dollars", number(p.Stated), number(v.Labels[i]), number(c.N)))
		if judged := p.Bands["below"] + p.Bands["within"] + p.Bands["above"]; judged > 0 {
			c.Notes = append(c.Notes, fmt.Sprintf("of %s compared with the article's band: %s below, %s within, %s above",
				number(judged), percent(p.Bands["below"], judged), percent(p.Bands["within"], judged), percent(p.Bands["above"], judged)))
		}
		all = append(all, c.scaled())
	}
	return all
}

func areaOf(b Band, row float64) bandArea {
	const widest = payBin * payBins
	end := b.Max
	name := fmt.Sprintf("%s: $%.0fK to $%.0fK", b.Name, b.Min/1000, b.Max/1000)
	if end == 0 || end > widest {
		end = widest
		name = fmt.Sprintf("%s: from $%.0fK", b.Name, b.Min/1000)
	}
	return bandArea{name, 100 * b.Min / widest, 100 * (end - b.Min) / widest, row}
}

// Together is the table of which tools stand in a posting together.
func (v view) Together() grid {
	tools := top(v.Tools, 12, classifier.Labels[:3]...)
	g := grid{N: v.of(classifier.Labels[:3]...)}
	for _, row := range tools {
		g.Names = append(g.Names, row.Name)
		r := gridRow{Name: row.Name, N: row.n}
		for _, c := range tools {
			cell := gridCell{Self: row.id == c.id}
			if !cell.Self {
				cell.N = v.Pairs.of(row.id, c.id)
				cell.Share = share(cell.N, row.n)
				cell.Class = fmt.Sprintf("heat%d", min(9, int(cell.Share*10)))
			}
			cell.Title = fmt.Sprintf("of %s postings with %s, %s name %s too", number(row.n), row.Name, number(cell.N), c.Name)
			r.Cells = append(r.Cells, cell)
		}
		g.Rows = append(g.Rows, r)
	}
	return g
}

type grid struct {
	Names []string
	N     int
	Rows  []gridRow
}

type gridRow struct {
	Name  string
	N     int
	Cells []gridCell
}

type gridCell struct {
	N     int
	Share float64
	Class string
	Title string
	Self  bool
}

// Unanswered lists the states other than classified.
func (v view) Unanswered() []bar {
	var bars []bar
	for state, n := range v.States {
		if state != classifier.Classified {
			bars = append(bars, bar{Name: strings.ReplaceAll(string(state), "_", " "), N: n, Of: v.Written})
		}
	}
	slices.SortFunc(bars, func(a, b bar) int { return strings.Compare(a.Name, b.Name) })
	return bars
}

// Sectors charts the industries.
func (v view) Sectors() []bar {
	all := map[string]*Entry{}
	for name, labels := range v.Industries {
		all[name] = &Entry{Name: name, Labels: *labels}
	}
	var bars []bar
	for _, e := range top(all, 10, classifier.Labels...) {
		b := bar{Name: e.Name, N: e.n, Of: e.n}
		for i, l := range classifier.Labels {
			b.add(string(l), labelNames[l], e.Labels[i])
		}
		bars = append(bars, b)
	}
	return bars
}
