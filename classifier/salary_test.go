package classifier

import (
	"fmt"
	"strings"
	"testing"

	"rolecall/index"
)

// said is a salary as "min..max currency/period", "" for none.
func said(s *Salary) string {
	if s == nil {
		return ""
	}
	end := func(v *float64) string {
		if v == nil {
			return "?"
		}
		return fmt.Sprint(*v)
	}
	return fmt.Sprintf("%s..%s %s/%s", end(s.Min), end(s.Max), s.Currency, s.Period)
}

func salaryOf(field, raw, location string) *Salary {
	var p plain
	p.read(raw)
	return findSalary(field, raw, &p, index.Lex(nil, p.text), location)
}

func TestFindSalary(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		// ranges and their spellings
		{"Salary: $120,000 - $150,000", "120000..150000 USD/year"},
		{"The base pay range is $120,000.00 to $150,500.50 per year.", "120000..150500.5 USD/year"},
		{"Compensation: $120K–$150K DOE", "120000..150000 USD/year"},
		{"Compensation: $120-150k", "120000..150000 USD/year"},
		{"Salary: £85-125,000", "85000..125000 GBP/year"},
		{"You will get between £40k and £50k.", "40000..50000 GBP/year"},
		{"Salary between £40k and £50k.", "40000..50000 GBP/year"},
		{"Pay Range\n\n$186,000—$218,500 USD", "186000..218500 USD/year"},
		{"The base salary range is 184,000 USD - 287,500 USD.", "184000..287500 USD/year"},
		{"Salary: USD 184,000 - 287,500", "184000..287500 USD/year"},
		{"Pay: USD $81,300.00/Yr. - USD $99,000.00/Yr.", "81300..99000 USD/year"},
		{"Minimum salary $81,300 a year. Maximum salary $119,500 a year.", "81300..119500 USD/year"},
		{"Base pay ranges from $90,000/year in Ohio up to $120,000/year in Oregon.", "90000..120000 USD/year"},
		{"Salary: €55.000 - €60.000 gross annually", "55000..60000 EUR/year"},
		{"Salary 18 000 - 24 000 PLN net a month", "18000..24000 PLN/month"},
		{"Salary: 9,00,000 - 12,00,000 INR", "900000..1.2e+06 INR/year"},
		{"CTC: 12-15 LPA", "1.2e+06..1.5e+06 INR/year"},
		{"Package 6 Lakh - 8 Lakh a year", "600000..800000 INR/year"},
		{"You earn 20 million to 40 million VND, by experience", "2e+07..4e+07 VND/month"},
		{"Job | Data Engineer | £85,000 - £90,000", "85000..90000 GBP/year"},
		// other periods
		{"Rate: $60/hr", "60..60 USD/hour"},
		{"Pay: $45.00 - $55.00 per hour", "45..55 USD/hour"},
		{"Rate: $60/h - $70/h on W2", "60..70 USD/hour"},
		{"The hourly rate for this role is $24 - $29.", "24..29 USD/hour"},
		{"Daily Rate: €200-300", "200..300 EUR/day"},
		{"Day rate of up to £500pd", "?..500 GBP/day"},
		{"£650 p/d outside IR35", "650..650 GBP/day"},
		{"Gross salary range is 2,400 - 3,500 EUR/month.", "2400..3500 EUR/month"},
		{"Salary: Php70,000.00 - Php85,000.00 per month", "70000..85000 PHP/month"},
		{"Salary: PHP 70,000 to 85,000", "70000..85000 PHP/month"},
		{"Weekly salary of $1,700 to $1,900.", "1700..1900 USD/week"},
		// one end
		{"Salary: up to £80,000", "?..80000 GBP/year"},
		{"A good salary (to £80k) and a pension", "?..80000 GBP/year"},
		{"Starting salary of USD 60,000 per annum", "60000..? USD/year"},
		{"Salary: £70k+", "70000..? GBP/year"},
		{"Salary: $42,000.00 /year", "42000..42000 USD/year"},
		{"£24,570 per annum pro rata", "24570..24570 GBP/year"},
		// called pay by what comes on top of it
		{"Data Engineer. Up to £85,000 plus EXCELLENT bonus", "?..85000 GBP/year"},
		{"Up to £48,000 + Bonus", "?..48000 GBP/year"},
		{"£35,000+ benefits", "35000..? GBP/year"},
		{"Our customers love us.\n$161,500—$190,000 USD\nWe are kind.", "161500..190000 USD/year"},
		{"Grants of up to $50,000 plus benefits", ""},
		{"Up to $5,000 plus bonus", ""},
		{"A sign-on payment of $25,000 plus equity.", ""},
		// with extras that are not it
		{"Base salary: $150,000 - $200,000 + bonus + equity", "150000..200000 USD/year"},
		{"Annual base salary range (excluding equity and bonus): $100,000 - $120,000", "100000..120000 USD/year"},
		{"We raised $50M. Salary range: $130,000 - $160,000 (bonus eligible). $2,000 learning budget.", "130000..160000 USD/year"},
		{"$5,000 sign-on bonus; base salary $95,000", "95000..95000 USD/year"},
		{"OtherSalary£12.71 to £13 an hourContract", "12.71..13 GBP/hour"},
		// markup
		{"<p>Salary: <b>$120,000</b> - <b>$150,000</b></p>", "120000..150000 USD/year"},
		{"<p>Salary: &pound;75,000 &ndash; &#163;80,000</p>", "75000..80000 GBP/year"},
		{"<p>Salary: &#36;75,000</p>", "75000..75000 USD/year"},
		{"&lt;p&gt;Pay &lt;span&gt;$90,000&lt;/span&gt;&lt;span&gt;&amp;mdash;&lt;/span&gt;&lt;span&gt;$99,000 USD&lt;/span&gt;&lt;/p&gt;", "90000..99000 USD/year"},
		{"Salary: **$120,000** - **$150,000**", "120000..150000 USD/year"},
		// refused: no currency, no period, no sense
		{"Salary: 140K-160K DOE", ""},
		{"Rate: $65 on C2C", ""},
		{"Pay Range $20.00 - $25.00", ""},
		{"Salary: $60,000 to $70,000 /hour", ""},
		{"Salary: EUR 3,000 - 4,000", ""},
		{"Salary: $0.00 - $0.00", ""},
		{"Salary Php5,090.00 - Php98,590,000.00", ""},
		// refused: other money
		{"We have raised $50M in Series B funding.", ""},
		{"Annual revenues of $10.19 billion; sales exceeding €3bn", ""},
		{"401k match up to $5,000 per year", ""},
		{"$1,500 annual training budget and $100/month for the gym", ""},
		{"A referral bonus of $15,000 - $20,000", ""},
		{"Manage budgets of $50,000 - $100,000.", ""},
		{"Life insurance of up to 5x salary, at most $300,000", ""},
		{"Customers spend $20k-$60k a year with us.", ""},
		{"Tuition reimbursement up to $20,000 a year", ""},
		{"A sign-on bonus of $10,000", ""},
		{"Equity worth $100,000 - $200,000", ""},
		{"10 to 20% travel, 5-7 years, 24/7, 2019 - 2021", ""},
		{"", ""},
	} {
		s := salaryOf("description", c.in, "")
		if got := said(s); got != c.want {
			t.Errorf("salary of %q: %q, want %q", c.in, got, c.want)
		}
		if s != nil && c.in[s.Start:s.End] != s.Text {
			t.Errorf("salary of %q: text %q is not that of its span", c.in, s.Text)
		}
	}
}

