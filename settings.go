package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/rest"
)

// settings is every flag of the program. Each can be set in the environment too; the flag wins.
type settings struct {
	Serve       serveSettings       `cmd:"" default:"withargs" help:"Serve mStudio's support conversations as a GraphQL API. Callers send their own mStudio API token with each request. This is the default command: its name can be left out."`
	Sandbox     sandboxSettings     `cmd:"" help:"Serve only the sandbox: an imitation of mStudio's REST API with demo data, for any REST client."`
	Schema      schemaSettings      `cmd:"" help:"Work with the schema."`
	Explain     explainSettings     `cmd:"" help:"Say how many calls of mStudio operations may need, without a server: for checks before a release."`
	Healthcheck healthcheckSettings `cmd:"" help:"Ask a gateway on this machine whether it is well; exit with 1 if not. For containers."`
	Version     versionFlag         `help:"Print version, commit and Go version, and exit."`
}

// serveSettings is what the gateway is run with.
type serveSettings struct {
	Listen          string        `group:"Server" default:"127.0.0.1:8080" env:"LISTEN" help:"Address to listen on; the API is at /graphql."`
	CORSOrigins     []string      `group:"Server" name:"cors-origin" env:"CORS_ORIGINS" placeholder:"ORIGIN" help:"Origin whose pages may call the gateway from a browser, such as https://portal.example.com. Repeatable, or separated by commas. Default: none."`
	PublicURL       string        `group:"Server" name:"public-url" env:"PUBLIC_URL" placeholder:"URL" help:"Where clients reach the gateway, such as https://api.example.com: for links to files. Default: the address that each request was sent to."`
	LinkKeys        []linkKey     `group:"Server" name:"link-key" env:"LINK_KEYS" placeholder:"KEY" help:"Key that seals links to files: 32 bytes in base64. Replicas must share it. With several, the first seals and all open. Default: drawn at the start."`
	MaxDownloads    int           `group:"Server" name:"max-downloads" default:"32" env:"MAX_DOWNLOADS" help:"How many files may be sent to clients at once, and one file in a quarter of the places."`
	Subgraph        bool          `group:"Server" env:"SUBGRAPH" help:"Serve the schema to routers of a federated graph too (Apollo Federation v2), at /subgraph."`
	Playground      bool          `group:"Server" env:"PLAYGROUND" help:"Serve GraphiQL at /playground, a page to write and try queries. --sandbox implies it."`
	ShutdownDelay   time.Duration `group:"Server" default:"0s" env:"SHUTDOWN_DELAY" help:"How long to go on accepting requests after SIGTERM while /readyz answers 503, so that a load balancer notices."`
	ShutdownTimeout time.Duration `group:"Server" default:"20s" env:"SHUTDOWN_TIMEOUT" help:"How long to wait for running requests after that. A second signal ends the program at once."`

	UpstreamURL       string        `group:"mStudio" name:"upstream-url" default:"${baseURL}" env:"MITTWALD_API_BASE_URL" help:"Where mStudio's REST API is, without its version."`
	APIVersion        string        `group:"mStudio" name:"api-version" default:"v2" env:"MITTWALD_API_VERSION" help:"First segment of every path."`
	UpstreamAllowHTTP bool          `group:"mStudio" name:"upstream-allow-http" env:"UPSTREAM_ALLOW_HTTP" help:"Accept an upstream URL without TLS on another host. Tokens then travel in the clear."`
	UpstreamTimeout   time.Duration `group:"mStudio" default:"12s" env:"UPSTREAM_TIMEOUT" help:"How long one attempt of one call may take."`

	OperationTimeout time.Duration `group:"Operations" default:"15s" env:"OPERATION_TIMEOUT" help:"How long one operation may take, all its calls included."`
	MaxCalls         int           `group:"Operations" name:"max-calls" default:"250" env:"MAX_CALLS" help:"How many calls of mStudio one operation may make."`
	MaxParallelCalls int           `group:"Operations" name:"max-parallel-calls" default:"32" env:"MAX_PARALLEL_CALLS" help:"How many of them may be in flight at once."`
	BulkThreshold    int           `group:"Operations" name:"bulk-threshold" default:"4" env:"BULK_THRESHOLD" help:"How many projects, customers, servers or containers that an answer refers to are fetched one by one. If there are more of a kind, a list of them is fetched in one call; --bulk-threshold=-1: never."`
	KeepCategories   time.Duration `group:"Operations" default:"5m" env:"KEEP_CATEGORIES" help:"How long the public list of categories is kept; 0s fetches it for each operation that needs it."`
	RevealSecrets    bool          `group:"Operations" env:"REVEAL_SECRETS" help:"Let callers read the secrets in their own service requests. Each reveal is logged, without the value."`
	NoProjector      bool          `group:"Operations" env:"NO_PROJECTOR" help:"Render answers by the executor alone: the same answers, for several times the CPU time."`

	Door doorSettings `embed:""`

	Uploads uploadSettings `embed:""`
	Limits  limitSettings  `embed:""`

	Sandbox         bool          `group:"Sandbox" env:"SANDBOX" help:"Use a sandbox with demo data inside this process instead of mStudio, whatever --upstream-url says, and print the demo tokens."`
	SandboxLatency  time.Duration `group:"Sandbox" default:"0s" env:"SANDBOX_LATENCY" help:"How long the sandbox waits before each answer."`
	SandboxEventLag time.Duration `group:"Sandbox" default:"0s" env:"SANDBOX_EVENT_LAG" help:"After what time the sandbox shows a change to reads that do not wait for it, as mStudio does."`

	OpsListen string `group:"Operators" env:"OPS_LISTEN" placeholder:"HOST:PORT" help:"Address of a second listener, for operators, with /metrics for Prometheus. Default: none, and nothing is counted."`
	Pprof     bool   `group:"Operators" env:"PPROF" help:"Serve Go's profiles on it, under /debug/pprof/."`

	Traces traceSettings `embed:""`

	LogLevel  slog.Level `group:"Logging" default:"info" env:"LOG_LEVEL" help:"debug, info, warn or error; debug adds one record per call of mStudio."`
	LogFormat string     `group:"Logging" default:"text" enum:"text,json" env:"LOG_FORMAT" help:"text or json."`
}

