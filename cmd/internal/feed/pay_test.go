package feed

import (
	"strings"
	"testing"
)

// TestPay: pay that sources keep apart is a line of the description.
func TestPay(t *testing.T) {
	for in, want := range map[string]string{
		`"baseSalary":{"@type":"MonetaryAmount","currency":"USD","value":{"@type":"QuantitativeValue","minValue":120000,"maxValue":150000,"unitText":"YEAR"}}`: "120000 - 150000 USD per year",
		`"baseSalary":{"currency":"EUR","value":60000}`:                                                                     "60000 EUR",
		`"salaryRange":{"min":90000,"max":110000,"currency":"GBP","interval":"per-year-salary"}`:                            "90000 - 110000 GBP per year",
		`"compensation":{"compensationTierSummary":"$180K – $220K • Offers Equity"}`:                                        "$180K – $220K • Offers Equity",
		`"pay_input_ranges":[{"min_cents":5000000,"max_cents":7500050,"currency_type":"USD"}]`:                              "50000 - 75000.5 USD",
		`"salary":"$150,000 - $190,000 per year"`:                                                                           "$150,000 - $190,000 per year",
		`"salary_min":"50","salary_max":"60.5","salary_currency":"usd","salary_interval":"hourly"`:                          "50 - 60.5 USD per hour",
		`"salaries":{"salary":{"lowEnd":{"amount":"1","currencyCode":"CAD"},"highEnd":{"amount":"2"}}}`:                     "1 - 2 CAD",
		`"minimumSalary":40000,"maximumSalary":"40000.0","currency":"GBP"`:                                                  "40000 GBP",
		`"maximumSalary":40000,"currency":"GBP"`:                                                                            "up to 40000 GBP",
		`"salary_min":60000,"salary_max":70000,"salary_is_predicted":"1","currency":"GBP"`:                                  "",
		`"salary_min":60000,"salary_max":70000`:                                                                             "",
		`"salary":"Competitive","payment":"yes"`:                                                                            "",
		`"pay_input_ranges":[{"min_cents":12000000,"max_cents":15000000,"currency_type":"USD","title":"Zone 1 Pay Range"}]`: "120000 - 150000 USD",
		`"salaryRange":{"min":"60.000","max":"80.000","currency":"EUR"}`:                                                    "",
		`"salary":["100000","120000"],"currency":"USD"`:                                                                     "100000 - 120000 USD",
		`"salary":"0 - 0"`: "",
		`"salary_min":120000,"salary_max":100000,"currency":"USD"`: "120000 USD",
		`"salary":null,"baseSalary":{"value":null}`:                "",
	} {
		got, errs := read(`{"id":"1","title":"Data Engineer","description":"Pipelines.",`+in+`}`, Options{Format: "json"})
		if len(got) != 1 || len(errs) > 0 {
			t.Fatal(in, errs)
		}
		_, line, _ := strings.Cut(got[0].Description, "Salary: ")
		if strings.TrimSpace(line) != want {
			t.Errorf("%s: %q, %q was wanted", in, got[0].Description, want)
		}
	}
}
