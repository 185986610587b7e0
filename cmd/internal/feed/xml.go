package feed

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/net/html/charset"
)

// items are the elements that hold a posting, in the feeds that have them.
var items = []string{"item", "entry", "job", "posting", "vacancy", "position", "jobposting", "offer", "joboffer", "listing", "vacature", "stelle", "row", "record"}

// isXML is true for what declares itself XML, or starts with an element that
// is none of HTML's.
func isXML(head []byte) bool {
	head = bytes.TrimSpace(head)
	if bytes.HasPrefix(head, []byte("<?xml")) {
		return !isHTMLPage(head)
	}
	return len(head) > 1 && head[0] == '<' && itemName(head) != "" && !isHTMLPage(head)
}

// itemName is the name, as written, of the first element in data that holds a posting.
func itemName(data []byte) string {
	at := itemAt(data)
	if at < 0 {
		return ""
	}
	return elementName(data[at+1:])
}

// itemAt is where the first element in data starts that holds a posting; -1 for nowhere.
func itemAt(data []byte) int {
	for at := 0; ; at++ {
		next := bytes.IndexByte(data[at:], '<')
		if next < 0 {
			return -1
		}
		if at += next; isItem([]byte(elementName(data[at+1:]))) {
			return at
		}
	}
}

// isItem says that an element holds a posting, by its name, with or without a prefix.
func isItem(name []byte) bool {
	if _, local, ok := bytes.Cut(name, []byte(":")); ok {
		name = local
	}
	for _, item := range items {
		if len(item) == len(name) && strings.EqualFold(item, string(name)) {
			return true
		}
	}
	return false
}

// elementName reads the name behind a "<"; "" where the tag is not all there.
func elementName(data []byte) string {
	for i, c := range data[:min(len(data), 64)] {
		if c == '>' || c == '/' || c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			return string(data[:i])
		}
	}
	return ""
}

// readXML takes the elements that hold a posting, whatever is around them. It
// cuts them out by their tags alone, so that damage inside one costs no other.
func readXML(s *source, w *window, _ *os.File) error {
	feedName := channelTitle(w.bytes())
	c := newCutter(s, w, func(raw []byte) (object, error) { return xmlObject(raw, feedName) })
	for c.seek() {
		if !c.record() {
			return nil
		}
	}
	if s.records == 0 && w.failed() == nil && !s.stopped {
		s.line = 1
		return fmt.Errorf("no element that holds a posting found: one of %s was wanted", strings.Join(items, ", "))
	}
	return nil
}

// channelTitle is the name of an RSS channel, which names the company where a
// company publishes it.
func channelTitle(head []byte) string {
	if at := itemAt(head); at >= 0 {
		head = head[:at]
	}
	_, rest, ok := bytes.Cut(head, []byte("<publisher>"))
	if !ok {
		return ""
	}
	title, _, _ := bytes.Cut(rest, []byte("</publisher>"))
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(clip(string(title), 200)), "<![CDATA["), "]]>"))
}

// xmlObject reads an item's elements. encoding/xml is told not to be strict:
// bare ampersands and HTML's entities are text.
func xmlObject(raw []byte, publisher string) (object, error) {
	raw = mend(raw)
	d := xml.NewDecoder(bytes.NewReader(raw))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = charset.NewReaderLabel
	x := xmlReader{d: d, raw: raw}
	tok, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("XML: %w", err)
	}
	o, err := x.members(0)
	if err != nil {
		return nil, err
	}
	if start, ok := tok.(xml.StartElement); ok {
		o = withAttributes(o, start)
	}
	if o.get("company") == nil && publisher != "" {
		o = append(o, member{"publisher", publisher})
	}
	return o, unmended(o)
}

// withAttributes is a record with what its own tag says of it, where its
// elements do not say the same.
func withAttributes(o object, start xml.StartElement) object {
	has := defaultMapper.find(o)
	for _, a := range start.Attr {
		m := member{qualified(a.Name), a.Value}
		said := a.Name.Space == "xmlns" || a.Name.Local == "xmlns" || o.get(m.name) != nil
		for i, f := range defaultMapper.find(object{m}).fields {
			said = said || f.rank > 0 && has.fields[i].rank > 0
		}
		if !said {
			o = append(o, m)
		}
	}
	return o
}

// unmended is what is wrong with a record that has the tags of other fields in
// one of a line: where that should have ended cannot be told.
func unmended(o object) error {
	for _, m := range o {
		s, _ := m.value.(string)
		if isOneLine([]byte(m.name)) && (strings.Contains(s, cdataStart) || strings.Contains(s, "</") && cutOffAt([]byte(s), m.name, "") >= 0) {
			return fmt.Errorf("XML: other elements stand in <%s>: its end was wanted before them", m.name)
		}
	}
	return nil
}

type xmlReader struct {
	d      *xml.Decoder
	raw    []byte
	values int
}

// members reads elements up to the end of the one they are in.
func (x *xmlReader) members(depth int) (object, error) {
	o := object{}
	for {
		tok, err := x.d.Token()
		if errors.Is(err, io.EOF) {
			return o, nil
		}
		if err != nil {
			return nil, fmt.Errorf("XML: %w", err)
		}
		switch tok := tok.(type) {
		case xml.EndElement:
			return o, nil
		case xml.StartElement:
			v, err := x.element(tok, depth+1)
			if err != nil {
				return nil, err
			}
			o = append(o, member{qualified(tok.Name), v})
		}
	}
}

var xmlSpaces = []string{"content", "media", "itunes", "dc", "georss", "atom"}

// qualified is an element's name, with the prefix where two feeds' worlds
// would mix: content:encoded is no encoded, media:title no title.
func qualified(n xml.Name) string {
	for _, space := range xmlSpaces {
		if n.Space == space || strings.Contains(n.Space, "/"+space+"/") {
			return space + ":" + n.Local
		}
	}
	return n.Local
}

// element reads an element: its text, or the elements in it, or for a
// description with unescaped markup that markup.
func (x *xmlReader) element(start xml.StartElement, depth int) (any, error) {
	if x.values++; depth > maxDepth || x.values > maxValues {
		return nil, fmt.Errorf("XML: elements nested more than %d deep, or more than %d of them", maxDepth, maxValues)
	}
	from := x.d.InputOffset()
	var text strings.Builder
	var inside object
	for {
		before := x.d.InputOffset()
		tok, err := x.d.Token()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("XML: %w", err)
		}
		switch tok := tok.(type) {
		case xml.CharData:
			text.Write(tok)
		case xml.StartElement:
			v, err := x.element(tok, depth+1)
			if err != nil {
				return nil, err
			}
			inside = append(inside, member{qualified(tok.Name), v})
		case xml.EndElement, nil:
			return xmlValue(start, inside, text.String(), x.raw[from:max(from, before)]), nil
		}
	}
}

func xmlValue(start xml.StartElement, inside object, text string, markup []byte) any {
	text = strings.TrimSpace(text)
	if len(inside) == 0 {
		if text == "" {
			for _, a := range start.Attr {
				if a.Name.Local == "href" { // Atom's links
					return a.Value
				}
			}
		}
		return text
	}
	if text != "" && isOneLine([]byte(start.Name.Local)) {
		return htmlText(string(markup))
	}
	if text != "" || isMarkup(string(markup)) {
		return strings.TrimSpace(string(markup))
	}
	return inside
}
