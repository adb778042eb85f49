package sharedstate_test

import (
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
	w.waitForText("{ first: __typename }")
	first.Kill()
	w.waitForText("{ second: __typename }")
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
	defer time.Sleep(1200 * time.Millisecond) // the library reads the nodes again a second after an error
	defer w.Close()
	w.waitForText("{ first: __typename }")
	claim := w.Claims().Take(t.Context(), [32]byte{1}, time.Minute)
	if claim.State != loader.ClaimNew {
		t.Errorf("the claim is %v, want a new one", claim.State)
	}
	seen := budget.SharedRate{Limit: 300, Remaining: 200, Latest: 20 * time.Second}
	w.Rates().Saw(rest.SharedCaller{}, seen)
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		rate, _ := w.Rates().Find(t.Context(), rest.SharedCaller{})
		if rate.Remaining == seen.Remaining {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("found %+v", rate)
		}
	}
}

// waitForText adds a text until it is found.
func (w *watched) waitForText(text string) {
	w.t.Helper()
	hash := hashOf(text)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		w.Texts().Add(hash, text)
		if found, ok := w.Texts().Find(w.t.Context(), hash); ok && found == text {
			return
		}
	}
	w.t.Fatalf("not found: %s; states: %v", text, w.log.states())
}
