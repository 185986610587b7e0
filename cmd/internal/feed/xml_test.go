package feed

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"rolecall/classifier"
)

// TestDamagedXML holds what is made of XML that is not in order, or has more in
// it than postings: no posting is lost without a word, and none has markup in a
// field of one line. wanted is "id title/company/location/url" of each posting,
// and the errors, which are clipped.
func TestDamagedXML(t *testing.T) {
	const a, b = `<job><id>1</id><title>AI Engineer</title><description>Agents</description></job>`, `<job><id>9</id><title>Data Engineer</title><description>Pipelines</description></job>`
	const gotA, gotB = "1 AI Engineer///", "9 Data Engineer///"
	never := "-:1: the <job> that starts here never ends"
	for _, c := range []struct{ name, in, want string }{
		{"another element first", `<feed><item><id>n</id><title>News</title><description>We grew</description></item>` + b + `</feed>`, "n News///, " + gotB},
		{"another without elements", `<feed><entry>meta</entry>` + b + `</feed>`, `-:1: neither title nor description found, ` + gotB},
		{"by turns, with prefixes", `<jobs>` + a + `<x:vacancy><id>2</id><title>SRE</title><description>x</description></x:vacancy>` + b + `</jobs>`, gotA + ", 2 SRE///, " + gotB},
		{"records in a record", `<listing><title>Jobs</title>` + a + b + `</listing>` + a, gotA + ", " + gotB + ", " + gotA},
		{"items of a job", `<jobs><job><id>1</id><title>AI Engineer</title><offer><x>1</x></offer><description>Agents</description><offer><x>1</x></offer></job></jobs>`, gotA},

		{"an element of its name", `<jobs><job><id>1</id><title>AI Engineer</title><job>Agents</job><description>Agents</description></job>` + b + `</jobs>`, gotA + ", " + gotB},
		{"the same in CDATA", `<jobs><job><id>1</id><title>AI Engineer</title><job><![CDATA[Agents]]></job><job/><description>Agents</description></job>` + b + `</jobs>`, gotA + ", " + gotB},
		{"items in an item", `<rss><item><guid>1</guid><skills><item><name>SQL</name></item><item name="Go" /><item><name>C</name></item></skills><title>AI Engineer</title></item><item><guid>9</guid><title>Data Engineer</title></item></rss>`, gotA + ", " + gotB},
		{"items in an item that never ends", `<rss><item><guid>1</guid><skills><x>SQL</x><item><guid>9</guid><title>Data Engineer</title></item></rss>`, "-:1: the <item> that starts here never ends, " + gotB},
		{"never closed", `<jobs><job><title>A` + b + b, never + ", " + gotB + ", " + gotB},
		{"the last one cut off", `<jobs>` + b + `<job><id>1</id><position>AI Engineer</position><record><a>b`, gotB + ", " + never + ", -:1: the <record> that starts here never ends"},

		{"empty, with attributes", `<jobs><job id="1" title="AI Engineer" company='Kran' city="Bonn" description="a > b"/><job id="9" title="Data Engineer" description="x"></job></jobs>`, "1 AI Engineer/Kran/Bonn/, " + gotB},
		{"attributes beside elements", `<jobs><job id="7" xmlns="x" company="Kran"><referencenumber>1</referencenumber><title>AI Engineer</title></job></jobs>`, "1 AI Engineer/Kran//"},
		{"empty, and none closed before", `<jobs><job><title>A<job id="9" title="Data Engineer" description="x"/></jobs>`, never + ", " + gotB},
		{"nothing in it", `<jobs><job/>` + b + `</jobs>`, "-:1: neither title nor description found, " + gotB},

		{"a comment", `<jobs><!-- ` + a + ` -->` + b + `</jobs>`, gotB},
		{"a comment in a record", `<jobs><job><id>9</id><!-- ` + a + ` -- <title>x</title> --><title>Data Engineer</title></job></jobs>`, gotB},
		{"a comment that never ends", `<jobs><!-- ` + b + `</jobs>`, "-:1: the comment that starts here never ends, " + gotB},
		{"a comment in CDATA", `<jobs><job><id>9</id><title>Data Engineer</title><description><![CDATA[<!-- x]]></description></job>` + a + `</jobs>`, gotB + ", " + gotA},

		{"no opening tag", "<jobs>" + a + "\n\n<id>2</id><title>x</title></job>\n" + b + `</jobs>`, gotA + ", -:3: the record that stands here ends with </job> and never began: <job> was wanted before it, " + gotB},
		{"no opening tag of the first", `<jobs><title>x</title></job>` + b + `</jobs>`, "-:1: the record that stands here ends with </job> and never began: <job> was wanted before it, " + gotB},
		{"half an opening tag", `<jobs><job <id>2</id><title>x</title></job>` + b + `</jobs>`, "-:1: the tag <job> that starts here never ends, -:1: the record that stands here ends with </job> and never began: <job> was wanted before it, " + gotB},
		{"an end too many", `<jobs>` + a + `</job>` + b + `</job></jobs><title>x</title>`, gotA + ", " + gotB},
		{"half an end", `<jobs><job><id>1</id><title>AI Engineer</title></job ` + b, gotA + ", " + gotB},

		{"cut off in CDATA", `<jobs><job><id>1</id><title>x</title><description><![CDATA[<p>Agents ` + strings.Replace(b, "Pipelines", "<![CDATA[Pipelines]]>", 1) + a + `</jobs>`, never + ", " + gotB + ", " + gotA},
		{"cut off in CDATA, and no other", `<jobs><job><id>1</id><title>x</title><description><![CDATA[<p>Agents ` + b + a + `</jobs>`, never + ", " + gotB + ", " + gotA},
		{"a job told of in CDATA", `<jobs><job><id>1</id><title>AI Engineer</title><description><![CDATA[Write <job><title>x</title></job>]]></description></job>` + b + `</jobs>`, gotA + ", " + gotB},
		{"CDATA without its end", `<jobs><job><id>1</id><title>AI Engineer</title><description><![CDATA[Agents</description></job>` + b + `</jobs>`, gotA + ", " + gotB},

		{"a title never closed", `<jobs><job><id>1</id><title><![CDATA[AI Engineer]]><company>Kran</company><city>Bonn</city></job>` + b + `</jobs>`, "1 AI Engineer/Kran/Bonn/, " + gotB},
		{"its CDATA never closed", `<jobs><job><id>1</id><title><![CDATA[AI Engineer</title><company><![CDATA[Kran]]></company></job>` + b + `</jobs>`, "1 AI Engineer/Kran//, " + gotB},
		{"nor anything", `<jobs><job><id>1</id><title><![CDATA[AI Engineer<company>Kran</company><city><![CDATA[Bonn]]></city></job>` + b + `</jobs>`, "1 AI Engineer/Kran/Bonn/, " + gotB},
		{"no field closed", `<jobs><job><id>1<title>AI Engineer<company>Kran<city>Bonn<url>u://x<description>Agents</job>` + b + `</jobs>`, "1 AI Engineer/Kran/Bonn/u://x, " + gotB},
		{"an address never closed", "<jobs><job><id>1</id><title>AI Engineer</title><url>u://x>\n <remote>1</remote><city>Bonn</city></job>" + b + `</jobs>`, "1 AI Engineer//Bonn/u://x, " + gotB},
		{"an address never closed, at the end", "<jobs><job><id>1</id><title>AI Engineer</title><url>u://x Apply now</job>" + b + `</jobs>`, "1 AI Engineer///u://x, " + gotB},
		{"a title around fields", `<jobs><job><id>1</id><title>AI Engineer<company>Kran</company></title></job>` + b + `</jobs>`, "1 AI Engineer/Kran//, " + gotB},
		{"a title with markup", `<jobs><job><id>1</id><title>AI <b>Engineer</b></title><company><name>Kran</name><location>Bonn</location></company></job></jobs>`, "1 AI Engineer/Kran//"},
		{"other fields in a title's CDATA", `<jobs><job><id>1</id><title><![CDATA[AI Engineer<company>Kran</company>]]></title></job>` + b + `</jobs>`, "-:1: XML: other elements stand in <title>: its end was wanted before them, " + gotB},
		{"ends that never began", `<jobs><job><id>1</id></b><title>AI Engineer</title></company></p><company>Kran</company></job></jobs>`, "1 AI Engineer/Kran//"},
		{"a bare <", `<jobs><job><id>1</id><title>AI Engineer</title><company>Kran < Hof</company></job></jobs>`, "1 AI Engineer/Kran < Hof//"},
		{"markup in a description", `<jobs><job><id>1</id><title>AI Engineer</title><description>We<br>like<p>Go</b></description><company>Kran</company></job></jobs>`, "1 AI Engineer/Kran//"},
	} {
		// behind what is sniffed, bytes are looked at as they come
		for _, pad := range []int{0, sniffed} {
			head := strings.NewReader(`<?xml version="1.0"?>` + strings.Repeat(" ", pad))
			in := io.MultiReader(head, iotest.OneByteReader(strings.NewReader(c.in)))
			var all []string
			for r := range Read(context.Background(), nil, in, Options{Format: "xml"}) {
				p, err := r.Posting()
				if err != nil {
					what, _, _ := strings.Cut(err.Error(), " among ")
					all = append(all, r.Place.String()+": "+what)
					continue
				}
				all = append(all, fmt.Sprintf("%s %s/%s/%s/%s", p.ID, p.Title, p.Company, p.Location, p.URL))
			}
			if got := strings.Join(all, ", "); got != c.want {
				t.Errorf("%s, behind %d:\n got %s\nwant %s", c.name, pad, got, c.want)
			}
		}
	}
}

