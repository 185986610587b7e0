package broker

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// codeNotMatch is JetStream's answer to a message meant for another stream.
const codeNotMatch = 10060

// publishes checks that a subject may be published to and reaches a stream.
func publishes(subject, stream string) func(*examination, context.Context) {
	return func(x *examination, ctx context.Context) {
		what := "publish to " + subject
		msg := &nats.Msg{Subject: subject, Header: nats.Header{"Nats-Expected-Stream": {"rolecall-doctor"}}}
		reply, err := x.ask(ctx, msg)
		if no := x.refused(); no != "" {
			x.fail(what, no, fmt.Sprintf("allow publishing to %s.>, and subscribing to this user's inbox", subject[:len(subject)-len(".doctor")]))
			return
		}
		if err != nil {
			x.fail(what, fmt.Sprintf("no answer (%v): no stream takes this subject", err), "rolecall streams apply")
			return
		}
		var ack struct {
			Error *jetstream.APIError `json:"error"`
		}
		if err := json.Unmarshal(reply.Data, &ack); err != nil || ack.Error == nil || int(ack.Error.ErrorCode) != codeNotMatch {
			x.warn(what, fmt.Sprintf("an odd answer: %.200s", reply.Data), "see whether something else listens on "+subject)
			return
		}
		x.ok(what, "allowed, and stored in "+stream)
	}
}

func (x *examination) ask(ctx context.Context, msg *nats.Msg) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return x.link.NC.RequestMsgWithContext(ctx, msg)
}

// lag checks that a publisher may ask how many postings wait; only with a limit
// to them does it need to.
func (x *examination) lag(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	info, err := Lookup(ctx, x.link)
	no := x.refused()
	switch {
	case no != "":
		x.warn("see how many postings wait", no, "allow publishing to "+x.link.Prefix+".CONSUMER.INFO."+Postings+"."+Consumer+", or publish without --max-lag")
	case err != nil:
		x.warn("see how many postings wait", err.Error(), "rolecall streams apply")
	default:
		x.ok("see how many postings wait", fmt.Sprintf("%d", info.NumPending))
	}
}

// pulls checks that postings may be asked for, with a request that the server
// cannot read and so gives none.
func (x *examination) pulls(ctx context.Context) {
	subject := x.link.Prefix + ".CONSUMER.MSG.NEXT." + Postings + "." + Consumer
	reply, err := x.ask(ctx, &nats.Msg{Subject: subject, Data: []byte("{")})
	no := x.refused()
	switch {
	case no != "":
		x.fail("ask for postings", no, "allow publishing to "+subject)
	case err != nil:
		x.fail("ask for postings", err.Error(), "rolecall streams apply")
	default:
		x.ok("ask for postings", "allowed (the server says "+reply.Header.Get("Status")+" to a request without sense, as it should)")
	}
}

// acknowledges checks the right to answer, with an answer for no posting.
func (x *examination) acknowledges(context.Context) {
	subject := "$JS.ACK." + Postings + "." + Consumer
	_ = x.link.NC.Publish(subject+".1.0.0.0.0", []byte("+WPI"))
	if no := x.refused(); no != "" {
		x.fail("acknowledge postings", no, "allow publishing to "+subject+".>")
		return
	}
	x.ok("acknowledge postings", "allowed")
}

// hears checks the rights that alarms need: without them a posting that the
// server gives up on would vanish in silence.
func (x *examination) hears(ctx context.Context) {
	for _, subject := range []string{MaxDeliveries, Terminated} {
		if sub, err := x.link.NC.SubscribeSync(subject); err == nil {
			defer sub.Unsubscribe()
		}
	}
	if no := x.refused(); no != "" {
		x.fail("hear of postings given up on", no, "allow subscribing to "+MaxDeliveries+" and "+Terminated)
	} else {
		x.ok("hear of postings given up on", "allowed")
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	// There is no message 0: the server refuses to look for it.
	_, err := x.link.NC.RequestWithContext(ctx, x.link.DirectGet(), []byte(`{"seq":0}`))
	no := x.refused()
	switch {
	case no != "":
		x.fail("read a posting given up on", no, "allow publishing to "+x.link.DirectGet())
	case err != nil:
		x.fail("read a posting given up on", err.Error(), "set allow_direct on "+Postings+": rolecall streams apply")
	default:
		x.ok("read a posting given up on", "allowed")
	}
}

// answers checks the rights that requests over NATS need; without them the
// worker does all else.
func (x *examination) answers(context.Context) {
	for _, subject := range []string{"rolecall.classify", "$SRV.PING"} {
		sub, err := x.link.NC.QueueSubscribeSync(subject, "doctor")
		if err == nil {
			defer sub.Unsubscribe()
		}
	}
	if no := x.refused(); no != "" {
		x.warn("answer requests", no, "allow subscribing to rolecall.> and $SRV.>, or serve with --no-requests")
		return
	}
	x.ok("answer requests", "allowed")
}

// reads checks that a stream may be followed.
func reads(stream string) func(*examination, context.Context) {
	return func(x *examination, ctx context.Context) {
		what := "read " + stream
		ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		s, err := x.link.JS.Stream(ctx, stream)
		if err == nil {
			var c jetstream.Consumer
			if c, err = x.link.JS.OrderedConsumer(ctx, stream, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverNewPolicy}); err == nil {
				_ = x.link.JS.DeleteConsumer(ctx, stream, c.CachedInfo().Name)
			}
		}
		if no := x.refused(); no != "" {
			x.fail(what, no, fmt.Sprintf("allow publishing to %s.STREAM.INFO.%s, .CONSUMER.CREATE.%s.>, .CONSUMER.DELETE.%s.> and .CONSUMER.MSG.NEXT.%s.>", x.link.Prefix, stream, stream, stream, stream))
			return
		}
		if err != nil {
			x.fail(what, err.Error(), "rolecall streams apply")
			return
		}
		x.clock(s.CachedInfo().TimeStamp)
		x.ok(what, fmt.Sprintf("allowed; %d messages", s.CachedInfo().State.Msgs))
	}
}
