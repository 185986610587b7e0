package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/urfave/cli/v3"

	"rolecall/cmd/internal/broker"
)

// natsFlags say which NATS server to use. Their variables are those of the
// nats command, so that whoever has set that up has set up this.
func natsFlags() []cli.Flag {
	str := func(name, env, usage string) cli.Flag {
		return &cli.StringFlag{Name: name, Usage: usage, Sources: cli.EnvVars(env), Category: "NATS"}
	}
	return []cli.Flag{
		&cli.StringFlag{Name: "nats", Usage: "NATS server `URL`, or several separated by commas [$NATS_URL]", Category: "NATS"},
		&cli.StringFlag{Name: "context", Usage: "use the NATS context `NAME`, or the file of one by its absolute path [$NATS_CONTEXT]", Category: "NATS"},
		str("creds", "NATS_CREDS", "log in with the credentials in `FILE`"),
		str("nkey", "NATS_NKEY", "log in with the nkey seed in `FILE`"),
		str("user", "NATS_USER", "log in as `USER`"),
		str("password", "NATS_PASSWORD", "with `PASSWORD` (better in the variable: others can see a command line)"),
		str("token", "NATS_TOKEN", "log in with `TOKEN` (better in the variable)"),
		str("tls-ca", "NATS_CA", "trust the authorities in `FILE`"),
		str("tls-cert", "NATS_CERT", "show the client certificate in `FILE`"),
		str("tls-key", "NATS_KEY", "whose key is in `FILE`"),
		&cli.BoolFlag{Name: "tls-first", Usage: "speak TLS before the server's greeting", Sources: cli.EnvVars("NATS_TLS_FIRST"), Category: "NATS"},
		str("inbox-prefix", "NATS_INBOX_PREFIX", "receive replies under `PREFIX`, for users who may not under _INBOX"),
		str("js-domain", "NATS_JS_DOMAIN", "use the JetStream of `DOMAIN`"),
	}
}

// serverOf is which server natsFlags ask for. What the command line says goes
// before what the environment does, which says it only here: a flag does not
// tell where its value is from.
func serverOf(c *cli.Command) (url, context string) {
	if c.IsSet("nats") || c.IsSet("context") {
		return c.String("nats"), c.String("context")
	}
	if context = os.Getenv("NATS_CONTEXT"); context != "" {
		return "", context
	}
	return os.Getenv("NATS_URL"), ""
}

// natsConfig is what natsFlags ask for.
func natsConfig(c *cli.Command) broker.Config {
	url, context := serverOf(c)
	return broker.Config{
		URL: url, Context: context,
		Creds: c.String("creds"), NKey: c.String("nkey"), User: c.String("user"), Password: c.String("password"), Token: c.String("token"),
		CA: c.String("tls-ca"), Cert: c.String("tls-cert"), Key: c.String("tls-key"), TLSFirst: c.Bool("tls-first"),
		InboxPrefix: c.String("inbox-prefix"), Domain: c.String("js-domain"),
	}
}

// connect connects as natsFlags ask, for a command that is soon done.
func connect(_ context.Context, c *cli.Command) (*broker.Link, error) {
	cfg := natsConfig(c)
	cfg.Name = "rolecall " + c.Name
	cfg.OnError = func(err error) { slog.Warn("broker", "error", err) }
	return broker.Connect(cfg)
}
