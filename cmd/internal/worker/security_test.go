package worker

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"rolecall/cmd/internal/broker"
)

// startConfigured runs a server on a configuration file.
func startConfigured(t *testing.T, conf string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "nats.conf")
	must(t, os.WriteFile(file, []byte(conf), 0o600))
	opts, err := server.ProcessConfigFile(file)
	must(t, err)
	opts.NoLog, opts.NoSigs = true, true
	s, err := server.NewServer(opts)
	must(t, err)
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server is not ready")
	}
	return s.Addr().String()
}

// usersServer runs a server under deploy/nats/users.conf.
func usersServer(t *testing.T) string {
	t.Helper()
	return usersServerWithout(t, "no such right")
}

// usersServerWithout leaves a right out.
func usersServerWithout(t *testing.T, right string) string {
	t.Helper()
	users, err := os.ReadFile("../../../deploy/nats/users.conf")
	must(t, err)
	conf := strings.ReplaceAll(string(users), `"`+right+`"`, "")
	for _, u := range []string{"WORKER", "PUBLISHER", "READER", "ADMIN"} {
		conf = strings.ReplaceAll(conf, "$"+u+"_PASSWORD", strings.ToLower(u)+"-secret")
	}
	return startConfigured(t, fmt.Sprintf("listen: \"127.0.0.1:-1\"\njetstream { store_dir: %q }\n%s", t.TempDir(), conf))
}

// as connects as a user, and counts what the server refuses.
func as(t *testing.T, addr, user string) (*broker.Link, *atomic.Int32) {
	t.Helper()
	refused := &atomic.Int32{}
	link, err := broker.Connect(broker.Config{
		URL: "nats://" + addr, User: user, Password: user + "-secret", InboxPrefix: "_INBOX_" + user,
		OnError: func(err error) {
			if errors.Is(err, nats.ErrPermissionViolation) {
				refused.Add(1)
			}
		},
	})
	must(t, err)
	t.Cleanup(link.Close)
	return link, refused
}

