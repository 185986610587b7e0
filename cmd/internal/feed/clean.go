package feed

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"time"

	"rolecall/classifier"
)

// scalarOf is a value as one line of text; of a list the items with commas between.
func scalarOf(v any) string {
	return strings.TrimSpace(strings.Join(lines(v), ", "))
}

// lineOf is scalarOf without the entities of HTML, in which WordPress and
// scrapers write what is no HTML: "R&amp;D Engineer &#8211; Remote".
func lineOf(v any) string {
	s := scalarOf(v)
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	return strings.Join(strings.Fields(entity.ReplaceAllStringFunc(s, html.UnescapeString)), " ")
}

var entity = regexp.MustCompile(`&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});`)

// cleanTitle takes off what scrapers leave at a title's end.
func cleanTitle(s string) string {
	first, rest, more := strings.Cut(s, "\n")
	if first = strings.TrimSpace(first); more && strings.HasPrefix(strings.TrimSpace(rest), first) {
		s = first // LinkedIn repeats it for screen readers
	}
	return strings.TrimSuffix(strings.Join(strings.Fields(s), " "), " with verification")
}

// cleanCompany takes off the rating that Glassdoor's pages put under a name.
func cleanCompany(s string) string {
	first, rest, more := strings.Cut(s, "\n")
	if _, err := strconv.ParseFloat(strings.TrimSpace(rest), 64); more && err == nil {
		return strings.TrimSpace(first)
	}
	return s
}

// when turns seconds or milliseconds since 1970 into a date, and leaves the rest.
func when(s string) string {
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil:
		return s
	case len(s) == 13:
		return time.UnixMilli(n).UTC().Format(time.RFC3339)
	case len(s) == 10:
		return time.Unix(n, 0).UTC().Format(time.RFC3339)
	}
	return s
}

// fromTitle finds the company where job boards' RSS has it: "Company: Title" on
// We Work Remotely, "Title — Company" where the text begins with the company.
func fromTitle(p *classifier.Posting) {
	if company, title, ok := strings.Cut(p.Title, ": "); ok && strings.Contains(p.URL, "//weworkremotely.com/") {
		p.Company, p.Title = company, title
		return
	}
	at := strings.LastIndex(p.Title, " — ")
	if at < 0 {
		return
	}
	if company := strings.TrimSpace(p.Title[at+len(" — "):]); strings.HasPrefix(p.Description, company+" ·") {
		p.Company, p.Title = company, strings.TrimSpace(p.Title[:at])
	}
}

// fromFirstLine gives a posting without a title that of its first line. In
// Hacker News' threads that line is "company | job | place | ...".
func fromFirstLine(p *classifier.Posting) {
	head := clipBytes(p.Description, 4000)
	if isMarkup(head) {
		head = htmlText(head)
	}
	line, _, _ := strings.Cut(strings.TrimSpace(html.UnescapeString(head)), "\n")
	cells := strings.Split(line, "|")
	if len(cells) > 1 {
		if p.Company == "" {
			p.Company = strings.TrimSpace(cells[0])
		}
		for _, cell := range cells[1:] {
			if jobWord.MatchString(cell) {
				p.Title = strings.TrimSpace(cell)
				return
			}
		}
	}
	p.Title = clip(strings.TrimSpace(line), 100)
}

var jobWord = regexp.MustCompile(`(?i)engineer|developer|scientist|analyst|manager|architect|designer|lead|head of|director|founding|researcher|programmer|swe\b|sre\b|devops|intern|multiple|roles|positions`)

// tenant is whose postings an ATS's address shows: jobs.lever.co/ACME/...
func tenant(address string) string {
	for _, host := range []string{"://jobs.lever.co/", ".greenhouse.io/", "://jobs.ashbyhq.com/"} {
		if _, path, ok := strings.Cut(address, host); ok {
			name, _, more := strings.Cut(path, "/")
			if more && name != "embed" {
				return name
			}
		}
	}
	return ""
}
