package classifier

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"rolecall/index"
)

// Model is what was learned from labelled postings: for each feature its
// weights for the eight sections of a sentence, for its kind of work, and for
// the two questions about the posting. It is a text file, a feature a line.
// What words and entries say of responsibilities are lines of their own, with a
// weight for each: "x:" and a word, "y:" and an entry.
type Model struct {
	Revision    string // hash of the file: 12 hex digits
	Note        string // what it was fitted on, and how well it did
	rows        []row
	names       []string          // by row, for evidence
	numbers     [nNumbers]roleRow // what is not a word: shares of the duties and the like
	curves      [2]shareCurve     // of the AI and the data share
	constantRow int               // the row that always counts: the log-odds of a posting that says nothing
	tasks       tasks             // what was learned of responsibilities
	tables      *tables           // the rows once more, as they are asked for
}

// row is a feature's weights.
type row struct {
	step1 outputs // sections, then AI and data work
	idf   float32 // 0: it says nothing about a posting as a whole
	role  roleRow
}

// roleRow is the weights for the two questions, with and without a title.
type roleRow [4]float32

// nQuestions is how many weights a roleRow has; question q of a posting
// without a title is at q+2.
const nQuestions = 4

// curveName names the row of the curves of the shares: of each a constant and
// a slope.
const curveName = "shown"

const modelHead = "rolecall model 3"

//go:embed model.tsv
var builtInModel string

// DefaultModel is the model that is built in.
func DefaultModel() (*Model, error) { return parseModel(builtInModel) }

// maxModel is the size of the largest model file that is read, in bytes: some
// 250 times the one that is built in.
const maxModel = 256 << 20

// ReadModel reads a model file. The error names the line.
func ReadModel(from io.Reader) (*Model, error) {
	data, err := io.ReadAll(io.LimitReader(from, maxModel+1))
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	if len(data) > maxModel {
		return nil, fmt.Errorf("model: more than %d bytes", maxModel)
	}
	return parseModel(string(data))
}

func parseModel(text string) (*Model, error) {
	sum := sha256.Sum256([]byte(text))
	m := &Model{Revision: hex.EncodeToString(sum[:])[:12], constantRow: -1}
	head, rest := cutLine(text)
	if head != modelHead {
		return nil, fmt.Errorf("model: line 1: %q was wanted", modelHead)
	}
	for n := 2; rest != ""; n++ {
		var line string
		line, rest = cutLine(rest)
		if err := m.line(line); err != nil {
			return nil, fmt.Errorf("model: line %d: %w", n, err)
		}
	}
	if m.constantRow < 0 {
		return nil, fmt.Errorf("model: no row \"%c:\", which counts for every posting", fConstant)
	}
	if !m.tasks.complete() {
		return nil, fmt.Errorf("model: no row \"%s\", which counts for every duty", taskEntry)
	}
	m.tables = newTables(m)
	return m, nil
}

// cutLine takes a line off a text, whichever way it ends.
func cutLine(text string) (line, rest string) {
	line, rest, _ = strings.Cut(text, "\n")
	return strings.TrimSuffix(line, "\r"), rest
}

func (m *Model) line(s string) error {
	if note, ok := strings.CutPrefix(s, "# "); ok {
		m.Note += note + "\n"
		return nil
	}
	if strings.HasPrefix(s, taskWord) || strings.HasPrefix(s, taskEntry) {
		return m.tasks.line(s)
	}
	if n := 1 + strings.Count(s, "\t"); n != 2+nOut+nQuestions {
		return fmt.Errorf("%d cells: %d were wanted", n, 2+nOut+nQuestions)
	}
	name, rest, _ := strings.Cut(s, "\t")
	var v [1 + nOut + nQuestions]float32
	for i := range v {
		var c string
		if c, rest, _ = strings.Cut(rest, "\t"); c == "" {
			continue
		}
		x, err := weightOf(c)
		if err != nil {
			return err
		}
		v[i] = x
	}
	w := row{idf: v[0], step1: outputs(v[1 : 1+nOut]), role: roleRow(v[1+nOut:])}
	for _, x := range w.step1 {
		if _, err := steps(x); err != nil {
			return err
		}
	}
	kind, words, ok := strings.Cut(name, ":")
	switch {
	case !ok || len(kind) != 1:
		return fmt.Errorf("name %q: a letter, a colon and words were wanted", name)
	case featureKind(kind[0]) == fShare && words == curveName:
		m.curves = [2]shareCurve{{w.role[0], w.role[1]}, {w.role[2], w.role[3]}}
		return nil
	case featureKind(kind[0]) == fShare:
		i, err := strconv.Atoi(words)
		if err != nil || i < 0 || i >= nNumbers {
			return fmt.Errorf("name %q: a number below %d was wanted", name, nNumbers)
		}
		m.numbers[i] = w.role
		return nil
	case featureKind(kind[0]) == fConstant:
		m.constantRow = len(m.rows)
	}
	m.rows = append(m.rows, w)
	m.names = append(m.names, name)
	return nil
}

// weightOf reads a cell of a model file.
func weightOf(cell string) (float32, error) {
	x, err := strconv.ParseFloat(cell, 32)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, fmt.Errorf("%q: a number was wanted", cell)
	}
	return float32(x), nil
}

// featureOf is the feature of a name.
func featureOf(name string) feature {
	a, b, _ := strings.Cut(name[2:], " ")
	f := feature{kind: featureKind(name[0]), a: index.Sum(a)}
	if b != "" {
		f.b = index.Sum(b)
	}
	return f
}

// WriteTo writes the model as ReadModel reads it, in the order of names.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	b.WriteString(modelHead + "\n")
	for _, l := range strings.Split(strings.TrimSpace(m.Note), "\n") {
		b.WriteString("# " + l + "\n")
	}
	for i, r := range m.numbers {
		writeRow(&b, "d:"+strconv.Itoa(i), row{role: r})
	}
	c := m.curves
	writeRow(&b, "d:"+curveName, row{role: roleRow{c[0].constant, c[0].slope, c[1].constant, c[1].slope}})
	for _, i := range byName(m.names) {
		writeRow(&b, m.names[i], m.rows[i])
	}
	m.tasks.write(&b)
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

// nameOf is the name of a term of the second step.
func (m *Model) nameOf(term uint32) string { return m.names[m.tables.terms[term].row] }

// byName is the order of names in a model file.
func byName(names []string) []int {
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return strings.Compare(names[i], names[j]) })
	return order
}

// writeCell writes a weight, to be read by weightOf where it is not empty.
func writeCell(b *strings.Builder, x float32, digits int) {
	b.WriteByte('\t')
	if x != 0 {
		b.WriteString(strconv.FormatFloat(float64(x), 'g', digits, 32))
	}
}

func writeRow(b *strings.Builder, name string, r row) {
	b.WriteString(name)
	writeCell(b, r.idf, 4)
	for _, x := range r.step1 {
		writeCell(b, x, 3)
	}
	for _, x := range r.role {
		writeCell(b, x, 4)
	}
	b.WriteByte('\n')
}
