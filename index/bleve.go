package index

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/blevesearch/bleve/v2"
	_ "github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"
)

type indexReader = index.IndexReader

// layout is the version of the shape in which a taxonomy stands in an index.
// Open refuses every other.
const layout = "5"

// The fields of an index. A document is an entry; each of its forms is one
// term of a field of its own: its words, a zero byte, the number of the entry
// in the order of ids and, where there is one, that of its rule. So the
// dictionary says what to look for, whose it is, and by which rule it counts.
const (
	fieldForm   = "form"
	fieldAction = "action"
	fieldObject = "object"
	fieldEntry  = "entry"   // the entry as JSON, stored
	fieldName   = "name"    // analysed, for Search
	fieldText   = "text"    // analysed, for Search
	keyHeads    = "entries" // all entries without their forms and examples, ordered by id
	keyRules    = "rules"   // the forms that have a rule, by its number
	keyRevision = "revision"
	keyLayout   = "layout"
	termSep     = byte(0)
)

// Index is a taxonomy in a bleve index, opened for reading, and the tagger
// that was compiled from it. It is safe for use by many goroutines.
type Index struct {
	*Tagger
	Revision string
	entries  []Entry // ordered by id
	bleve    bleve.Index
}

// Build makes an index of a taxonomy: in memory where dir is empty, else in
// dir, which must not exist yet.
func Build(t *Taxonomy, dir string) (*Index, error) {
	if dir != "" {
		if _, err := os.Stat(dir); err == nil {
			return nil, fmt.Errorf("%s exists: the name of a new folder was wanted", dir)
		}
	}
	b, err := bleve.NewUsing(dir, indexMapping(), scorch.Name, scorch.Name, nil)
	if err != nil {
		return nil, fmt.Errorf("new index %s: %w", dir, err)
	}
	if err := load(b, t); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return compileIndex(b)
}

// Default is an index in memory of the taxonomy that is built in.
func Default() (*Index, error) {
	t, err := DefaultTaxonomy()
	if err != nil {
		return nil, err
	}
	return Build(t, "")
}

