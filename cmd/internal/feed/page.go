package feed

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func parsePage(page []byte) (*html.Node, error) {
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil, fmt.Errorf("HTML: %w", err)
	}
	return doc, nil
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// microdata gives the JobPostings of a page that are marked up with itemscope
// and itemprop.
func microdata(doc *html.Node) []object {
	var all []object
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && strings.HasSuffix(attr(n, "itemtype"), "schema.org/JobPosting") {
			all = append(all, properties(n, 0))
		}
	}
	return all
}

// properties reads the itemprops of an item; those of an item inside it go
// into an object of their own.
func properties(item *html.Node, depth int) object {
	var o object
	for n := range item.ChildNodes() {
		if n.Type != html.ElementNode || depth > maxDepth || len(o) > maxColumns {
			continue
		}
		inside := properties(n, depth+1)
		switch prop := attr(n, "itemprop"); {
		case prop == "":
			o = append(o, inside...)
		case hasAttr(n, "itemscope"):
			o = append(o, member{prop, inside})
		default:
			o = append(o, member{prop, propertyValue(n, prop)})
		}
	}
	return o
}

func hasAttr(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// propertyValue is what an element says as a property: an attribute for some
// elements, its markup for long texts, otherwise its text.
func propertyValue(n *html.Node, prop string) string {
	for _, name := range []string{"content", "datetime", "href"} {
		if v := attr(n, name); v != "" {
			return v
		}
	}
	markup := innerHTML(n)
	if len(markup) > 300 || strings.Contains(prop, "escription") {
		return markup
	}
	return htmlText(markup)
}

func innerHTML(n *html.Node) string {
	var b strings.Builder
	for c := range n.ChildNodes() {
		if html.Render(&b, c) != nil {
			break
		}
	}
	return strings.TrimSpace(b.String())
}

// mainText reads a page without structured data: its heading or title, and the
// markup of its main part.
func mainText(doc *html.Node) object {
	var title, heading string
	var main, body *html.Node
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.Title:
			title = first(title, htmlText(innerHTML(n)))
		case atom.H1:
			heading = first(heading, htmlText(innerHTML(n)))
		case atom.Main, atom.Article:
			if main == nil {
				main = n
			}
		case atom.Body:
			body = n
		}
	}
	if main == nil {
		main = body
	}
	if main == nil || len(htmlText(innerHTML(main))) < 40 {
		return nil
	}
	return object{{"title", first(heading, title)}, {"description", innerHTML(main)}}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return strings.TrimSpace(b)
}
