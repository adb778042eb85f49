package config

import (
	"log/slog"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/documents"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/gateway/live"
	"mstudio-graphql/gateway/mcp"
	"mstudio-graphql/gateway/uploads"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// program has the flags of the gateway.
type program struct {
	Serve Serve `cmd:"" default:"withargs"`
}

func newParser(t *testing.T, p *program) *kong.Kong {
	t.Helper()
	parser, err := kong.New(p)
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

// parse parses arguments and environment like the program.
func parse(t *testing.T, arguments ...string) (Serve, error) {
	t.Helper()
	var given program
	parser := newParser(t, &given)
	if err := UnsetEmpty(parser.Model); err != nil {
		t.Fatal(err)
	}
	_, err := parser.Parse(arguments)
	return given.Serve, err
}

func mustParse(t *testing.T, arguments ...string) Serve {
	t.Helper()
	given, err := parse(t, arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return given
}

// changed returns the default settings after change.
func changed(change func(*Serve)) Serve {
	s := Serve{
		Listen: "127.0.0.1:8080", ShutdownDelay: 5 * time.Second, ShutdownTimeout: 20 * time.Second,
		Upstream:      rest.Config{BaseURL: "https://api.mittwald.de/", APIVersion: "v2", ReadTimeout: 4500 * time.Millisecond, AttemptTimeout: 12 * time.Second, MaxInFlight: 256},
		LogFormat:     "text",
		SandboxConfig: sandbox.Config{RateRounding: "up"},
		Gateway: gateway.Config{
			MaxDownloads:     32,
			OperationTimeout: 15 * time.Second, MaxCalls: 250, MaxParallelCalls: 64, BulkThreshold: loader.DefaultBulkThreshold, KeepCategories: 5 * time.Minute,
			MaxInFlight: 128, MaxInFlightPerCaller: 32, MaxBody: 131_072, Introspection: gateway.IntrospectionAuthenticated,
			PersistedQueries: 8 << 20,
			Uploads:          uploads.Limits{FileBytes: 100 << 20, TotalBytes: 250 << 20, Files: 10, MaxConcurrent: 32, Idle: 30 * time.Second, Timeout: 10 * time.Minute},
			Live: live.Config{
				MaxStreams: 10_000, MaxStreamsPerCaller: 10, MaxSocketOperations: 32, MaxMessageBytes: 64 << 10, StreamLife: time.Hour, StreamPing: 15 * time.Second,
				StreamInitTimeout: 10 * time.Second, StreamWriteTimeout: 10 * time.Second, StreamBufferBytes: 256 << 10,
			},
			Watcher: watcher.Config{Polls: 200, Rows: 2000, Subscriptions: 20},
			MCP:     mcp.Config{MaxCalls: 25, MaxResultBytes: 65536},
			Limits: limits.Limits{
				Bytes: 65536, Tokens: 5000, Depth: 25, Fields: 5000, Aliases: 100, RootFields: 50, RootMutations: 5, Directives: 100,
				Fragments: 100, Operations: 10, Variables: 100, Cost: 1000, EventCalls: 10, Nodes: 500_000, Values: 2_000_000, Errors: 5,
			},
		},
		Shared: sharedstate.Config{Timeout: 5 * time.Millisecond},
		HTTP:   HTTP{MaxHeader: 32_768, MaxConnections: 1024, HeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, IdleTimeout: 90 * time.Second},
	}
	change(&s)
	return s
}

// setting is a value for a flag or its environment variable, and its effect.
type setting struct {
	env, value string
	change     func(*Serve)
	with       []string // flags that it requires
}

// testKey is 32 zero bytes in base64.
const testKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

// testManifest returns the documents of testdata/manifest.json.
func testManifest() trustedDocuments {
	return trustedDocuments{"viewer-1": "query Viewer { viewer { name } }"}
}

// trustSettings returns the settings with keys, and proxies. Keys in variables have a hidden flag.
func trustSettings() map[string]setting {
	return map[string]setting{
		"link-key":             {"LINK_KEYS", testKey, func(s *Serve) { s.LinkKeys = []key{make([]byte, 32)} }, nil},
		"link-key-file":        {"LINK_KEY_FILE", "testdata/key", func(s *Serve) { s.LinkKeyFile = keyFile{make([]byte, 32)} }, nil},
		"trusted-proxy":        {"TRUSTED_PROXIES", "10.0.0.0/8", func(s *Serve) { s.Gateway.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} }, nil},
		"hint-key":             {"HINT_KEY", testKey, func(s *Serve) { s.HintKey = []key{make([]byte, 32)} }, nil},
		"hint-key-file":        {"HINT_KEY_FILE", "testdata/secrets", func(s *Serve) { s.HintKeyFile = keyFile{make([]byte, 24), make([]byte, 32)} }, nil},
		"log-key":              {"LOG_KEY", testKey, func(s *Serve) { s.LogKey = []key{make([]byte, 32)} }, nil},
		"log-key-file":         {"LOG_KEY_FILE", "testdata/key", func(s *Serve) { s.LogKeyFile = keyFile{make([]byte, 32)} }, nil},
		"share-key":            {"SHARE_KEY", testKey, func(s *Serve) { s.ShareKey = []key{make([]byte, 32)} }, nil},
		"share-key-file":       {"SHARE_KEY_FILE", "testdata/key", func(s *Serve) { s.ShareKeyFile = keyFile{make([]byte, 32)} }, nil},
		"valkey-password":      {"VALKEY_PASSWORD", "hunter2", func(s *Serve) { s.ValkeyPassword = "hunter2" }, nil},
		"valkey-password-file": {"VALKEY_PASSWORD_FILE", "testdata/password", func(s *Serve) { s.ValkeyPasswordFile = "hunter2" }, nil},
	}
}

// upstreamSettings returns the settings of the REST client by flag name.
func upstreamSettings() map[string]setting {
	return map[string]setting{
		"upstream-url":                      {"MITTWALD_API_BASE_URL", "https://api.example.com", func(s *Serve) { s.Upstream.BaseURL = "https://api.example.com" }, nil},
		"api-version":                       {"MITTWALD_API_VERSION", "v3-next", func(s *Serve) { s.Upstream.APIVersion = "v3-next" }, nil},
		"upstream-allow-http":               {"UPSTREAM_ALLOW_HTTP", "true", func(s *Serve) { s.Upstream.AllowHTTP = true }, nil},
		"upstream-timeout":                  {"UPSTREAM_TIMEOUT", "3s", func(s *Serve) { s.Upstream.AttemptTimeout = 3 * time.Second }, nil},
		"upstream-read-timeout":             {"UPSTREAM_READ_TIMEOUT", "2s", func(s *Serve) { s.Upstream.ReadTimeout = 2 * time.Second }, nil},
		"no-rate-budget":                    {"NO_RATE_BUDGET", "true", func(s *Serve) { s.Upstream.NoRateBudget = true }, nil},
		"no-shared-calls":                   {"NO_SHARED_CALLS", "true", func(s *Serve) { s.Upstream.NoSharedCalls = true }, nil},
		"max-upstream-in-flight":            {"MAX_UPSTREAM_IN_FLIGHT", "20", func(s *Serve) { s.Upstream.MaxInFlight = 20 }, nil},
		"max-upstream-in-flight-per-caller": {"MAX_UPSTREAM_IN_FLIGHT_PER_CALLER", "5", func(s *Serve) { s.Upstream.MaxInFlightPerCaller = 5 }, nil},
	}
}

// everySetting returns all settings by flag name.
func everySetting() map[string]setting {
	settings := map[string]setting{
		"config":                      {"CONFIG_FILE", "testdata/config.yaml", func(s *Serve) { s.Config, s.Gateway.MaxCalls = "testdata/config.yaml", 33 }, nil},
		"listen":                      {"LISTEN", "0.0.0.0:80", func(s *Serve) { s.Listen = "0.0.0.0:80" }, nil},
		"cors-origin":                 {"CORS_ORIGINS", "https://a.example,https://b.example", func(s *Serve) { s.Gateway.CORSOrigins = []string{"https://a.example", "https://b.example"} }, nil},
		"cors-header":                 {"CORS_HEADERS", "Baggage,Sentry-Trace", func(s *Serve) { s.Gateway.CORSHeaders = []string{"Baggage", "Sentry-Trace"} }, nil},
		"conversation-url":            {"CONVERSATION_URL", "https://m.example/{id}", func(s *Serve) { s.Gateway.ConversationURL = "https://m.example/{id}" }, nil},
		"public-url":                  {"PUBLIC_URL", "https://api.example.com", func(s *Serve) { s.Gateway.PublicURL = "https://api.example.com" }, nil},
		"max-downloads":               {"MAX_DOWNLOADS", "3", func(s *Serve) { s.Gateway.MaxDownloads = 3 }, nil},
		"max-upload-bytes":            {"MAX_UPLOAD_BYTES", "3", func(s *Serve) { s.Gateway.Uploads.FileBytes = 3 }, nil},
		"max-upload-total-bytes":      {"MAX_UPLOAD_TOTAL_BYTES", "4", func(s *Serve) { s.Gateway.Uploads.TotalBytes = 4 }, nil},
		"max-upload-files":            {"MAX_UPLOAD_FILES", "5", func(s *Serve) { s.Gateway.Uploads.Files = 5 }, nil},
		"max-uploads":                 {"MAX_UPLOADS", "6", func(s *Serve) { s.Gateway.Uploads.MaxConcurrent = 6 }, nil},
		"upload-idle-timeout":         {"UPLOAD_IDLE_TIMEOUT", "7s", func(s *Serve) { s.Gateway.Uploads.Idle = 7 * time.Second }, nil},
		"upload-timeout":              {"UPLOAD_TIMEOUT", "1m", func(s *Serve) { s.Gateway.Uploads.Timeout = time.Minute }, nil},
		"subgraph":                    {"SUBGRAPH", "true", func(s *Serve) { s.Gateway.Subgraph = true }, nil},
		"tls-cert-file":               {"TLS_CERT_FILE", "testdata/cert.pem", func(s *Serve) { s.TLSCertFile, s.TLSKeyFile = "testdata/cert.pem", "testdata/key.pem" }, []string{"--tls-key-file=testdata/key.pem"}},
		"tls-key-file":                {"TLS_KEY_FILE", "testdata/key.pem", func(s *Serve) { s.TLSCertFile, s.TLSKeyFile = "testdata/cert.pem", "testdata/key.pem" }, []string{"--tls-cert-file=testdata/cert.pem"}},
		"subgraph-listen":             {"SUBGRAPH_LISTEN", "10.0.0.5:81", func(s *Serve) { s.SubgraphListen = "10.0.0.5:81" }, nil},
		"shutdown-delay":              {"SHUTDOWN_DELAY", "0s", func(s *Serve) { s.ShutdownDelay = 0 }, nil},
		"shutdown-timeout":            {"SHUTDOWN_TIMEOUT", "1m", func(s *Serve) { s.ShutdownTimeout = time.Minute }, nil},
		"operation-timeout":           {"OPERATION_TIMEOUT", "10s", func(s *Serve) { s.Gateway.OperationTimeout = 10 * time.Second }, nil},
		"max-calls":                   {"MAX_CALLS", "7", func(s *Serve) { s.Gateway.MaxCalls = 7 }, nil},
		"bulk-threshold":              {"BULK_THRESHOLD", "-1", func(s *Serve) { s.Gateway.BulkThreshold = -1 }, nil},
		"max-parallel-calls":          {"MAX_PARALLEL_CALLS", "8", func(s *Serve) { s.Gateway.MaxParallelCalls = 8 }, nil},
		"max-memory-bytes":            {"MAX_MEMORY_BYTES", "17", func(s *Serve) { s.Gateway.MaxMemory = 17 }, nil},
		"max-memory-per-caller-bytes": {"MAX_MEMORY_PER_CALLER_BYTES", "16", func(s *Serve) { s.Gateway.MaxMemoryPerCaller = 16 }, nil},
		"max-in-flight":               {"MAX_IN_FLIGHT", "111", func(s *Serve) { s.Gateway.MaxInFlight = 111 }, nil},
		"max-in-flight-per-caller":    {"MAX_IN_FLIGHT_PER_CALLER", "12", func(s *Serve) { s.Gateway.MaxInFlightPerCaller = 12 }, nil},
		"min-in-flight":               {"MIN_IN_FLIGHT", "14", func(s *Serve) { s.Gateway.MinInFlight = 14 }, nil},
		"max-body-bytes":              {"MAX_BODY_BYTES", "13", func(s *Serve) { s.Gateway.MaxBody = 13 }, nil},
		"max-connections":             {"MAX_CONNECTIONS", "15", func(s *Serve) { s.HTTP.MaxConnections = 15 }, nil},
		"max-header-bytes":            {"MAX_HEADER_BYTES", "14", func(s *Serve) { s.HTTP.MaxHeader = 14 }, nil},
		"header-timeout":              {"HEADER_TIMEOUT", "1s", func(s *Serve) { s.HTTP.HeaderTimeout = time.Second }, nil},
		"read-timeout":                {"READ_TIMEOUT", "2s", func(s *Serve) { s.HTTP.ReadTimeout = 2 * time.Second }, nil},
		"idle-timeout":                {"IDLE_TIMEOUT", "3s", func(s *Serve) { s.HTTP.IdleTimeout = 3 * time.Second }, nil},
		"introspection":               {"INTROSPECTION", "off", func(s *Serve) { s.Gateway.Introspection = gateway.IntrospectionOff }, nil},
		"persisted-query-bytes":       {"PERSISTED_QUERY_BYTES", "0", func(s *Serve) { s.Gateway.PersistedQueries = 0 }, nil},
		"mcp-documents":               {"MCP_DOCUMENTS", "testdata/manifest.json", func(s *Serve) { s.MCPDocuments = testManifest() }, nil},
		"trusted-documents":           {"TRUSTED_DOCUMENTS", "testdata/manifest.json", func(s *Serve) { s.TrustedDocuments = testManifest() }, nil},
		"client-documents": {"CLIENT_DOCUMENTS", "web=testdata/manifest.json,ios=testdata/manifest.json", func(s *Serve) {
			s.ClientDocuments = []clientDocuments{{"web", testManifest()}, {"ios", testManifest()}}
		}, nil},
		"max-rate-per-caller":    {"MAX_RATE_PER_CALLER", "120", func(s *Serve) { s.Gateway.MaxRatePerCaller = 120 }, nil},
		"max-rate-per-address":   {"MAX_RATE_PER_ADDRESS", "600", func(s *Serve) { s.Gateway.MaxRatePerAddress = 600 }, nil},
		"trusted-documents-only": {"TRUSTED_DOCUMENTS_ONLY", "true", func(s *Serve) { s.TrustedDocuments, s.Gateway.TrustedDocumentsOnly = testManifest(), true }, []string{"--trusted-documents=testdata/manifest.json"}},
		"keep-categories":        {"KEEP_CATEGORIES", "0s", func(s *Serve) { s.Gateway.KeepCategories = 0 }, nil},
		"reveal-secrets":         {"REVEAL_SECRETS", "true", func(s *Serve) { s.Gateway.RevealSecrets = true }, nil},
		"no-renderer":            {"NO_RENDERER", "true", func(s *Serve) { s.Gateway.NoRenderer = true }, nil},
		"sandbox":                {"SANDBOX", "true", func(s *Serve) { s.Sandbox = true }, nil},
		"log-level":              {"LOG_LEVEL", "debug", func(s *Serve) { s.LogLevel.Level = slog.LevelDebug }, nil},
		"playground":             {"PLAYGROUND", "true", func(s *Serve) { s.Playground = true }, nil},
		"log-format":             {"LOG_FORMAT", "json", func(s *Serve) { s.LogFormat = "json" }, nil},
		"sandbox-latency":        {"SANDBOX_LATENCY", "9ms", func(s *Serve) { s.Sandbox, s.SandboxConfig.Latency = true, 9*time.Millisecond }, []string{"--sandbox"}},
		"sandbox-event-lag":      {"SANDBOX_EVENT_LAG", "9ms", func(s *Serve) { s.Sandbox, s.SandboxConfig.EventLag = true, 9*time.Millisecond }, []string{"--sandbox"}},
		"sandbox-activity":       {"SANDBOX_ACTIVITY", "9ms", func(s *Serve) { s.Sandbox, s.SandboxConfig.Activity = true, 9*time.Millisecond }, []string{"--sandbox"}},
		"sandbox-rate-limit": {"SANDBOX_RATE_LIMIT", "300/20s", func(s *Serve) {
			s.Sandbox, s.SandboxConfig.RateLimit = true, sandbox.RateLimit{Requests: 300, Window: 20 * time.Second}
		}, []string{"--sandbox"}},
		"sandbox-rate-rounding": {"SANDBOX_RATE_ROUNDING", "down", func(s *Serve) { s.Sandbox, s.SandboxConfig.RateRounding = true, "down" }, []string{"--sandbox"}},
		"ops-listen":            {"OPS_LISTEN", "127.0.0.1:8090", func(s *Serve) { s.OpsListen = "127.0.0.1:8090" }, nil},
		"h2c":                   {"H2C", "true", func(s *Serve) { s.H2C = true }, nil},
		"otlp-endpoint":         {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318", func(s *Serve) { s.OTLP.Endpoint = "http://localhost:4318" }, nil},
		"otlp-traces-endpoint":  {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://localhost:4318/v1/traces", func(s *Serve) { s.OTLP.TracesEndpoint = "http://localhost:4318/v1/traces" }, nil},
		"otlp-protocol":         {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", func(s *Serve) { s.OTLP.Protocol = "http/protobuf" }, nil},
		"otlp-traces-protocol":  {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf", func(s *Serve) { s.OTLP.TracesProtocol = "http/protobuf" }, nil},
		"traces-exporter":       {"OTEL_TRACES_EXPORTER", "none", func(s *Serve) { s.OTLP.TracesExporter = "none" }, nil},
		"otlp-metrics-endpoint": {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://localhost:4318/v1/metrics", func(s *Serve) { s.OTLP.MetricsEndpoint = "http://localhost:4318/v1/metrics" }, nil},
		"otlp-metrics-protocol": {"OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf", func(s *Serve) { s.OTLP.MetricsProtocol = "http/protobuf" }, nil},
		"metrics-exporter":      {"OTEL_METRICS_EXPORTER", "otlp", func(s *Serve) { s.OTLP.MetricsExporter = "otlp" }, nil},
		"otel-sdk-disabled":     {"OTEL_SDK_DISABLED", "true", func(s *Serve) { s.OTLP.Disabled = true }, nil},
		"valkey-url":            {"VALKEY_URL", "rediss://valkey:6379/0", func(s *Serve) { s.Shared.URL, s.ShareKeyFile = "rediss://valkey:6379/0", keyFile{make([]byte, 32)} }, []string{"--share-key-file=testdata/key"}},
		"valkey-timeout":        {"VALKEY_TIMEOUT", "9ms", func(s *Serve) { s.Shared.Timeout = 9 * time.Millisecond }, nil},
		"pprof":                 {"PPROF", "true", func(s *Serve) { s.OpsListen, s.Pprof = "127.0.0.1:8090", true }, []string{"--ops-listen=127.0.0.1:8090"}},
	}
	maps.Copy(settings, limitSettings())
	maps.Copy(settings, liveSettings())
	maps.Copy(settings, trustSettings())
	maps.Copy(settings, upstreamSettings())
	return settings
}

// limitSettings returns the limits of documents.
func limitSettings() map[string]setting {
	return map[string]setting{
		"max-query-bytes":    {"MAX_QUERY_BYTES", "101", func(s *Serve) { s.Gateway.Limits.Bytes = 101 }, nil},
		"max-tokens":         {"MAX_TOKENS", "102", func(s *Serve) { s.Gateway.Limits.Tokens = 102 }, nil},
		"max-depth":          {"MAX_DEPTH", "103", func(s *Serve) { s.Gateway.Limits.Depth = 103 }, nil},
		"max-fields":         {"MAX_FIELDS", "104", func(s *Serve) { s.Gateway.Limits.Fields = 104 }, nil},
		"max-aliases":        {"MAX_ALIASES", "105", func(s *Serve) { s.Gateway.Limits.Aliases = 105 }, nil},
		"max-root-fields":    {"MAX_ROOT_FIELDS", "106", func(s *Serve) { s.Gateway.Limits.RootFields = 106 }, nil},
		"max-root-mutations": {"MAX_ROOT_MUTATIONS", "107", func(s *Serve) { s.Gateway.Limits.RootMutations = 107 }, nil},
		"max-directives":     {"MAX_DIRECTIVES", "108", func(s *Serve) { s.Gateway.Limits.Directives = 108 }, nil},
		"max-fragments":      {"MAX_FRAGMENTS", "109", func(s *Serve) { s.Gateway.Limits.Fragments = 109 }, nil},
		"max-operations":     {"MAX_OPERATIONS", "110", func(s *Serve) { s.Gateway.Limits.Operations = 110 }, nil},
		"max-variables":      {"MAX_VARIABLES", "111", func(s *Serve) { s.Gateway.Limits.Variables = 111 }, nil},
		"max-cost":           {"MAX_COST", "112", func(s *Serve) { s.Gateway.Limits.Cost = 112 }, nil},
		"max-nodes":          {"MAX_NODES", "113", func(s *Serve) { s.Gateway.Limits.Nodes = 113 }, nil},
		"max-values":         {"MAX_VALUES", "116", func(s *Serve) { s.Gateway.Limits.Values = 116 }, nil},
		"max-errors":         {"MAX_ERRORS", "114", func(s *Serve) { s.Gateway.Limits.Errors = 114 }, nil},
	}
}

// liveSettings returns the settings of streams and subscriptions.
func liveSettings() map[string]setting {
	return map[string]setting{
		"no-live":                      {"NO_LIVE", "true", func(s *Serve) { s.Gateway.NoLive = true }, nil},
		"live-interval":                {"LIVE_INTERVAL", "9s", func(s *Serve) { s.Gateway.Watcher.Interval = 9 * time.Second }, nil},
		"live-polls":                   {"LIVE_POLLS", "120", func(s *Serve) { s.Gateway.Watcher.Polls = 120 }, nil},
		"live-rows":                    {"LIVE_ROWS", "121", func(s *Serve) { s.Gateway.Watcher.Rows = 121 }, nil},
		"max-subscriptions-per-caller": {"MAX_SUBSCRIPTIONS_PER_CALLER", "22", func(s *Serve) { s.Gateway.Watcher.Subscriptions = 22 }, nil},
		"max-calls-per-event":          {"MAX_CALLS_PER_EVENT", "23", func(s *Serve) { s.Gateway.Limits.EventCalls = 23 }, nil},
		"max-streams":                  {"MAX_STREAMS", "115", func(s *Serve) { s.Gateway.Live.MaxStreams = 115 }, nil},
		"max-streams-per-caller":       {"MAX_STREAMS_PER_CALLER", "116", func(s *Serve) { s.Gateway.Live.MaxStreamsPerCaller = 116 }, nil},
		"mcp":                          {"MCP", "true", func(s *Serve) { s.Gateway.MCP.Enabled = true }, nil},
		"mcp-writes":                   {"MCP_WRITES", "true", func(s *Serve) { s.Gateway.MCP.Writes = true }, nil},
		"mcp-max-calls":                {"MCP_MAX_CALLS", "26", func(s *Serve) { s.Gateway.MCP.MaxCalls = 26 }, nil},
		"mcp-max-result-bytes":         {"MCP_MAX_RESULT_BYTES", "1001", func(s *Serve) { s.Gateway.MCP.MaxResultBytes = 1001 }, nil},
		"max-socket-operations":        {"MAX_SOCKET_OPERATIONS", "117", func(s *Serve) { s.Gateway.Live.MaxSocketOperations = 117 }, nil},
		"max-message-bytes":            {"MAX_MESSAGE_BYTES", "118", func(s *Serve) { s.Gateway.Live.MaxMessageBytes = 118 }, nil},
		"stream-life":                  {"STREAM_LIFE", "9s", func(s *Serve) { s.Gateway.Live.StreamLife = 9 * time.Second }, nil},
		"stream-ping":                  {"STREAM_PING", "9s", func(s *Serve) { s.Gateway.Live.StreamPing = 9 * time.Second }, nil},
		"stream-init-timeout":          {"STREAM_INIT_TIMEOUT", "9s", func(s *Serve) { s.Gateway.Live.StreamInitTimeout = 9 * time.Second }, nil},
		"stream-write-timeout":         {"STREAM_WRITE_TIMEOUT", "9s", func(s *Serve) { s.Gateway.Live.StreamWriteTimeout = 9 * time.Second }, nil},
		"stream-buffer-bytes":          {"STREAM_BUFFER_BYTES", "119", func(s *Serve) { s.Gateway.Live.StreamBufferBytes = 119 }, nil},
	}
}

// comparePrefixes makes cmp compare prefixes, whose fields it cannot read.
func comparePrefixes() cmp.Option { return cmpopts.EquateComparable(netip.Prefix{}) }

func TestDefaultSettings(t *testing.T) {
	t.Parallel()
	want := changed(func(*Serve) {})
	for _, arguments := range [][]string{nil, {"serve"}} {
		if diff := cmp.Diff(want, mustParse(t, arguments...), comparePrefixes()); diff != "" {
			t.Errorf("%v (-want +got):\n%s", arguments, diff)
		}
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	for name, setting := range everySetting() {
		arguments := append([]string{"--" + name + "=" + setting.value}, setting.with...)
		if slices.Contains([]string{"link-key", "log-key", "hint-key", "share-key", "valkey-password"}, name) {
			continue // see TestKeysInCommandLine
		}
		if diff := cmp.Diff(changed(setting.change), mustParse(t, arguments...), comparePrefixes()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	repeated := mustParse(t, "--cors-origin=https://a.example", "--cors-origin", "https://b.example")
	if diff := cmp.Diff([]string{"https://a.example", "https://b.example"}, repeated.Gateway.CORSOrigins); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Every flag has a case above, which names its variable.
func TestEveryFlagIsTested(t *testing.T) {
	t.Parallel()
	parser := newParser(t, &program{})
	var flags []string
	for _, node := range parser.Model.Children {
		if node.Name != "serve" {
			continue
		}
		for _, flag := range node.Flags {
			flags = append(flags, flag.Name)
			if diff := cmp.Diff([]string{everySetting()[flag.Name].env}, flag.Envs); diff != "" {
				t.Errorf("%s (-want +got):\n%s", flag.Name, diff)
			}
		}
	}
	if len(flags) != len(everySetting()) {
		t.Errorf("%d flags, %d cases: %v", len(flags), len(everySetting()), flags)
	}
}

// docs/security.md lists every limit with its variable and default.
func TestLimitsAreDocumented(t *testing.T) {
	t.Parallel()
	text := readText(t, "../../docs/security.md")
	parser := newParser(t, &program{})
	found := 0
	for _, node := range parser.Model.Children {
		for _, flag := range node.Flags {
			if flag.Group == nil || flag.Group.Title != "Limits" {
				continue
			}
			found++
			if row := "| `--" + flag.Name + "` | `" + flag.Envs[0] + "` | `" + flag.Default + "` |"; !strings.Contains(text, row) {
				t.Errorf("no row %s", row)
			}
		}
	}
	if found != 16 {
		t.Errorf("found %d limits", found)
	}
}

func TestEnvironment(t *testing.T) {
	for name, setting := range everySetting() {
		t.Run(name, func(t *testing.T) {
			t.Setenv(setting.env, setting.value)
			if diff := cmp.Diff(changed(setting.change), mustParse(t, setting.with...), comparePrefixes()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Empty variables, which compose files create, mean the default.
func TestEmptyVariables(t *testing.T) { //nolint:paralleltest // sets environment variables
	for _, setting := range everySetting() {
		t.Setenv(setting.env, "")
	}
	if diff := cmp.Diff(changed(func(*Serve) {}), mustParse(t), comparePrefixes()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFlagOverridesVariable(t *testing.T) {
	t.Setenv("MAX_CALLS", "5")
	if got := mustParse(t, "--max-calls=6").Gateway.MaxCalls; got != 6 {
		t.Errorf("got %d", got)
	}
}

// All invalid settings are reported at once.
func TestErrorsAreReportedTogether(t *testing.T) {
	t.Parallel()
	_, err := parse(t, "--upstream-timeout=0s", "--operation-timeout=-1s", "--shutdown-timeout=0s", "--shutdown-delay=-5s", "--max-calls=0", "--sandbox-latency=1s", "--sandbox-event-lag=1s", "--sandbox-activity=1s", "--sandbox-rate-limit=3/1s", "--sandbox-rate-rounding=down", "--max-depth=0", "--max-nodes=-1", "--max-in-flight=0", "--max-body-bytes=-1", "--read-timeout=0s",
		"--cors-origin=*", "--cors-origin=portal.example.com", "--cors-origin=https://portal.example.com/", "--upstream-url=http://api.example.com/v2", "--listen=nope", "--ops-listen=127.0.0.1:70000")
	if err == nil {
		t.Fatal("no error")
	}
	got := slices.Sorted(strings.Lines(strings.TrimPrefix(err.Error(), "serve: ") + "\n"))
	want := []string{
		"--cors-origin \"*\" must be a scheme and a host, such as https://portal.example.com or https://*.example.app\n",
		"--cors-origin \"https://portal.example.com/\" must be a scheme and a host, such as https://portal.example.com or https://*.example.app\n",
		"--cors-origin \"portal.example.com\" must be a scheme and a host, such as https://portal.example.com or https://*.example.app\n",
		"--listen must be a host and a port, such as 127.0.0.1:8080\n",
		"--max-body-bytes must be at least 1\n",
		"--max-calls must be at least 1\n",
		"--max-depth must be at least 1\n",
		"--max-in-flight must be at least 1\n",
		"--max-nodes must be at least 1\n",
		"--operation-timeout must be more than 0s\n",
		"--ops-listen must be a host and a port, such as 127.0.0.1:9090\n",
		"--read-timeout must be more than 0s\n",
		"--sandbox-activity needs --sandbox\n",
		"--sandbox-event-lag needs --sandbox\n",
		"--sandbox-latency needs --sandbox\n",
		"--sandbox-rate-limit needs --sandbox\n",
		"--sandbox-rate-rounding needs --sandbox\n",
		"--shutdown-delay must be at least 0\n",
		"--shutdown-timeout must be more than 0s\n",
		"--upstream-timeout must be more than 0s\n",
		"--upstream-url or --api-version: base URL must be https (http requires --upstream-allow-http or a loopback host)\n",
		"base URL must not end in /v2 because the version is appended\n",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestInvalidValues(t *testing.T) {
	t.Parallel()
	for _, arguments := range [][]string{
		{"--max-parallel-calls=0"},
		{"--max-upstream-in-flight=0"},
		{"--max-upstream-in-flight-per-caller=-1"},
		{"--max-calls=many"},
		{"--operation-timeout=5"},
		{"--operation-timeout=9s"},
		{"--operation-timeout=6s", "--upstream-read-timeout=3s"},
		{"--max-in-flight=31"},
		{"--max-in-flight-per-caller=129"},
		{"--log-level=loud"},
		{"--log-format=xml"},
		{"--upstream-url=api.mittwald.de"},
		{"--upstream-url=https://user:secret@api.mittwald.de"},
		{"--api-version=../v1"},
		{"--listen="},
		{"--listen=localhost"},
		{"--subgraph-listen=localhost"},
		{"--tls-cert-file=testdata/cert.pem"},
		{"--tls-key-file=testdata/key.pem"},
		{"--tls-cert-file=testdata/key.pem", "--tls-key-file=testdata/cert.pem"},
		{"--subgraph", "--trusted-documents-only", "--trusted-documents=testdata/manifest.json"},
		{"--listen=::1:8080"},
		{"--ops-listen=:nowhere"},
		{"--pprof"},
		{"--h2c", "--tls-cert-file=testdata/cert.pem", "--tls-key-file=testdata/key.pem"},
		{"--valkey-url=redis://valkey:6379"},
		{"--valkey-url=valkey:6379", "--share-key-file=testdata/key"},
		{"--valkey-url=redis://valkey:6379/one", "--share-key-file=testdata/key"},
		{"--valkey-timeout=0s"},
		{"--share-key-file=testdata/secrets"},
		{"--cors-origin=null"},
		{"--cors-origin=https://*"},
		{"--cors-origin=https://portal.*"},
		{"--cors-origin=https://*:8443"},
		{"--cors-origin=https://*.com"},
		{"--cors-origin=https://a.example:*"},
		{"--public-url=https://*.example.com"},
		{"--conversation-url=m.example/{id}"},
		{"--conversation-url=https://m.example/tickets"},
		{"--cors-origin=ftp://a.example"},
		{"--cors-origin=https://a.example/path"},
		{"--introspection=maybe"},
		{"--otlp-endpoint=localhost:4318"},
		{"--otlp-traces-endpoint=grpc://localhost:4317"},
		{"--otlp-endpoint=http://localhost:4317", "--otlp-protocol=grpc"},
		{"--otlp-endpoint=http://localhost:4317", "--otlp-traces-protocol=grpc"},
		{"--otlp-endpoint=http://localhost:4317", "--otlp-protocol=http/protobuf", "--otlp-traces-protocol=http/json"},
		{"--otlp-endpoint=http://localhost:4318", "--traces-exporter=zipkin"},
		{"--otlp-metrics-endpoint=localhost:4318"},
		{"--otlp-metrics-endpoint=http://localhost:4318", "--otlp-metrics-protocol=grpc"},
		{"--otlp-metrics-endpoint=http://localhost:4318", "--otlp-protocol=grpc"},
		{"--otlp-endpoint=http://localhost:4318", "--metrics-exporter=statsd"},
		{"--persisted-query-bytes=-1"},
		{"--trusted-documents-only"},
		{"--trusted-documents=testdata/nothing.json"},
		{"--trusted-documents=config.go"},
		{"--client-documents=testdata/manifest.json"},
		{"--client-documents==testdata/manifest.json"},
		{"--client-documents=web="},
		{"--client-documents=web=testdata/manifest.json, ios=testdata/manifest.json"}, // no client can send " ios"
		{"--client-documents=web =testdata/manifest.json"},
		{"--client-documents=web=testdata/nothing.json"},
		{"--client-documents=web=testdata/manifest.json", "--client-documents=web=testdata/manifest.json"},
		{"--token=x"},
		{"surplus"},
		{"sandbox", "--max-calls=1"},
	} {
		if _, err := parse(t, arguments...); err == nil {
			t.Errorf("%v: no error", arguments)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%v: %v", arguments, err)
		}
	}
}

func TestAddressesToListenOn(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"127.0.0.1:0", ":8080", "[::1]:8080", "localhost:http", "0.0.0.0:65535"} {
		mustParse(t, "--listen="+address, "--ops-listen="+address)
	}
}

// OpenTelemetry's variables are not validated if they have no effect.
func TestUnusedTraceVariables(t *testing.T) {
	t.Parallel()
	for _, arguments := range [][]string{
		{"--otlp-protocol=grpc", "--otlp-traces-protocol=grpc", "--traces-exporter=zipkin"},
		{"--otlp-endpoint=http://localhost:4318", "--otlp-protocol=grpc", "--otlp-traces-protocol=http/protobuf"},
		{"--otlp-endpoint=localhost:4317", "--otlp-protocol=grpc", "--traces-exporter=none"},
		{"--otlp-endpoint=localhost:4317", "--otlp-protocol=grpc", "--traces-exporter=zipkin", "--otel-sdk-disabled"},
		{"--otlp-endpoint=http://localhost:4318", "--traces-exporter=otlp"},
		{"--otlp-metrics-protocol=grpc", "--metrics-exporter=prometheus"},
		{"--otlp-endpoint=http://localhost:4318", "--otlp-metrics-protocol=grpc"},
	} {
		mustParse(t, arguments...)
	}
}

// http is accepted for this machine, and elsewhere with --upstream-allow-http.
func TestUpstreamWithoutTLS(t *testing.T) {
	t.Parallel()
	for _, arguments := range [][]string{
		{"--upstream-url=http://127.0.0.1:8081"},
		{"--upstream-url=http://localhost:8081/"},
		{"--upstream-url=http://[::1]:8081"},
		{"--upstream-url=http://api.internal", "--upstream-allow-http"},
	} {
		mustParse(t, arguments...)
	}
}

func TestConfigs(t *testing.T) {
	t.Parallel()
	s := mustParse(t, "--upstream-url=http://api.example.com", "--upstream-allow-http", "--api-version=v3-next", "--upstream-read-timeout=1s", "--upstream-timeout=3s", "--max-upstream-in-flight=15", "--max-upstream-in-flight-per-caller=14",
		"--operation-timeout=4s", "--max-calls=5", "--max-parallel-calls=6", "--bulk-threshold=3", "--keep-categories=7s", "--reveal-secrets", "--cors-origin=https://a.example",
		"--trusted-proxy=10.0.0.0/8", "--public-url=https://b.example", "--conversation-url=https://m.example/{id}", "--link-key-file=testdata/key", "--hint-key-file=testdata/key", "--log-key-file=testdata/key", "--max-downloads=8", "--max-upload-bytes=9", "--max-upload-total-bytes=10", "--max-upload-files=11", "--max-uploads=12", "--upload-timeout=13s", "--upload-idle-timeout=14s", "--max-in-flight=10", "--max-in-flight-per-caller=9", "--max-body-bytes=11", "--introspection=on",
		"--max-rate-per-caller=18", "--max-rate-per-address=19", "--client-documents=web=testdata/manifest.json", "--persisted-query-bytes=12", "--trusted-documents=testdata/manifest.json", "--trusted-documents-only",
		"--max-query-bytes=1", "--max-tokens=2", "--max-depth=3", "--max-fields=4", "--max-aliases=5", "--max-root-fields=6", "--max-root-mutations=7", "--max-directives=8", "--max-fragments=9", "--max-operations=10", "--max-variables=11", "--max-cost=12", "--max-calls-per-event=15", "--max-nodes=13", "--max-values=16", "--max-errors=14")
	log := slog.New(slog.DiscardHandler)
	ignoreLog := cmpopts.IgnoreFields(rest.Config{}, "Log")
	if diff := cmp.Diff(rest.Config{
		BaseURL: "http://api.example.com", APIVersion: "v3-next", AllowHTTP: true, ReadTimeout: time.Second, AttemptTimeout: 3 * time.Second, MaxInFlight: 15, MaxInFlightPerCaller: 14,
		UserAgent: "mstudio-graphql/" + "1.2.3",
	}, RestConfig(s.Upstream, "1.2.3", log), ignoreLog); diff != "" {
		t.Errorf("client (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(gateway.Config{
		OperationTimeout: 4 * time.Second, MaxCalls: 5, MaxParallelCalls: 6, BulkThreshold: 3, KeepCategories: 7 * time.Second,
		CORSOrigins: []string{"https://a.example"}, RevealSecrets: true,
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, PublicURL: "https://b.example", ConversationURL: "https://m.example/{id}", LinkKeys: [][]byte{make([]byte, 32)}, HintKeys: [][]byte{make([]byte, 32)}, LogKey: make([]byte, 32), MaxDownloads: 8,
		Uploads:     uploads.Limits{FileBytes: 9, TotalBytes: 10, Files: 11, MaxConcurrent: 12, Timeout: 13 * time.Second, Idle: 14 * time.Second},
		MaxInFlight: 10, MaxInFlightPerCaller: 9, MaxBody: 11, Introspection: gateway.IntrospectionOn,
		PersistedQueries: 12, TrustedDocumentsOnly: true, MaxRatePerCaller: 18, MaxRatePerAddress: 19,
		TrustedDocuments: documents.Manifests{All: testManifest(), Clients: map[string]map[string]string{"web": testManifest()}},
		Limits: limits.Limits{
			Bytes: 1, Tokens: 2, Depth: 3, Fields: 4, Aliases: 5, RootFields: 6, RootMutations: 7, Directives: 8, Fragments: 9,
			Operations: 10, Variables: 11, Cost: 12, EventCalls: 15, Nodes: 13, Values: 16, Errors: 14,
		},
		Live: s.Gateway.Live, Watcher: s.Gateway.Watcher, MCP: s.Gateway.MCP,
	}, s.GatewayConfig(nil, log), cmpopts.IgnoreFields(gateway.Config{}, "Log"), comparePrefixes()); diff != "" {
		t.Errorf("gateway (-want +got):\n%s", diff)
	}
	if RestConfig(s.Upstream, "1.2.3", log).Log != log || s.GatewayConfig(nil, log).Log != log {
		t.Error("no log")
	}
	if got := mustParse(t, "--keep-categories=0s").GatewayConfig(nil, nil).KeepCategories; got >= 0 {
		t.Errorf("0s caches the categories for %v", got)
	}
	if got := mustParse(t, "--persisted-query-bytes=0").GatewayConfig(nil, nil).PersistedQueries; got >= 0 {
		t.Errorf("0 keeps %d bytes of queries", got)
	}
	if !mustParse(t, "--no-renderer").GatewayConfig(nil, nil).NoRenderer {
		t.Error("--no-renderer has no effect")
	}
}

// Every number and duration must be positive, unless its zero or negative values have a meaning.
func TestNumbersHaveLowerBounds(t *testing.T) { //nolint:paralleltest // parsing reads the environment
	zeroAllowed := []string{"live-interval", "max-memory-bytes", "max-memory-per-caller-bytes", "persisted-query-bytes", "shutdown-delay", "max-upstream-in-flight-per-caller", "min-in-flight", "max-rate-per-caller", "max-rate-per-address"}
	unbounded := []string{"bulk-threshold", "keep-categories", "sandbox-latency", "sandbox-event-lag", "sandbox-activity"}
	var given program
	checked := 0
	for _, group := range newParser(t, &given).Model.Leaves(false) {
		if group.Name != "serve" {
			continue
		}
		for _, flag := range group.Flags {
			value, isNumber := "0", flag.Target.CanInt() && flag.Target.Type() != reflect.TypeFor[logLevel]()
			if slices.Contains(zeroAllowed, flag.Name) {
				value = "-1"
			}
			if flag.Target.Type() == reflect.TypeFor[time.Duration]() {
				value += "s"
			}
			if !isNumber || slices.Contains(unbounded, flag.Name) {
				continue
			}
			checked++
			if _, err := parse(t, "--"+flag.Name+"="+value); err == nil || !strings.Contains(err.Error(), "--"+flag.Name+" must be ") {
				t.Errorf("--%s=%s: got %v", flag.Name, value, err)
			}
		}
	}
	if checked < 30 {
		t.Errorf("checked only %d flags", checked)
	}
}
