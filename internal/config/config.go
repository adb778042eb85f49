// Package config declares the settings of the gateway as flags with environment variables, and validates them. Settings of
// a package are declared by the tags of its own configuration, which [Serve] embeds.
//
// Besides kong's tags there is min: the least value of a number or a duration.
package config

import (
	"errors"
	"log/slog"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// Serve holds the settings of the gateway.
type Serve struct {
	Config          configFile    `group:"Server" name:"config" env:"CONFIG_FILE" placeholder:"FILE" help:"YAML file with settings by the names of their flags, such as \"max-calls: 100\". Flags and environment variables override it. An unknown name is an error."`
	Listen          string        `group:"Server" default:"127.0.0.1:8080" env:"LISTEN" help:"Address to listen on. The API is at /graphql."`
	TLSCertFile     string        `group:"Server" name:"tls-cert-file" env:"TLS_CERT_FILE" placeholder:"FILE" help:"File with the certificate and its chain, in PEM: both listeners then accept only TLS, with HTTP/2 and HTTP/1.1. The file is read again every minute. Default: no TLS."`
	TLSKeyFile      string        `group:"Server" name:"tls-key-file" env:"TLS_KEY_FILE" placeholder:"FILE" help:"File with the key of --tls-cert-file, in PEM."`
	H2C             bool          `group:"Server" name:"h2c" env:"H2C" help:"Also accept HTTP/2 without TLS, with prior knowledge, on both listeners: for proxies and meshes that use it for all their connections."`
	SubgraphListen  string        `group:"Server" env:"SUBGRAPH_LISTEN" placeholder:"HOST:PORT" help:"Address of a separate listener for /subgraph, which only routers should reach. Implies --subgraph. Default: /subgraph is on --listen."`
	LinkKeyFile     keyFile       `group:"Server" name:"link-key-file" env:"LINK_KEY_FILE" placeholder:"FILE" help:"File with the key that seals links to files and signs event IDs: 32 bytes in base64. Replicas must share it. The first of several lines seals, all of them open. Default: the keys in LINK_KEYS, or a random key."`
	LinkKeys        []key         `group:"Server" name:"link-key" hidden:"" env:"LINK_KEYS" help:"The keys of --link-key-file, separated by commas. There is no flag, because every user of a machine can read command lines."`
	Playground      bool          `group:"Server" env:"PLAYGROUND" help:"Serve GraphiQL, a query editor, at /playground. --sandbox implies it."`
	ShutdownDelay   time.Duration `group:"Server" default:"5s" min:"0" env:"SHUTDOWN_DELAY" help:"Time between SIGTERM and shutdown. Requests are still accepted while /readyz returns 503 and responses close their connections, so that a load balancer can react. An interrupt (Ctrl-C) skips it."`
	ShutdownTimeout time.Duration `group:"Server" default:"20s" min:"1" env:"SHUTDOWN_TIMEOUT" help:"Timeout for running requests at shutdown. Streams end spread over half of it. A second signal ends the process at once."`

	Upstream         rest.Config       `embed:"" group:"mStudio"`
	Gateway          gateway.Config    `embed:""`
	TrustedDocuments trustedDocuments  `group:"Requests" env:"TRUSTED_DOCUMENTS" placeholder:"FILE" help:"Manifest of documents that clients may request by ID, in Apollo's or Relay's format."`
	ClientDocuments  []clientDocuments `group:"Requests" name:"client-documents" env:"CLIENT_DOCUMENTS" placeholder:"NAME=FILE" help:"Manifest of further documents for clients that send this name as GraphQL-Client-Name or apollographql-client-name. Repeatable, or separated by commas."`
	MCPDocuments     trustedDocuments  `group:"Assistants" name:"mcp-documents" env:"MCP_DOCUMENTS" placeholder:"FILE" help:"Manifest of the documents to offer as tools, in Apollo's or Relay's format. Default: built-in documents."`
	HTTP             HTTP              `embed:"" group:"Requests"`
	HintKeyFile      keyFile           `group:"Live" name:"hint-key-file" env:"HINT_KEY_FILE" placeholder:"FILE" help:"File with the key that signs requests to POST /hints, which makes the gateway poll for subscriptions at once: 24 to 64 bytes in base64, with or without the prefix whsec_. Each of several lines is accepted. Default: the key in HINT_KEY, or none, and the route does not exist."`
	HintKey          []key             `group:"Live" name:"hint-key" hidden:"" env:"HINT_KEY" help:"The keys of --hint-key-file, separated by commas."`

	Shared             sharedstate.Config `embed:"" group:"Replicas"`
	ValkeyPasswordFile passwordFile       `group:"Replicas" name:"valkey-password-file" env:"VALKEY_PASSWORD_FILE" placeholder:"FILE" help:"File with the password of Valkey. Default: that in VALKEY_PASSWORD or VALKEY_URL, or none."`
	ValkeyPassword     password           `group:"Replicas" name:"valkey-password" hidden:"" env:"VALKEY_PASSWORD" help:"The password of --valkey-password-file."`
	ShareKeyFile       keyFile            `group:"Replicas" name:"share-key-file" env:"SHARE_KEY_FILE" placeholder:"FILE" help:"File with the key of all hashes and seals in Valkey: 32 bytes in base64. Replicas must share it. A new key forgets everything shared. Default: the key in SHARE_KEY, or one derived from the first link key."`
	ShareKey           []key              `group:"Replicas" name:"share-key" hidden:"" env:"SHARE_KEY" help:"The key of --share-key-file."`

	Sandbox       bool           `group:"Sandbox" env:"SANDBOX" help:"Use an in-process sandbox with demo data instead of mStudio, even if --upstream-url is set, and print the demo tokens."`
	SandboxConfig sandbox.Config `embed:"" prefix:"sandbox-" group:"Sandbox"`

	OpsListen string `group:"Operators" env:"OPS_LISTEN" placeholder:"HOST:PORT" help:"Address of a second listener, for operators, with Prometheus metrics at /metrics. Default: no listener."`
	Pprof     bool   `group:"Operators" env:"PPROF" help:"Serve Go profiles on the second listener, below /debug/pprof/."`
	OTLP      OTLP   `embed:"" group:"Operators"`

	LogLevel   logLevel `group:"Logging" default:"info" env:"LOG_LEVEL" help:"Log level: debug, info, warn or error. debug adds one record per attempt of an mStudio call."`
	LogFormat  string   `group:"Logging" default:"text" enum:"text,json" env:"LOG_FORMAT" help:"Log format: text or json."`
	LogKeyFile keyFile  `group:"Logging" name:"log-key-file" env:"LOG_KEY_FILE" placeholder:"FILE" help:"File with the key of the hashes that distinguish callers in the log: 32 bytes in base64. A caller then has the same hash after a restart and on other replicas. Default: the key in LOG_KEY, or a random key."`
	LogKey     []key    `group:"Logging" name:"log-key" hidden:"" env:"LOG_KEY" help:"The key of --log-key-file."`
}

// logLevel is a level with our own error.
type logLevel struct{ slog.Level }

// UnmarshalText reads a level.
func (l *logLevel) UnmarshalText(text []byte) error {
	if l.Level.UnmarshalText(text) != nil {
		return errors.New("must be debug, info, warn or error")
	}
	return nil
}

// HTTP holds the limits that the server applies to each connection and request.
type HTTP struct {
	MaxHeader int `name:"max-header-bytes" default:"32768" min:"1" env:"MAX_HEADER_BYTES" help:"Maximum size of the request headers, in bytes."`
	// MaxConnections is enough for many idle clients, and little memory if all of them send headers slowly.
	MaxConnections int `name:"max-connections" default:"1024" min:"1" env:"MAX_CONNECTIONS" help:"Maximum number of connections. At the limit, the one that has waited longest for a request is closed. A public client address may have a quarter of them."`

	HeaderTimeout time.Duration `default:"5s" min:"1" env:"HEADER_TIMEOUT" help:"Timeout for receiving the headers of a request."`
	ReadTimeout   time.Duration `default:"15s" min:"1" env:"READ_TIMEOUT" help:"Timeout for receiving a whole request. Uploads have their own timeouts."`
	IdleTimeout   time.Duration `default:"90s" min:"1" env:"IDLE_TIMEOUT" help:"Time until an idle connection is closed. It must be longer than that of the proxy in front of the gateway."`
}

// RestConfig returns the configuration of the mStudio client from the settings of a command.
func RestConfig(upstream rest.Config, version string, log *slog.Logger) rest.Config {
	upstream.UserAgent, upstream.Log = "mstudio-graphql/"+version, log
	return upstream
}

// GatewayConfig returns the configuration of the gateway.
func (s Serve) GatewayConfig(client *rest.Client, log *slog.Logger) gateway.Config {
	config := s.Gateway
	config.Client, config.Log = client, log
	config.LinkKeys = plain(s.LinkKeyFile, s.LinkKeys)
	config.HintKeys = plain(s.HintKeyFile, s.HintKey)
	if keys := plain(s.LogKeyFile, s.LogKey); len(keys) > 0 {
		config.LogKey = keys[0]
	}
	config.SubgraphApart = s.SubgraphListen != ""
	config.Subgraph = config.Subgraph || config.SubgraphApart
	config.TrustedDocuments = s.Manifests()
	config.MCP.Documents = s.MCPDocuments
	// A flag of 0 disables, but in gateway.Config zero means the default.
	if config.KeepCategories == 0 {
		config.KeepCategories = -1
	}
	if config.PersistedQueries == 0 {
		config.PersistedQueries = -1
	}
	return config
}
