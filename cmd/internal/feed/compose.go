package feed

import (
	"html"
	"regexp"
	"strings"

	"rolecall/classifier"
)

// spans sets the description: the main text as it is, and behind it the parts
// that the source keeps apart, each under a heading and with its span.
func (m *mapper) spans(o object, p *classifier.Posting, all *mapped) error {
	main := strings.Join(lines(all.fields[fDescription].value), "\n")
	if s, ok := all.fields[fDescription].value.(string); ok {
		main = s
	}
	if doublyEscaped(main) {
		main = html.UnescapeString(main)
	}
	if given, ok, err := givenSpans(o, main); ok || err != nil {
		p.Description, p.Sections = main, given
		return err
	}
	c := composer{main: main, markup: isMarkup(main)}
	c.text.WriteString(main)
	for _, named := range listsOf(o) {
		c.add(named.section, named.heading, named.value)
	}
	for i, part := range parts {
		if f, ok := all.parts[i]; ok {
			c.add(part.section, part.heading, f.value)
		}
	}
	if line := payOf(o); line != "" {
		c.add("", "Pay", "Salary: "+line)
	}
	p.Description, p.Sections = c.text.String(), c.spans
	return nil
}

// givenSpans reads the key "sections" of a posting that has rolecall's own form.
func givenSpans(o object, main string) (spans []classifier.Span, ok bool, err error) {
	list, _ := o.get("sections").([]any)
	if len(list) == 0 {
		return nil, false, nil
	}
	if first, isObject := list[0].(object); !isObject || first.get("start") == nil {
		return nil, false, nil
	}
	data := appendJSON(nil, object{{"id", "x"}, {"description", main}, {"sections", list}})
	p, err := classifier.ParsePosting(data)
	return p.Sections, err == nil, err
}

// composer writes parts behind a description, in its kind of text.
type composer struct {
	main     string
	squeezed string // main, once it was asked for
	asked    int
	text     strings.Builder
	markup   bool
	spans    []classifier.Span
}

// add writes a part, unless the main text has it already.
func (c *composer) add(section classifier.Section, heading string, value any) {
	items := lines(value)
	if len(items) == 0 || c.has(items) {
		return
	}
	if c.text.Len() == 0 {
		c.markup = isMarkup(strings.Join(items, "\n"))
	}
	var body string
	if c.markup {
		c.text.WriteString("\n<h3>" + html.EscapeString(heading) + "</h3>\n")
		body = asMarkup(items)
	} else {
		if c.text.Len() > 0 {
			c.text.WriteString("\n\n")
		}
		c.text.WriteString(heading + "\n")
		body = asPlain(items)
	}
	start := c.text.Len()
	c.text.WriteString(body)
	if section != "" {
		c.spans = append(c.spans, classifier.Span{Section: section, Start: start, End: c.text.Len()})
	}
}

// mostAsked bounds how many parts of a record are looked for in its main text.
const mostAsked = 100

// has says that the main text has the first and the last item already.
func (c *composer) has(items []string) bool {
	if c.asked++; c.asked > mostAsked {
		return false
	}
	if c.squeezed == "" {
		c.squeezed = squeeze(c.main)
	}
	for _, item := range []string{items[0], items[len(items)-1]} {
		if isMarkup(item) {
			item = htmlText(item)
		}
		if !strings.Contains(c.squeezed, squeeze(clipBytes(item, 200))) {
			return false
		}
	}
	return true
}

func asMarkup(items []string) string {
	var b strings.Builder
	if len(items) == 1 {
		if s := unescaped(items[0]); isMarkup(s) {
			return s + "\n"
		}
		return "<p>" + html.EscapeString(items[0]) + "</p>\n"
	}
	b.WriteString("<ul>\n")
	for _, item := range items {
		if !isMarkup(item) {
			item = html.EscapeString(item)
		}
		b.WriteString("<li>" + item + "</li>\n")
	}
	b.WriteString("</ul>\n")
	return b.String()
}

func asPlain(items []string) string {
	var b strings.Builder
	for _, item := range items {
		if item = unescaped(item); isMarkup(item) {
			item = htmlText(item)
		}
		if len(items) > 1 {
			b.WriteString("- ")
		}
		b.WriteString(item + "\n")
	}
	return b.String()
}

func clipBytes(s string, n int) string { return s[:min(n, len(s))] }

// squeeze leaves letters and digits of a text only, so that markup and line
// breaks make no difference between two copies of it.
func squeeze(s string) string {
	if isMarkup(s) {
		s = htmlText(s)
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i] | 0x20; {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 0x80:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// named is a part whose heading the record itself gives.
type named struct {
	section classifier.Section
	heading string
	value   any
}

// listsOf reads Lever's lists: [{"text": heading, "content": items}, ...].
func listsOf(o object) []named {
	list, _ := o.get("lists").([]any)
	var all []named
	for _, item := range list {
		if o, ok := item.(object); ok && o.text("content") != "" {
			heading := o.text("text")
			all = append(all, named{sectionOf(heading), heading, o.text("content")})
		}
	}
	return all
}

// sectionOf is the section that a heading plainly announces; where it does not,
// the classifier's own reading of headings decides.
func sectionOf(heading string) classifier.Section {
	heading = strings.ToLower(heading)
	for _, cue := range []struct {
		section classifier.Section
		words   string
	}{
		{classifier.Preferred, `nice to have|bonus|preferred|plus`},
		{classifier.Duties, `you'll do|you’ll do|you will do|responsibilit|duties|your role|day to day`},
		{classifier.Requirements, `requirement|qualification|you are|you have|you'll bring|you’ll bring|who you|must have|skills|experience`},
		{classifier.Benefits, `benefit|perks|we offer`},
	} {
		for word := range strings.SplitSeq(cue.words, "|") {
			if strings.Contains(heading, word) {
				return cue.section
			}
		}
	}
	return ""
}

var (
	tag        = regexp.MustCompile(`(?i)</?(?:p|br|div|ul|ol|li|h[1-6]|strong|b|em|i|span|section|table|tr|td|a|font|hr)(?:\s[^<>]*)?/?>`)
	escapedTag = regexp.MustCompile(`(?i)&lt;/?(?:p|br|div|ul|ol|li|h[1-6]|strong|b|em|i|span|section|table|a)\b`)
)

func isMarkup(s string) bool {
	return strings.IndexByte(s, '<') >= 0 && tag.MatchString(s)
}

// doublyEscaped says that a text is HTML escaped once too often, as
// Greenhouse sends it and RSS often has it.
func doublyEscaped(s string) bool {
	return strings.Contains(s, "&lt;") && !isMarkup(s) && escapedTag.MatchString(s)
}

func unescaped(s string) string {
	if doublyEscaped(s) {
		return html.UnescapeString(s)
	}
	return s
}
