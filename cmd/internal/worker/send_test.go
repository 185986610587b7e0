package worker

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"rolecall/cmd/internal/broker"
)

// What will never be stored ends a sender, with what is to be done about it.
func TestSenderSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*bench) error
		wants string
	}{
		{"no stream", func(b *bench) error { return b.link.JS.DeleteStream(b.ctx, broker.Postings) }, "streams apply"},
		{"max_msg_size", func(b *bench) error {
			cfg := broker.Plan{}.Streams()[0]
			cfg.MaxMsgSize = 200
			_, err := b.link.JS.UpdateStream(b.ctx, cfg)
			return err
		}, "feed.csv:7: a posting of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, broker.Plan{})
			must(t, c.spoil(b))
			b.sender.patience = 2 * time.Second
			b.sender.Log = quiet()
			must(t, b.sender.Posting(b.ctx, posting(1, "none"), "feed.csv:7"))
			if err := b.sender.Flush(b.ctx); err == nil || !strings.Contains(err.Error(), c.wants) {
				t.Errorf("Flush = %v, want %s", err, c.wants)
			}
			if n := b.sender.Stored(); n != 0 {
				t.Errorf("%d are said to be stored", n)
			}
		})
	}
}

// A sender that may not see how many postings wait sends none beyond a limit.
func TestSenderThatCannotSeeTheLag(t *testing.T) {
	t.Parallel()
	addr := usersServerWithout(t, "$JS.API.CONSUMER.INFO.POSTINGS.rolecall")
	admin, _ := as(t, addr, "admin")
	_, err := broker.Apply(t.Context(), admin, broker.Plan{})
	must(t, err)
	pub, _ := as(t, addr, "publisher")
	sender := NewSender(pub, "test", 10)
	sender.patience = time.Second
	if err := sender.Posting(t.Context(), posting(1, "none"), "here"); err == nil || !strings.Contains(err.Error(), "rolecall doctor") {
		t.Errorf("Posting = %v, want that it cannot see the lag", err)
	}
	found := false
	for _, f := range broker.Examine(t.Context(), broker.Config{URL: "nats://" + addr, User: "publisher", Password: "publisher-secret", InboxPrefix: "_INBOX_publisher"}, broker.Plan{}, "publisher") {
		found = found || f.Level == "warn" && strings.Contains(f.Do, "without --max-lag")
	}
	if !found {
		t.Error("the doctor says nothing of it")
	}
}

// A sender that is cut off while it tries again has said so, once, and says
// what kept it; with the stream back it goes on where it was.
func TestSenderTriesAgain(t *testing.T) {
	b := newBench(t, broker.Plan{})
	must(t, b.link.JS.DeleteStream(b.ctx, broker.Postings))
	var log lockedBuffer
	b.sender.Log = slog.New(slog.NewTextHandler(&log, nil))
	must(t, b.sender.Posting(b.ctx, posting(1, "none"), "test"))
	ctx, cancel := context.WithTimeout(b.ctx, 3*time.Second)
	defer cancel()
	err := b.sender.Flush(ctx)
	if err == nil || errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no response from stream") {
		t.Errorf("Flush = %v, want what the broker said", err)
	}
	if n := strings.Count(log.String(), "not stored yet"); n != 1 {
		t.Errorf("said %d times that it tries again, want once: %s", n, &log)
	}
	must(t, b.sender.Posting(b.ctx, posting(2, "none"), "test"))
	time.AfterFunc(time.Second, func() { _, _ = broker.Apply(b.ctx, b.link, broker.Plan{}) })
	must(t, b.sender.Flush(b.ctx))
	if n := b.sender.Stored(); n != 1 {
		t.Errorf("%d are stored, want 1", n)
	}
}