// TestAttributes: what a record's own tag says is read as its elements are.
func TestAttributes(t *testing.T) {
	in := `<jobs><job id="1" title="AI Engineer" company="Kran" city="Bonn" country="DE" url="u://x" date="2026-01-02" description="Agents &amp; more"/></jobs>`
	want := classifier.Posting{ID: "1", Title: "AI Engineer", Company: "Kran", Location: "Bonn, DE", URL: "u://x", Posted: "2026-01-02", Description: "Agents & more"}
	got, errs := read(in, Options{})
	if diff := cmp.Diff([]classifier.Posting{want}, got); diff != "" || len(errs) > 0 {
		t.Errorf("%q -want +got:\n%s", errs, diff)
	}
}

// TestBrokenXML spoils every tenth record of a feed, in several ways: each costs
// itself and no other, however many there are, and none is lost without a word.
func TestBrokenXML(t *testing.T) {
	const n = 3000
	pad := strings.Repeat("Pipelines &amp; more. ", 50) // 3 MB in all
	const plainText = "<job>\n<id>g%d</id>\n<title>Data Engineer</title>\n<skills><job>SQL</job><job><x>Go</x></job></skills>\n<description>PAD</description>\n</job>"
	const inCDATA = "<job>\n<id>g%d</id>\n<title><![CDATA[Data Engineer]]></title>\n<description><![CDATA[<p>PAD <br> <job> & </job></p>]]></description>\n<city>Bonn</city>\n</job>"
	for _, c := range []struct {
		name, old, spoilt string // what is spoilt, and how
		told              bool
	}{
		{"no opening tag", "<job>\n<id>", "<id>", true},
		{"no closing tag", "\n</job>", "", true},
		{"cut off in the title", "Data Engineer", "Data\x00", true},
		{"cut off in the description", "PAD", "\x00", true},
		{"cut off in a tag", "</title>", "</ti\x00", true},
		{"a title never closed", "</title>", "", false},
		{"a description never closed", "</description>", "", false},
		{"CDATA never closed", "]]></title>", "</title>", false},
		{"a comment", "<title>", "<!-- <job> --><title>", false},
		{"a tag of another", "<description>", "</company><description>", false},
	} {
		for _, record := range []string{plainText, inCDATA} {
			var b strings.Builder
			b.WriteString("<?xml version=\"1.0\"?>\n<jobs>\n")
			for i := range n {
				item := fmt.Sprintf(record, i)
				if i%10 == 1 {
					item, _, _ = strings.Cut(strings.Replace(item, c.old, c.spoilt, 1), "\x00")
				}
				b.WriteString(strings.ReplaceAll(item, "PAD", pad) + "\n")
			}
			wrong := 0
			if c.told {
				wrong = n / 10
			}
			got, errs := read(b.String()+"</jobs>", Options{})
			// what is left of a record without its opening tag may be told of piece by piece
			if len(got) != n-wrong || len(errs) < wrong || len(errs) > wrong && c.spoilt != "<id>" {
				t.Errorf("%s: %d postings, %d errors, the first %.200q", c.name, len(got), len(errs), append(errs, "")[0])
			}
			for _, p := range got {
				if p.Title != "Data Engineer" || !strings.Contains(p.Description, "Pipelines") {
					t.Errorf("%s: %s %q, %.200q", c.name, p.ID, p.Title, p.Description)
					break
				}
			}
		}
	}
}

