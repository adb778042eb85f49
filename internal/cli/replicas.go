package cli

import (
	"log/slog"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/internal/config"
	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/rest"
)

// replicas shares state with the other replicas. Without --valkey-url, it does nothing.
type replicas struct {
	store *sharedstate.Store // nil without --valkey-url
	key   []byte
}

// newReplicas connects in the background. The metrics may be nil.
func newReplicas(s config.Serve, counted *metrics.Metrics, log *slog.Logger) (replicas, error) {
	shared := s.SharedConfig(log)
	if shared.URL == "" {
		return replicas{}, nil
	}
	if counted != nil {
		shared.Observer = sharedstate.Observer{
			Asked: func(use sharedstate.Use, result string, took time.Duration) {
				counted.Shared(string(use), result, took)
			},
			Garbage: func(use sharedstate.Use) { counted.ShareGarbage(string(use)) },
			Dropped: counted.ShareDropped,
		}
	}
	store, err := sharedstate.New(shared)
	if err == nil && counted != nil {
		counted.ObserveShare(func() string { return string(store.State()) })
	}
	return replicas{store, shared.Key}, err
}

func (r replicas) close() {
	if r.store != nil {
		r.store.Close()
	}
}

// joinClient shares what the client knows.
func (r replicas) joinClient(to *rest.Config) {
	if r.store == nil {
		return
	}
	to.CallerKey = sharedstate.CallerKey(r.key)
	to.SharedRates = r.store.Rates()
}

// joinGateway shares what the gateway knows.
func (r replicas) joinGateway(to *gateway.Config) {
	if r.store == nil {
		return
	}
	to.SharedTexts = r.store.Texts()
	to.SharedClaims = r.store.Claims()
	to.Watcher.Peers = r.store.Leases()
	r.store.ListenRefusals(to.Client.Refuse)
}
