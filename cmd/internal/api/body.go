package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
)

// form is how a list is written.
type form struct{ contentType, open, between, end string }

var (
	array = form{"application/json", "[", ",\n", "]\n"}
	lines = form{"application/x-ndjson", "", "\n", "\n"}
)

// postings are the postings of a request, not yet read.
type postings struct {
	single bool
	form   form
	items  [][]byte
}

// readAll reads a request: a posting, a JSON array of them, or a line each.
// On success it holds one of the places for bodies, so that as many are in
// memory as there are places.
func readAll(w http.ResponseWriter, r *http.Request, places chan struct{}) (postings, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" && kind != "application/x-ndjson" && kind != "application/jsonl" && kind != "application/ld+json" {
		return postings{}, &problem{http.StatusUnsupportedMediaType, "wrong content type", fmt.Sprintf("%q: application/json or application/x-ndjson was wanted", clip(r.Header.Get("Content-Type")))}
	}
	if r.ContentLength > MaxBody {
		return postings{}, tooLarge()
	}
	if err := take(r.Context(), places); err != nil {
		return postings{}, err
	}
	list, err := read(w, r, kind)
	if err != nil {
		<-places
	}
	return list, err
}

func read(w http.ResponseWriter, r *http.Request, kind string) (postings, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return postings{}, tooLarge()
		}
		return postings{}, &problem{http.StatusBadRequest, "cut off", "the request did not arrive in whole"}
	}
	if kind == "application/x-ndjson" || kind == "application/jsonl" {
		return split(body)
	}
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] != '[' {
		return postings{single: true, items: [][]byte{body}}, nil
	}
	return elements(body)
}

func split(body []byte) (postings, error) {
	list := postings{form: lines}
	for line := range bytes.Lines(body) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			list.items = append(list.items, line)
		}
		if len(list.items) > MaxPostings {
			return list, tooMany()
		}
	}
	return list, nil
}

func elements(body []byte) (postings, error) {
	list := postings{form: array}
	dec := json.NewDecoder(bytes.NewReader(body))
	_, _ = dec.Token() // the bracket
	for dec.More() {
		var item json.RawMessage
		if err := dec.Decode(&item); err != nil {
			return list, &problem{http.StatusBadRequest, "no JSON array", fmt.Sprintf("byte %d: %v", dec.InputOffset(), err)}
		}
		if list.items = append(list.items, item); len(list.items) > MaxPostings {
			return list, tooMany()
		}
	}
	if _, err := dec.Token(); err != nil {
		return list, &problem{http.StatusBadRequest, "no JSON array", fmt.Sprintf("byte %d: %v", dec.InputOffset(), err)}
	}
	return list, nil
}

func tooLarge() error {
	return &problem{http.StatusRequestEntityTooLarge, "too large", fmt.Sprintf("at most %d bytes are taken", MaxBody)}
}

func tooMany() error {
	return &problem{http.StatusRequestEntityTooLarge, "too many", fmt.Sprintf("at most %d postings are taken at once", MaxPostings)}
}

func clip(s string) string { return s[:min(len(s), 100)] }
