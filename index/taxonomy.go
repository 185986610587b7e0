package index

// Entry is one thing the taxonomy knows.
type Entry struct {
	ID       string   // never reused
	Name     string   // as people write it; also a form, unless Forms has the same text with a rule
	Kind     Kind     // by default the file's
	Category string   // of the article's tables, or one added
	Role     string   // ai_engineer or data_engineer, where it speaks for one of them
	From     string   // `article: <part>` or `added`
	Forms    []Form   // other spellings
	Actions  []string // responsibilities: verbs, base form; "@group" is a group of the file
	Objects  []string // responsibilities: what the verb acts on
	Value    string   // titles: seniority level; cues: section or need
	Band     *Band    // salary bands
	Match    []string // example sentences in which the entry must be found
	NoMatch  []string // example sentences in which it must not be found
}

// Kind says what an entry is.
type Kind string

const (
	Tool           Kind = "tool"
	Language       Kind = "language"
	Cloud          Kind = "cloud"
	Skill          Kind = "skill"
	Responsibility Kind = "responsibility"
	TitleKind      Kind = "title"
	Seniority      Kind = "seniority"
	Industry       Kind = "industry"
	SalaryBand     Kind = "salary"
	Heading        Kind = "heading"
	NeedCue        Kind = "need"
)

// Form is one spelling of an entry, with the rule that makes it safe where it is ambiguous.
type Form struct {
	Text          string
	Exact         bool     // letters must be of the case written
	Near          []string // one of these must stand within 12 words of it, in the same sentence or list; "@tools" is any other tool, language or cloud that has no rule of its own
	NotNear       []string // none of these may
	FollowedBy    []string // the next word or words must be one of these
	NotFollowedBy []string
	PrecededBy    []string
	NotPrecededBy []string
}

// Band is a yearly salary range in US dollars; Max 0 is open-ended.
type Band struct{ Min, Max int }
