package classifier

import "strings"

// money is one amount in a text, with its currency where one stands beside it.
type money struct {
	value      float64
	start, end int
	currency   string // ISO 4217, dollar where a bare $ stands, "" for none
	period     string // where the unit says it (LPA: lakhs per annum)
	scaled     bool   // has k, lakh or million
	huge       bool   // has million or more
}

// dollar is a $ that does not say whose.
const dollar = "$"

// currencySign is a sign, or an abbreviation that is no code, of a currency.
type currencySign struct{ sign, currency string }

// currencySigns may stand before an amount or behind it. A longer one stands
// before what it ends with.
var currencySigns = []currencySign{
	{"US$", "USD"},
	{"CA$", "CAD"},
	{"CAD$", "CAD"},
	{"AU$", "AUD"},
	{"AUD$", "AUD"},
	{"NZ$", "NZD"},
	{"SG$", "SGD"},
	{"HK$", "HKD"},
	{"MX$", "MXN"},
	{"NT$", "TWD"},
	{"C$", "CAD"},
	{"A$", "AUD"},
	{"S$", "SGD"},
	{"R$", "BRL"},
	{"$", dollar},
	{"£", "GBP"},
	{"€", "EUR"},
	{"₹", "INR"},
	{"₱", "PHP"},
	{"₫", "VND"},
	{"₩", "KRW"},
	{"₪", "ILS"},
	{"฿", "THB"},
	{"₦", "NGN"},
	{"₺", "TRY"},
	{"₴", "UAH"},
	{"zł", "PLN"},
	{"Kč", "CZK"},
	{"Rs.", "INR"},
	{"Rs", "INR"},
	{"Php", "PHP"},
	{"RMB", "CNY"},
	{"usd", "USD"},
	{"eur", "EUR"},
	{"gbp", "GBP"},
	{"inr", "INR"},
	{"Euros", "EUR"},
	{"euros", "EUR"},
}

// endingSigns and beginningSigns are currencySigns by their last and first byte.
var (
	endingSigns    = signsBy(func(s string) byte { return s[len(s)-1] })
	beginningSigns = signsBy(func(s string) byte { return s[0] })
)

func signsBy(key func(string) byte) (by [256][]currencySign) {
	for _, c := range currencySigns {
		by[key(c.sign)] = append(by[key(c.sign)], c)
	}
	return by
}

// currencyCodes are the ISO 4217 codes that postings use, in capitals.
const currencyCodes = " USD GBP EUR CAD AUD NZD SGD HKD CHF JPY INR PHP VND IDR THB MYR KRW CNY TWD SEK NOK DKK PLN CZK HUF RON BGN UAH TRY ILS AED SAR QAR EGP ZAR NGN KES BRL MXN ARS CLP COP PEN PKR BDT LKR "

// units multiply an amount. A unit in letters ends where the word does.
var units = []struct {
	text   string
	times  float64
	huge   bool
	period string
	inr    bool
}{
	{"thousand", 1e3, false, "", false},
	{"million", 1e6, true, "", false},
	{"billion", 1e9, true, "", false},
	{"trillion", 1e12, true, "", false},
	{"lakhs", 1e5, false, "", true},
	{"lakh", 1e5, false, "", true},
	{"lacs", 1e5, false, "", true},
	{"lpa", 1e5, false, "year", true},
	{"mm", 1e6, true, "", false},
	{"mn", 1e6, true, "", false},
	{"bn", 1e9, true, "", false},
	{"k", 1e3, false, "", false},
	{"m", 1e6, true, "", false},
	{"b", 1e9, true, "", false},
	{"t", 1e12, true, "", false},
}

// moneyAt reads the amount whose first digit is at i.
func moneyAt(s string, i int) (money, bool) {
	m := money{start: i}
	m.currency, m.start = currencyBefore(s, i)
	var ok bool
	m.value, m.end, ok = number(s, i, m.currency != dollar && m.currency != "GBP")
	if !ok || m.end < len(s) && s[m.end] == '%' {
		return m, false
	}
	m.unit(s)
	if cur, end := currencyAfter(s, m.end); cur != "" && (m.currency == "" || m.currency == dollar) {
		m.currency, m.end = cur, end
	} else if cur == m.currency {
		m.end = max(m.end, end)
	}
	if !m.scaled && m.currency != "" {
		m.unit(s) // 5 USD million
	}
	return m, true
}

