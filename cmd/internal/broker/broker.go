// Package broker is everything about NATS that is not the work itself: the
// embedded JetStream server, connecting to any other one, and the three
// streams and the consumer that postings pass through.
//
// A posting comes in on postings.<source>, its result goes out on
// results.<label>.<key>, and what cannot be read goes to
// rejected.<reason>.<key>. The package provisions these (Apply), looks them
// up (Lookup) and says what is wrong with them (Examine); it reads and
// publishes no posting.
package broker

import (
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The streams and the consumer, and the first word of their subjects.
const (
	Postings = "POSTINGS"
	Results  = "RESULTS"
	Rejected = "REJECTED"
	Consumer = "rolecall"

	PostingsSubject = "postings"
	ResultsSubject  = "results"
	RejectedSubject = "rejected"
)

// On these subjects JetStream says that it delivers a posting of the consumer
// no more, for one of two reasons: it did so as often as max_deliver allows, or
// somebody terminated it. They have no domain in them (see Link.Concerns).
const (
	MaxDeliveries = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES." + Postings + "." + Consumer
	Terminated    = "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED." + Postings + "." + Consumer
)

// Link is a connection with JetStream on it.
type Link struct {
	NC     *nats.Conn
	JS     jetstream.JetStream
	Prefix string // of JetStream's API subjects, "$JS.API" unless there is a domain
}

// NewLink puts JetStream on a connection; domain is "" for the server's own.
func NewLink(nc *nats.Conn, domain string) (*Link, error) {
	// Without a timeout of its own an asynchronous publish can wait for ever.
	timeout := jetstream.WithPublishAsyncTimeout(3 * time.Second)
	if domain == "" {
		js, err := jetstream.New(nc, timeout)
		return &Link{NC: nc, JS: js, Prefix: "$JS.API"}, err
	}
	js, err := jetstream.NewWithDomain(nc, domain, timeout)
	return &Link{NC: nc, JS: js, Prefix: "$JS." + domain + ".API"}, err
}

// Concerns says whether what the server of a domain says concerns the streams
// of this link. Without a domain of its own a link is to the server's, and
// does not know its name: it takes all.
func (l *Link) Concerns(domain string) bool {
	return l.Prefix == "$JS.API" || l.Prefix == "$JS."+domain+".API"
}

// Flush waits until the server has read everything that was sent, or for d.
func (l *Link) Flush(d time.Duration) error { return l.NC.FlushTimeout(d) }

// Close ends the connection at once: whoever has something to wait for has
// waited for it (nats.go's own Drain does not wait either).
func (l *Link) Close() { l.NC.Close() }

// Token makes one word of a subject out of any text: what NATS gives a
// meaning, and what a terminal might, becomes "_". At most 64 bytes.
func Token(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '_'
	}, s)
	s = strings.Trim(s[:min(len(s), 64)], "_")
	if s == "" {
		return "unnamed"
	}
	return s
}
