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

// NewReplica starts a gateway like NewServer that shares its state with others through the server of shared, which has a URL at
// least. By default, all replicas have the same key, and requests wait long for the server.
func NewReplica(t testing.TB, upstream *Upstream, config gateway.Config, shared sharedstate.Config) (*Server, *sharedstate.Store) {
	t.Helper()
	if shared.Key == nil {
		shared.Key = make([]byte, 32)
	}
	if shared.Timeout == 0 {
		shared.Timeout = patience
	}
	store, err := sharedstate.New(shared)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	client, err := rest.New(rest.Config{BaseURL: upstream.URL, Log: config.Log, CallerKey: sharedstate.CallerKey(shared.Key)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	config.Client, config.SharedTexts = client, store.Texts()
	return NewServer(t, upstream, config), store
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