func TestSalarySpan(t *testing.T) {
	in := "<p>Pay: <b>&pound;75,000</b> to <b>&pound;80,000</b> a year.</p>"
	want := "&pound;75,000</b> to <b>&pound;80,000"
	if s := salaryOf("description", in, ""); s == nil || s.Text != want || s.Field != "description" {
		t.Errorf("span of %q: %+v, want %q", in, s, want)
	}
}

func TestDollarOf(t *testing.T) {
	for _, c := range []struct{ location, in, want string }{
		{"", "Salary: $120,000", "USD"},
		{"Toronto, ON", "Salary: $120,000", "CAD"},
		{"Ontario, CA", "Salary: $120,000", "USD"},
		{"Vancouver, WA", "Salary: $120,000", "USD"},
		{"Sydney NSW", "Salary: $120,000", "AUD"},
		{"Singapore", "Salary: $120,000", "SGD"},
		{"Toronto, ON", "Salary: US$120,000", "USD"},
		{"", "Salary: C$120,000", "CAD"},
		{"", "Salary: $120,000 CAD", "CAD"},
		{"", "Our office in Melbourne grows. Salary: $120,000", "AUD"},
		{"", "Remote in the United States or Canada. Salary: $120,000", "USD"},
		{"", "Salary: $120,000 plus superannuation", "AUD"},
	} {
		s := salaryOf("description", c.in, c.location)
		if s == nil || s.Currency != c.want {
			t.Errorf("%q in %q: %s, want %s", c.in, c.location, said(s), c.want)
		}
	}
}