// traceSettings is where traces go. The variables are OpenTelemetry's own.
type traceSettings struct {
	Endpoint       string `group:"Operators" name:"otlp-endpoint" env:"OTEL_EXPORTER_OTLP_ENDPOINT" placeholder:"URL" help:"OpenTelemetry collector that traces are sent to, by OTLP over HTTP, such as http://localhost:4318. Default: no traces are made. The other variables of OpenTelemetry count too."`
	TracesEndpoint string `group:"Operators" name:"otlp-traces-endpoint" env:"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" placeholder:"URL" help:"The same with its path, such as http://localhost:4318/v1/traces."`
	Protocol       string `group:"Operators" name:"otlp-protocol" env:"OTEL_EXPORTER_OTLP_PROTOCOL" placeholder:"PROTOCOL" help:"Only http/protobuf is spoken, which is the default."`
	TracesProtocol string `group:"Operators" name:"otlp-traces-protocol" env:"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL" placeholder:"PROTOCOL" help:"The same for traces; it wins."`
	Exporter       string `group:"Operators" name:"traces-exporter" env:"OTEL_TRACES_EXPORTER" placeholder:"EXPORTER" help:"Only otlp is known, which is the default, and none: no traces are made."`
	Disabled       bool   `group:"Operators" name:"otel-sdk-disabled" env:"OTEL_SDK_DISABLED" help:"Make no traces, whatever the other variables say."`
}

