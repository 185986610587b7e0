package worker

import (
	"errors"
	"fmt"
	"time"
)

// refusal is a stream's, of all that it was sent: from its first to its last
// so far. What is stored ends it, and so does quiet: then there is no telling.
type refusal struct {
	first, last time.Time
	cause       string
}

// refusalOf is that of the stream which a job's message is for.
func (p *publisher) refusalOf(j *job) *refusal {
	if j.reason != "" {
		return &p.rejections
	}
	return &p.results
}

// notStored notes that a job's message was not stored, under the lock.
func (p *publisher) notStored(j *job, cause string, now time.Time) {
	r := p.refusalOf(j)
	if p.ended(r, now) {
		r.first = now
	}
	r.last, r.cause = now, cause
}

// ended is true of a refusal that nothing was heard of for longer than it
// takes for what was returned to come again.
func (p *publisher) ended(r *refusal, now time.Time) bool {
	return now.Sub(r.last) > p.w.opts.GiveUpAfter+p.w.opts.RetryAfter
}

// trouble says which stream has refused all for so long that postings are
// returned.
func (p *publisher) trouble(now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, s := range []struct {
		what string
		of   *refusal
	}{{"results", &p.results}, {"rejections", &p.rejections}} {
		if lasted := now.Sub(s.of.first); lasted > p.w.opts.GiveUpAfter && !p.ended(s.of, now) {
			errs = append(errs, fmt.Errorf("no %s were stored for %v: %s (is there a stream with room for them, and may this user publish them? `rolecall doctor` says)", s.what, lasted.Round(time.Second), s.of.cause))
		}
	}
	return errors.Join(errs...)
}

// tell logs where trouble begins and ends, and returns what there is.
func (p *publisher) tell(before error) error {
	now := p.trouble(time.Now())
	switch {
	case now != nil && before == nil:
		p.w.log.Error("postings are returned, to be delivered again", "error", now)
	case now == nil && before != nil:
		p.w.log.Info("what could not be stored is stored, or came no more")
	}
	return now
}
