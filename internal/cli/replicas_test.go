package cli

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mstudio-graphql/internal/sharedstate"
	"mstudio-graphql/internal/sharedstate/sharedstatetest"
)

// testShareKey is 32 zero bytes in base64.
const testShareKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

// launchReplica starts the program with a share key and metrics, and returns the address of the metrics.
func launchReplica(t *testing.T, arguments ...string) (p *program, metrics string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(testShareKey), 0o600); err != nil {
		t.Fatal(err)
	}
	p = launch(t, append(arguments, "--sandbox", "--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", "--share-key-file="+file, "--log-format=json")...)
	found := regexp.MustCompile(`"address":"([^"]+)"`).FindStringSubmatch(p.stderr.String())
	if found == nil {
		t.Fatalf("no address: %s", p.stderr)
	}
	return p, "http://" + found[1] + "/metrics"
}

// wantViewer asks for the viewer.
func (p *program) wantViewer(t *testing.T) {
	t.Helper()
	if got := send(newRequest(t, http.MethodPost, p.base+"/graphql", viewer)); !strings.Contains(got.body, "Jana Petersen") {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if got := get(t, p.base+"/readyz"); got.status != http.StatusOK {
		t.Errorf("not ready: %d %s", got.status, got.body)
	}
}

// awaitState waits until the metrics show a state and no other.
func awaitState(t *testing.T, metrics string, want sharedstate.State) {
	t.Helper()
	text, tick := "", time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for range 1000 {
		text = get(t, metrics).body
		right := true
		for _, state := range []sharedstate.State{sharedstate.StateClosed, sharedstate.StateOpen, sharedstate.StateReadonly, sharedstate.StateRefused} {
			value := map[bool]string{true: "1", false: "0"}[state == want]
			right = right && strings.Contains(text, `mstudio_graphql_share_state{state="`+string(state)+`"} `+value+"\n")
		}
		if right {
			return
		}
		<-tick.C
	}
	t.Fatalf("not %s: %s", want, text)
}

// A server for shared state that is down delays neither the start nor a response nor the shutdown, and is not in the readiness.
func TestReplicas_StartWithoutAServer(t *testing.T) {
	t.Parallel()
	began := time.Now()
	p, metrics := launchReplica(t, "--valkey-url=redis://127.0.0.1:1")
	p.wantViewer(t)
	awaitState(t, metrics, sharedstate.StateOpen)
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

// The metrics show the state of the server, and the responses do not.
func TestReplicas_StopAndContinue(t *testing.T) {
	t.Parallel()
	server := sharedstatetest.Start(t)
	p, metrics := launchReplica(t, "--valkey-timeout=500ms", "--valkey-url="+server.URL())
	awaitState(t, metrics, sharedstate.StateClosed)
	p.wantViewer(t)
	if text := get(t, metrics).body; !strings.Contains(text, `mstudio_graphql_share_commands_total{result="ok",use="replicas"}`) {
		t.Errorf("no commands: %s", text)
	}
	server.Stop()
	p.wantViewer(t)
	awaitState(t, metrics, sharedstate.StateOpen)
	p.wantViewer(t)
	server.Continue()
	awaitState(t, metrics, sharedstate.StateClosed)
	p.wantViewer(t)
	if got := strings.Count(p.stderr.String(), `"msg":"valkey"`); got != 3 {
		t.Errorf("%d changes of the state in the log: %s", got, p.stderr)
	}
	server.Stop() // the shutdown does not wait for it
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
}
