package classifier

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// MaxPosting is the size in bytes of the largest posting that ParsePosting
// reads. The largest of 7,480 real postings has 40 KB.
const MaxPosting = 1 << 20

// Posting is one job advertisement, as it came in. Description may be plain
// text or HTML; offsets in a Result are bytes into its fields as they stand here.
type Posting struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Company     string `json:"company,omitempty"`
	Location    string `json:"location,omitempty"`
	Description string `json:"description"`
	URL         string `json:"url,omitempty"`
	Posted      string `json:"posted,omitempty"`

	// Sections are parts of Description that the source names itself (an ATS
	// with a field for its requirements, say). They overrule what headings
	// say; where none covers a place, headings decide.
	Sections []Span `json:"sections,omitempty"`
}

// Span says that Description[Start:End] is of one section.
type Span struct {
	Section Section `json:"section"`
	Start   int     `json:"start"`
	End     int     `json:"end"`
}

// ParsePosting reads one posting from a JSON object with Posting's keys.
// Unknown keys are passed over, an id given as a number is kept as written,
// and null is an absent field. The error says which key is wrong, what it
// holds and what was wanted.
func ParsePosting(data []byte) (Posting, error) {
	var p Posting
	if len(data) > MaxPosting {
		return p, fmt.Errorf("posting of %d bytes: at most %d are read", len(data), MaxPosting)
	}
	w := wirePosting{wireFields: (*wireFields)(&p)}
	if err := json.Unmarshal(data, &w); err != nil {
		return Posting{}, explain(data, err)
	}
	id, err := scalar(w.ID)
	if err != nil {
		return Posting{}, err
	}
	p.ID = id
	return p, p.check()
}

// wirePosting lets an id be a string or a number and leaves the rest to Posting's tags.
type wirePosting struct {
	*wireFields
	ID json.RawMessage `json:"id"`
}

type wireFields Posting

func scalar(raw json.RawMessage) (string, error) {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return "", nil
	case raw[0] == '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return string(raw), nil
	}
	return "", fmt.Errorf(`"id": %s: a string or a number was wanted`, clip(string(raw), 40))
}

// check refuses what no answer could be given for.
func (p *Posting) check() error {
	if strings.TrimSpace(p.ID) == "" {
		return fmt.Errorf(`"id" is missing or empty: every posting needs one`)
	}
	for i, s := range p.Sections {
		if s.Start < 0 || s.End < s.Start || s.End > len(p.Description) {
			return fmt.Errorf(`"sections"[%d]: bytes %d to %d are not within a description of %d`, i, s.Start, s.End, len(p.Description))
		}
		if !s.Section.known() {
			return fmt.Errorf(`"sections"[%d]: %q is no section: one of %s was wanted`, i, clip(string(s.Section), 40), sectionNames())
		}
	}
	return nil
}

func explain(data []byte, err error) error {
	switch e := err.(type) {
	case *json.UnmarshalTypeError:
		if e.Field == "" {
			return fmt.Errorf("a JSON %s: an object with the fields of a posting was wanted", e.Value)
		}
		return fmt.Errorf("%q: a JSON %s: a %s was wanted", strings.TrimPrefix(e.Field, "wireFields."), e.Value, e.Type)
	case *json.SyntaxError:
		return fmt.Errorf("byte %d: %v near %q", e.Offset, e, around(data, int(e.Offset)))
	}
	return err
}

func around(data []byte, at int) string {
	return string(data[max(0, min(at, len(data))-12):min(len(data), at+12)])
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