// TestNestedXML: what stands in order is left as it is, whatever its names are.
func TestNestedXML(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`<company><id>77</id><name>Acme</name><url>http://acme.com/</url></company><id>1</id><title>Data Engineer</title><url>http://jobs/1</url><description>We build.</description>`, "1 Data Engineer http://jobs/1"},
		{`<location><id>77</id><name>N</name></location><id>1</id><title>Data Engineer</title><url>u</url><description>We build.</description>`, "1 Data Engineer u"},
		{`<id>1</id><title>Data Engineer</title><url>u</url><offer><salary>1</salary></offer><offer><salary>2</salary></offer><description>We build.</description>`, "1 Data Engineer u"},
		{`<id>1</id><title>Data Engineer</title><url>u</url><record><a>1</a></record><record><a>2</a></record>`, "1 Data Engineer u"},
	} {
		got, errs := read("<jobs><job>"+c.in+"</job></jobs>", Options{})
		if len(got) != 1 || len(errs) > 0 {
			t.Errorf("%s: %d postings, %q", c.in, len(got), errs)
		} else if s := got[0].ID + " " + got[0].Title + " " + got[0].URL; s != c.want {
			t.Errorf("%s: %s, %s was wanted", c.in, s, c.want)
		}
		if raw := "<job>" + c.in + "</job>"; string(mend([]byte(raw))) != raw {
			t.Errorf("%s: mended to %s", raw, mend([]byte(raw)))
		}
	}
}
