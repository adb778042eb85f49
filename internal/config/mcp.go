package config

import (
	"errors"
	"log/slog"

	"github.com/alecthomas/kong"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/mcp"
	"mstudio-graphql/rest"
)

// MCP holds the settings of the command that serves tools over standard input and output.
type MCP struct {
	Config configFile `name:"config" env:"MCP_CONFIG_FILE" placeholder:"FILE" help:"YAML file with settings of this command by the names of their flags. Flags and environment variables override it. An unknown name is an error."`
	Caller `embed:""`

	Writes    bool             `env:"MCP_WRITES" help:"Also offer documents with mutations as tools. Use assistants that request confirmation before they call one."`
	Documents trustedDocuments `env:"MCP_DOCUMENTS" placeholder:"FILE" help:"Manifest of the documents to offer as tools, in Apollo's or Relay's format. Default: built-in documents."`
	MaxCalls  int              `name:"max-calls" default:"25" min:"1" env:"MCP_MAX_CALLS" help:"Maximum mStudio calls of one call of a tool."`

	Upstream rest.Config `embed:"" group:"mStudio"`

	LogLevel  logLevel `group:"Logging" default:"warn" env:"LOG_LEVEL" help:"Log level: debug, info, warn or error. The log is written to standard error."`
	LogFormat string   `group:"Logging" default:"text" enum:"text,json" env:"LOG_FORMAT" help:"Log format: text or json."`
}

// GatewayConfig returns the configuration of the gateway in the process.
func (m MCP) GatewayConfig(client *rest.Client, log *slog.Logger, version string) gateway.Config {
	return gateway.Config{
		Client: client, Log: log, Version: version, NoLive: true,
		MCP: mcp.Config{Enabled: true, Writes: m.Writes, Documents: m.Documents, MaxCalls: m.MaxCalls},
	}
}

// Validate returns all errors in the settings at once.
func (m MCP) Validate(parsed *kong.Context) error {
	return errors.Join(append(belowMinimum(parsed.Selected().Flags), checkUpstream(m.Upstream), m.CheckToken(parsed))...)
}
