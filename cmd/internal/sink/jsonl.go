package sink

import (
	"io"
	"math"
	"strconv"
	"unicode/utf8"

	"rolecall/classifier"
	"rolecall/internal/eight"
)

type jsonl struct {
	w    io.Writer
	opts Options
}

func newJSONL(w io.Writer, opts Options) Sink { return &jsonl{w, opts} }

func (s *jsonl) Begin(*Row) {}

func (s *jsonl) Encode(dst []byte, row *Row) []byte {
	if s.opts.Enrich && row.Record != nil {
		result := appendRow(nil, row)
		if out, err := row.Record.JSON(dst, []byte(Key), result); err == nil {
			return append(out, '\n')
		}
	}
	return append(appendRow(dst, row), '\n')
}

func (s *jsonl) Write(encoded []byte, _ []Row) error {
	_, err := s.w.Write(encoded)
	return err
}

func (s *jsonl) Close() error { return nil }

// appendRow appends the result with what is known of the row beside it.
func appendRow(dst []byte, row *Row) []byte {
	dst = AppendResult(dst, &row.Result)
	if row.DuplicateOf == "" {
		return dst
	}
	dst = append(dst[:len(dst)-1], `,"duplicate_of":`...)
	dst = appendString(dst, row.DuplicateOf)
	dst = append(dst, `,"similarity":`...)
	return append(appendFloat(dst, row.Similarity), '}')
}

// AppendResult appends r as JSON, byte for byte as json.Marshal writes it (a
// test holds them together), several times as fast: in a batch, writing JSON
// would otherwise cost as much as classifying.
func AppendResult(dst []byte, r *classifier.Result) []byte {
	dst = strconv.AppendInt(append(dst, `{"format":`...), int64(r.Format), 10)
	dst = field(dst, `,"id":`, r.ID)
	dst = field(dst, `,"title":`, r.Title)
	dst = optional(dst, `,"company":`, r.Company)
	dst = optional(dst, `,"url":`, r.URL)
	dst = optional(dst, `,"label":`, string(r.Label))
	dst = float(dst, `,"confidence":`, r.Confidence)
	dst = field(dst, `,"state":`, string(r.State))
	if len(r.Candidates) > 0 {
		dst = list(append(dst, `,"candidates":`...), r.Candidates)
	}
	dst = float(dst, `,"scores":{"ai_engineer":`, r.Scores.AIEngineer)
	dst = float(dst, `,"data_engineer":`, r.Scores.DataEngineer)
	dst = float(dst, `},"ai_share":`, r.AIShare)
	dst = float(dst, `,"de_share":`, r.DEShare)
	dst = field(dst, `,"reason":`, r.Reason)
	dst = appendFound(append(dst, `,"tools":`...), r.Tools)
	dst = appendFound(append(dst, `,"skills":`...), r.Skills)
	dst = appendFound(append(dst, `,"responsibilities":`...), r.Responsibilities)
	dst = appendEvidence(append(dst, `,"evidence":`...), r.Evidence)
	dst = field(dst, `,"seniority":`, r.Seniority)
	if r.Salary != nil {
		dst = appendSalary(append(dst, `,"salary":`...), r.Salary)
	}
	if len(r.Industries) > 0 {
		dst = list(append(dst, `,"industries":`...), r.Industries)
	}
	if r.Codes != nil {
		dst = field(dst, `,"codes":{"onet":`, r.Codes.ONET)
		dst = append(field(dst, `,"esco":`, r.Codes.ESCO), '}')
	}
	dst = field(dst, `,"taxonomy":`, r.Taxonomy)
	return append(field(dst, `,"model":`, r.Model), '}')
}

func appendFound(dst []byte, all []classifier.Found) []byte {
	if all == nil {
		return append(dst, "null"...)
	}
	dst = append(dst, '[')
	for i := range all {
		f := &all[i]
		dst = field(comma(dst, i), `{"id":`, f.ID)
		dst = field(dst, `,"name":`, f.Name)
		dst = field(dst, `,"kind":`, f.Kind)
		dst = optional(dst, `,"category":`, f.Category)
		dst = optional(dst, `,"role":`, string(f.Role))
		dst = optional(dst, `,"need":`, string(f.Need))
		dst = append(appendMentions(append(dst, `,"mentions":`...), f.Mentions), '}')
	}
	return append(dst, ']')
}

func appendMentions(dst []byte, all []classifier.Mention) []byte {
	if all == nil {
		return append(dst, "null"...)
	}
	dst = append(dst, '[')
	for i := range all {
		dst = append(appendMention(append(comma(dst, i), '{'), &all[i]), '}')
	}
	return append(dst, ']')
}

