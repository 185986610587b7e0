package sink

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"rolecall/classifier"
)

// column is a column of the tables that are files: CSV and Parquet.
type column struct {
	name  string
	value func(*Row) string
}

var columns = []column{
	{"id", func(r *Row) string { return r.Posting.ID }},
	{"title", func(r *Row) string { return r.Posting.Title }},
	{"company", func(r *Row) string { return r.Posting.Company }},
	{"location", func(r *Row) string { return r.Posting.Location }},
	{"url", func(r *Row) string { return r.Posting.URL }},
	{"posted", func(r *Row) string { return r.Posting.Posted }},
	{"label", func(r *Row) string { return string(r.Result.Label) }},
	{"confidence", func(r *Row) string { return decimal(r.Result.Confidence) }},
	{"state", func(r *Row) string { return string(r.Result.State) }},
	{"score_ai_engineer", func(r *Row) string { return decimal(r.Result.Scores.AIEngineer) }},
	{"score_data_engineer", func(r *Row) string { return decimal(r.Result.Scores.DataEngineer) }},
	{"ai_share", func(r *Row) string { return decimal(r.Result.AIShare) }},
	{"de_share", func(r *Row) string { return decimal(r.Result.DEShare) }},
	{"seniority", func(r *Row) string { return r.Result.Seniority }},
	{"salary_min", func(r *Row) string { return salary(r, func(s *classifier.Salary) *float64 { return s.Min }) }},
	{"salary_max", func(r *Row) string { return salary(r, func(s *classifier.Salary) *float64 { return s.Max }) }},
	{"salary_currency", func(r *Row) string { return orEmpty(r.Result.Salary).Currency }},
	{"salary_period", func(r *Row) string { return orEmpty(r.Result.Salary).Period }},
	{"industries", func(r *Row) string { return strings.Join(r.Result.Industries, "; ") }},
	{"tools", func(r *Row) string { return ids(r.Result.Tools) }},
	{"skills", func(r *Row) string { return ids(r.Result.Skills) }},
	{"responsibilities", func(r *Row) string { return ids(r.Result.Responsibilities) }},
	{"reason", func(r *Row) string { return r.Result.Reason }},
	{"duplicate_of", func(r *Row) string { return r.DuplicateOf }},
	{"similarity", func(r *Row) string {
		if r.DuplicateOf == "" {
			return ""
		}
		return decimal(r.Similarity)
	}},
	{"taxonomy", func(r *Row) string { return r.Result.Taxonomy }},
	{"model", func(r *Row) string { return r.Result.Model }},
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func orEmpty(s *classifier.Salary) classifier.Salary {
	if s == nil {
		return classifier.Salary{}
	}
	return *s
}

func salary(r *Row, end func(*classifier.Salary) *float64) string {
	if s := orEmpty(r.Result.Salary); end(&s) != nil {
		return decimal(*end(&s))
	}
	return ""
}

func ids(all []classifier.Found) string {
	list := make([]string, len(all))
	for i, f := range all {
		list[i] = f.ID
	}
	return strings.Join(list, "; ")
}

type csvSink struct {
	w      io.Writer
	opts   Options
	record []string // columns of the input, with Enrich
	begun  bool
}

func newCSV(w io.Writer, opts Options) Sink { return &csvSink{w: w, opts: opts, begun: opts.Continue} }

// Begin takes the input's columns from the first record. What later records
// have under other names goes into the column "rest".
func (s *csvSink) Begin(first *Row) {
	if s.opts.Enrich && first.Record != nil {
		for name := range first.Record.Fields() {
			s.record = append(s.record, name)
		}
	}
}

func (s *csvSink) prefix() string {
	if s.opts.Enrich {
		return Key + "_"
	}
	return ""
}

func (s *csvSink) header() []byte {
	var line []byte
	for _, name := range s.record {
		line = cell(line, name)
	}
	for _, c := range columns {
		line = cell(line, s.prefix()+c.name)
	}
	if s.opts.Enrich {
		line = cell(line, s.prefix()+"rest")
	}
	return endLine(line)
}

func (s *csvSink) Encode(dst []byte, row *Row) []byte {
	var line, rest []byte
	if s.opts.Enrich && row.Record != nil {
		line, rest = s.passed(row)
	}
	for _, c := range columns {
		line = cell(line, c.value(row))
	}
	if s.opts.Enrich {
		line = cell(line, string(rest))
	}
	return append(dst, endLine(line)...)
}

// passed writes the input's own columns, of several with one name each in its
// turn; rest is what there is no column for, as a JSON object.
func (s *csvSink) passed(row *Row) (line, rest []byte) {
	type field struct{ name, value string }
	var fields []field
	for name, value := range row.Record.Fields() {
		fields = append(fields, field{name, value})
	}
	used := make([]bool, len(fields))
	for i, name := range s.record {
		value := ""
		for k := range fields { // from its place in the first record on, where nearly every record has it
			if at := (i + k) % len(fields); !used[at] && fields[at].name == name {
				used[at], value = true, fields[at].value
				break
			}
		}
		line = cell(line, value)
	}
	for i, f := range fields {
		if !used[i] && f.value != "" {
			rest = append(appendString(comma(rest, len(rest)), f.name), ':')
			rest = appendString(rest, f.value)
		}
	}
	if rest != nil {
		rest = append(append([]byte{'{'}, rest...), '}')
	}
	return line, rest
}

// cell appends a cell and the comma behind it. Where a spreadsheet cuts at
// semicolons or tabs, a cell with one in it is to stay one, too.
func cell(line []byte, s string) []byte {
	s = unformula(s)
	if strings.ContainsAny(s, ",;\"\t\r\n") || s != strings.TrimSpace(s) {
		line = append(line, '"')
		line = append(line, strings.ReplaceAll(s, `"`, `""`)...)
		return append(line, '"', ',')
	}
	return append(append(line, s...), ',')
}

// endLine turns the last comma into the end of the line.
func endLine(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte{','})
	return append(line, '\n')
}

// unformula keeps a spreadsheet from running a cell: what would start a
// formula gets an apostrophe before it, numbers aside.
func unformula(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	start := strings.TrimLeft(s, " \u00a0")
	if start == "" {
		return s
	}
	shown := strings.TrimLeftFunc(s, unseen)
	if !strings.ContainsRune("\t\r\n", firstRune(start)) && !strings.ContainsRune("=+-@|＝＋－＠", firstRune(shown)) {
		return s
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return s
	}
	return "'" + s
}

// unseen says that nobody sees a character at the start of a cell, and that a
// spreadsheet may drop it there: spaces of any width, controls, marks of order.
func unseen(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError
}

// firstRune is that of s, 0 where there is none.
func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

func (s *csvSink) Write(encoded []byte, _ []Row) error {
	if !s.begun && len(encoded) > 0 {
		s.begun = true
		if _, err := s.w.Write(s.header()); err != nil {
			return err
		}
	}
	_, err := s.w.Write(encoded)
	return err
}

func (s *csvSink) Close() error {
	if s.begun {
		return nil
	}
	_, err := s.w.Write(s.header()) // no rows: a file with a header still
	return err
}
