package broker

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nkeys"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, cfg EmbeddedConfig) *Embedded {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = t.TempDir()
	}
	e, err := Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Stop)
	return e
}

func TestEmbeddedListensOnlyWhereTold(t *testing.T) {
	for _, c := range []struct{ listen, host string }{
		{"", ""},
		{":0", "127.0.0.1"},
		{"127.0.0.1:0", "127.0.0.1"},
	} {
		e := start(t, EmbeddedConfig{Listen: c.listen})
		host := ""
		if url := e.URL(); url != "" {
			host, _, _ = net.SplitHostPort(strings.TrimPrefix(url, "nats://"))
		}
		if host != c.host {
			t.Errorf("listen %q: on %q, want %q", c.listen, host, c.host)
		}
		opts, err := EmbeddedConfig{Dir: "x", Listen: c.listen}.options()
		if err != nil || opts.JetStreamMaxMemory <= 0 || opts.JetStreamMaxStore <= 0 || opts.SyncInterval > time.Second {
			t.Errorf("listen %q: limits %d, %d, sync %v, %v", c.listen, opts.JetStreamMaxMemory, opts.JetStreamMaxStore, opts.SyncInterval, err)
		}
	}
}

func TestStartSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	start(t, EmbeddedConfig{Dir: dir})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, c := range []struct {
		cfg   EmbeddedConfig
		wants string
	}{
		{EmbeddedConfig{}, "needs a store directory"},
		{EmbeddedConfig{Dir: dir}, "in use by another rolecall"},
		{EmbeddedConfig{Dir: t.TempDir(), Listen: "nonsense"}, "listen address"},
		{EmbeddedConfig{Dir: t.TempDir(), Listen: "127.0.0.1:99999"}, "a port from 0 to 65535"},
		{EmbeddedConfig{Dir: t.TempDir(), Listen: l.Addr().String()}, "--nats nats://" + l.Addr().String()},
		{EmbeddedConfig{Dir: filepath.Join(os.DevNull, "x")}, "store directory"},
	} {
		e, err := Start(c.cfg)
		if err == nil {
			e.Stop()
		}
		if err == nil || !strings.Contains(err.Error(), c.wants) {
			t.Errorf("%+v: %v, want %s", c.cfg, err, c.wants)
		}
	}
}

func TestConnectSaysWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.creds")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		cfg   Config
		wants string
	}{
		{Config{URL: "nats://user:secret@127.0.0.1:1"}, "nothing answers there"},
		{Config{URL: "bob:secret@127.0.0.1:1"}, "nats://...@127.0.0.1:1"},
		{Config{URL: "nats://bob:%secret@127.0.0.1:1"}, "percent-encode"},
		{Config{URL: "nats://bob:s#secret@127.0.0.1:1"}, "percent-encode"},
		{Config{Context: contextFile(t, "bob:%secret@127.0.0.1:1", Config{Token: "t"})}, "percent-encode"},
		{Config{Cert: file}, "go together"},
		{Config{Creds: file, User: "u"}, "one way to log in"},
		{Config{Creds: "/nowhere/x.creds"}, "no such file"},
		{Config{NKey: file}, "nkey"},
		{Config{Context: "no-such-context"}, "no-such-context"},
		{Config{Context: "x", URL: "nats://u:secret@a"}, "--nats nats://...@a) or a NATS context (--context x)"},
	} {
		_, err := Connect(c.cfg)
		if err == nil || !strings.Contains(err.Error(), c.wants) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v, want %s and no password", c.cfg, err, c.wants)
		}
	}
}

// Each way to log in works against a server that demands it.
func TestLogin(t *testing.T) {
	seed, public := nkey(t)
	dir := t.TempDir()
	seedFile := filepath.Join(dir, "user.nk")
	if err := os.WriteFile(seedFile, seed, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, auth string
		cfg        Config
	}{
		{"token", `authorization { token: "t0ken" }`, Config{Token: "t0ken"}},
		{"user", `authorization { user: u, password: p }`, Config{User: "u", Password: "p"}},
		{"user in the URL", `authorization { user: u, password: p }`, Config{URL: "nats://u:p@"}},
		{"nkey", `authorization { users: [ { nkey: ` + public + ` } ] }`, Config{NKey: seedFile}},
	} {
		t.Run(c.name, func(t *testing.T) {
			addr := configured(t, c.auth)
			if _, err := Connect(Config{URL: "nats://" + addr}); err == nil || !strings.Contains(err.Error(), "other credentials") {
				t.Errorf("without: %v", err)
			}
			if c.cfg.URL == "" {
				c.cfg.URL = "nats://"
			}
			c.cfg.URL += addr
			l, err := Connect(c.cfg)
			if err != nil {
				t.Fatal(err)
			}
			l.Close()
			file := contextFile(t, addr, c.cfg)
			if l, err = Connect(Config{Context: file}); err != nil {
				t.Fatalf("by context: %v", err)
			}
			l.Close()
		})
	}
}

func contextFile(t *testing.T, addr string, c Config) string {
	t.Helper()
	url := "nats://" + addr
	if c.User == "" && c.Token == "" && c.NKey == "" {
		url = c.URL
	}
	data, err := json.Marshal(map[string]string{"url": url, "user": c.User, "password": c.Password, "token": c.Token, "nkey": c.NKey})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ctx.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func nkey(t *testing.T) (seed []byte, public string) {
	t.Helper()
	k, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	if seed, err = k.Seed(); err != nil {
		t.Fatal(err)
	}
	if public, err = k.PublicKey(); err != nil {
		t.Fatal(err)
	}
	return seed, public
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"nats://u:secret@a:4222,tls://b:4222": "nats://...@a:4222,tls://b:4222",
		"nats://token@a":                      "nats://...@a",
		"nats://a:1 %zz":                      "(not a URL)",
		"bob:secret@a:4222":                   "nats://...@a:4222",
		"secret@a, b":                         "nats://...@a,nats://b",
		"nats://bob:s%secret@a":               "nats://...@a",
		"tls://bob:s#secret/?@a":              "tls://...@a",
		"nats://bob:s@secret@a":               "nats://...@a",
		"nats://bob:secret,secret@a":          "(not a URL),nats://...@a",
	} {
		if got := Redact(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestToken(t *testing.T) {
	for in, want := range map[string]string{
		"acme": "acme", "a.b*c>d e": "a_b_c_d_e", "": "unnamed", "...": "unnamed", "Ünï": "n", strings.Repeat("x", 100): strings.Repeat("x", 64),
	} {
		if got := Token(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
