package sharedstate_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
	"mstudio-graphql/rest"
	"mstudio-graphql/rest/budget"
)

// A Sentinel says which server is used, and which one after that has died.
func TestStore_Sentinel(t *testing.T) {
	t.Parallel()
	first := sharedstatetest.Start(t)
	host, port, _ := net.SplitHostPort(first.Address)
	sharedstatetest.Start(t, "--replicaof", host+" "+port, "--repl-diskless-sync-delay", "0")
	file := filepath.Join(t.TempDir(), "sentinel.conf")
	content := "sentinel monitor main " + host + " " + port + " 1\nsentinel down-after-milliseconds main 500\nsentinel failover-timeout main 2000\n"
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	w := watch(t, sharedstate.Config{URL: sharedstatetest.Start(t, file, "--sentinel").URL() + "/0?master_set=main", Timeout: time.Second})
	defer w.Close()
	awaitText(t, w.Texts(), w.Texts(), "{ first: __typename }")
	first.Kill()
	awaitText(t, w.Texts(), w.Texts(), "{ second: __typename }")
}

// Each script and command has one key, so a cluster serves them.
func TestStore_Cluster(t *testing.T) {
	t.Parallel()
	server := sharedstatetest.Start(t, "--cluster-enabled", "yes")
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if _, err := connection.Write([]byte("CLUSTER ADDSLOTSRANGE 0 16383\r\n")); err != nil {
		t.Fatal(err)
	}
	w := watch(t, sharedstate.Config{URL: server.URL(), Timeout: time.Second})
	defer w.Close()
	awaitText(t, w.Texts(), w.Texts(), "{ first: __typename }")
	claim := w.Claims().Take(t.Context(), [32]byte{1}, time.Minute)
	if claim.State != loader.ClaimNew {
		t.Errorf("the claim is %v, want a new one", claim.State)
	}
	seen := budget.SharedRate{Limit: 300, Remaining: 200, Latest: 20 * time.Second}
	w.Rates().Saw(rest.SharedCaller{}, seen)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		found, _ := w.Rates().Find(ctx, rest.SharedCaller{})
		if found.Remaining == seen.Remaining {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("found %+v", found)
		}
	}
}
