package feed

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlText is markup as text: blocks on lines of their own, items with a dash.
func htmlText(markup string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(markup))
	skip := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(b.String())
		case html.TextToken:
			if skip == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			skip += textBreak(z, &b, 1)
		case html.EndTagToken:
			skip = max(0, skip+textBreak(z, &b, -1))
		}
	}
}

// textBreak writes what a tag is worth in text, and gives step where the tag
// opens or closes something that is no text.
func textBreak(z *html.Tokenizer, b *strings.Builder, step int) int {
	name, _ := z.TagName()
	switch atom.Lookup(name) {
	case atom.Script, atom.Style, atom.Noscript, atom.Template:
		return step
	case atom.Li:
		if step > 0 {
			b.WriteString("\n- ")
		}
	case atom.P, atom.Div, atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Tr, atom.Section, atom.Table:
		b.WriteByte('\n')
	case atom.Br:
		b.WriteByte('\n')
	}
	return 0
}
