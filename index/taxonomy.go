// Package index holds what is known of the two roles: a taxonomy in text
// files, the bleve index that is built of it, and the tagger that is compiled
// from the index and finds every form of every entry in a text in one pass.
//
// Parse reads and checks a taxonomy, Build puts it into an index in memory or
// in a folder, Open reads such a folder. An index alone is enough to tag with
// and to search. The package decides nothing: what a mention means for a
// posting is the classifier's matter.
package index

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
)

// Taxonomy is everything the program knows of tools, skills, responsibilities,
// titles, industries and salaries.
type Taxonomy struct {
	Entries  []Entry
	Revision string // changes whenever a file does: 12 hex digits
}

// Entry is one thing in the taxonomy.
type Entry struct {
	ID       string   `json:"id"` // never reused
	Name     string   `json:"name"`
	Kind     Kind     `json:"kind"`
	Category string   `json:"category,omitempty"`
	Role     string   `json:"role,omitempty"` // ai_engineer or data_engineer, where it speaks for one of them
	From     string   `json:"from"`           // "article: <part>" or "added"
	Forms    []Form   `json:"forms,omitempty"`
	Actions  []string `json:"actions,omitempty"` // responsibilities: verbs in all their forms
	Objects  []string `json:"objects,omitempty"` // responsibilities: what the verbs act on
	Value    string   `json:"value,omitempty"`   // seniority: the level; headings: the section; needs: the need
	Band     *Band    `json:"band,omitempty"`
	Match    []string `json:"match,omitempty"`    // sentences in which it must be found
	NoMatch  []string `json:"no_match,omitempty"` // sentences in which it must not be found
}

// Kind says what an entry is.
type Kind string

// The kinds of entries.
const (
	Tool           Kind = "tool"
	Language       Kind = "language"
	Cloud          Kind = "cloud"
	Skill          Kind = "skill"
	Responsibility Kind = "responsibility"
	JobTitle       Kind = "title"
	Seniority      Kind = "seniority"
	Industry       Kind = "industry"
	SalaryBand     Kind = "salary"
	Heading        Kind = "heading"
	NeedCue        Kind = "need"
	Theme          Kind = "theme"
)

// Form is one spelling of an entry, with the rule that makes it safe where it
// is ambiguous. The rule's words are phrases; one of each list is enough.
type Form struct {
	Text          string   `json:"text"`
	Exact         bool     `json:"exact,omitempty"`           // letters as written here, capitals included
	Near          []string `json:"near,omitempty"`            // one must stand within 12 words; "@tools" is any tool, language or cloud without a rule
	NotNear       []string `json:"not_near,omitempty"`        // none may stand within 12 words
	FollowedBy    []string `json:"followed_by,omitempty"`     // one must come right after
	NotFollowedBy []string `json:"not_followed_by,omitempty"` // none may come right after
	PrecededBy    []string `json:"preceded_by,omitempty"`     // one must come right before
	NotPrecededBy []string `json:"not_preceded_by,omitempty"` // none may come right before
}

// ruled says whether the form has a rule besides its letters' case.
func (f *Form) ruled() bool {
	return len(f.Near)+len(f.NotNear)+len(f.FollowedBy)+len(f.NotFollowedBy)+len(f.PrecededBy)+len(f.NotPrecededBy) > 0
}

// byRule says whether the form counts by a rule.
func (f *Form) byRule() bool { return f.Exact || f.ruled() }

// Band is a yearly salary range in US dollars. Max 0 has no upper end.
type Band struct {
	Min int `json:"min"`
	Max int `json:"max,omitempty"`
}

// File is one file of a taxonomy.
type File struct {
	Name string
	Data []byte
}

//go:embed taxonomy/*.yaml
var embedded embed.FS

// DefaultFiles are the files that are built in, by name.
func DefaultFiles() []File {
	names, _ := fs.Glob(embedded, "taxonomy/*.yaml")
	slices.Sort(names)
	files := make([]File, len(names))
	for i, name := range names {
		data, _ := embedded.ReadFile(name)
		files[i] = File{Name: path.Base(name), Data: data}
	}
	return files
}

// DefaultTaxonomy is the taxonomy that is built in.
func DefaultTaxonomy() (*Taxonomy, error) { return Parse(DefaultFiles()...) }

// revision is a hash of the files' names and contents, wherever they lie.
func revision(files []File) string {
	h := sha256.New()
	for _, f := range files {
		h.Write([]byte(filepath.Base(f.Name) + "\x00"))
		h.Write(f.Data)
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}
