package feed

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What a source says of pay apart from the description is written behind it as
// a line of text, so that it is found there as pay that is written in it is.

// payNames are the names, in the plain form, under which sources keep pay.
var payNames = strings.Fields(`salary salaries basesalary salaryrange salarytext salarydescription salarysummary compensation
	compensationrange compensationsummary payrange pay payinputranges payrate wage remuneration gehalt loon salaire jobinfosalary`)

// The names of its parts, in an object of its own or beside each other.
var (
	payLeast    = strings.Fields(`min minvalue minimum low lowend from minamount mincents salarymin minsalary minimumsalary salaryfrom salarylow`)
	payMost     = strings.Fields(`max maxvalue maximum high highend to maxamount maxcents salarymax maxsalary maximumsalary salaryto salaryhigh`)
	payCurrency = strings.Fields(`currency currencycode currencytype salarycurrency currencyid`)
	payPeriod   = strings.Fields(`unittext interval period unit frequency salaryperiod salaryinterval salaryunit salarytype payperiod`)
	payWhole    = strings.Fields(`value amount text summary title label compensationtiersummary scrapeablecompensationsalarysummary`)
)

// pay is what is said so far.
type pay struct {
	least, most, currency, period, text string
}

// payOf is a record's pay as a line, "" if it states none, or only an estimate.
func payOf(o object) string {
	var p pay
	for _, m := range o {
		name := plain(m.name)
		switch {
		case name == "salaryispredicted" && text(m.value) == "1":
			return ""
		case slices.Contains(payNames, name):
			p.take(m.value, 0)
		case strings.Contains(name, "salary") || strings.Contains(name, "pay") || slices.Contains(payCurrency, name):
			p.part(name, m.value, 0)
		}
	}
	return p.line()
}

// take notes what a value under a name of pay says.
func (p *pay) take(v any, depth int) {
	switch v := v.(type) {
	case string:
		s := strings.Join(strings.Fields(v), " ")
		if amountOf(s) != "" {
			keep(&p.least, amountOf(s))
		} else if saysMoney(s) {
			keep(&p.text, s)
		}
	case number:
		keep(&p.least, amountOf(string(v)))
	case []any:
		if depth == maxDepth || len(v) == 0 {
			return
		}
		p.take(v[0], depth+1)
		if len(v) == 2 {
			keep(&p.most, amountOf(text(v[1])))
		}
	case object:
		for _, m := range v {
			p.part(plain(m.name), m.value, depth)
		}
	}
}

// part notes what a part of pay says.
func (p *pay) part(name string, v any, depth int) {
	if depth > maxDepth {
		return
	}
	var inner pay
	switch {
	case slices.Contains(payLeast, name), slices.Contains(payMost, name):
		inner.take(v, depth+1)
		if strings.HasSuffix(name, "cents") {
			inner.least = hundredth(inner.least)
		}
		if slices.Contains(payLeast, name) {
			keep(&p.least, inner.least)
		} else {
			keep(&p.most, inner.least)
		}
		keep(&p.currency, inner.currency)
	case slices.Contains(payCurrency, name):
		if s := strings.TrimSpace(text(v)); len(s) <= 4 {
			keep(&p.currency, strings.ToUpper(s))
		}
	case slices.Contains(payPeriod, name):
		keep(&p.period, periodOf(text(v)))
	case slices.Contains(payWhole, name), slices.Contains(payNames, name):
		p.take(v, depth+1)
	}
}

// saysMoney says that a text has a currency and an amount in it.
func saysMoney(s string) bool {
	return len(s) < 200 && strings.ContainsAny(s, "123456789") && (strings.ContainsAny(s, "$£€¥₹") || currencyCode.MatchString(s))
}

var currencyCode = regexp.MustCompile(`\b(?:USD|EUR|GBP|CAD|AUD|NZD|SGD|INR|PLN|CHF|SEK|NOK|DKK|CZK|HUF|RON|BRL|MXN|ZAR|AED|JPY|HKD|MYR|PHP|ILS|TRY|VND)\b`)

func keep(to *string, s string) {
	if *to == "" {
		*to = s
	}
}

// amountOf is a number that is more than 0, "" for anything else: a point before
// three digits may part thousands.
func amountOf(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), ",", "")
	if at := strings.LastIndexByte(s, '.'); at >= 0 && len(s) == at+4 {
		return ""
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f > 0 && f < 1e12) {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func valueOf(amount string) float64 {
	f, _ := strconv.ParseFloat(amount, 64)
	return f
}

func hundredth(amount string) string {
	return amountOf(strconv.FormatFloat(valueOf(amount)/100, 'f', 2, 64))
}

// periodOf is the period that a source's word for it means.
func periodOf(s string) string {
	s = strings.ToLower(s)
	for _, p := range [][2]string{{"hour", "hour"}, {"day", "day"}, {"dai", "day"}, {"week", "week"}, {"month", "month"}, {"year", "year"}, {"annu", "year"}} {
		if strings.Contains(s, p[0]) {
			return p[1]
		}
	}
	return ""
}

// line is pay as text says it: "120000 - 150000 USD per year".
func (p *pay) line() string {
	low, high := p.least, p.most
	if low != "" && high != "" && valueOf(low) >= valueOf(high) {
		high = ""
	}
	s := low
	switch {
	case p.currency == "" || low == "" && high == "": // of amounts alone nothing can be said
		return p.text
	case low == "":
		s = "up to " + high
	case high != "":
		s += " - " + high
	}
	s += " " + p.currency
	if p.period != "" {
		s += " per " + p.period
	}
	return s
}