func TestSalaryInTitle(t *testing.T) {
	for in, want := range map[string]string{
		"Data Engineer - £60k":                 "60000..60000 GBP/year",
		"Data Engineer | London | Up to £85k":  "?..85000 GBP/year",
		"Senior Data Engineer ($100M startup)": "",
	} {
		if got := said(salaryOf("title", in, "")); got != want {
			t.Errorf("salary in title %q: %q, want %q", in, got, want)
		}
	}
}

func TestCompareWithBand(t *testing.T) {
	tax, err := index.DefaultTaxonomy()
	if err != nil {
		t.Fatal(err)
	}
	b := newBands(tax.Entries)
	for _, c := range []struct {
		label      Label
		seniority  string
		in, pay, w string
	}{
		{DataEngineer, Unspecified, "inside", "Salary: $110,000 - $140,000", "within"},
		{DataEngineer, Unspecified, "meets it", "Salary: $90,000 - $100,000", "within"},
		{DataEngineer, Unspecified, "under it", "Salary: $80,000 - $95,000", "below"},
		{DataEngineer, Unspecified, "over it", "Salary: $160,000 - $170,000", "above"},
		{DataEngineer, "junior", "any level", "Salary: $160,000 - $170,000", "above"},
		{DataEngineer, "senior", "the senior's band", "Salary: $160,000 - $170,000", "within"},
		{DataEngineer, "lead", "the senior's band", "Salary: $130,000", "below"},
		{AIEngineer, "senior", "the role's only band", "Salary: up to $110,000", "below"},
		{AIEngineer, "principal", "open-ended", "Salary: $900,000", "within"},
		{AIEngineer, "manager", "no band", "Salary: $150,000", ""},
		{Hybrid, "senior", "no band", "Salary: $150,000", ""},
		{None, "senior", "no band", "Salary: $150,000", ""},
		{AIEngineer, "senior", "pounds", "Salary: £150,000", ""},
		{AIEngineer, "senior", "by the hour", "Rate: $80/hour", ""},
		{AIEngineer, "senior", "no pay", "", ""},
	} {
		if got := b.compare(c.label, c.seniority, salaryOf("description", c.pay, "")); got != c.w {
			t.Errorf("%s, %s %s, %s: %q, want %q", c.pay, c.seniority, c.label, c.in, got, c.w)
		}
	}
}

func FuzzSalary(f *testing.F) {
	for _, s := range []string{"Salary: $120,000 - $150,000", "<b>&pound;75k</b> to 80k p.a.", "20 million VND", "Rate: $60/hr", "9,00,000 INR (LPA)", "$", "€1.", "Rs.5 lakh-"} {
		f.Add(s, "Toronto")
	}
	f.Fuzz(func(t *testing.T, raw, location string) {
		s := salaryOf("description", raw, location)
		if s == nil {
			return
		}
		if s.Start < 0 || s.End > len(raw) || s.Start >= s.End || raw[s.Start:s.End] != s.Text {
			t.Fatalf("span %d to %d of %q", s.Start, s.End, raw)
		}
		if s.Min == nil && s.Max == nil || s.Min != nil && s.Max != nil && *s.Min > *s.Max || len(s.Currency) != 3 || s.Period == "" {
			t.Fatalf("%s of %q", said(s), raw)
		}
	})
}

func BenchmarkSalary(b *testing.B) {
	raw := strings.Repeat("You build pipelines with Spark 3 and Kafka for 24/7 use by 200 people. ", 50) + "Salary: $120,000 - $150,000 a year."
	var p plain
	p.read(raw)
	toks := index.Lex(nil, p.text)
	b.ReportAllocs()
	for range b.N {
		findSalary("description", raw, &p, toks, "")
	}
}