// limitSettings is what a document and an operation may ask for. They are those of limits.Limits.
type limitSettings struct {
	Bytes         int `group:"Limits" name:"max-query-bytes" default:"16384" env:"MAX_QUERY_BYTES" help:"How long the text of a document may be, in bytes."`
	Tokens        int `group:"Limits" name:"max-tokens" default:"1000" env:"MAX_TOKENS" help:"How many words and signs it may have."`
	Depth         int `group:"Limits" name:"max-depth" default:"12" env:"MAX_DEPTH" help:"How deep its fields may be nested, introspection aside."`
	Fields        int `group:"Limits" name:"max-fields" default:"2000" env:"MAX_FIELDS" help:"How many fields it may have, those of a fragment counted wherever it is spread."`
	Aliases       int `group:"Limits" name:"max-aliases" default:"30" env:"MAX_ALIASES" help:"How many of them may have an alias."`
	RootFields    int `group:"Limits" name:"max-root-fields" default:"20" env:"MAX_ROOT_FIELDS" help:"How many fields an operation may start with."`
	RootMutations int `group:"Limits" name:"max-root-mutations" default:"5" env:"MAX_ROOT_MUTATIONS" help:"How many fields a mutation may start with."`
	Directives    int `group:"Limits" name:"max-directives" default:"30" env:"MAX_DIRECTIVES" help:"How many directives a document may have."`
	Fragments     int `group:"Limits" name:"max-fragments" default:"40" env:"MAX_FRAGMENTS" help:"How many fragments it may define."`
	Operations    int `group:"Limits" name:"max-operations" default:"10" env:"MAX_OPERATIONS" help:"How many operations it may define."`
	Variables     int `group:"Limits" name:"max-variables" default:"50" env:"MAX_VARIABLES" help:"How many variables an operation may declare."`
	Cost          int `group:"Limits" name:"max-cost" default:"1000" env:"MAX_COST" help:"How many calls of mStudio an operation may need if all pages are full. It is refused before the first call."`
	Nodes         int `group:"Limits" name:"max-nodes" default:"500000" env:"MAX_NODES" help:"How many objects its answer may have if all pages are full."`
	Errors        int `group:"Limits" name:"max-errors" default:"5" env:"MAX_ERRORS" help:"How many of a document's mistakes are reported."`
}

// Validate reports the flags that are less than 1, which would refuse everything.
func (l limitSettings) Validate() error {
	var mistakes []error
	for _, limit := range []struct {
		flag  string
		value int
	}{
		{"--max-query-bytes", l.Bytes},
		{"--max-tokens", l.Tokens},
		{"--max-depth", l.Depth},
		{"--max-fields", l.Fields},
		{"--max-aliases", l.Aliases},
		{"--max-root-fields", l.RootFields},
		{"--max-root-mutations", l.RootMutations},
		{"--max-directives", l.Directives},
		{"--max-fragments", l.Fragments},
		{"--max-operations", l.Operations},
		{"--max-variables", l.Variables},
		{"--max-cost", l.Cost},
		{"--max-nodes", l.Nodes},
		{"--max-errors", l.Errors},
	} {
		if limit.value < 1 {
			mistakes = append(mistakes, fmt.Errorf("%s must be at least 1", limit.flag))
		}
	}
	return errors.Join(mistakes...)
}

// sandboxSettings is what the sandbox is run with when it runs alone.
type sandboxSettings struct {
	Listen   string        `default:"127.0.0.1:8081" env:"LISTEN" help:"Address to listen on."`
	Latency  time.Duration `default:"0s" env:"SANDBOX_LATENCY" help:"How long to wait before each answer."`
	EventLag time.Duration `default:"0s" env:"SANDBOX_EVENT_LAG" help:"After what time a change is shown to reads that do not wait for its event, as mStudio does."`
}

