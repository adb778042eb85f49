package cli

import (
	"net/http"
	"strings"
	"testing"

	"mstudio-graphql/sandbox"
)

func TestSandboxCommand(t *testing.T) {
	t.Parallel()
	p := launch(t, "sandbox", "--listen=127.0.0.1:0")
	got := get(t, p.base+"/v2/users/self")
	if got.status != http.StatusOK || !strings.Contains(got.body, `"firstName":"Jana"`) {
		t.Errorf("got %v", got)
	}
	if got := get(t, p.base+"/graphql"); got.status != http.StatusNotFound {
		t.Errorf("/graphql: %v", got)
	}
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
	if !strings.Contains(p.stdout.String(), sandbox.DemoTokens()[0].Token) {
		t.Errorf("no tokens: %s", p.stdout)
	}
}
