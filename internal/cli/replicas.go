package cli

import (
	"log/slog"

	"mstudio-graphql/gateway"
	"mstudio-graphql/internal/config"
	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/rest"
)

// replicas shares state with the other replicas. Without --valkey-url, it does nothing.
type replicas struct {
	store *sharedstate.Store // nil without --valkey-url
	key   []byte
}

func newReplicas(s config.Serve, log *slog.Logger) (replicas, error) {
	shared := s.SharedConfig(log)
	if shared.URL == "" {
		return replicas{}, nil
	}
	store, err := sharedstate.New(shared)
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
}
