package feed

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// TestCharset reads titles out of inputs in several encodings, damaged ones too.
func TestCharset(t *testing.T) {
	latin1 := func(s string) string {
		s, err := charmap.ISO8859_1.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	line := func(title string) string {
		return `{"id":"1","title":"` + title + `","description":"Pipelines"}` + "\n"
	}
	item := func(title string) string {
		return "<job><title>" + title + "</title><description>Pipelines</description></job>\n"
	}
	ascii := strings.Repeat(item("Data Engineer"), 300<<10/len(item("Data Engineer"))) // more than is read at once
	for _, c := range []struct{ name, in, last string }{
		{"a character cut in half", line("Data Engineer at M\xc3") + line("Müller"), "Müller"},
		{"as much damage as there are good characters", line("Caf\xe9") + line("Müller"), "Müller"},
		{"more damage than good characters", latin1(line("Café")+line("Größe")) + line("Büro"), "BÃ¼ro"},
		{"Windows-1252", line("Data Engineer \x96 K\xf6ln"), "Data Engineer – Köln"},
		{"declared, and no other letters at the start", `<?xml version="1.0" encoding="ISO-8859-1"?><jobs>` + ascii + latin1(item("Größe")) + "</jobs>", "Größe"},
		{"declared as what it is not", `<?xml version="1.0" encoding="ISO-8859-1"?><jobs>` + item("Größe") + "</jobs>", "Größe"},
		{"declared as UTF-8", `<?xml version="1.0" encoding="UTF-8"?><jobs>` + ascii + item("Größe") + "</jobs>", "Größe"},
		{"declared as UTF-16, and read as bytes", `<?xml version="1.0" encoding="UTF-16"?><jobs>` + item("Data Engineer") + "</jobs>", "Data Engineer"},
	} {
		got, errs := read(c.in, Options{})
		if len(errs) > 0 || len(got) == 0 || got[len(got)-1].Title != c.last {
			t.Errorf("%s: %d postings, errors %q, the last %+v: title %q was wanted", c.name, len(got), errs, got[max(0, len(got)-1):], c.last)
		}
	}
}
