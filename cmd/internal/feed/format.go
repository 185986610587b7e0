package feed

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sniffed is how many bytes of an input are looked at to find its format.
const sniffed = 64 << 10

// reader cuts an input into records and emits them. An error ends the input;
// a record that cannot be read is emitted with its Err instead. file is the
// input's own file where there is one and it is not compressed.
type reader func(s *source, w *window, file *os.File) error

// formats are tried in this order; the first that knows the bytes reads them.
// Where bytes are unmistakable they go before the file's name, otherwise the
// name goes before a guess.
var formats = []struct {
	name  string
	ext   string // file name endings, where the bytes do not decide
	sniff func(head []byte) bool
	sure  bool // what sniff says goes before the file's name
	read  reader
	about string
}{
	{"parquet", ".parquet", isParquet, true, readParquet, "Parquet: a posting a row"},
	{"jsonl", ".jsonl .ndjson", isJSONL, true, readJSONL, "JSON Lines: a posting a line"},
	{"json", ".json", isJSON, true, readJSON, "JSON: a posting, an array, or an API's answer with postings in it"},
	{"html", ".html .htm .xhtml", isHTMLPage, true, readHTML, "HTML pages: a schema.org JobPosting in JSON-LD or Microdata, or the page's text"},
	{"xml", ".xml .rss .atom", isXML, true, readXML, "XML: Indeed's and LinkedIn's way, RSS, Atom, bare ampersands and all"},
	{"yaml", ".yaml .yml", isYAML, false, readYAML, "YAML: a posting a document, or lists of them"},
	{"csv", ".csv .tsv .tab", isCSV, false, readCSV, "CSV and TSV: , ; tab or | between, quoted or not, with a header"},
	{"text", ".txt .md .markdown .text", isText, false, readText, "text and Markdown: a posting a file"},
}

// Formats are the names that Options.Format takes, with a word on each.
func Formats() [][2]string {
	all := make([][2]string, len(formats))
	for i, f := range formats {
		all[i] = [2]string{f.name, f.about}
	}
	return all
}

// Check refuses a format or a field that does not exist.
func (o *Options) Check() error {
	if o.Format != "" {
		if _, err := pick(o.Format, "", nil); err != nil {
			return err
		}
	}
	return checkMap(o.Map)
}

type picked struct {
	name string
	read reader
}

func pick(name, file string, head []byte) (picked, error) {
	var names []string
	for _, f := range formats {
		if names = append(names, f.name); f.name == name {
			return picked{f.name, f.read}, nil
		}
	}
	if name != "" {
		return picked{}, fmt.Errorf("no format %q: one of %s was wanted", name, strings.Join(names, ", "))
	}
	guess := false
	if len(bytes.TrimSpace(head)) == 0 {
		return picked{}, errors.New("empty: no posting in it")
	}
	ext := extension(file)
	for _, byName := range []bool{false, true, false} { // sure bytes, the name, a guess
		for _, f := range formats {
			if byName && ext != "" && slices.Contains(strings.Fields(f.ext), ext) && !isBinary(head) ||
				!byName && f.sniff(head) && (f.sure || guess) {
				return picked{f.name, f.read}, nil
			}
		}
		guess = byName
	}
	return picked{}, fmt.Errorf("no known format: it starts with %q, one of %s was wanted", clip(string(head), 24), strings.Join(names, ", "))
}

// extension is a file's ending, that of a compression aside.
func extension(file string) string {
	file = strings.ToLower(file)
	for _, z := range []string{".gz", ".zst", ".zstd"} {
		file = strings.TrimSuffix(file, z)
	}
	return filepath.Ext(file)
}

func clip(s string, n int) string {
	if len(s) > n {
		s = s[:n] + "…"
	}
	return strings.ToValidUTF8(s, "?")
}
