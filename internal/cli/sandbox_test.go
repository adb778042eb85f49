package cli

import (
	"net/http"
	"regexp"
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

// Pictures have the address that the client uses, which is not always the gateway's own.
func TestSandboxPictures(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0")
	request := newRequest(t, http.MethodPost, p.base+"/graphql",
		`{"query":"{ viewer { avatarUrl } customers { nodes { avatarUrl } } projects(first: 5) { nodes { avatarUrl } } }"}`)
	request.Host = "inbox.test:81"
	answer := send(request)
	found := regexp.MustCompile(`http://[^"]*`).FindAllString(answer.body, -1)
	if len(found) < 3 {
		t.Fatalf("%v", answer)
	}
	for _, address := range found {
		path, ok := strings.CutPrefix(address, "http://inbox.test:81")
		if got := get(t, p.base+path); !ok || got.status != http.StatusOK || http.DetectContentType([]byte(got.body)) != "image/png" {
			t.Errorf("%s: %d %s", address, got.status, got.body)
		}
	}
}

// Only pictures can be reached below /pictures/, not the sandbox's other paths.
func TestSandboxPictures_OtherPaths(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0")
	for _, id := range []string{"..%2fcategories", "..%2f..%2fv2%2fconversation-categories", "%2e%2e%2fusers%2fself", "x", "..%2F..%2F"} {
		if got := get(t, p.base+"/pictures/"+id); got.status != http.StatusNotFound || !strings.HasPrefix(got.body, "404 page not found") {
			t.Errorf("%s: %d %s", id, got.status, got.body)
		}
	}
}
