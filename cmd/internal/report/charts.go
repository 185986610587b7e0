package report

import (
	"fmt"
	"slices"
	"strings"

	"rolecall/classifier"
)

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
