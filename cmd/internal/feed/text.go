package feed

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"rolecall/classifier"
)

// isText is true for anything that could be read by a person.
func isText(head []byte) bool {
	for i := range utf8.UTFMax { // the last character may be cut
		if cut := head[:len(head)-min(i, len(head))]; utf8.Valid(cut) {
			return !isBinary(head)
		}
	}
	return false
}

// readText takes a whole file as one posting: the first line is the title, the
// front matter of Markdown gives further fields, and the rest is the description.
func readText(s *source, w *window, _ *os.File) error {
	data := bytes.Clone(w.fill(classifier.MaxPosting))
	if len(data) >= classifier.MaxPosting {
		return errors.New("a text too large for one posting: a file with several postings is to be JSON Lines, CSV or XML")
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return errors.New("no text: it has zero bytes in it")
	}
	var o object
	body := valid(string(data))
	if front, rest, ok := frontMatter(body); ok {
		o, body = front, rest
	}
	body = strings.TrimLeft(body, "\ufeff \t\r\n")
	if title := o.text("title"); title == "" {
		line, rest, _ := strings.Cut(body, "\n")
		line = strings.TrimSpace(strings.TrimLeft(line, "# "))
		if len(line) > 0 && len(line) <= 200 {
			o, body = append(o, member{"title", strings.Trim(line, "*_ ")}), strings.TrimLeft(rest, "\r\n=-")
		}
	}
	o = append(o, member{"description", body})
	if o.text("id") == "" && s.file != "-" {
		o = append(object{{"id", filepath.Base(s.file)}}, o...)
	}
	s.emit(Record{fields: o, Place: Place{Line: 1}})
	return nil
}

// frontMatter reads the YAML between --- lines at the start of Markdown.
func frontMatter(body string) (object, string, bool) {
	rest, ok := strings.CutPrefix(strings.ReplaceAll(body, "\r\n", "\n"), "---\n")
	if !ok {
		return nil, body, false
	}
	front, rest, ok := strings.Cut(rest, "\n---\n")
	if !ok {
		return nil, body, false
	}
	v, _, err := parseYAML([]byte(front))
	o, isObject := v.(object)
	if err != nil || !isObject {
		return nil, body, false
	}
	return o, rest, true
}