// load puts everything in with two batches at once, one for each half of the
// entries: a batch becomes a segment on one processor, and scorch in memory
// never merges them, so more would only slow the dictionary down.
func load(b bleve.Index, t *Taxonomy) error {
	sorted := slices.SortedFunc(slices.Values(t.Entries), func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
	var rules []Form
	firstRule := make([]int, len(sorted))
	for i := range sorted {
		firstRule[i] = len(rules)
		for k := range sorted[i].Forms {
			if f := &sorted[i].Forms[k]; f.byRule() {
				rules = append(rules, *f)
			}
		}
	}
	if len(sorted) > mostNumbers || len(rules) > mostNumbers {
		return fmt.Errorf("%d entries and %d forms with a rule: at most %d of each fit", len(sorted), len(rules), mostNumbers)
	}
	all := b.NewBatch()
	for key, list := range map[string]any{keyHeads: headsOf(sorted), keyRules: rules} {
		var raw bytes.Buffer
		if err := gob.NewEncoder(&raw).Encode(list); err != nil {
			return err
		}
		all.SetInternal([]byte(key), raw.Bytes())
	}
	all.SetInternal([]byte(keyRevision), []byte(t.Revision))
	all.SetInternal([]byte(keyLayout), []byte(layout))
	half := func(first int, batch *bleve.Batch) error {
		for i := first; i < len(sorted); i += 2 {
			doc, err := document(&sorted[i], i, firstRule[i])
			if err == nil {
				err = batch.Index(sorted[i].ID, doc)
			}
			if err != nil {
				return fmt.Errorf("index %s: %w", sorted[i].ID, err)
			}
		}
		return b.Batch(batch)
	}
	var errs [2]error
	var done sync.WaitGroup
	done.Go(func() { errs[0] = half(0, all) })
	errs[1] = half(1, b.NewBatch())
	done.Wait()
	return errors.Join(errs[:]...)
}

// indexMapping is static: what is not named here is not indexed.
func indexMapping() *mapping.IndexMappingImpl {
	keyword := bleve.NewKeywordFieldMapping()
	keyword.Store, keyword.IncludeInAll, keyword.DocValues = false, false, false
	keyword.IncludeTermVectors, keyword.SkipFreqNorm = false, true
	text := bleve.NewTextFieldMapping()
	text.Analyzer, text.Store, text.DocValues, text.IncludeInAll = en.AnalyzerName, false, false, false
	text.IncludeTermVectors = false
	stored := bleve.NewKeywordFieldMapping()
	stored.Index, stored.DocValues, stored.IncludeInAll, stored.IncludeTermVectors = false, false, false, false

	doc := bleve.NewDocumentStaticMapping()
	for name, m := range map[string]*mapping.FieldMapping{
		fieldForm: keyword, fieldAction: keyword, fieldObject: keyword,
		fieldName: text, fieldText: text, fieldEntry: stored,
	} {
		doc.AddFieldMappingsAt(name, m)
	}
	doc.AddSubDocumentMapping("_all", bleve.NewDocumentDisabledMapping()) // else every field is gone through once more for it
	m := bleve.NewIndexMapping()
	m.DefaultMapping = doc
	m.ScoringModel = index.BM25Scoring
	return m
}

// Open opens an index that Build has written to dir, for reading. An index of
// another layout is refused, and one that another process is writing.
func Open(dir string) (*Index, error) {
	if _, err := os.Stat(filepath.Join(dir, "index_meta.json")); err != nil {
		return nil, fmt.Errorf("open index %s: no index there: a folder made by \"rolecall taxonomy build\" was wanted", dir)
	}
	b, err := bleve.OpenUsing(dir, map[string]any{"read_only": true, "bolt_timeout": "2s"})
	if err != nil {
		return nil, fmt.Errorf("open index %s: %w", dir, err)
	}
	return compileIndex(b)
}

// compileIndex reads all that the index holds and compiles the tagger of it.
func compileIndex(b bleve.Index) (*Index, error) {
	ix := &Index{bleve: b}
	if err := ix.read(); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return ix, nil
}

func (ix *Index) read() error {
	if v, _ := ix.bleve.GetInternal([]byte(keyLayout)); string(v) != layout {
		return fmt.Errorf("index has layout %q: %q was wanted: build it anew", v, layout)
	}
	rev, _ := ix.bleve.GetInternal([]byte(keyRevision))
	ix.Revision = string(rev)
	return ix.reader(func(r indexReader) error {
		terms, dictErr := make(chan []formTerm, 64), error(nil)
		go func() {
			dictErr = dictionary(r, terms)
			close(terms)
		}()
		var rules []*rule
		var rulesErr error
		var done sync.WaitGroup
		done.Go(func() { rules, rulesErr = ix.rules() })
		err := ix.internal(keyHeads, &ix.entries)
		done.Wait()
		err = errors.Join(err, rulesErr)
		c := newCompiler(ix.entries, rules)
		for list := range terms { // to the end: the reader is in use until then
			for i := 0; i < len(list) && err == nil; i++ {
				err = c.add(&list[i])
			}
		}
		if err = errors.Join(err, dictErr); err != nil {
			return err
		}
		ix.Tagger, err = c.compile()
		return err
	})
}

// internal decodes what Build has stored under a key.
func (ix *Index) internal(key string, list any) error {
	raw, err := ix.bleve.GetInternal([]byte(key))
	if err != nil {
		return err
	}
	if err := gob.NewDecoder(bytes.NewReader(raw)).Decode(list); err != nil {
		return fmt.Errorf("its list of %s: %w", key, err)
	}
	return nil
}

// reader calls use with a reader of the index. What comes of it must not be
// used after.
func (ix *Index) reader(use func(r indexReader) error) error {
	if ix.bleve == nil {
		return errClosed
	}
	adv, err := ix.bleve.Advanced()
	if err != nil {
		return err
	}
	r, err := adv.Reader()
	if err != nil {
		return err
	}
	return errors.Join(use(r), r.Close())
}

func readEntry(r indexReader, id string) (Entry, error) {
	var e Entry
	doc, err := r.Document(id)
	if err != nil || doc == nil {
		return e, fmt.Errorf("not in the index: %v", err)
	}
	doc.VisitFields(func(f index.Field) {
		if f.Name() == fieldEntry {
			err = json.Unmarshal(f.Value(), &e)
		}
	})
	return e, err
}

// dictionary sends all terms of the forms, a few hundred at a time, each
// field's in order. They must not be used once the reader is closed.
func dictionary(r indexReader, to chan<- []formTerm) error {
	for _, field := range []string{fieldForm, fieldAction, fieldObject} {
		if err := fieldTerms(r, field, to); err != nil {
			return fmt.Errorf("field %s: %w", field, err)
		}
	}
	return nil
}

func fieldTerms(r indexReader, field string, to chan<- []formTerm) error {
	d, err := r.FieldDict(field)
	if err != nil {
		return err
	}
	defer d.Close()
	for {
		list := make([]formTerm, 0, 256)
		for len(list) < cap(list) {
			e, err := d.Next()
			if err != nil {
				return err
			}
			if e == nil {
				to <- list
				return nil
			}
			t, err := cutTerm(e.Term)
			if err != nil {
				return err
			}
			t.part = partOf[field]
			list = append(list, t)
		}
		to <- list
	}
}

// Close lets the index go, and with it half of the memory that it takes. The
// tagger and Entries go on working; Entry and Search give an error. It must
// not be called while one of them is at work.
func (ix *Index) Close() error {
	if ix.bleve == nil {
		return nil
	}
	err := ix.bleve.Close()
	ix.bleve = nil
	return err
}

var errClosed = errors.New("the index is closed")

// Hit is an entry that Search found. Scores compare within one search only.
type Hit struct {
	Entry *Entry
	Score float64
}

// Search finds entries by name, form, category and example, best first: BM25,
// and words one or two letters off at a lower score.
func (ix *Index) Search(ctx context.Context, text string, most int) ([]Hit, error) {
	if ix.bleve == nil {
		return nil, errClosed
	}
	req := bleve.NewSearchRequestOptions(searchQuery(text), most, 0, false)
	req.SortBy([]string{"-_score", "_id"})
	res, err := ix.bleve.SearchInContext(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("search %q: %w", text, err)
	}
	var hits []Hit
	for _, h := range res.Hits {
		if i, ok := ix.number(h.ID); ok {
			hits = append(hits, Hit{&ix.entries[i], h.Score})
		}
	}
	return hits, nil
}

func searchQuery(text string) query.Query {
	match := func(field string, boost float64, fuzz int) query.Query {
		q := bleve.NewMatchQuery(text)
		q.SetField(field)
		q.SetBoost(boost)
		q.SetFuzziness(fuzz)
		return q
	}
	return bleve.NewDisjunctionQuery(match(fieldName, 4, 0), match(fieldName, 1, 1), match(fieldName, 0.3, 2), match(fieldText, 1, 0))
}
