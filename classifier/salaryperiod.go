package classifier

import "strings"

// settlePeriod finds the period: said, or the only one that is usual.
func (m *money) settlePeriod(s string, a about, low, high float64) {
	if m.period == "" {
		m.period = a.period
	}
	if m.period != "" && usual(m.currency, m.period, low, high) {
		return
	}
	if m.period != "" && a.behind {
		return
	}
	year, month := usual(m.currency, "year", low, high), usual(m.currency, "month", low, high)
	switch {
	case hardYear[m.currency] && year && low >= 15000, year && !month:
		m.period = "year"
	case month && !year && !hardYear[m.currency]:
		m.period = "month"
	default:
		m.period = ""
	}
}

// hardYear are the currencies in which pay without a period is a year's.
var hardYear = map[string]bool{dollar: true, "USD": true, "GBP": true, "EUR": true, "CAD": true, "AUD": true, "NZD": true, "SGD": true, "CHF": true}

// usuals are what is usual for a month and a year, by currency. An hour is at
// most a five-hundredth of a year's top, a day a fiftieth.
var usuals = map[string][4]float64{
	"VND": {4e6, 3e8, 6e7, 4e9}, "IDR": {2e6, 2e8, 3e8, 4e9}, "KRW": {1e6, 2e7, 2.2e7, 5e8}, "JPY": {1.5e5, 2e6, 2.2e6, 6e7},
	"PHP": {6e3, 4e5, 4.1e5, 1e7}, "INR": {8e3, 2.5e5, 2.6e5, 3e7}, "THB": {1.2e4, 4e5, 4.1e5, 1e7}, "MYR": {1.5e3, 3e4, 3.1e4, 1e6},
	"PLN": {3e3, 6e4, 6.1e4, 1e6}, "CZK": {2e4, 3e5, 3.1e5, 6e6}, "HUF": {2.5e5, 5e6, 5.1e6, 8e7}, "RON": {2e3, 4e4, 4.1e4, 8e5},
	"SEK": {1.8e4, 1.5e5, 2e5, 3e6}, "NOK": {2e4, 1.5e5, 2.5e5, 3e6}, "DKK": {2e4, 1.5e5, 2e5, 3e6},
	"HKD": {8e3, 2e5, 2.1e5, 5e6}, "TWD": {2.5e4, 4e5, 4.1e5, 1e7}, "CNY": {4e3, 1e5, 1.1e5, 4e6}, "AED": {2e3, 8e4, 8.1e4, 1.5e6},
	"ZAR": {6e3, 1.5e5, 1.6e5, 5e6}, "BRL": {1.5e3, 5e4, 5.1e4, 1e6}, "MXN": {6e3, 2e5, 2.1e5, 5e6}, "ILS": {5e3, 8e4, 8.1e4, 1.5e6},
}

// usual says whether a pay is usual for a period in a currency.
func usual(currency, period string, low, high float64) bool {
	u, ok := usuals[currency]
	if !ok {
		u = [4]float64{800, 30000, 12000, 3e6}
	}
	switch period {
	case "year":
		return low >= u[2] && high <= u[3]
	case "month":
		return low >= u[0] && high <= u[1]
	case "week":
		return low >= u[0]/8 && high <= u[1]/2
	case "day":
		return low >= u[0]/25 && high <= u[1]/5
	}
	return low >= u[0]/200 && high <= u[1]/30
}

// inlinePeriod is the size of a period that stands between the amounts of a
// range: $45/hr - $55/hr.
func inlinePeriod(s string, i int) int {
	j := i
	for j < len(s) && (s[j] == ' ' || s[j] == '/') {
		j++
	}
	k := j
	for k < len(s) && (isLetter(s[k]) || s[k] == '.') {
		k++
	}
	word := strings.ToLower(strings.Trim(s[j:k], "."))
	switch {
	case word == "per" || word == "an" || word == "a" || word == "p.a":
		if word == "p.a" {
			return k - i
		}
		_, end := wordAhead(s, k, min(len(s), k+10))
		return end - i
	case j > i && s[j-1] == '/' || sayings[word] >= saysHour:
		return k - i
	}
	return 0
}
