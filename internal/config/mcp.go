package config

import (
	"errors"
	"log/slog"
	"slices"

	"github.com/alecthomas/kong"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/mcp"
	"mstudio-graphql/rest"
)

// MCP holds the settings of the command that serves tools over standard input and output.
type MCP struct {
	TokenFile tokenFile        `env:"MITTWALD_API_TOKEN_FILE" placeholder:"FILE" help:"File with the user's mStudio API token. Default: the token in MITTWALD_API_TOKEN."`
	Token     apiToken         `hidden:"" env:"MITTWALD_API_TOKEN" help:"The token of --token-file."`
	Writes    bool             `env:"MCP_WRITES" help:"Also offer documents with mutations as tools. Use assistants that request confirmation before they call one."`
	Documents trustedDocuments `env:"MCP_DOCUMENTS" placeholder:"FILE" help:"Manifest of the documents to offer as tools, in Apollo's or Relay's format. Default: built-in documents."`
	MaxCalls  int              `name:"max-calls" default:"25" min:"1" env:"MCP_MAX_CALLS" help:"Maximum mStudio calls of one call of a tool."`

	Upstream rest.Config `embed:"" group:"mStudio"`

	LogLevel  logLevel `group:"Logging" default:"warn" env:"LOG_LEVEL" help:"Log level: debug, info, warn or error. The log is written to standard error."`
	LogFormat string   `group:"Logging" default:"text" enum:"text,json" env:"LOG_FORMAT" help:"Log format: text or json."`
}

// RestConfig returns the configuration of the mStudio client.
func (m MCP) RestConfig(version string, log *slog.Logger) rest.Config {
	return Serve{Upstream: m.Upstream}.RestConfig(version, log)
}

// GatewayConfig returns the configuration of the gateway in the process.
func (m MCP) GatewayConfig(client *rest.Client, log *slog.Logger, version string) gateway.Config {
	return gateway.Config{
		Client: client, Log: log, Version: version, NoLive: true,
		MCP: mcp.Config{Enabled: true, Writes: m.Writes, Documents: m.Documents, MaxCalls: m.MaxCalls},
	}
}

// CallerToken returns the user's token.
func (m MCP) CallerToken() rest.Token {
	if m.TokenFile.IsZero() {
		return m.Token.Token
	}
	return m.TokenFile.Token
}

// Validate returns all errors in the settings at once.
func (m MCP) Validate(parsed *kong.Context) error {
	errs := append(belowMinimum(parsed.Selected().Flags), checkUpstream(m.Upstream))
	if m.CallerToken().IsZero() {
		errs = append(errs, errors.New("set MITTWALD_API_TOKEN or --token-file to your mStudio API token"))
	}
	if slices.ContainsFunc(parsed.Path, func(path *kong.Path) bool { return path.Flag != nil && path.Flag.Name == "token" }) {
		errs = append(errs, errors.New("the value of --token would be visible to every user of this machine; set --token-file or MITTWALD_API_TOKEN"))
	}
	return errors.Join(errs...)
}

// apiToken holds a token. Formatting does not print it.
type apiToken struct{ rest.Token }

// UnmarshalText reads the token.
func (t *apiToken) UnmarshalText(text []byte) (err error) {
	t.Token, err = rest.NewToken(string(text))
	return err
}
