package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"math"
	"os"
	"slices"

	"rolecall/classifier"
)

// maxReport is how large a report may be that is read back, in bytes.
const maxReport = 64 << 20

// Load reads the summary of an earlier report: a page, or JSON.
func Load(name string) (*Summary, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxReport {
		return nil, fmt.Errorf("%s: %d bytes: no report of rolecall's", name, info.Size())
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if _, rest, ok := bytes.Cut(data, []byte(`<script type="application/json" id="summary">`)); ok {
		data, _, _ = bytes.Cut(rest, []byte("</script>"))
		data = []byte(html.UnescapeString(string(data)))
	}
	s := New("")
	s.Format = 0 // of what has none
	if err := json.Unmarshal(data, s); err != nil {
		return nil, fmt.Errorf("%s: no summary of a report in it: %w", name, err)
	}
	if s.Format != Format {
		return nil, fmt.Errorf("%s: %w", name, errors.New("a report of another version"))
	}
	return s, nil
}

// Move is a share that is another than in an earlier report.
type Move struct {
	Name     string
	Was, Is  float64 // shares, 0 to 1
	WasOf    int     // postings that the shares are of
	IsOf     int
	Z        float64 // of the difference; beyond +-2.58 chance is below 1 %
	Relevant bool
}

// Drift compares a summary with an earlier one.
type Drift struct {
	Stability float64 // population stability index of the labels; above 0.1 look, above 0.25 act
	Labels    []Move
	Tools     []Move // the largest, as shares of the postings of either role
	Revision  string // of the earlier one, where it is another
}

// Compare says what has moved since an earlier summary.
func (s *Summary) Compare(was *Summary) *Drift {
	d := &Drift{}
	if was.Revision != s.Revision {
		d.Revision = was.Revision
	}
	isOf, wasOf := s.of(classifier.Labels...), was.of(classifier.Labels...)
	for i, l := range classifier.Labels {
		m := move(string(l), was.Labels[i], wasOf, s.Labels[i], isOf)
		d.Labels = append(d.Labels, m)
		if m.Was > 0 && m.Is > 0 {
			d.Stability += (m.Is - m.Was) * math.Log(m.Is/m.Was)
		}
	}
	roles := classifier.Labels[:3]
	names := map[string]string{}
	for _, all := range []map[string]*Entry{s.Tools, was.Tools} {
		for id, e := range all {
			names[id] = e.Name
		}
	}
	for id, name := range names {
		m := move(name, mentions(was.Tools[id]), was.of(roles...), mentions(s.Tools[id]), s.of(roles...))
		if m.Relevant {
			d.Tools = append(d.Tools, m)
		}
	}
	slices.SortFunc(d.Tools, func(a, b Move) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Is-b.Was), math.Abs(a.Is-a.Was)), cmp.Compare(a.Name, b.Name))
	})
	d.Tools = d.Tools[:min(len(d.Tools), 8)]
	return d
}

// mentions are an entry's postings of either role.
func mentions(e *Entry) int {
	if e == nil {
		return 0
	}
	return e.Labels[0] + e.Labels[1] + e.Labels[2]
}

func move(name string, was, wasOf, is, isOf int) Move {
	m := Move{Name: name, WasOf: wasOf, IsOf: isOf}
	if wasOf == 0 || isOf == 0 {
		return m
	}
	m.Was, m.Is = float64(was)/float64(wasOf), float64(is)/float64(isOf)
	pooled := float64(was+is) / float64(wasOf+isOf)
	if spread := math.Sqrt(pooled * (1 - pooled) * (1/float64(wasOf) + 1/float64(isOf))); spread > 0 {
		m.Z = (m.Is - m.Was) / spread
	}
	m.Relevant = math.Abs(m.Z) > 2.58
	return m
}
