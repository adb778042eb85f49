package config

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"mstudio-graphql/gateway"
	"mstudio-graphql/rest"
)

// Watch holds the settings of the command that sends webhooks.
type Watch struct {
	Config     configFile `name:"config" env:"WATCH_CONFIG_FILE" placeholder:"FILE" help:"YAML file with settings of this command by the names of their flags. Flags and environment variables override it. An unknown name is an error."`
	To         string     `required:"" env:"WATCH_TO" placeholder:"URL" help:"URL that receives the webhooks. It must be https, unless the host is this machine."`
	TokenFile  tokenFile  `required:"" env:"WATCH_TOKEN_FILE" placeholder:"FILE" help:"File with the mStudio API token whose conversations are watched."`
	SecretFile keyFile    `env:"WATCH_SECRET_FILE" placeholder:"FILE" help:"File with the secret that signs the webhooks: 24 to 64 bytes in base64, with or without the prefix whsec_. Each of several lines adds a signature. Required, unless the receiver is on this machine."`
	StateFile  string     `env:"WATCH_STATE_FILE" placeholder:"FILE" help:"File that remembers, without titles and texts, what the receiver has accepted, so that the next start reports what has changed since. Default: none; each start reports only what happens after it."`
	Filter     jsonObject `env:"WATCH_FILTER" placeholder:"JSON" help:"Conversations to watch: a ConversationFilter of the schema without search, such as '{\"states\": [\"OPEN\"]}'. Default: all."`
	Content    bool       `env:"WATCH_CONTENT" help:"Send titles and texts, too."`

	Interval time.Duration `name:"live-interval" min:"0" env:"LIVE_INTERVAL" help:"Time between two polls. 0s means 2s to 2m, by activity and rate limit."`
	Upstream rest.Config   `embed:"" group:"mStudio"`

	LogLevel  logLevel `group:"Logging" default:"info" env:"LOG_LEVEL" help:"Log level: debug, info, warn or error."`
	LogFormat string   `group:"Logging" default:"text" enum:"text,json" env:"LOG_FORMAT" help:"Log format: text or json."`
}

// GatewayConfig returns the configuration of the gateway in the process.
func (w Watch) GatewayConfig(client *rest.Client, log *slog.Logger) gateway.Config {
	config := gateway.Config{Client: client, Log: log}
	config.Watcher.Interval = w.Interval
	return config
}

// Secrets returns the keys that sign webhooks.
func (w Watch) Secrets() [][]byte { return plain(w.SecretFile, nil) }

// Validate returns all errors in the settings at once. They do not repeat the URL, which may contain a password.
func (w Watch) Validate(parsed *kong.Context) error {
	errs := append(belowMinimum(parsed.Selected().Flags), checkSecrets("--secret-file", w.SecretFile))
	to, err := url.Parse(w.To)
	switch {
	case w.To == "": // kong reports that it is missing
	case err != nil || to.Hostname() == "" || to.User != nil || to.Fragment != "":
		errs = append(errs, errors.New("--to must be an absolute URL without a user and a fragment"))
	case to.Scheme != "https" && (to.Scheme != "http" || !rest.IsLoopback(to.Hostname())):
		errs = append(errs, errors.New("--to must be https (http requires a loopback host)"))
	case len(w.SecretFile) == 0 && !rest.IsLoopback(to.Hostname()):
		errs = append(errs, errors.New("--to needs --secret-file, because the receiver must be able to tell webhooks from forgeries"))
	}
	return errors.Join(append(errs, checkUpstream(w.Upstream))...)
}

// tokenFile holds the token in a file. Formatting does not print it.
type tokenFile struct{ rest.Token }

// UnmarshalText reads the file called name.
func (f *tokenFile) UnmarshalText(name []byte) error {
	text, err := os.ReadFile(string(name))
	if err != nil {
		return err
	}
	f.Token, err = rest.NewToken(strings.TrimSpace(string(text)))
	return err
}

// jsonObject is a JSON object.
type jsonObject map[string]any

// UnmarshalText reads JSON. Its error does not repeat it.
func (o *jsonObject) UnmarshalText(text []byte) error {
	if json.Unmarshal(text, (*map[string]any)(o)) != nil || *o == nil {
		return errors.New("must be a JSON object")
	}
	return nil
}
