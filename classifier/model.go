package classifier

import (
	"bufio"
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
type Model struct {
	Revision string // hash of the file: 12 hex digits
	Note     string // what it was fitted on, and how well it did
	table    keyTable
	rows     []row
	before   []int32 // by row of a word: the row of the same word in the sentence before
	// what is asked of every word stands apart: small enough to stay in the cache
	mute        []bool            // by row: step1 is all 0
	idf         []float32         // by row
	numbers     [nNumbers]roleRow // what is not a word: shares of the duties and the like
	constantRow int               // the row that always counts: the log-odds of a posting that says nothing
	names       []string          // by row, for evidence
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

const modelHead = "rolecall model 1"

//go:embed model.tsv
var builtInModel string

// DefaultModel is the model that is built in.
func DefaultModel() (*Model, error) { return ReadModel(strings.NewReader(builtInModel)) }

// ReadModel reads a model file. The error names the line.
func ReadModel(from io.Reader) (*Model, error) {
	h := sha256.New()
	sc := bufio.NewScanner(io.TeeReader(from, h))
	sc.Buffer(nil, 1<<20)
	m := &Model{}
	if !sc.Scan() || sc.Text() != modelHead {
		return nil, fmt.Errorf("model: line 1: %q was wanted", modelHead)
	}
	for n := 2; sc.Scan(); n++ {
		if err := m.line(sc.Text()); err != nil {
			return nil, fmt.Errorf("model: line %d: %w", n, err)
		}
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	m.Revision = hex.EncodeToString(h.Sum(nil))[:12]
	m.index()
	return m, nil
}

func (m *Model) line(s string) error {
	if note, ok := strings.CutPrefix(s, "# "); ok {
		m.Note += note + "\n"
		return nil
	}
	cells := strings.Split(s, "\t")
	if len(cells) != 2+nOut+nQuestions {
		return fmt.Errorf("%d cells: %d were wanted", len(cells), 2+nOut+nQuestions)
	}
	var v [1 + nOut + nQuestions]float32
	for i, c := range cells[1:] {
		if c == "" {
			continue
		}
		x, err := strconv.ParseFloat(c, 32)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%q: a number was wanted", c)
		}
		v[i] = float32(x)
	}
	w := row{idf: v[0], step1: outputs(v[1 : 1+nOut]), role: roleRow(v[1+nOut:])}
	kind, words, ok := strings.Cut(cells[0], ":")
	switch {
	case !ok || len(kind) != 1:
		return fmt.Errorf("name %q: a letter, a colon and words were wanted", cells[0])
	case featureKind(kind[0]) == fShare:
		i, err := strconv.Atoi(words)
		if err != nil || i < 0 || i >= nNumbers {
			return fmt.Errorf("name %q: a number below %d was wanted", cells[0], nNumbers)
		}
		m.numbers[i] = w.role
		return nil
	case featureKind(kind[0]) == fConstant:
		m.constantRow = len(m.rows)
	}
	m.rows = append(m.rows, w)
	m.names = append(m.names, cells[0])
	return nil
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

// index makes the table that finds rows.
func (m *Model) index() {
	m.table = newKeyTable(len(m.rows))
	for i, name := range m.names {
		m.table.put(featureOf(name).key(), int32(i))
	}
	m.mute, m.idf = make([]bool, len(m.rows)), make([]float32, len(m.rows))
	for i := range m.rows {
		m.mute[i] = m.rows[i].step1 == (outputs{})
		m.idf[i] = m.rows[i].idf
	}
	m.before = make([]int32, len(m.rows))
	for i, name := range m.names {
		m.before[i] = -1
		if f := featureOf(name); f.kind == fWord {
			m.before[i] = m.table.get(feature{fBefore, f.a, 0}.key())
		}
	}
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
	order := make([]int, len(m.rows))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return strings.Compare(m.names[i], m.names[j]) })
	for _, i := range order {
		writeRow(&b, m.names[i], m.rows[i])
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

func writeRow(b *strings.Builder, name string, r row) {
	b.WriteString(name)
	cell := func(x float32, digits int) {
		b.WriteByte('\t')
		if x != 0 {
			b.WriteString(strconv.FormatFloat(float64(x), 'g', digits, 32))
		}
	}
	cell(r.idf, 4)
	for _, x := range r.step1 {
		cell(x, 3)
	}
	for _, x := range r.role {
		cell(x, 4)
	}
	b.WriteByte('\n')
}

// keyTable finds rows by feature key: open addressing, filled once. A slot
// keeps half of the key beside the row; two features that share it and their
// place are one in four thousand million.
type keyTable struct {
	mask  uint64
	slots []keySlot
}

type keySlot struct {
	check uint32 // 0 is an empty slot
	row   int32
}

func newKeyTable(n int) keyTable {
	size := uint64(8)
	for size < uint64(n)*2 {
		size *= 2
	}
	return keyTable{size - 1, make([]keySlot, size)}
}

func (t *keyTable) put(key uint64, row int32) {
	check := uint32(key>>32) | 1
	i := key & t.mask
	for t.slots[i].check != 0 && t.slots[i].check != check {
		i = (i + 1) & t.mask
	}
	t.slots[i] = keySlot{check, row}
}

// get is the row of a key, -1 for none.
func (t *keyTable) get(key uint64) int32 {
	check := uint32(key>>32) | 1
	for i := key & t.mask; ; i = (i + 1) & t.mask {
		switch s := t.slots[i]; s.check {
		case check:
			return s.row
		case 0:
			return -1
		}
	}
}
