package broker

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/synadia-io/orbit.go/natscontext"
)

// Config says which server to use and who to be there. Its zero value is
// nats://127.0.0.1:4222 with no name and no password.
type Config struct {
	URL     string // one or several, separated by commas
	Context string // name or absolute path of a NATS context; in place of all but Name and the hooks

	Creds    string // file
	NKey     string // file of a seed
	User     string
	Password string
	Token    string

	CA       string // file
	Cert     string // file, with Key
	Key      string // file
	TLSFirst bool   // TLS before the server's greeting

	InboxPrefix string
	Domain      string // JetStream domain
	Name        string // of the connection, as the server lists it; "" is rolecall

	// Hooks, each nil or called from nats.go's own goroutine.
	OnError      func(error)
	OnDisconnect func(error)
	OnReconnect  func()
}

// DefaultURL is where a NATS server listens unless told otherwise.
const DefaultURL = "nats://127.0.0.1:4222"

// Connect connects, trying for at most 5 s; once connected it reconnects for
// ever.
func Connect(c Config) (*Link, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Context != "" {
		nc, settings, err := natscontext.Connect(c.Context, c.options()...)
		if err != nil {
			return nil, fmt.Errorf("NATS context %q: %w", c.Context, unquoted(err))
		}
		return NewLink(nc, settings.JSDomain)
	}
	if c.URL == "" {
		c.URL = DefaultURL
	}
	auth, err := c.auth()
	if err != nil {
		return nil, err
	}
	nc, err := nats.Connect(c.URL, append(c.options(), auth...)...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w%s", Redact(c.URL), unquoted(err), hint(err))
	}
	return NewLink(nc, c.Domain)
}

// hint says what most often is behind an error of connecting.
func hint(err error) string {
	switch {
	case errors.Is(err, nats.ErrNoServers):
		return " (nothing answers there: is the server running? `rolecall serve` starts one of its own)"
	case errors.Is(err, nats.ErrAuthorization):
		return " (the server wants other credentials: --creds, --nkey, --user and --password, --token, or --context)"
	case errors.Is(err, nats.ErrSecureConnRequired):
		return " (the server demands TLS: use a tls:// URL, and --tls-ca for an authority of your own)"
	}
	return ""
}

func (c *Config) options() []nats.Option {
	name := c.Name
	if name == "" {
		name = "rolecall"
	}
	return []nats.Option{
		nats.Name(name),
		nats.Timeout(5 * time.Second),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectJitter(250*time.Millisecond, 500*time.Millisecond),
		nats.PingInterval(10 * time.Second),
		nats.MaxPingsOutstanding(2),
		// A publish while there is no connection must fail now. With the
		// default the client would send it later, behind the back of
		// whoever was told that it failed.
		nats.ReconnectBufSize(-1),
		// A broker that reads nothing for so long is gone; with the default, a
		// minute, whoever is told to stop would wait for it.
		nats.FlusherTimeout(5 * time.Second),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if c.OnError != nil {
				c.OnError(err)
			}
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if c.OnDisconnect != nil {
				c.OnDisconnect(err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) {
			if c.OnReconnect != nil {
				c.OnReconnect()
			}
		}),
	}
}

func (c *Config) auth() ([]nats.Option, error) {
	var opts []nats.Option
	if c.Creds != "" {
		opts = append(opts, nats.UserCredentials(c.Creds))
	}
	if c.NKey != "" {
		o, err := nats.NkeyOptionFromSeed(c.NKey)
		if err != nil {
			return nil, fmt.Errorf("nkey %s: %w", c.NKey, err)
		}
		opts = append(opts, o)
	}
	if c.User != "" {
		opts = append(opts, nats.UserInfo(c.User, c.Password))
	}
	if c.Token != "" {
		opts = append(opts, nats.Token(c.Token))
	}
	if c.CA != "" {
		opts = append(opts, nats.RootCAs(c.CA))
	}
	if c.Cert != "" {
		opts = append(opts, nats.ClientCert(c.Cert, c.Key))
	}
	if c.TLSFirst {
		opts = append(opts, nats.TLSHandshakeFirst())
	}
	if c.InboxPrefix != "" {
		opts = append(opts, nats.CustomInboxPrefix(c.InboxPrefix))
	}
	return opts, nil
}

// check finds what contradicts itself, and files that are not there, before
// any server is asked.
func (c *Config) check() error {
	var errs []error
	if (c.Cert == "") != (c.Key == "") {
		errs = append(errs, errors.New("a TLS certificate and its key go together: one of them is missing"))
	}
	if c.Context != "" && c.URL != "" {
		errs = append(errs, fmt.Errorf("a server (--nats %s) or a NATS context (--context %s) was wanted, not both", Redact(c.URL), c.Context))
	}
	ways := 0
	for _, set := range []bool{c.Creds != "", c.NKey != "", c.User != "", c.Token != ""} {
		if set {
			ways++
		}
	}
	if ways > 1 {
		errs = append(errs, errors.New("one way to log in was wanted: credentials, nkey, user or token, not several"))
	}
	for _, f := range []string{c.Creds, c.NKey, c.CA, c.Cert, c.Key} {
		if f == "" {
			continue
		}
		if _, err := os.Stat(f); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Redact takes passwords and tokens out of a list of URLs, for logs: all before
// the last @ of each, since what has special characters in it, or no scheme, is
// read as many things, and its password with it.
func Redact(urls string) string {
	list := strings.Split(urls, ",")
	for i, s := range list {
		scheme, rest, ok := strings.Cut(strings.TrimSpace(s), "://")
		if !ok {
			scheme, rest = "nats", scheme // as nats.go takes it
		}
		if at := strings.LastIndexByte(rest, '@'); at >= 0 {
			rest = "..." + rest[at:]
		}
		list[i] = scheme + "://" + rest
		if _, err := url.Parse(list[i]); err != nil {
			list[i] = "(not a URL)"
		}
	}
	return strings.Join(list, ",")
}

// unquoted is an error of connecting without the URL, which that of a URL that
// cannot be read has in it, password and all.
func unquoted(err error) error {
	var bad *url.Error
	if errors.As(err, &bad) {
		return errors.New("not a URL: percent-encode special characters in its password")
	}
	return err
}
