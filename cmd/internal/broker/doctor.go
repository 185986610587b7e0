package broker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Finding is one thing that was looked at.
type Finding struct {
	Level  string // ok, warn or fail
	What   string
	Detail string
	Do     string // what to change, unless all is well
}

// Roles are whom Examine examines for.
var Roles = []string{"worker", "publisher", "reader", "admin"}

// examination is one visit.
type examination struct {
	link     *Link
	plan     Plan
	findings []Finding

	mu     sync.Mutex
	denied []string // what the server refused, out of turn
}

// Examine looks at a configuration against the live server, for one of Roles.
// It changes nothing: what it publishes says that it is meant for a stream
// that does not exist, and is refused by the stream it reaches.
func Examine(ctx context.Context, cfg Config, plan Plan, role string) []Finding {
	x := &examination{plan: plan}
	cfg.Name = "rolecall doctor"
	cfg.OnError = x.overheard
	begun := time.Now()
	link, err := Connect(cfg)
	if err != nil {
		x.fail("reach the server", err.Error(), "see the message; --nats, --context or NATS_URL say where it is")
		return x.findings
	}
	defer link.Close()
	x.link = link
	x.server(time.Since(begun))
	for _, check := range checks[role] {
		check(x, ctx)
	}
	return x.findings
}

// checks are what each role needs, and no more: a worker that may not read
// the results stream is as it should be.
var checks = map[string][]func(*examination, context.Context){
	"worker":    {(*examination).consumer, (*examination).pulls, (*examination).acknowledges, publishes(ResultsSubject+".none.doctor", Results), publishes(RejectedSubject+".unreadable.doctor", Rejected), (*examination).hears, (*examination).answers},
	"publisher": {publishes(PostingsSubject+".doctor", Postings), (*examination).lag},
	"reader":    {reads(Results), reads(Rejected)},
	"admin":     {(*examination).account, (*examination).streams, (*examination).consumer},
}

func (x *examination) overheard(err error) {
	if errors.Is(err, nats.ErrPermissionViolation) || strings.Contains(strings.ToLower(err.Error()), "permissions violation") {
		x.mu.Lock()
		x.denied = append(x.denied, err.Error())
		x.mu.Unlock()
	}
}

// refused says whether the server refused anything since the last time it was
// asked. Refusals come out of turn, so it waits for the server to have read
// everything, and a moment more.
func (x *examination) refused() string {
	_ = x.link.Flush(2 * time.Second)
	time.Sleep(50 * time.Millisecond)
	x.mu.Lock()
	defer x.mu.Unlock()
	all := strings.Join(x.denied, "; ")
	x.denied = nil
	return all
}

func (x *examination) add(level, what, detail, do string) {
	x.findings = append(x.findings, Finding{level, what, detail, do})
}
func (x *examination) ok(what, detail string)       { x.add("ok", what, detail, "") }
func (x *examination) warn(what, detail, do string) { x.add("warn", what, detail, do) }
func (x *examination) fail(what, detail, do string) { x.add("fail", what, detail, do) }

func (x *examination) server(took time.Duration) {
	nc := x.link.NC
	rtt, _ := nc.RTT()
	secure := "without TLS"
	if _, err := nc.TLSConnectionState(); err == nil {
		secure = "with TLS"
	}
	x.ok("reach the server", fmt.Sprintf("%s (nats-server %s) %s, in %v; round trip %v", Redact(nc.ConnectedUrl()), nc.ConnectedServerVersion(), secure, took.Round(time.Millisecond), rtt.Round(10*time.Microsecond)))
	if limit := nc.MaxPayload(); limit < 1<<20 {
		x.warn("message size", fmt.Sprintf("%d bytes at most", limit), "set max_payload to 1MB or more: larger postings and results are rejected")
	} else {
		x.ok("message size", fmt.Sprintf("%d bytes at most", limit))
	}
	if rtt > 50*time.Millisecond {
		x.warn("distance", fmt.Sprintf("round trip %v", rtt), "run workers near their broker")
	}
}

// account looks at what the account may store.
func (x *examination) account(ctx context.Context) {
	info, err := x.link.JS.AccountInfo(ctx)
	switch {
	case err != nil:
		x.fail("JetStream", err.Error(), "turn JetStream on for this account, and let this user ask $JS.API.INFO")
	case info.Limits.MaxStore > 0 && info.Limits.MaxStore-int64(info.Store) < 1<<30:
		x.warn("JetStream", fmt.Sprintf("%d of %d bytes used", info.Store, info.Limits.MaxStore), "raise the account's max_file, or the streams will refuse results")
	default:
		x.ok("JetStream", fmt.Sprintf("%d bytes stored, %d streams, %d consumers", info.Store, info.Streams, info.Consumers))
	}
}

func (x *examination) streams(ctx context.Context) {
	for _, want := range x.plan.Streams() {
		s, err := x.link.JS.Stream(ctx, want.Name)
		what := "stream " + want.Name
		if err != nil {
			x.fail(what, err.Error(), "rolecall streams apply")
			continue
		}
		info := s.CachedInfo()
		x.clock(info.TimeStamp)
		if diff := diffStream(info.Config, want); len(diff) > 0 {
			x.warn(what, strings.Join(diff, "; "), "rolecall streams apply, if these are not on purpose")
		} else {
			x.ok(what, fmt.Sprintf("%d messages, %d bytes", info.State.Msgs, info.State.Bytes))
		}
		if limit := info.Config.MaxBytes; limit > 0 && int64(info.State.Bytes) > limit/10*9 && want.Discard == jetstream.DiscardNew {
			x.warn(what, fmt.Sprintf("%d of %d bytes used", info.State.Bytes, limit), "raise its limit or remove old messages: when it is full, postings wait")
		}
	}
}

// clock compares with the server's: the window for repeats and the age of
// postings are in its time.
func (x *examination) clock(server time.Time) {
	if server.IsZero() {
		return
	}
	for _, f := range x.findings {
		if f.What == "clock" {
			return
		}
	}
	if off := time.Since(server).Abs(); off > 2*time.Second {
		x.warn("clock", fmt.Sprintf("%v off the server's", off.Round(time.Millisecond)), "let both keep time with NTP")
	} else {
		x.ok("clock", fmt.Sprintf("within %v of the server's", off.Round(time.Millisecond)))
	}
}

func (x *examination) consumer(ctx context.Context) {
	info, err := Lookup(ctx, x.link)
	what := "consumer " + Consumer
	if err != nil {
		if no := x.refused(); no != "" {
			x.fail(what, no, "allow publishing to "+x.link.Prefix+".CONSUMER.INFO."+Postings+"."+Consumer)
			return
		}
		x.fail(what, err.Error(), "rolecall streams apply")
		return
	}
	x.clock(info.TimeStamp)
	if info.Config.MaxDeliver > 0 {
		x.fail(what, fmt.Sprintf("max_deliver is %d: crashes use it up, and healthy postings are dropped in silence", info.Config.MaxDeliver), "rolecall streams apply")
		return
	}
	if diff := diffConsumer(info.Config, x.plan.Durable()); len(diff) > 0 {
		x.warn(what, strings.Join(diff, "; "), "rolecall streams apply, if these are not on purpose")
		return
	}
	x.ok(what, fmt.Sprintf("%d postings wait, %d are out with workers", info.NumPending, info.NumAckPending))
}
