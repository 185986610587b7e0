package sink

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"rolecall/classifier"
)

type jsonld struct {
	w    io.Writer
	opts Options
}

func newJSONLD(w io.Writer, opts Options) Sink { return &jsonld{w, opts} }

func (s *jsonld) Begin(*Row) {}

// jobPosting is schema.org's JobPosting, as far as a classified posting fills it.
type jobPosting struct {
	Context              string         `json:"@context"`
	Type                 string         `json:"@type"`
	Identifier           *propertyValue `json:"identifier,omitempty"`
	Title                string         `json:"title"`
	Description          string         `json:"description"`
	HiringOrganization   *named         `json:"hiringOrganization,omitempty"`
	JobLocation          *place         `json:"jobLocation,omitempty"`
	DatePosted           string         `json:"datePosted,omitempty"`
	URL                  string         `json:"url,omitempty"`
	Skills               []definedTerm  `json:"skills,omitempty"`
	Responsibilities     string         `json:"responsibilities,omitempty"`
	OccupationalCategory []categoryCode `json:"occupationalCategory,omitempty"`
	Industry             []string       `json:"industry,omitempty"`
	Rolecall             verdict        `json:"rolecall"` // label and confidence, in no vocabulary
}

type propertyValue struct {
	Type  string `json:"@type"`
	Value string `json:"value"`
}

type named struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

type place struct {
	Type    string `json:"@type"`
	Address string `json:"address"`
}

type definedTerm struct {
	Type     string `json:"@type"`
	Name     string `json:"name"`
	TermCode string `json:"termCode"`
}

type categoryCode struct {
	Type      string `json:"@type"`
	InCodeSet string `json:"inCodeSet"`
	CodeValue string `json:"codeValue"`
}

// verdict is what schema.org has no property for.
type verdict struct {
	Label      classifier.Label  `json:"label,omitempty"`
	Confidence float64           `json:"confidence"`
	State      classifier.State  `json:"state"`
	Scores     classifier.Scores `json:"scores"`
	Duplicate  string            `json:"duplicate_of,omitempty"`

	// What the record that is passed through says itself in their place.
	Skills               []definedTerm  `json:"skills,omitempty"`
	Responsibilities     string         `json:"responsibilities,omitempty"`
	OccupationalCategory []categoryCode `json:"occupationalCategory,omitempty"`
}

func (s *jsonld) Encode(dst []byte, row *Row) []byte {
	p, r := &row.Posting, &row.Result
	job := jobPosting{
		Context: "https://schema.org", Type: "JobPosting",
		Identifier: &propertyValue{"PropertyValue", p.ID},
		Title:      p.Title, Description: p.Description, DatePosted: p.Posted, URL: p.URL,
		Skills: terms(r), Responsibilities: names(r.Responsibilities), Industry: r.Industries,
		OccupationalCategory: codes(r.Codes),
		Rolecall:             verdict{Label: r.Label, Confidence: r.Confidence, State: r.State, Scores: r.Scores, Duplicate: row.DuplicateOf},
	}
	if p.Company != "" {
		job.HiringOrganization = &named{"Organization", p.Company}
	}
	if p.Location != "" {
		job.JobLocation = &place{"Place", p.Location}
	}
	data, err := json.Marshal(job)
	if err != nil { // only numbers that are none could be refused, and no result has any
		return dst
	}
	if s.opts.Enrich && row.Record != nil {
		if out, err := addTo(dst, row, &job); err == nil {
			return append(out, '\n')
		}
	}
	return append(append(dst, data...), '\n')
}

// addTo adds what was found to the record as it came, with HTML's characters
// escaped in it: JSON-LD is pasted into pages, where a posting's </script>
// would end the element. What the employer says himself stays where it is.
func addTo(dst []byte, row *Row, job *jobPosting) ([]byte, error) {
	for name, value := range row.Record.Fields() {
		switch {
		case value == "" || value == "[]":
		case name == "skills" && job.Skills != nil:
			job.Rolecall.Skills, job.Skills = job.Skills, nil
		case name == "responsibilities" && job.Responsibilities != "":
			job.Rolecall.Responsibilities, job.Responsibilities = job.Responsibilities, ""
		case name == "occupationalCategory" && job.OccupationalCategory != nil:
			job.Rolecall.OccupationalCategory, job.OccupationalCategory = job.OccupationalCategory, nil
		}
	}
	var added [][]byte
	for _, m := range []struct {
		name  string
		value any
		empty bool
	}{
		{"skills", job.Skills, len(job.Skills) == 0},
		{"responsibilities", job.Responsibilities, job.Responsibilities == ""},
		{"occupationalCategory", job.OccupationalCategory, len(job.OccupationalCategory) == 0},
		{Key, job.Rolecall, false},
	} {
		if m.empty {
			continue
		}
		data, err := json.Marshal(m.value)
		if err != nil {
			return dst, err
		}
		added = append(added, []byte(m.name), data)
	}
	record, err := row.Record.JSON(nil, added...)
	if err != nil {
		return dst, err
	}
	buf := bytes.NewBuffer(dst)
	json.HTMLEscape(buf, record)
	return buf.Bytes(), nil
}

func terms(r *classifier.Result) []definedTerm {
	var all []definedTerm
	for _, list := range [][]classifier.Found{r.Tools, r.Skills} {
		for _, f := range list {
			all = append(all, definedTerm{"DefinedTerm", f.Name, f.ID})
		}
	}
	return all
}

func names(all []classifier.Found) string {
	list := make([]string, len(all))
	for i, f := range all {
		list[i] = f.Name
	}
	return strings.Join(list, ". ")
}

func codes(c *classifier.Codes) []categoryCode {
	if c == nil {
		return nil
	}
	return []categoryCode{{"CategoryCode", "O*NET-SOC", c.ONET}, {"CategoryCode", "ESCO", c.ESCO}}
}

func (s *jsonld) Write(encoded []byte, _ []Row) error {
	_, err := s.w.Write(encoded)
	return err
}

func (s *jsonld) Close() error { return nil }
