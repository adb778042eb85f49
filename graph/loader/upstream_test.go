package loader

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// Three IDs with letters, so that each has two spellings.
const (
	idA = "aaaaaaaa-6d0e-4b8a-9f53-0a7e2c4d9b11"
	idB = "bbbbbbbb-6d0e-4b8a-9f53-0a7e2c4d9b11"
	idC = "cccccccc-6d0e-4b8a-9f53-0a7e2c4d9b11"
)

// upstream is a test server. It counts calls.
type upstream struct {
	url string

	mu    sync.Mutex
	calls map[string]int // by "token path?query"
}

// newUpstream starts a server that ends with the test.
func newUpstream(t testing.TB, handler http.Handler) *upstream {
	t.Helper()
	u := &upstream{calls: map[string]int{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.mu.Lock()
		u.calls[strings.TrimSpace(r.Header.Get("X-Access-Token")+" "+r.URL.RequestURI())]++
		u.mu.Unlock()
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	u.url = server.URL
	return u
}

// newSandbox starts an upstream with the sandbox's data.
func newSandbox(t testing.TB) *upstream {
	t.Helper()
	return newUpstream(t, sandbox.New(sandbox.Config{}))
}

// client returns a client of this upstream without a token.
func (u *upstream) client(t testing.TB) *rest.Client {
	t.Helper()
	client, err := rest.New(rest.Config{BaseURL: u.url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// loaders returns the loaders of one operation of the token's owner, with separate categories.
func (u *upstream) loaders(t testing.TB, token string) *Loaders {
	t.Helper()
	client := u.client(t)
	checked, err := rest.NewToken(token)
	if err != nil {
		t.Fatal(err)
	}
	return New(client.WithToken(checked), NewPublic(client, 0))
}

// agency returns the token of the sandbox's caller with the most access.
func agency() string { return sandbox.DemoTokens()[0].Token }

// takeCalls returns the number of times that each call was made since its last call.
func (u *upstream) takeCalls() map[string]int {
	u.mu.Lock()
	defer u.mu.Unlock()
	calls := u.calls
	u.calls = map[string]int{}
	return calls
}

// wantCalls fails the test unless exactly these calls were made since its last call.
func (u *upstream) wantCalls(t *testing.T, calls ...string) {
	t.Helper()
	want := map[string]int{}
	for _, call := range calls {
		want[call]++
	}
	if diff := cmp.Diff(want, u.takeCalls()); diff != "" {
		t.Errorf("upstream calls (-want +got):\n%s", diff)
	}
}

// respond returns a JSON document.
func respond(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body)
	}
}

// wantCode fails the test unless err is a *rest.Error with this code.
func wantCode(t *testing.T, err error, code rest.Code) {
	t.Helper()
	var failure *rest.Error
	if !errors.As(err, &failure) || failure.Code != code {
		t.Errorf("want a *rest.Error with %s, got %v", code, err)
	}
}
