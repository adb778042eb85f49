package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// testShareKey is 32 zero bytes in base64.
const testShareKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

// A server for shared state that is down delays neither the start nor a response, and is not in the readiness.
func TestReplicas_StartWithoutAServer(t *testing.T) {
	t.Setenv("SHARE_KEY", testShareKey)
	began := time.Now()
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", "--valkey-url=redis://127.0.0.1:1")
	if got := send(newRequest(t, http.MethodPost, p.base+"/graphql", viewer)); !strings.Contains(got.body, "Jana Petersen") {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if got := get(t, p.base+"/readyz"); got.status != http.StatusOK {
		t.Errorf("not ready: %d %s", got.status, got.body)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the start took %s", took)
	}
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
}
