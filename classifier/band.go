package classifier

import (
	"slices"

	"rolecall/index"
)

// bands are the taxonomy's yearly salary ranges in US dollars.
type bands []payBand

type payBand struct {
	role Role
	rank int // the lowest level it is for, -1 for any
	index.Band
}

func newBands(entries []index.Entry) bands {
	var b bands
	for i := range entries {
		if e := &entries[i]; e.Kind == index.SalaryBand && e.Band != nil {
			b = append(b, payBand{Role(e.Role), slices.Index(ranks, e.Value), *e.Band})
		}
	}
	return b
}

// compare says how pay lies to the band of a label's role and seniority:
// "within" where the two ranges meet, "below" or "above" where they do not. It
// is empty where there is nothing to compare: pay that is not a year's in US
// dollars, a hybrid job or none, a manager's, a role without a band. Of
// several bands of a role the one for the highest level that is not above the
// posting's counts. Where one end of the pay is not stated, the other stands for it.
func (b bands) compare(label Label, seniority string, s *Salary) string {
	if s == nil || s.Currency != "USD" || s.Period != "year" || s.Min == nil && s.Max == nil || seniority == "manager" {
		return ""
	}
	band := b.of(Role(label), slices.Index(ranks, seniority))
	if band == nil {
		return ""
	}
	low, high := s.Min, s.Max
	if low == nil {
		low = high
	}
	if high == nil {
		high = low
	}
	switch {
	case *high < float64(band.Min):
		return "below"
	case band.Max != 0 && *low > float64(band.Max):
		return "above"
	}
	return "within"
}

// of is the band of a role and rank, nil for none.
func (b bands) of(role Role, rank int) *payBand {
	var best *payBand
	for i := range b {
		if b[i].role == role && b[i].rank <= rank && (best == nil || b[i].rank > best.rank) {
			best = &b[i]
		}
	}
	return best
}
