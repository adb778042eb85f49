// Package config declares the settings of the gateway: flags, environment variables, defaults and checks.
package config

import (
	"log/slog"
	"time"

	"github.com/alecthomas/kong"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/rest"
)

// Vars returns the defaults that are taken from other packages.
func Vars() kong.Vars { return kong.Vars{"baseURL": rest.DefaultBaseURL} }

// Serve is what the gateway is run with.
type Serve struct {
	Listen          string        `group:"Server" default:"127.0.0.1:8080" env:"LISTEN" help:"Address to listen on; the API is at /graphql."`
	CORSOrigins     []string      `group:"Server" name:"cors-origin" env:"CORS_ORIGINS" placeholder:"ORIGIN" help:"Origin whose pages may call the gateway from a browser, such as https://portal.example.com. Repeatable, or separated by commas. Default: none."`
	PublicURL       string        `group:"Server" name:"public-url" env:"PUBLIC_URL" placeholder:"URL" help:"Where clients reach the gateway, such as https://api.example.com: for links to files. Default: the address that each request was sent to."`
	LinkKeys        []linkKey     `group:"Server" name:"link-key" env:"LINK_KEYS" placeholder:"KEY" help:"Key that seals links to files: 32 bytes in base64. Replicas must share it. With several, the first seals and all open. Default: drawn at the start."`
	MaxDownloads    int           `group:"Server" name:"max-downloads" default:"32" min:"1" env:"MAX_DOWNLOADS" help:"How many files may be sent to clients at once, and one file in a quarter of the places."`
	Subgraph        bool          `group:"Server" env:"SUBGRAPH" help:"Serve the schema to routers of a federated graph too (Apollo Federation v2), at /subgraph."`
	Playground      bool          `group:"Server" env:"PLAYGROUND" help:"Serve GraphiQL at /playground, a page to write and try queries. --sandbox implies it."`
	ShutdownDelay   time.Duration `group:"Server" default:"0s" min:"0" env:"SHUTDOWN_DELAY" help:"How long to go on accepting requests after SIGTERM while /readyz answers 503, so that a load balancer notices."`
	ShutdownTimeout time.Duration `group:"Server" default:"20s" min:"1" env:"SHUTDOWN_TIMEOUT" help:"How long to wait for running requests after that. A second signal ends the program at once."`

	UpstreamURL       string        `group:"mStudio" name:"upstream-url" default:"${baseURL}" env:"MITTWALD_API_BASE_URL" help:"Where mStudio's REST API is, without its version."`
	APIVersion        string        `group:"mStudio" name:"api-version" default:"v2" env:"MITTWALD_API_VERSION" help:"First segment of every path."`
	UpstreamAllowHTTP bool          `group:"mStudio" name:"upstream-allow-http" env:"UPSTREAM_ALLOW_HTTP" help:"Accept an upstream URL without TLS on another host. Tokens then travel in the clear."`
	UpstreamTimeout   time.Duration `group:"mStudio" default:"12s" min:"1" env:"UPSTREAM_TIMEOUT" help:"How long one attempt of one call may take."`

	OperationTimeout time.Duration `group:"Operations" default:"15s" min:"1" env:"OPERATION_TIMEOUT" help:"How long one operation may take, all its calls included."`
	MaxCalls         int           `group:"Operations" name:"max-calls" default:"250" min:"1" env:"MAX_CALLS" help:"How many calls of mStudio one operation may make."`
	MaxParallelCalls int           `group:"Operations" name:"max-parallel-calls" default:"32" min:"1" env:"MAX_PARALLEL_CALLS" help:"How many of them may be in flight at once."`
	BulkThreshold    int           `group:"Operations" name:"bulk-threshold" default:"4" env:"BULK_THRESHOLD" help:"How many projects, customers, servers or containers that an answer refers to are fetched one by one. If there are more of a kind, a list of them is fetched in one call; --bulk-threshold=-1: never."`
	KeepCategories   time.Duration `group:"Operations" default:"5m" env:"KEEP_CATEGORIES" help:"How long the public list of categories is kept; 0s fetches it for each operation that needs it."`
	RevealSecrets    bool          `group:"Operations" env:"REVEAL_SECRETS" help:"Let callers read the secrets in their own service requests. Each reveal is logged, without the value."`
	NoRenderer       bool          `group:"Operations" env:"NO_RENDERER" help:"Render answers by the executor alone: the same answers, for several times the CPU time."`

	Requests Requests `embed:""`

	Uploads Uploads       `embed:""`
	Limits  limits.Limits `embed:"" group:"Limits"`

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

// GatewayConfig is the gateway's part of the settings.
func (s Serve) GatewayConfig(client *rest.Client, log *slog.Logger) gateway.Config {
	keep := s.KeepCategories
	if keep == 0 {
		keep = -1 // the library's zero value is its default
	}
	config := gateway.Config{
		Client:           client,
		Log:              log,
		OperationTimeout: s.OperationTimeout,
		MaxCalls:         s.MaxCalls,
		MaxParallelCalls: s.MaxParallelCalls,
		BulkThreshold:    s.BulkThreshold,
		KeepCategories:   keep,
		CORSOrigins:      s.CORSOrigins,
		RevealSecrets:    s.RevealSecrets,
		PublicURL:        s.PublicURL,
		LinkKeys:         linkKeys(s.LinkKeys),
		MaxDownloads:     s.MaxDownloads,
		Uploads:          s.Uploads.limits(),
		Subgraph:         s.Subgraph,
		NoRenderer:       s.NoRenderer,
		Limits:           s.Limits,
	}
	s.Requests.apply(&config)
	return config
}
