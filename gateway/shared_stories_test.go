package gateway_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/valkey-io/valkey-go"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
)

// sharedStory tells one story to a replica with a store. Its callers are known to no other story.
func sharedStory(t *testing.T, schema *ast.Schema, file string, store *sharedstate.Store) {
	t.Helper()
	archive, sections := readStory(t, file)
	upstream := storyUpstream(t, archive)
	tellStory(t, schema, sections, upstream, gatewaytest.NewReplica(t, upstream, gateway.Config{Subgraph: true}, store, file))
}

// The store changes no response and no call.
func TestStories_Shared(t *testing.T) {
	t.Parallel()
	server, schema := sharedstatetest.Start(t), publicSchema(t)
	store := gatewaytest.NewStore(t, sharedstate.Config{URL: server.URL()})
	gatewaytest.AwaitStore(t, store)
	for name, file := range storiesToShare(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sharedStory(t, schema, file, store)
		})
	}
}

// storiesToShare returns all stories, or every tenth with the race detector: all of them would take a quarter of an hour and
// 12 GB, and run the same code.
func storiesToShare(t *testing.T) map[string]string {
	t.Helper()
	files := storyFiles(t)
	if slowness == 1 {
		return files
	}
	some := map[string]string{}
	for i, name := range slices.Sorted(maps.Keys(files)) {
		if i%10 == 0 {
			some[name] = files[name]
		}
	}
	return some
}

// brokenStores returns stores whose server is in a state that lasts.
func brokenStores(t *testing.T) map[string]*sharedstate.Store {
	t.Helper()
	start := func(arguments ...string) (*sharedstatetest.Server, *sharedstate.Store) {
		server := sharedstatetest.Start(t, arguments...)
		return server, gatewaytest.NewStore(t, sharedstate.Config{URL: server.URL(), Timeout: 5 * time.Millisecond})
	}
	hanging, hangs := start()
	gatewaytest.AwaitStore(t, hangs)
	hanging.Stop()
	gone, isGone := start()
	gatewaytest.AwaitStore(t, isGone)
	gone.Kill()
	full, isFull := start("--maxmemory", "1mb", "--maxmemory-policy", "noeviction")
	fill(t, full)
	_, readOnly := start("--replicaof", "127.0.0.1 1")
	_, refused := start("--requirepass", "another")
	never := gatewaytest.NewStore(t, sharedstate.Config{URL: "redis://127.0.0.1:1"})
	return map[string]*sharedstate.Store{"hangs": hangs, "gone": isGone, "full": isFull, "read only": readOnly, "refused": refused, "never": never}
}

// fill sends values until the server rejects one.
func fill(t *testing.T, server *sharedstatetest.Server) {
	t.Helper()
	client, err := valkey.NewClient(valkey.ClientOption{InitAddress: []string{server.Address}, DisableCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for err == nil {
		err = client.Do(t.Context(), client.B().Append().Key("filler").Value(strings.Repeat("x", 64<<10)).Build()).Error()
	}
	if !strings.Contains(err.Error(), "OOM") {
		t.Fatal(err)
	}
}

// Without an answer of the store, responses and calls are the same. Each story meets one state, and each state meets stories of
// all kinds.
func TestStories_BrokenStore(t *testing.T) {
	t.Parallel()
	stores, schema := brokenStores(t), publicSchema(t)
	states := slices.Sorted(maps.Keys(stores))
	files := storiesToShare(t)
	for i, name := range slices.Sorted(maps.Keys(files)) {
		state := states[i%len(states)]
		t.Run(state+"/"+name, func(t *testing.T) {
			t.Parallel()
			sharedStory(t, schema, files[name], stores[state])
		})
	}
}

// A server that hangs, ends and starts again in the middle changes nothing either.
func TestStories_UnsteadyStore(t *testing.T) {
	t.Parallel()
	server, schema := sharedstatetest.Start(t), publicSchema(t)
	store := gatewaytest.NewStore(t, sharedstate.Config{URL: server.URL(), Timeout: 5 * time.Millisecond})
	gatewaytest.AwaitStore(t, store)
	told, done := context.WithCancel(t.Context())
	go func() {
		defer done()
		t.Run("stories", func(t *testing.T) {
			for name, file := range storiesToShare(t) {
				// Not parallel: the server would also change while they wait for other tests.
				t.Run(name, func(t *testing.T) { sharedStory(t, schema, file, store) })
			}
		})
	}()
	change := time.NewTicker(50 * time.Millisecond)
	defer change.Stop()
	steps := []func(){server.Stop, server.Continue, server.Kill, server.Run}
	for step := 0; told.Err() == nil || step%len(steps) != 0; step++ {
		steps[step%len(steps)]()
		select {
		case <-change.C:
		case <-told.Done():
		}
	}
}
