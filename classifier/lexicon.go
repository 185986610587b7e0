package classifier

import (
	"math"
	"strings"

	"rolecall/index"
)

// lexicon numbers the features that are frequent enough to learn from.
type lexicon struct {
	at    map[uint64]int32
	names []feature
	words map[uint64]string // sum -> word
	docs  []int             // in how many postings
	n     int
}

func (l *lexicon) number(f feature, docs int) int32 {
	k := f.key()
	at, ok := l.at[k]
	if !ok {
		at = int32(len(l.names))
		l.at[k] = at
		l.names = append(l.names, f)
		l.docs = append(l.docs, docs)
	}
	return at
}

// find is the number of a feature that has one.
func (l *lexicon) find(f feature) (at int32, ok bool) {
	at, ok = l.at[f.key()]
	return at, ok
}

func (l *lexicon) learn(text string, toks []index.Token) {
	for i := range toks {
		if _, ok := l.words[toks[i].Sum]; !ok {
			l.words[toks[i].Sum] = strings.ToLower(text[toks[i].Start:toks[i].End])
		}
	}
}

const minDocs = 3

// name is how a feature is written in a model file.
func (l *lexicon) name(f feature) string {
	s := string(rune(f.kind)) + ":" + l.words[f.a]
	if f.b != 0 {
		s += " " + l.words[f.b]
	}
	return s
}

// model makes a model of the lexicon and the first step's weights, with the
// second step's still 0. Row i is the lexicon's place i.
func (l *lexicon) model(sm *sentenceModel, opts fitOptions) *Model {
	m := &Model{rows: make([]row, len(l.names)), names: make([]string, len(l.names))}
	for i, f := range l.names {
		m.names[i] = l.name(f)
		most := 0.0
		for o := range nOut {
			if w := sm[o][i]; w > opts.prune || w < -opts.prune || i == 0 {
				m.rows[i].step1[o] = stepped(w)
				most = max(most, w, -w)
			}
		}
		if f.kind == fPair && most < opts.prunePair {
			m.rows[i].step1 = outputs{}
		}
		switch f.kind {
		case fWord, fPair:
			m.rows[i].idf = float32(math.Log(float64(l.n+1) / float64(l.docs[i]+1)))
		case fEntry, fRole:
			m.rows[i].idf = entryScale * float32(math.Log(float64(l.n+1)/float64(l.docs[i]+1)))
		}
	}
	m.tables = newTables(m)
	return m
}
