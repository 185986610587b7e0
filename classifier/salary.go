package classifier

import (
	"strings"

	"rolecall/index"
)

// findSalary reads the pay that a field states, nil for none. raw is the field
// as received, p its text and toks its words, location where the job is, as far
// as that is known.
//
// Pay needs a currency and a period. A bare $ is the dollar of the country
// that the location, else the text's beginning, names, and the American one
// where none is named. A period that is not written is the one for which the
// amount is usual in its currency (£75,000 a year, PHP 70,000 a month); where
// none or two are, the pay is refused. Bonuses, budgets, funding, revenue and
// the like are no pay. Of several the first range that is called pay counts,
// then the first amount that is, then the first that must be.
func findSalary(field, raw string, p *plain, toks []index.Token, location string) *Salary {
	var best pay
	text, i := p.text, 0
	for k := range toks {
		if toks[k].Digits == index.NoDigits {
			continue
		}
		for i = max(i, int(toks[k].Start)); i < int(toks[k].End) && best.rank < topRank; {
			if !digit(text[i]) {
				i++
				continue
			}
			if i > 0 && inNumber(text, i-1) || !moneyNear(text, i) {
				i += digits(text, i)
				continue
			}
			c, ok := payAt(text, i, field == "title")
			if !ok {
				i = max(i+digits(text, i), c.end)
				continue
			}
			if c.rank > best.rank {
				best = c
			}
			i = c.end
		}
	}
	if best.rank == 0 {
		return nil
	}
	if best.currency == dollar {
		best.currency = dollarOf(location, text)
	}
	start, end := p.span(best.start, best.end)
	return &Salary{
		Min: best.min, Max: best.max, Currency: best.currency, Period: best.period,
		Mention: Mention{Field: field, Start: start, End: end, Text: raw[start:end]},
	}
}

// moneyNear says whether a currency, a unit or a range may stand beside the
// digits at i: few digits have one, and the others are to cost nothing.
func moneyNear(s string, i int) bool {
	j := i
	if j > 0 && s[j-1] == ' ' {
		j--
	}
	if j > 1 && (beforeMoney[s[j-1]] || strings.Contains("Rs hp bp sd ur nr", s[j-2:j])) {
		return true
	}
	if j == 1 && beforeMoney[s[0]] {
		return true
	}
	for i < len(s) && (digit(s[i]) || s[i] == ',' || s[i] == '.' || s[i] == ' ' || s[i] == '\n') {
		i++
	}
	return i < len(s) && behindMoney[s[i]]
}

// beforeMoney and behindMoney are the bytes that may stand next to an amount:
// of signs, codes, units and dashes.
var (
	beforeMoney = moneyBytes("$*_\\.")
	behindMoney = moneyBytes("$*_\\-~tmblkauegirz")
)

func moneyBytes(more string) (is [256]bool) {
	for c := range 256 {
		is[c] = c >= 0x80 || c >= 'A' && c <= 'Z' || strings.IndexByte(more, byte(c)) >= 0
	}
	return is
}

// inNumber says whether the byte at i makes the digit behind it a part of
// something else: a word (H100), a longer number, a version.
func inNumber(s string, i int) bool {
	switch c := s[i]; {
	case digit(c):
		return true
	case c == '.' || c == ',':
		return i > 0 && digit(s[i-1])
	case c == '#':
		return true
	}
	return false
}

// pay is a candidate: one amount or two, and what the words around make of it.
type pay struct {
	money
	min, max *float64
	rank     int // 0 is none
}

// The ranks of candidates. A better one overrules an earlier.
const (
	unnamed = 1 // nothing calls it pay, but its form does
	single  = 2 // called pay, one amount
	topRank = 3 // called pay, a range
)