// unit takes the k, lakh or million behind an amount.
func (m *money) unit(s string) {
	at := m.end
	spaced := at < len(s) && (s[at] == ' ' || s[at] == '\n')
	if spaced {
		at++
	}
	if at == len(s) || !isLetter(s[at]) || strings.IndexByte("tmblk", s[at]|0x20) < 0 {
		return
	}
	for _, u := range units {
		end := at + len(u.text)
		if spaced && len(u.text) < 3 && u.text != "k" && u.text != "mn" && u.text != "bn" || end > len(s) || !strings.EqualFold(s[at:end], u.text) || end < len(s) && isLetter(s[end]) {
			continue
		}
		if u.times == 1e3 && m.value >= 1e4 { // "$235,000K" means no millions
			m.end = end
			return
		}
		m.value, m.end, m.scaled, m.huge = m.value*u.times, end, true, u.huge
		if u.inr {
			m.period = u.period
			if m.currency == "" {
				m.currency = "INR"
			}
		}
		return
	}
}

// currencyBefore is the currency that ends before i, and where it begins.
func currencyBefore(s string, i int) (string, int) {
	j := skipBack(s, i)
	cur, at := signBefore(s, j)
	if cur == "" {
		return codeBefore(s, i, j)
	}
	if cur == dollar { // USD $81,300
		if code, from := codeBefore(s, at, skipBack(s, at)); code != "" {
			return code, from
		}
	}
	return cur, at
}

func signBefore(s string, j int) (string, int) {
	if j == 0 {
		return "", j
	}
	for _, c := range endingSigns[s[j-1]] {
		if strings.HasSuffix(s[:j], c.sign) {
			at := j - len(c.sign)
			if isLetter(c.sign[0]) && at > 0 && isLetter(s[at-1]) {
				continue
			}
			return c.currency, at
		}
	}
	return "", j
}

// codeBefore is the code in capitals that ends at j, none else i.
func codeBefore(s string, i, j int) (string, int) {
	if j < 3 || j > 3 && isLetter(s[j-4]) || !isCode(s[j-3:j]) {
		return "", i
	}
	return s[j-3 : j], j - 3
}

func isCode(s string) bool {
	for k := range len(s) {
		if s[k] < 'A' || s[k] > 'Z' {
			return false
		}
	}
	return strings.Contains(currencyCodes, s)
}

// currencyAfter is the currency that begins at i, and where it ends.
func currencyAfter(s string, i int) (string, int) {
	j := skipAhead(s, i)
	if j+3 <= len(s) && isCode(s[j:j+3]) && (j+3 == len(s) || !isLetter(s[j+3])) {
		return s[j : j+3], j + 3
	}
	if j == len(s) {
		return "", i
	}
	for _, c := range beginningSigns[s[j]] {
		end := j + len(c.sign)
		if !strings.HasPrefix(s[j:], c.sign) || end < len(s) && (digit(s[end]) || isLetter(c.sign[0]) && isLetter(s[end])) {
			continue
		}
		if c.currency == dollar && j > i { // a $ behind a space is the next amount's
			break
		}
		return c.currency, end
	}
	return "", i
}

// skipBack and skipAhead pass over at most three spaces and marks of markdown.
func skipBack(s string, i int) int {
	for n := 0; n < 3 && i > 0; n++ {
		switch {
		case s[i-1] == ' ' || s[i-1] == '*' || s[i-1] == '_' || s[i-1] == '\\':
			i--
		case strings.HasSuffix(s[:i], "\u00a0"):
			i -= 2
		default:
			return i
		}
	}
	return i
}

func skipAhead(s string, i int) int {
	for n := 0; n < 3 && i < len(s); n++ {
		switch {
		case s[i] == ' ' || s[i] == '*' || s[i] == '_' || s[i] == '\\':
			i++
		case strings.HasPrefix(s[i:], "\u00a0"):
			i += 2
		default:
			return i
		}
	}
	return i
}
