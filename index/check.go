package index

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
)

// checker holds what must be unique over all files, and every mistake.
type checker struct {
	mistakes []Mistake
	ids      map[string]Mistake // where each id stands
	forms    map[string]taken   // where each form stands
}

type taken struct {
	at    Mistake
	entry string
	form  Form
}

func newChecker() *checker {
	return &checker{ids: map[string]Mistake{}, forms: map[string]taken{}}
}

func (c *checker) err() error { return joinMistakes(c.mistakes) }

var (
	idShape = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

	kinds = []Kind{Tool, Language, Cloud, Skill, Responsibility, JobTitle, Seniority, Industry, SalaryBand, Heading, NeedCue, Theme}
	roles = []string{"ai_engineer", "data_engineer"}

	// values are what Value may hold, by kind.
	values = map[Kind][]string{
		Seniority: {"intern", "junior", "mid", "senior", "lead", "principal", "manager"},
		Heading:   {"duties", "requirements", "preferred", "company", "benefits", "legal", "other"},
		NeedCue:   {"preferred", "preferred_next", "required", "must", "context", "not"},
	}

	// english are words of common English that are a tool's name too: as such
	// they need a rule.
	//go:embed taxonomy/english.txt
	englishText string
	english     = func() map[string]bool {
		out := map[string]bool{}
		for _, w := range strings.Fields(englishText) {
			out[w] = true
		}
		return out
	}()
)

// thing says whether an entry is found in the text by its forms alone.
func (e *Entry) thing() bool {
	return e.Kind == Tool || e.Kind == Language || e.Kind == Cloud || e.Kind == Skill
}

// check looks at one entry; lines are those of its forms.
func (p *parser) check(e *Entry, line int, lines []int) {
	if !idShape.MatchString(e.ID) {
		p.fail(line, "id %q: small letters, digits and single hyphens were wanted", e.ID)
	}
	if at, ok := p.c.ids[e.ID]; ok {
		p.fail(line, "id %q stands at %s:%d too", e.ID, at.File, at.Line)
	}
	p.c.ids[e.ID] = Mistake{File: p.file, Line: line}
	if e.Name == "" {
		p.fail(line, "%s has no name", e.ID)
	}
	if !slices.Contains(kinds, e.Kind) {
		p.fail(line, "%s: kind %q does not exist", e.ID, e.Kind)
	}
	if e.Role != "" && !slices.Contains(roles, e.Role) {
		p.fail(line, "%s: role %q does not exist: ai_engineer, data_engineer or none at all was wanted", e.ID, e.Role)
	}
	if e.From != "added" && !strings.HasPrefix(e.From, "article: ") {
		p.fail(line, "%s: from %q: \"article: <part>\" or \"added\" was wanted", e.ID, e.From)
	}
	if want := values[e.Kind]; want != nil && !slices.Contains(want, e.Value) {
		p.fail(line, "%s: value %q: one of %s was wanted", e.ID, e.Value, strings.Join(want, ", "))
	}
	if e.Kind == Responsibility && (len(e.Actions) == 0) != (len(e.Objects) == 0) {
		p.fail(line, "%s: actions need objects, and objects actions", e.ID)
	}
	if e.Kind == SalaryBand && e.Band == nil {
		p.fail(line, "%s: a salary needs a band", e.ID)
	}
	for i := range e.Forms {
		p.checkForm(e, &e.Forms[i], lines[i])
	}
	p.checkExamples(e, line)
}

func (p *parser) checkForm(e *Entry, f *Form, line int) {
	words := Words(f.Text)
	if len(words) == 0 {
		p.fail(line, "%s: form %q holds no word", e.ID, f.Text)
		return
	}
	if e.Kind == Responsibility && f.byRule() {
		p.fail(line, "%s: form %q has a rule, which is not looked at for a responsibility: more words were wanted", e.ID, f.Text)
	}
	if !e.thing() {
		return
	}
	if len(words) == 1 && !f.ruled() {
		switch {
		case len(words[0]) == 1:
			p.fail(line, "%s: form %q needs a rule: one letter is ambiguous", e.ID, f.Text)
		case !f.Exact && english[words[0]]:
			p.fail(line, "%s: form %q needs a rule: it is an English word too", e.ID, f.Text)
		}
	}
	key := strings.Join(words, " ")
	if f.Exact {
		key = f.Text
	}
	if was, ok := p.c.forms[key]; ok && (was.entry == e.ID || !was.form.ruled() || !f.ruled()) {
		p.fail(line, "%s: form %q stands at %s:%d too (%s)", e.ID, f.Text, was.at.File, was.at.Line, was.entry)
	}
	p.c.forms[key] = taken{Mistake{File: p.file, Line: line}, e.ID, *f}
}

// checkExamples wants sentences for and against wherever a rule decides.
func (p *parser) checkExamples(e *Entry, line int) {
	if !e.thing() || !slices.ContainsFunc(e.Forms, func(f Form) bool { return f.ruled() }) {
		return
	}
	if len(e.Match) == 0 {
		p.fail(line, "%s has a rule and no example under match", e.ID)
	}
	if len(e.NoMatch) == 0 {
		p.fail(line, "%s has a rule and no example under no_match", e.ID)
	}
}

// English says whether a word is one of common English, so that as a form it
// needs a rule.
func English(word string) bool { return english[fold(word)] }