// payAt reads the pay whose first amount begins with the digit at i. Of a
// range that is no pay the end is given, lest its second amount be taken for one.
func payAt(s string, i int, named bool) (pay, bool) {
	a, ok := moneyAt(s, i)
	if !ok || a.currency == "" && dash(s[skipGap(s, a.end):]) == 0 {
		return pay{}, false
	}
	low, high := a.value, a.value
	isRange, no := false, pay{}
	if b, ok := rangeEnd(s, &a); ok {
		if a.currency != "" {
			no.end = b.end
		}
		low, high, isRange = a.value, b.value, true
		a.join(b)
	}
	if a.currency == "" || a.huge && !millions[a.currency] {
		return no, false
	}
	about := readAbout(s, a.start, a.end)
	if b, ok := about.minMax(s, a); ok && !isRange {
		high, isRange = b.value, true
		a.join(b)
	}
	a.settlePeriod(s, about, low, high)
	if a.period == "" || !usual(a.currency, a.period, low, high) {
		return no, false
	}
	rank := about.rank(&a, isRange, named, low, high)
	if rank == 0 {
		return no, false
	}
	p := pay{money: a, min: new(low), max: new(high), rank: rank}
	if !isRange {
		p.bound(s, about)
	}
	return p, true
}

// bound drops the end that "up to" or "from" leave open.
func (p *pay) bound(s string, about about) {
	switch {
	case about.upTo:
		p.min = nil
	case about.from, p.end < len(s) && s[p.end] == '+':
		p.max = nil
	}
}

// join makes a span two amounts.
func (m *money) join(b money) {
	m.end = b.end
	m.huge = m.huge || b.huge
	if m.period == "" {
		m.period = b.period
	}
	if m.currency == "" || m.currency == dollar && b.currency != "" {
		m.currency = b.currency
	}
}

// rangeEnd is the second amount of a range that a begins. It puts right what a
// leaves to it: 60-70k, 85-125,000, 2 to 3 million.
func rangeEnd(s string, a *money) (money, bool) {
	i := a.end
	unitless := true
	if a.currency != "" {
		if n := inlinePeriod(s, i); n > 0 { // $45/hr - $55/hr
			i, unitless = i+n, false
		}
	}
	i = skipGap(s, i)
	n := dash(s[i:])
	if n == 0 && (i != a.end || i == len(s) || s[i] != '$') { // the dash of $90,000$110,000 was lost
		return money{}, false
	}
	i = skipGap(s, i+n)
	for k := 0; k < 8 && i < len(s) && !digit(s[i]); k++ {
		i++
	}
	if i == len(s) || !digit(s[i]) {
		return money{}, false
	}
	b, ok := moneyAt(s, i)
	if !ok || b.start < a.end || len(strings.TrimLeft(s[a.end+n:b.start], " \n\u00a0*_/-–—to")) > 12 {
		return money{}, false
	}
	if b.currency != a.currency && b.currency != "" && b.currency != dollar && a.currency != "" && a.currency != dollar {
		return money{}, false
	}
	switch {
	case b.scaled && !a.scaled && a.value < 1000:
		a.value *= scaleOf(s, b)
	case unitless && !a.scaled && !b.scaled && a.value < 1000 && b.value >= 10000 && a.value*1000 < b.value:
		a.value *= 1000
	case a.scaled && !b.scaled && b.value < 1000: // 60k-70
		b.value *= scaleOf(s, *a)
	}
	return b, a.value <= b.value && b.value <= a.value*20
}

// scaleOf is what an amount was multiplied by.
func scaleOf(s string, m money) float64 {
	for _, u := range units {
		if strings.Contains(strings.ToLower(s[m.start:m.end]), u.text) {
			return u.times
		}
	}
	return 1
}

// dash is the size of what joins a range at the beginning of s.
func dash(s string) int {
	if s == "" || strings.IndexByte("-~taurTA\xe2", s[0]) < 0 {
		return 0
	}
	for _, d := range dashes {
		if strings.HasPrefix(s, d) {
			return len(d)
		}
	}
	return 0
}

var dashes = []string{"-", "–", "—", "‒", "−", "~", "to ", "to\n", "and ", "up to ", "until ", "rising to ", "TO ", "To ", "AND "}

// skipGap passes over spaces, newlines and marks of markdown.
func skipGap(s string, i int) int {
	for n := 0; n < 6 && i < len(s); n++ {
		switch {
		case s[i] == ' ' || s[i] == '\n' || s[i] == '\r' || s[i] == '*' || s[i] == '_':
			i++
		case strings.HasPrefix(s[i:], "\u00a0"):
			i += 2
		default:
			return i
		}
	}
	return i
}

// millions are the currencies in which pay is in millions.
var millions = map[string]bool{"VND": true, "IDR": true, "KRW": true, "COP": true, "CLP": true, "JPY": true, "HUF": true, "NGN": true, "ARS": true}
