package classifier

import "strings"

// dollars are the places that have a dollar of their own, but for Ontario, CA
// and the like.
var dollars = []struct{ place, currency string }{
	{"canada", "CAD"},
	{"toronto", "CAD"},
	{"vancouver", "CAD"},
	{"montreal", "CAD"},
	{"montréal", "CAD"},
	{"british columbia", "CAD"},
	{"alberta", "CAD"},
	{"calgary", "CAD"},
	{"ottawa", "CAD"},
	{"australia", "AUD"},
	{"sydney", "AUD"},
	{"melbourne", "AUD"},
	{"brisbane", "AUD"},
	{"queensland", "AUD"},
	{"new south wales", "AUD"},
	{"adelaide", "AUD"},
	{"canberra", "AUD"},
	{"singapore", "SGD"},
	{"new zealand", "NZD"},
	{"auckland", "NZD"},
	{"hong kong", "HKD"},
}

// american are words by which a place, or the pay of several, is in the United States.
var american = []string{"united states", "usa", ", us", "(us", "us ", "u.s.", ", wa", ", fl", "california", "new york"}

// openingSize is how much of a text is looked at for the place of the job.
const openingSize = 400

// dollarOf is whose dollar a bare $ is.
func dollarOf(location, text string) string {
	where := strings.ToLower(location)
	if where == "" {
		where = strings.ToLower(text[:min(len(text), openingSize)])
	}
	for _, d := range dollars {
		if strings.Contains(where, d.place) && !containsAny(where, american) {
			return d.currency
		}
	}
	if strings.Contains(text, "superannuation") { // Australian law
		return "AUD"
	}
	return "USD"
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
