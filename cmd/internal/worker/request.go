package worker

import (
	"errors"
	"fmt"

	"rolecall/classifier"
	"rolecall/cmd/internal/feed"
	"rolecall/cmd/internal/sink"
)

// What can be wrong with a request, beside the machine.
var (
	ErrUnreadable = errors.New("unreadable")
	ErrCrashed    = errors.New("crashed")
)

// Answer classifies one posting on the spot and appends its result to dst, as
// JSON, on one line. The error is ErrUnreadable, saying what is wrong with
// the posting, or ErrCrashed.
func (w *Worker) Answer(dst, data []byte) ([]byte, error) { return w.judge.Load().Answer(dst, data) }

// Answer is Worker.Answer with a judge of one's own.
func (j *Judge) Answer(dst, data []byte) ([]byte, error) {
	p, err := parse(data)
	if err != nil {
		return dst, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	r, err := safely(j.Classify, p)
	if err != nil {
		return dst, fmt.Errorf("%w: the posting %q cannot be classified", ErrCrashed, clip(p.ID, 100))
	}
	return sink.AppendResult(dst, &r), nil
}

// Revision names the judge that answers.
func (w *Worker) Revision() string { return w.judge.Load().Revision }

// parse reads a posting, or a schema.org JobPosting object, the way feeds of
// them are read.
func parse(data []byte) (classifier.Posting, error) {
	if isJobPosting(data) {
		return fromJobPosting(data)
	}
	return feed.Posting(data)
}
