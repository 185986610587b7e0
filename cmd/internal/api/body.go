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
	next   int // item to be answered
}

func (p *postings) done() bool { return p.next == len(p.items) }

// receive reads the body of a request. On success it holds a place for it (see
// API.places), so that as many are in memory as there are places.
func (a *API) receive(w http.ResponseWriter, r *http.Request) (body []byte, kind string, err error) {
	kind, _, err = mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" && kind != "application/x-ndjson" && kind != "application/jsonl" && kind != "application/ld+json" {
		return nil, "", &problem{http.StatusUnsupportedMediaType, "wrong content type", fmt.Sprintf("%q: application/json or application/x-ndjson was wanted", clip(r.Header.Get("Content-Type")))}
	}
	if packed := r.Header.Get("Content-Encoding"); packed != "" && packed != "identity" {
		return nil, "", &problem{http.StatusUnsupportedMediaType, "wrong content encoding", fmt.Sprintf("%q: bodies are taken as they are, not packed", clip(packed))}
	}
	if r.ContentLength > MaxBody {
		return nil, "", tooLarge()
	}
	if err := take(r.Context(), a.places); err != nil {
		return nil, "", err
	}
	if body, err = read(http.MaxBytesReader(w, r.Body, MaxBody), r.ContentLength); err != nil {
		<-a.places
	}
	return body, kind, err
}

// firstRoom, in bytes, is for a body that does not say how long it is: most
// are short.
const firstRoom = 64 << 10

// read makes room for a body at once: growing step by step it would take
// several times its size.
func read(from io.Reader, length int64) ([]byte, error) {
	var body bytes.Buffer
	var err error
	if length < 0 {
		length = MaxBody
		body.Grow(firstRoom + bytes.MinRead)
		_, err = io.CopyN(&body, from, firstRoom)
	}
	if err == nil {
		body.Grow(int(length) - body.Len() + bytes.MinRead)
		_, err = body.ReadFrom(from)
	}
	var large *http.MaxBytesError
	switch {
	case err == nil, err == io.EOF:
		return body.Bytes(), nil
	case errors.As(err, &large):
		return nil, tooLarge()
	}
	return nil, &problem{http.StatusBadRequest, "cut off", "the request did not arrive in whole"}
}

// divide finds the postings of a body: one, a JSON array of them, or a line
// each. They are parts of the body, not copies.
func divide(body []byte, kind string) (postings, error) {
	if kind == "application/x-ndjson" || kind == "application/jsonl" {
		return split(body)
	}
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] != '[' {
		return postings{single: true, form: array, items: [][]byte{body}}, nil
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
	var item json.RawMessage
	for dec.More() {
		if err := dec.Decode(&item); err != nil {
			return list, &problem{http.StatusBadRequest, "no JSON array", fmt.Sprintf("byte %d: %v", dec.InputOffset(), err)}
		}
		end := dec.InputOffset()
		if list.items = append(list.items, body[end-int64(len(item)):end]); len(list.items) > MaxPostings {
			return list, tooMany()
		}
	}
	if _, err := dec.Token(); err != nil {
		return list, &problem{http.StatusBadRequest, "no JSON array", fmt.Sprintf("byte %d: %v", dec.InputOffset(), err)}
	}
	if end := int(dec.InputOffset()); end < len(body) {
		return list, &problem{http.StatusBadRequest, "no JSON array", fmt.Sprintf("byte %d: nothing more was wanted behind the array", end)}
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
