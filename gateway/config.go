package gateway

import (
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"go.opentelemetry.io/otel/trace"

	"mstudio-graphql/gateway/documents"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/gateway/live"
	"mstudio-graphql/gateway/mcp"
	"mstudio-graphql/gateway/pages"
	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/gateway/uploads"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/rest"
)

// Config configures a [Gateway]. Only Client is required. The tags declare settings as flags; the help tag documents each.
// Zero means the default. Negative values mean the default too if the field is tagged min:"1".
type Config struct {
	// Client calls mStudio. It must have no token, because each operation uses its caller's.
	Client *rest.Client `kong:"-"`
	// Log receives one record per request, and internal errors. Default: no log.
	Log *slog.Logger `kong:"-"`
	// LogKey is the key of the hashes that distinguish callers in the log, 32 bytes. With the same key, a caller has the
	// same hash after a restart and on other replicas. Default: a random key.
	LogKey []byte `kong:"-"`

	CORSOrigins    []string       `group:"Server" name:"cors-origin" env:"CORS_ORIGINS" placeholder:"ORIGIN" help:"Origin whose pages may call the gateway from a browser, such as https://portal.example.com. A * matches a part of the first label, as in https://*.example.app for preview deployments. Repeatable, or separated by commas. Default: none."`
	CORSHeaders    []string       `group:"Server" name:"cors-header" env:"CORS_HEADERS" placeholder:"NAME" help:"Request header that these pages may send in addition to those of the gateway. Repeatable, or separated by commas. Default: any header."`
	TrustedProxies []netip.Prefix `group:"Server" name:"trusted-proxy" env:"TRUSTED_PROXIES" placeholder:"NETWORK" help:"Network of proxies whose X-Forwarded-For is the client's address in the log, such as 10.0.0.0/8. Repeatable, or separated by commas. Default: none; the log has the address of the connection."`
	// PublicURL must be set behind a proxy that terminates TLS.
	PublicURL string `group:"Server" name:"public-url" env:"PUBLIC_URL" placeholder:"URL" help:"Public address of the gateway, such as https://api.example.com, for links to files. Default: the address of each request."`
	// ConversationURL contains {id} or {shortId}.
	ConversationURL string `group:"Server" name:"conversation-url" env:"CONVERSATION_URL" placeholder:"URL" help:"Address of a conversation in mStudio with {id} or {shortId} in it, for the field Conversation.url. Default: none; the field is null."`
	// HintKeys verify the signatures of POST /hints. Each has 24 to 64 bytes. Default: there is no such route.
	HintKeys [][]byte `kong:"-"`
	// LinkKeys seal links to files and sign event IDs. The first seals, all open, so that keys can be replaced. Each has 32
	// bytes, and replicas must share them. Default: a random key.
	LinkKeys     [][]byte `kong:"-"`
	MaxDownloads int      `group:"Server" name:"max-downloads" default:"32" min:"1" env:"MAX_DOWNLOADS" help:"Maximum concurrent downloads. The links of one caller may use at most a quarter of them."`
	Subgraph     bool     `group:"Server" env:"SUBGRAPH" help:"Serve the schema to federation routers (Apollo Federation v2) at /subgraph."`
	// SubgraphApart moves /subgraph from ServeHTTP to the handler [Gateway.Subgraph], for a listener that only routers can
	// reach. TrustedDocumentsOnly requires it, because the queries of routers are not trusted documents.
	SubgraphApart bool `kong:"-"`

	OperationTimeout time.Duration `group:"Operations" default:"15s" min:"1" env:"OPERATION_TIMEOUT" help:"Timeout of one operation, including all its mStudio calls."`
	// MaxCalls allows by default a page of 100 conversations with messages and members, and some more.
	MaxCalls int `group:"Operations" name:"max-calls" default:"250" min:"1" env:"MAX_CALLS" help:"Maximum mStudio calls of one operation."`
	// MaxParallelCalls lets a page of 50 conversations fetch all histories at once.
	MaxParallelCalls int `group:"Operations" name:"max-parallel-calls" default:"64" min:"1" env:"MAX_PARALLEL_CALLS" help:"Maximum concurrent mStudio calls of one operation."`
	BulkThreshold    int `group:"Operations" name:"bulk-threshold" default:"4" env:"BULK_THRESHOLD" help:"Fetch up to this many referenced objects of one type individually; beyond that, fetch their list in one call. -1 never fetches lists."`
	// KeepCategories disables the cache if it is negative.
	KeepCategories time.Duration `group:"Operations" default:"5m" env:"KEEP_CATEGORIES" help:"Lifetime of the cached categories and upload rules, which are public. 0s disables the cache."`
	RevealSecrets  bool          `group:"Operations" env:"REVEAL_SECRETS" help:"Allow callers to read the secrets in their own service requests. Each access is logged with the IDs of message and conversation, without the value."`
	// NoRenderer exists to compare the renderer with the executor, and in case they ever differ.
	NoRenderer bool `group:"Operations" env:"NO_RENDERER" help:"Disable the compiled renderer and use gqlgen's executor: same results, several times the CPU time."`

	MaxInFlight int `group:"Requests" default:"128" min:"1" env:"MAX_IN_FLIGHT" help:"Maximum concurrent operations. Others wait up to 50ms for a slot and are then rejected with 503."`
	// MinInFlight is the lower bound while the processors are overloaded. MaxInFlight or more means that the maximum is fixed.
	MinInFlight          int `group:"Requests" min:"0" env:"MIN_IN_FLIGHT" help:"Concurrent operations to which --max-in-flight is reduced while the processors are overloaded, with the same share for one caller. 0 means 8 per processor."`
	MaxInFlightPerCaller int `group:"Requests" default:"32" min:"1" env:"MAX_IN_FLIGHT_PER_CALLER" help:"Maximum concurrent operations of one caller, reduced like --max-in-flight."`
	// MaxRatePerCaller and MaxRatePerAddress are off by default, because mStudio limits the calls of each token.
	MaxRatePerCaller  int `group:"Requests" name:"max-rate-per-caller" default:"0" min:"0" env:"MAX_RATE_PER_CALLER" help:"Operations that one caller may start per minute, a sixth of them at once. Others are rejected with 429. Each replica counts its own. 0 means no limit."`
	MaxRatePerAddress int `group:"Requests" name:"max-rate-per-address" default:"0" min:"0" env:"MAX_RATE_PER_ADDRESS" help:"Requests that one public client address may send per minute, a sixth of them at once: an IPv4 address, or an IPv6 network of 64 bits. Behind a proxy, set --trusted-proxy. Others are rejected with 429. Each replica counts its own. 0 means no limit."`
	// MaxMemory and MaxMemoryPerCaller count what operations have read from mStudio and the responses that are rendered or
	// not read yet.
	MaxMemory          int `group:"Requests" name:"max-memory-bytes" default:"0" min:"0" env:"MAX_MEMORY_BYTES" help:"Memory for the data and the responses of all operations, in bytes. Further operations are rejected with 503. 0 means half of GOMEMLIMIT, or 128 MiB without it."`
	MaxMemoryPerCaller int `group:"Requests" name:"max-memory-per-caller-bytes" default:"0" min:"0" env:"MAX_MEMORY_PER_CALLER_BYTES" help:"The part of this memory that one caller, and therefore one operation, may use, in bytes. 0 means a quarter."`
	// MaxBody bounds all work that a request can cause before its document is parsed.
	MaxBody       int           `group:"Requests" name:"max-body-bytes" default:"131072" min:"1" env:"MAX_BODY_BYTES" help:"Maximum size of a request body without files, in bytes."`
	Introspection Introspection `group:"Requests" default:"authenticated" enum:"on,off,authenticated" env:"INTROSPECTION" help:"Who may introspect the schema: on (everyone), authenticated (callers with a valid mStudio token) or off. \"off\" also removes suggestions from validation errors."`
	// PersistedQueries disables automatic persisted queries if it is negative.
	PersistedQueries int `group:"Requests" name:"persisted-query-bytes" default:"8388608" min:"0" env:"PERSISTED_QUERY_BYTES" help:"Memory for automatic persisted queries, in bytes. 0 disables them."`
	// TrustedDocuments are documents that clients may request by ID; see [documents.ReadManifest].
	TrustedDocuments     documents.Manifests `kong:"-"`
	TrustedDocumentsOnly bool                `group:"Requests" env:"TRUSTED_DOCUMENTS_ONLY" help:"Reject all documents that are not trusted, at /graphql."`

	Uploads uploads.Limits `embed:"" group:"Files"`
	Limits  limits.Limits  `embed:"" group:"Limits"`
	NoLive  bool           `group:"Live" env:"NO_LIVE" help:"Disable subscriptions and WebSockets. The schema has no type Subscription."`
	Live    live.Config    `embed:""`
	Watcher watcher.Config `embed:""`
	MCP     mcp.Config     `embed:"" group:"Assistants"`

	// SharedTexts and SharedClaims share persisted queries and idempotency keys with other replicas. Default: this process knows
	// only its own.
	SharedTexts  documents.SharedTexts `kong:"-"`
	SharedClaims loader.SharedClaims   `kong:"-"`

	// Pictures serves GET /pictures/{id} for an upstream that clients cannot reach, such as the sandbox. Default: the
	// addresses of pictures are the upstream's.
	Pictures http.Handler `kong:"-"`
	// Playground serves /playground; see package playground. Default: no playground.
	Playground http.Handler `kong:"-"`
	// DemoTokens are shown on the landing page. They are for a sandbox.
	DemoTokens []pages.DemoToken `kong:"-"`
	// Version is shown on the landing page.
	Version string `kong:"-"`
	// Metrics counts requests, operations and mStudio calls. Default: no metrics.
	Metrics *metrics.Metrics `kong:"-"`
	// TracerProvider creates a span for each operation and each mStudio call. Default: no traces.
	TracerProvider trace.TracerProvider `kong:"-"`
}

// checkHintKeys rejects short keys, with which anyone could sign.
func (c Config) checkHintKeys() error {
	for _, key := range c.HintKeys {
		if len(key) < 24 || len(key) > 64 {
			return errors.New("gateway: each of HintKeys must have 24 to 64 bytes")
		}
	}
	return nil
}

func (c Config) checkSubgraph() error {
	if c.TrustedDocumentsOnly && c.Subgraph && !c.SubgraphApart {
		return errors.New("gateway: TrustedDocumentsOnly with Subgraph requires SubgraphApart")
	}
	return nil
}
