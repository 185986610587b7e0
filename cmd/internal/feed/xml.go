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
	for at := 0; ; {
		next := bytes.IndexByte(data[at:], '<')
		if next < 0 {
			return ""
		}
		at += next + 1
		name := elementName(data[at:])
		if _, local, ok := strings.Cut(name, ":"); ok && isItem(local) || isItem(name) {
			return name
		}
	}
}

func isItem(name string) bool {
	name = strings.ToLower(name)
	for _, item := range items {
		if name == item {
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
	name, feedName := "", ""
	for {
		if name = itemName(w.bytes()); name != "" {
			break
		}
		if w.full() || !w.more() {
			return fmt.Errorf("no element that holds a posting found: one of %s was wanted", strings.Join(items, ", "))
		}
	}
	feedName = channelTitle(w.bytes())
	open, end := []byte("<"+name), []byte("</"+name)
	decode := func(raw []byte) (object, error) { return xmlObject(raw, feedName) }
	for seekXML(w, open) {
		place := Place{Line: w.line}
		n := xmlEnd(w, open, end)
		if n == 0 {
			r := Record{Err: errors.New("the <" + name + "> that starts here never ends"), Place: place, raw: bytes.Clone(w.bytes()[:min(1000, len(w.bytes()))])}
			w.skip(1)
			if !s.emit(r) {
				return nil
			}
			continue
		}
		if !s.emit(Record{raw: w.take(n), Place: place, decode: decode}) {
			return nil
		}
	}
	return nil
}

// channelTitle is the name of an RSS channel, which names the company where a
// company publishes it.
func channelTitle(head []byte) string {
	_, rest, ok := bytes.Cut(head, []byte("<publisher>"))
	if !ok {
		return ""
	}
	title, _, _ := bytes.Cut(rest, []byte("</publisher>"))
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(clip(string(title), 200)), "<![CDATA["), "]]>"))
}

// seekXML moves w to the next opening tag of an item; false where there is none.
func seekXML(w *window, open []byte) bool {
	for {
		data := w.bytes()
		at := bytes.Index(data, open)
		switch {
		case at >= 0 && at+len(open) < len(data):
			w.skip(at)
			if tagEnds(data[at+len(open)]) {
				return true
			}
			w.skip(1)
		case w.more():
		default:
			if keep := len(open); len(data) > keep && w.err == nil {
				w.skip(len(data) - keep)
				continue
			}
			return false
		}
	}
}

func tagEnds(c byte) bool {
	return c == '>' || c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '/'
}

// xmlEnd is the length of the element that w stands at; 0 where it does not
// end in the window, or where another starts first with no end between: an
// element that was never closed. What CDATA holds is passed over.
func xmlEnd(w *window, open, end []byte) int {
	for i := len(open); ; {
		data := w.bytes()
		for {
			at := bytes.IndexByte(data[i:], '<')
			if at < 0 || len(data)-i-at < len(end)+1 {
				break
			}
			i += at
			rest := data[i:]
			switch {
			case bytes.HasPrefix(rest, []byte("<![CDATA[")):
				close := bytes.Index(rest, []byte("]]>"))
				if close < 0 {
					goto more
				}
				i += close + 3
			case bytes.HasPrefix(rest, end) && tagEnds(rest[len(end)]):
				if close := bytes.IndexByte(rest, '>'); close >= 0 {
					return i + close + 1
				}
				goto more
			case bytes.HasPrefix(rest, open) && tagEnds(rest[len(open)]):
				return 0
			default:
				i++
			}
		}
	more:
		if !w.more() {
			return 0
		}
	}
}

// xmlObject reads an item's elements. encoding/xml is told not to be strict:
// bare ampersands and HTML's entities are text.
func xmlObject(raw []byte, publisher string) (object, error) {
	d := xml.NewDecoder(bytes.NewReader(raw))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = charset.NewReaderLabel
	x := xmlReader{d: d, raw: raw}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("XML: %w", err)
	}
	o, err := x.members(0)
	if err != nil {
		return nil, err
	}
	if o.get("company") == nil && publisher != "" {
		o = append(o, member{"publisher", publisher})
	}
	return o, nil
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

// qualified is an element's name, with the prefix where two feeds' worlds
// would mix: content:encoded is no encoded, media:title no title.
func qualified(n xml.Name) string {
	for _, space := range []string{"content", "media", "itunes", "dc", "georss", "atom"} {
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
	if text != "" || isMarkup(string(markup)) {
		return strings.TrimSpace(string(markup))
	}
	return inside
}