func appendMention(dst []byte, m *classifier.Mention) []byte {
	dst = field(dst, `"field":`, m.Field)
	dst = strconv.AppendInt(append(dst, `,"start":`...), int64(m.Start), 10)
	dst = strconv.AppendInt(append(dst, `,"end":`...), int64(m.End), 10)
	return field(dst, `,"text":`, m.Text)
}

func appendEvidence(dst []byte, all []classifier.Evidence) []byte {
	if all == nil {
		return append(dst, "null"...)
	}
	dst = append(dst, '[')
	for i := range all {
		e := &all[i]
		dst = field(comma(dst, i), `{"role":`, string(e.Role))
		dst = optional(dst, `,"entry":`, e.Entry)
		dst = optional(dst, `,"cue":`, e.Cue)
		dst = optional(dst, `,"section":`, string(e.Section))
		dst = float(dst, `,"weight":`, e.Weight)
		if e.Mention != nil {
			dst = appendMention(append(dst, ','), e.Mention)
		}
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

func appendSalary(dst []byte, s *classifier.Salary) []byte {
	dst = number(dst, `{"min":`, s.Min)
	dst = number(dst, `,"max":`, s.Max)
	dst = field(dst, `,"currency":`, s.Currency)
	dst = field(dst, `,"period":`, s.Period)
	dst = append(optional(dst, `,"band":`, s.Band), ',')
	return append(appendMention(dst, &s.Mention), '}')
}

func number(dst []byte, name string, f *float64) []byte {
	if f == nil {
		return append(append(dst, name...), "null"...)
	}
	return float(dst, name, *f)
}

func comma(dst []byte, i int) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

func list[S ~string](dst []byte, all []S) []byte {
	dst = append(dst, '[')
	for i, s := range all {
		dst = appendString(comma(dst, i), string(s))
	}
	return append(dst, ']')
}

func field(dst []byte, name, value string) []byte {
	return appendString(append(dst, name...), value)
}

func optional(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	return field(dst, name, value)
}

func float(dst []byte, name string, f float64) []byte {
	return appendFloat(append(dst, name...), f)
}

// appendFloat writes a number as encoding/json does; what is no number, which
// no result has, as 0.
func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, '0')
	}
	if n := math.Round(f * 1e4); n/1e4 == f && math.Abs(n) < 1e12 && n != 0 {
		return appendFixed(dst, int64(n))
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	dst = strconv.AppendFloat(dst, f, format, -1, 64)
	if n := len(dst); format == 'e' && n >= 4 && dst[n-4] == 'e' && dst[n-3] == '-' && dst[n-2] == '0' {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

// appendFixed writes n ten-thousandths: most numbers of a result are such.
func appendFixed(dst []byte, n int64) []byte {
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	dst = strconv.AppendInt(dst, n/1e4, 10)
	if n %= 1e4; n == 0 {
		return dst
	}
	dst = append(dst, '.', byte('0'+n/1000), byte('0'+n/100%10), byte('0'+n/10%10), byte('0'+n%10))
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// plainByte are the bytes of ASCII that stand in a string as they are.
var plainByte = func() (plain [utf8.RuneSelf]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		plain[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	return plain
}()

// plainBytes says whether all eight of x are such.
func plainBytes(x uint64) bool {
	marks := eight.FirstEqual(x|2*eight.Ones, '>') | // '<', too
		eight.FirstEqual(x|4*eight.Ones, '&') | // '"', too
		eight.FirstEqual(x, '\\') | eight.FirstUnder(x, ' ')
	return (marks|x)&eight.High == 0
}

// appendString quotes s as encoding/json does, HTML's characters escaped too.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	if plain(s) {
		dst = append(dst, s...)
	} else {
		dst = appendEscaped(dst, s)
	}
	return append(dst, '"')
}

// plain says whether all bytes of s stand in a string as they are.
func plain(s string) bool {
	n := len(s)
	if n < 8 {
		return n == 0 || plainBytes(eight.Fill(s))
	}
	for i := 0; i+8 <= n; i += 8 {
		if !plainBytes(eight.Load(s, i)) {
			return false
		}
	}
	return plainBytes(eight.Load(s, n-8))
}

func appendEscaped(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if plainByte[c] {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			dst = appendEscape(dst, c)
			i++
			start = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || r == '\u2028' || r == '\u2029' {
			dst = append(dst, s[start:i]...)
			dst = append(dst, `\u`...)
			for shift := 12; shift >= 0; shift -= 4 {
				dst = append(dst, hexDigits[r>>shift&15])
			}
			start = i + n
		}
		i += n
	}
	return append(dst, s[start:]...)
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
