package gateway

import (
	"cmp"
	"crypto/rand"
	"errors"
	"hash/maphash"
	"runtime"
	"runtime/debug"

	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway/admission"
	"mstudio-graphql/gateway/downloads"
	"mstudio-graphql/gateway/downloads/filelink"
	"mstudio-graphql/gateway/eventid"
	"mstudio-graphql/gateway/live"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/markdown"
	"mstudio-graphql/graph/resolvers"
	"mstudio-graphql/graph/view"
	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/lru"
	"mstudio-graphql/internal/memory"
)

// parts holds the values that all endpoints share.
type parts struct {
	presenter

	config      Config
	telemetry   *telemetry.Telemetry
	slots       *admission.Limiter
	uploadSlots *admission.Limiter // for operations with files
	rates       rates
	streams     *live.Streams
	memory      *memory.Budget
	public      *loader.Public
	claims      *loader.Claims
	links       *downloads.Links
	hub         *watcher.Hub // nil without subscriptions
	eventIDs    *eventid.Codec
	logKey      []byte // key of the callers' fingerprints
	accepted    *lru.Cache[string, struct{}]
	shapes      maphash.Seed // of the hashes of operations
}

func newParts(config Config) (*parts, error) {
	if len(config.LinkKeys) == 0 {
		config.LinkKeys = [][]byte{randomKey()}
	}
	if len(config.LogKey) == 0 {
		config.LogKey = randomKey()
	}
	eventIDs, err := eventid.New(config.LinkKeys...)
	if err != nil {
		return nil, err
	}
	links, err := downloads.New(downloads.Config{
		Client: config.Client, Log: config.Log, PublicURL: config.PublicURL, Keys: config.LinkKeys, MaxConcurrent: config.MaxDownloads,
	})
	p := &parts{
		config:      config,
		presenter:   presenter{config.Log},
		telemetry:   telemetry.New(config.Log, config.TrustedProxies, config.Metrics, config.TracerProvider),
		slots:       admission.New(config.MaxInFlight, config.MaxInFlightPerCaller),
		uploadSlots: admission.New(config.Uploads.MaxConcurrent, max(config.Uploads.MaxConcurrent/4, 1)),
		rates:       newRates(config),
		streams:     live.New(config.Live),
		memory:      newBudget(config, debug.SetMemoryLimit(-1)),
		public:      loader.NewPublic(config.Client, max(config.KeepCategories, 0)),
		claims:      newClaims(config),
		links:       links,
		eventIDs:    eventIDs,
		logKey:      config.LogKey,
		shapes:      maphash.MakeSeed(),
		accepted:    lru.New(maxAccepted, func(string, struct{}) int { return 1 }),
	}
	p.adaptSlots()
	return p, errors.Join(err, p.addLive())
}

// maxAccepted is the maximum number of callers that are known to have a valid token.
const maxAccepted = 10_000

// minPerProcessor is the default of MinInFlight for each processor: enough to keep it busy if an operation waits for mStudio
// seven eighths of its time.
const minPerProcessor = 8

// adaptSlots reduces the slots while the processors are overloaded.
func (p *parts) adaptSlots() {
	report := func(int) {}
	if p.config.Metrics != nil {
		report = p.config.Metrics.OperationsLimited
	}
	report(p.config.MaxInFlight)
	p.slots.Adapt(cmp.Or(p.config.MinInFlight, minPerProcessor*runtime.GOMAXPROCS(0)), admission.ProcessDelays, report)
}

func randomKey() []byte {
	key := make([]byte, filelink.KeySize)
	_, _ = rand.Read(key) // documented to never fail
	return key
}

// newClaims returns the claims of the writes of all operations.
func newClaims(config Config) *loader.Claims {
	var report func(kept, forgotten int)
	if config.Metrics != nil {
		report = config.Metrics.WritesRemembered
	}
	claims := loader.NewClaims(report)
	claims.Shared = config.SharedClaims
	return claims
}

func (p *parts) resolvers() resolvers.Root {
	root := resolvers.Root{Files: p.links, Texts: markdown.New(), MaxUploadBytes: p.config.Uploads.FileBytes, ConversationURL: p.config.ConversationURL}
	if p.config.RevealSecrets {
		root.OnReveal = p.telemetry.LogReveal
	}
	return root
}

// withoutLive removes the subscriptions from a schema if they are disabled.
func (p *parts) withoutLive(schema *ast.Schema) *ast.Schema {
	if p.config.NoLive {
		return view.WithoutSubscription(schema)
	}
	return schema
}