// The users of deploy/nats/users.conf can do their work, all of it, and the
// server refuses them nothing that they ask for.
func TestLeastPrivilegeSuffices(t *testing.T) {
	t.Parallel()
	addr := usersServer(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	admin, adminRefused := as(t, addr, "admin")
	_, err := broker.Apply(ctx, admin, broker.Plan{})
	must(t, err)
	link, workerRefused := as(t, addr, "worker")
	w, err := New(ctx, link, Judge{"rev-1", plain}, metrics(), Options{Log: quiet()})
	must(t, err)
	requests, err := ServeRequests(link, "1.0.0", Judge{"rev-1", plain}.answer, func() any { return nil }, metrics(), quiet())
	must(t, err)
	working, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- w.Run(working) }()
	pub, pubRefused := as(t, addr, "publisher")
	sender := NewSender(pub, "test", 1000)
	for _, p := range postings(20) {
		must(t, sender.Posting(ctx, p, "here"))
	}
	must(t, sender.Unreadable(ctx, []byte("{"), "here", errors.New("cut")))
	must(t, sender.Flush(ctx))
	reader, readerRefused := as(t, addr, "reader")
	for stream, want := range map[string]int{broker.Results: 20, broker.Rejected: 1} {
		enough, n := errors.New("enough"), 0
		err := Follow(ctx, reader, stream, From{}, func(Said) error {
			if n++; n == want {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) {
			t.Errorf("reading %s: %v after %d", stream, err, n)
		}
	}
	original, err := broker.Message(ctx, link, sender.Last()) // as alarms read it
	must(t, err)
	if string(original.Data) != "{" || original.Subject != "postings.test" {
		t.Errorf("the last message is %s on %s", original.Data, original.Subject)
	}
	stop()
	must(t, <-done)
	must(t, requests.Stop())
	time.Sleep(50 * time.Millisecond)
	for who, n := range map[string]*atomic.Int32{"admin": adminRefused, "worker": workerRefused, "publisher": pubRefused, "reader": readerRefused} {
		if n.Load() > 0 {
			t.Errorf("%s was refused %d times", who, n.Load())
		}
	}
}

// And what is not their work is refused.
func TestLeastPrivilegeRefuses(t *testing.T) {
	t.Parallel()
	addr := usersServer(t)
	for _, c := range []struct {
		user               string
		publish, subscribe []string
	}{
		{"worker", []string{"postings.x", "$JS.API.STREAM.DELETE.RESULTS", "$JS.API.STREAM.PURGE.POSTINGS", "$JS.API.STREAM.UPDATE.RESULTS", "$JS.API.CONSUMER.DELETE.POSTINGS.rolecall", "$JS.API.STREAM.MSG.GET.RESULTS", "$JS.API.CONSUMER.CREATE.RESULTS.x", "$JS.ACK.POSTINGS.other.1.2.3.4.5", "$JS.API.DIRECT.GET.RESULTS", "$JS.API.DIRECT.GET.POSTINGS.postings.x", "$SYS.REQ.SERVER.PING", "anything"}, []string{"results.>", "postings.>", "_INBOX.>", "_INBOX_reader.>", "$JS.EVENT.ADVISORY.>", ">"}},
		{"publisher", []string{"results.none.x", "rejected.x.y", "$JS.API.STREAM.INFO.POSTINGS", "$JS.API.CONSUMER.MSG.NEXT.POSTINGS.rolecall"}, []string{"postings.>", "_INBOX_worker.>", ">"}},
		{"reader", []string{"postings.x", "results.none.x", "$JS.API.STREAM.PURGE.RESULTS", "$JS.API.CONSUMER.CREATE.POSTINGS.x", "$JS.API.CONSUMER.MSG.NEXT.POSTINGS.rolecall"}, []string{"results.>", "_INBOX_worker.>"}},
		{"admin", []string{"postings.x", "results.none.x"}, []string{"results.>", "postings.>"}},
	} {
		link, refused := as(t, addr, c.user)
		for _, s := range c.publish {
			before := refused.Load()
			must(t, link.NC.Publish(s, nil))
			expectRefusal(t, link, refused, before, c.user+" publishes "+s)
		}
		for _, s := range c.subscribe {
			before := refused.Load()
			_, err := link.NC.SubscribeSync(s)
			must(t, err)
			expectRefusal(t, link, refused, before, c.user+" subscribes to "+s)
		}
	}
}

func expectRefusal(t *testing.T, link *broker.Link, refused *atomic.Int32, before int32, what string) {
	t.Helper()
	must(t, link.Flush(5*time.Second))
	for range 100 {
		if refused.Load() > before {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("%s: allowed", what)
}

// A worker that may not do its work is not ready, and says what it lacks.
func TestLackOfRightsIsNotReady(t *testing.T) {
	t.Parallel()
	for right, wants := range map[string]string{
		"$JS.API.CONSUMER.MSG.NEXT.POSTINGS.rolecall": "asked for postings",
		"results.>":  "no results were stored",
		"rejected.>": "no rejections were stored",
	} {
		t.Run(right, func(t *testing.T) {
			t.Parallel()
			addr := usersServerWithout(t, right)
			admin, _ := as(t, addr, "admin")
			_, err := broker.Apply(t.Context(), admin, broker.Plan{})
			must(t, err)
			pub, _ := as(t, addr, "publisher")
			sender := NewSender(pub, "test", 0)
			must(t, sender.Posting(t.Context(), posting(1, "none"), "here"))
			must(t, sender.Unreadable(t.Context(), []byte("{"), "here", errors.New("cut")))
			must(t, sender.Flush(t.Context()))
			link, _ := as(t, addr, "worker")
			b := &bench{t: t, ctx: t.Context(), link: link}
			w, stop := b.start(plain, Options{GiveUpAfter: 2 * time.Second, RetryAfter: 100 * time.Millisecond, DrainWithin: time.Second})
			until(t, "it is not ready for want of "+right, func() bool {
				err := w.Ready()
				return err != nil && strings.Contains(err.Error(), wants)
			})
			_ = stop() // with what it may not store unfinished
		})
	}
}

// The doctor finds out what a user lacks.
func TestDoctorFindsMissingRights(t *testing.T) {
	t.Parallel()
	addr := usersServer(t)
	admin, _ := as(t, addr, "admin")
	_, err := broker.Apply(t.Context(), admin, broker.Plan{})
	must(t, err)
	for _, c := range []struct {
		user, role string
		fails      int
	}{
		{"worker", "worker", 0},
		{"publisher", "publisher", 0},
		{"reader", "reader", 0},
		{"admin", "admin", 0},
		{"publisher", "worker", 6},
		{"worker", "publisher", 1},
		{"worker", "reader", 2},
	} {
		fails := 0
		var said []string
		for _, f := range broker.Examine(t.Context(), broker.Config{URL: "nats://" + addr, User: c.user, Password: c.user + "-secret", InboxPrefix: "_INBOX_" + c.user}, broker.Plan{}, c.role) {
			if f.Level == "fail" {
				fails++
				if f.Do == "" {
					t.Errorf("%s fails, and nothing to do is said", f.What)
				}
			}
			said = append(said, f.Level+" "+f.What+": "+f.Detail)
		}
		if fails != c.fails {
			t.Errorf("%s as %s: %d checks fail, want %d:\n%s", c.user, c.role, fails, c.fails, strings.Join(said, "\n"))
		}
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ca, cert, key := certificates(t, dir)
	for _, c := range []struct {
		name, tls string
		cfg       broker.Config
		ok        bool
	}{
		{"plain client", "", broker.Config{}, false},
		{"TLS with the authority", "", broker.Config{CA: ca}, true},
		{"mTLS without a certificate", "verify: true", broker.Config{CA: ca}, false},
		{"mTLS", "verify: true", broker.Config{CA: ca, Cert: cert, Key: key}, true},
		{"handshake first, not told", "handshake_first: true", broker.Config{CA: ca}, false},
		{"handshake first, mTLS", "handshake_first: true, verify: true", broker.Config{CA: ca, Cert: cert, Key: key, TLSFirst: true}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			addr := startConfigured(t, fmt.Sprintf("listen: \"127.0.0.1:-1\"\ntls { cert_file: %q, key_file: %q, ca_file: %q, %s }", cert, key, ca, c.tls))
			c.cfg.URL = "nats://" + addr
			link, err := broker.Connect(c.cfg)
			if err == nil {
				link.Close()
			}
			if (err == nil) != c.ok {
				t.Errorf("connect: %v, want success %v", err, c.ok)
			}
		})
	}
}

// certificates writes an authority, and a certificate for 127.0.0.1 both ways.
func certificates(t *testing.T, dir string) (ca, cert, key string) {
	t.Helper()
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "root"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, &rootKey.PublicKey, rootKey)
	must(t, err)
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "leaf"}, NotBefore: root.NotBefore, NotAfter: root.NotAfter,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, root, &leafKey.PublicKey, rootKey)
	must(t, err)
	keyDER, err := x509.MarshalECPrivateKey(leafKey)
	must(t, err)
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
		return path
	}
	return write("ca.pem", "CERTIFICATE", rootDER), write("cert.pem", "CERTIFICATE", leafDER), write("key.pem", "EC PRIVATE KEY", keyDER)
}

// answer is Answer of a judge that nobody points to.
func (j Judge) answer(dst, data []byte) ([]byte, error) { return (&j).Answer(dst, data) }
