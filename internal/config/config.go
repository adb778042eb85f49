// Package config declares the settings of the gateway: flags, environment variables, defaults and checks.
package config

import (
	"log/slog"
	"time"

	"github.com/alecthomas/kong"

	"mstudio-graphql/gateway"
	"mstudio-graphql/rest"
)

// Vars returns the defaults that are taken from other packages.
func Vars() kong.Vars { return kong.Vars{"baseURL": rest.DefaultBaseURL} }

// Serve is what the gateway is run with.
type Serve struct {
	Listen          string        `group:"Server" default:"127.0.0.1:8080" env:"LISTEN" help:"Address to listen on; the API is at /graphql."`
	LinkKeys        []linkKey     `group:"Server" name:"link-key" env:"LINK_KEYS" placeholder:"KEY" help:"Key that seals links to files: 32 bytes in base64. Replicas must share it. With several, the first seals and all open. Default: drawn at the start."`
	Playground      bool          `group:"Server" env:"PLAYGROUND" help:"Serve GraphiQL at /playground, a page to write and try queries. --sandbox implies it."`
	ShutdownDelay   time.Duration `group:"Server" default:"0s" min:"0" env:"SHUTDOWN_DELAY" help:"How long to go on accepting requests after SIGTERM while /readyz answers 503, so that a load balancer notices."`
	ShutdownTimeout time.Duration `group:"Server" default:"20s" min:"1" env:"SHUTDOWN_TIMEOUT" help:"How long to wait for running requests after that. A second signal ends the program at once."`

	UpstreamURL       string        `group:"mStudio" name:"upstream-url" default:"${baseURL}" env:"MITTWALD_API_BASE_URL" help:"Where mStudio's REST API is, without its version."`
	APIVersion        string        `group:"mStudio" name:"api-version" default:"v2" env:"MITTWALD_API_VERSION" help:"First segment of every path."`
	UpstreamAllowHTTP bool          `group:"mStudio" name:"upstream-allow-http" env:"UPSTREAM_ALLOW_HTTP" help:"Accept an upstream URL without TLS on another host. Tokens then travel in the clear."`
	UpstreamTimeout   time.Duration `group:"mStudio" default:"12s" min:"1" env:"UPSTREAM_TIMEOUT" help:"How long one attempt of one call may take."`

	Gateway gateway.Config `embed:""`

	Requests Requests `embed:""`

	Sandbox         bool          `group:"Sandbox" env:"SANDBOX" help:"Use a sandbox with demo data inside this process instead of mStudio, whatever --upstream-url says, and print the demo tokens."`
	SandboxLatency  time.Duration `group:"Sandbox" default:"0s" env:"SANDBOX_LATENCY" help:"How long the sandbox waits before each answer."`
	SandboxEventLag time.Duration `group:"Sandbox" default:"0s" env:"SANDBOX_EVENT_LAG" help:"After what time the sandbox shows a change to reads that do not wait for it, as mStudio does."`

	OpsListen string `group:"Operators" env:"OPS_LISTEN" placeholder:"HOST:PORT" help:"Address of a second listener, for operators, with /metrics for Prometheus. Default: none, and nothing is counted."`
	Pprof     bool   `group:"Operators" env:"PPROF" help:"Serve Go's profiles on it, under /debug/pprof/."`

	Traces Traces `embed:""`

	LogLevel  slog.Level `group:"Logging" default:"info" env:"LOG_LEVEL" help:"debug, info, warn or error; debug adds one record per call of mStudio."`
	LogFormat string     `group:"Logging" default:"text" enum:"text,json" env:"LOG_FORMAT" help:"text or json."`
}

// RestConfig is the client's part of the settings.
func (s Serve) RestConfig(version string, log *slog.Logger) rest.Config {
	return rest.Config{
		BaseURL:        s.UpstreamURL,
		APIVersion:     s.APIVersion,
		AllowHTTP:      s.UpstreamAllowHTTP,
		AttemptTimeout: s.UpstreamTimeout,
		UserAgent:      "mstudio-graphql/" + version,
		Log:            log,
	}
}

// GatewayConfig returns the configuration of the gateway.
func (s Serve) GatewayConfig(client *rest.Client, log *slog.Logger) gateway.Config {
	config := s.Gateway
	config.Client, config.Log = client, log
	config.LinkKeys = linkKeys(s.LinkKeys)
	config.TrustedDocuments = s.Requests.TrustedDocuments
	// In gateway.Config, zero means the default.
	if config.KeepCategories == 0 {
		config.KeepCategories = -1
	}
	if config.PersistedQueries == 0 {
		config.PersistedQueries = -1
	}
	return config
}