// Validate reports every mistake at once, before anything listens.
func (s serveSettings) Validate() error {
	var mistakes []error
	for name, duration := range map[string]time.Duration{
		"--upstream-timeout": s.UpstreamTimeout, "--operation-timeout": s.OperationTimeout, "--shutdown-timeout": s.ShutdownTimeout,
	} {
		if duration <= 0 {
			mistakes = append(mistakes, fmt.Errorf("%s must be more than zero", name))
		}
	}
	if s.ShutdownDelay < 0 {
		mistakes = append(mistakes, errors.New("--shutdown-delay must not be negative"))
	}
	if s.MaxCalls < 1 || s.MaxParallelCalls < 1 {
		mistakes = append(mistakes, errors.New("--max-calls and --max-parallel-calls must be at least 1"))
	}
	if s.BulkThreshold < 1 && s.BulkThreshold != -1 {
		mistakes = append(mistakes, errors.New("--bulk-threshold must be at least 1, or -1"))
	}
	if s.MaxDownloads < 1 {
		mistakes = append(mistakes, errors.New("--max-downloads must be at least 1"))
	}
	if s.PublicURL != "" && !isOrigin(strings.TrimSuffix(s.PublicURL, "/")) {
		mistakes = append(mistakes, errors.New("--public-url must be a scheme and a host, such as https://api.example.com"))
	}
	if err := checkLinkKeys(s.LinkKeys); err != nil {
		mistakes = append(mistakes, err)
	}
	if err := s.Uploads.Validate(); err != nil {
		mistakes = append(mistakes, err)
	}
	if err := s.Door.Validate(); err != nil {
		mistakes = append(mistakes, err)
	}
	if err := s.Limits.Validate(); err != nil {
		mistakes = append(mistakes, err)
	}
	if err := s.Traces.Validate(); err != nil {
		mistakes = append(mistakes, err)
	}
	if s.Pprof && s.OpsListen == "" {
		mistakes = append(mistakes, errors.New("--pprof needs --ops-listen"))
	}
	if s.SandboxLatency > 0 && !s.Sandbox {
		mistakes = append(mistakes, errors.New("--sandbox-latency needs --sandbox"))
	}
	if s.SandboxEventLag > 0 && !s.Sandbox {
		mistakes = append(mistakes, errors.New("--sandbox-event-lag needs --sandbox"))
	}
	for _, origin := range s.CORSOrigins {
		if !isOrigin(origin) {
			mistakes = append(mistakes, fmt.Errorf("--cors-origin %q must be a scheme and a host, such as https://portal.example.com", origin))
		}
	}
	mistakes = append(mistakes, s.wrongAddresses()...)
	return errors.Join(mistakes...)
}

// wrongAddresses says what is wrong with the addresses that are listened on, and with that of mStudio.
func (s serveSettings) wrongAddresses() []error {
	var mistakes []error
	if !isListenable(s.Listen) {
		mistakes = append(mistakes, errors.New("--listen must be a host and a port, such as 127.0.0.1:8080"))
	}
	if s.OpsListen != "" && !isListenable(s.OpsListen) {
		mistakes = append(mistakes, errors.New("--ops-listen must be a host and a port, such as 127.0.0.1:9090"))
	}
	if _, err := rest.New(s.restConfig(nil)); err != nil {
		// The client names its own field, where the operator has a flag.
		said := strings.ReplaceAll(err.Error(), "AllowHTTP", "--upstream-allow-http")
		mistakes = append(mistakes, fmt.Errorf("--upstream-url or --api-version: %s", said))
	}
	return mistakes
}

// isListenable reports whether text has a host, which may be empty, and a port. Whether they are this machine's and free
// is not known before something listens there.
func isListenable(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	_, err = (&net.Resolver{}).LookupPort(context.Background(), "tcp", port)
	return err == nil
}

// isOrigin reports whether text is what a browser sends as Origin. What the door would not take is refused with the
// other mistakes.
func isOrigin(text string) bool { return gateway.IsOrigin(text) }

// restConfig is the client's part of the settings.
func (s serveSettings) restConfig(log *slog.Logger) rest.Config {
	return rest.Config{
		BaseURL:        s.UpstreamURL,
		APIVersion:     s.APIVersion,
		AllowHTTP:      s.UpstreamAllowHTTP,
		AttemptTimeout: s.UpstreamTimeout,
		UserAgent:      "mstudio-graphql/" + version(),
		Log:            log,
	}
}

// gatewayConfig is the gateway's part of the settings.
func (s serveSettings) gatewayConfig(client *rest.Client, log *slog.Logger) gateway.Config {
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
		NoProjector:      s.NoProjector,
		Limits:           s.Limits.guardLimits(),
	}
	s.Door.apply(&config)
	return config
}

// guardLimits is the guard's part of the settings.
func (l limitSettings) guardLimits() limits.Limits {
	return limits.Limits{
		Bytes:         l.Bytes,
		Tokens:        l.Tokens,
		Depth:         l.Depth,
		Fields:        l.Fields,
		Aliases:       l.Aliases,
		RootFields:    l.RootFields,
		RootMutations: l.RootMutations,
		Directives:    l.Directives,
		Fragments:     l.Fragments,
		Operations:    l.Operations,
		Variables:     l.Variables,
		Cost:          l.Cost,
		Nodes:         l.Nodes,
		Errors:        l.Errors,
	}
}
