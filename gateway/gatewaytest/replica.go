package gatewaytest

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/rest"
)

// patience is how long a replica in a test waits for its store, because the processors are often busy with other tests.
const patience = 10 * time.Second

// NewStore returns a store that connects to the server of config, which has a URL at least. It is closed at the end of the test.
// By default, requests wait long for the server.
func NewStore(t testing.TB, config sharedstate.Config) *sharedstate.Store {
	t.Helper()
	config.Key = make([]byte, 32)
	if config.Timeout == 0 {
		config.Timeout = patience
	}
	store, err := sharedstate.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}

// NewReplica starts a gateway like NewServer that shares its state with others. Callers of replicas with another key are others.
func NewReplica(t testing.TB, upstream *Upstream, config gateway.Config, store *sharedstate.Store, key string) *Server {
	t.Helper()
	client, err := rest.New(rest.Config{BaseURL: upstream.URL, Log: config.Log, CallerKey: sharedstate.CallerKey([]byte(key)), SharedRates: store.Rates()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	config.Client, config.SharedTexts, config.SharedClaims = client, store.Texts(), store.Claims()
	config.Watcher.Peers = store.Leases()
	store.ListenRefusals(client.Refuse)
	return NewServer(t, upstream, config)
}

// AwaitStore waits until a store has connected.
func AwaitStore(t testing.TB, store *sharedstate.Store) {
	t.Helper()
	const text = "{ __typename }"
	sum := sha256.Sum256([]byte(text))
	hash := hex.EncodeToString(sum[:])
	deadline, tick := time.NewTimer(patience), time.NewTicker(time.Millisecond)
	defer deadline.Stop()
	defer tick.Stop()
	for found := false; !found; _, found = store.Texts().Find(t.Context(), hash) {
		store.Texts().Add(hash, text)
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatal("the store does not connect")
		}
	}
}
