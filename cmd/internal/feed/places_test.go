package feed

import "testing"

// TestPlaces holds that a city is told with its state and country, in every
// format that has them beside it, and nothing twice. wanted is "id location posted".
func TestPlaces(t *testing.T) {
	const job = `"id":"1","title":"Data Engineer","description":"Pipelines"`
	address := func(parts string) string {
		return `{"@type":"JobPosting",` + job + `,"jobLocation":{"@type":"Place","address":{"@type":"PostalAddress",` + parts + `}}}`
	}
	for _, c := range []struct{ name, in, want string }{
		{"Indeed", `<source><job><title>Data Engineer</title><referencenumber>1</referencenumber><date>2026-01-02</date><city><![CDATA[Phoenix]]></city><state>AZ</state><country>US</country></job></source>`, "1 Phoenix, AZ, US 2026-01-02"},
		{"LinkedIn", `<source><job><partnerJobId>1</partnerJobId><companyId>7</companyId><title>Data Engineer</title><listDate>2026-01-02</listDate><city>Bonn</city><country>DE</country></job></source>`, "1 Bonn, DE 2026-01-02"},
		{"LinkedIn, with a location", `<source><job><partnerJobId>1</partnerJobId><title>Data Engineer</title><location>Bonn, DE</location><city>Bonn</city><country>DE</country></job></source>`, "1 Bonn, DE "},
		{"CSV", "id,title,Job City,Job State,Job Country,description\n1,Data Engineer,Phoenix,AZ,US,Pipelines\n", "1 Phoenix, AZ, US "},
		{"JSON-LD", address(`"addressLocality":"Phoenix","addressRegion":"AZ","addressCountry":"US"`), "1 Phoenix, AZ, US "},
		{"JSON-LD, a country that is an object", address(`"addressLocality":"Bonn","addressCountry":{"@type":"Country","name":"Germany"}`), "1 Bonn, Germany "},
		{"JSON-LD, no city", address(`"addressRegion":"AZ","addressCountry":"US"`), "1 AZ, US "},
		{"JSON-LD, a country alone", address(`"addressCountry":"US"`), "1 US "},
		{"Workable", `{` + job + `,"location":{"location_str":"Portland, Oregon, United States","country":"United States","city":"Portland"}}`, "1 Portland, Oregon, United States "},
		{"an object", `{` + job + `,"location":{"city":"Berlin","region":"Berlin","country":"de"}}`, "1 Berlin, de "},
		{"nothing beside it", `{` + job + `,"city":"Berlin","state":null,"country":"N/A"}`, "1 Berlin "},
		{"a city that says all", `{` + job + `,"city":"Phoenix, AZ, US","state":"AZ","country":"US"}`, "1 Phoenix, AZ, US "},
		{"a state that is none", `{` + job + `,"city":"Berlin","state":"Published"}`, "1 Berlin "},
		{"a city elsewhere", `{` + job + `,"city":"Berlin","company":{"name":"Kran","country":"US"}}`, "1 Berlin "},
	} {
		got, errs := read(c.in, Options{})
		if len(got) != 1 || len(errs) > 0 {
			t.Errorf("%s: %d postings, %q", c.name, len(got), errs)
		} else if s := got[0].ID + " " + got[0].Location + " " + got[0].Posted; s != c.want {
			t.Errorf("%s: %s, %s was wanted", c.name, s, c.want)
		}
	}
	got, _ := read("id,title,city,country,description\n1,Data Engineer,Bonn,DE,Pipelines\n", Options{Format: "csv", Map: map[string]string{"location": "city"}})
	if len(got) != 1 || got[0].Location != "Bonn" {
		t.Errorf("the column that the user names: %+v", got)
	}
}
