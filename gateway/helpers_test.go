package gateway_test

import (
	"cmp"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// Conversations for tests. The agency can read the first two, the bakery and the agency the third.
const (
	shortID   = "e75fead9-213f-5585-aeb3-59327a7b3b59" // five messages
	otherID   = "c3c86d72-b236-509c-8f7f-e45e8a0e5621"
	sharedID  = "ba350d75-d878-5d79-8fed-9466f0a0d2d9"
	foreignID = "94af9c7a-e716-5e8c-94a9-1440e01ce9b6" // the freelancer's
	unknownID = "00000000-0000-4000-8000-000000000000"
)

// sample selects every fifth of many checks of the same code for the race detector, which finds nothing new in the others.
func sample[T any](all []T) []T {
	if !testing.Short() {
		return all
	}
	var selected []T
	for i := 0; i < len(all); i += 5 {
		selected = append(selected, all[i])
	}
	return selected
}

// start starts a gateway with a sandbox.
func start(t *testing.T, config gateway.Config) (*gatewaytest.Server, *gatewaytest.Upstream) {
	t.Helper()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	return gatewaytest.NewServer(t, upstream, config), upstream
}

// startUnreachable starts a gateway whose upstream refuses connections. The port is one that no other test can get.
func startUnreachable(t *testing.T) *gatewaytest.Server {
	t.Helper()
	client, err := rest.New(rest.Config{BaseURL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	return gatewaytest.NewServer(t, nil, gateway.Config{Client: client})
}

// ask sends an operation as the agency.
func ask(t *testing.T, server *gatewaytest.Server, query string) gatewaytest.Response {
	t.Helper()
	return server.Query(t, gatewaytest.Token(), query, nil)
}

// gate blocks the calls that hold selects until it is opened.
type gate struct {
	hold    func(r *http.Request) bool
	arrived chan string   // path of each blocked call
	left    chan string   // path of each canceled call
	opened  chan struct{} // closed by open
}

// newGate adds a gate to an upstream.
func newGate(upstream *gatewaytest.Upstream, hold func(r *http.Request) bool) *gate {
	g := &gate{hold: hold, arrived: make(chan string, 1000), left: make(chan string, 1000), opened: make(chan struct{})}
	upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if g.wait(r) {
				next.ServeHTTP(w, r)
			}
		})
	})
	return g
}

func (g *gate) wait(r *http.Request) bool {
	if !g.hold(r) {
		return true
	}
	g.arrived <- r.URL.Path
	select {
	case <-g.opened:
		return true
	case <-r.Context().Done():
		g.left <- r.URL.Path
		return false
	}
}

func (g *gate) open() { close(g.opened) }

// await waits until count calls are blocked. It fails the test if the operation ends before, because then the calls
// were not concurrent.
func (g *gate) await(t *testing.T, count int, response <-chan gatewaytest.Response) {
	t.Helper()
	for seen := range count {
		select {
		case <-g.arrived:
		case got := <-response:
			t.Fatalf("answered when %d of %d calls had started: %s", seen, count, got.Body)
		}
	}
}

func everything(*http.Request) bool { return true }

func pathEndsIn(suffix string) func(r *http.Request) bool {
	return func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, suffix) }
}

// logBook collects log records.
type logBook struct{ gatewaytest.Output }

// logger returns a logger for all levels.
func (l *logBook) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// records returns the records with a message.
func (l *logBook) records(t *testing.T, message string) []map[string]any {
	t.Helper()
	var found []map[string]any
	for line := range strings.Lines(l.String()) {
		record := map[string]any{}
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("not a record: %v", err)
		}
		if record["msg"] == message {
			found = append(found, record)
		}
	}
	return found
}

// call is a request with custom parts.
type call struct {
	method string // POST if empty
	path   string // with the query string; /graphql if empty
	header http.Header
	body   string
}

// send sends a call. Zero fields mean a valid request of the agency.
func (c call) send(t *testing.T, server *gatewaytest.Server) gatewaytest.Response {
	t.Helper()
	method, path := cmp.Or(c.method, http.MethodPost), cmp.Or(c.path, "/graphql")
	request, err := http.NewRequestWithContext(t.Context(), method, server.Base+path, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+gatewaytest.Token())
	request.Header.Set("Content-Type", "application/json")
	maps.Copy(request.Header, c.header)
	return server.Do(t, request)
}

// wantRejected checks the response to a rejected request: status, code, no data, and no call.
func wantRejected(t *testing.T, response gatewaytest.Response, status int, code string) {
	t.Helper()
	diff(t, "status", status, response.Status)
	errs := checkErrors(t, response)
	if len(errs) == 0 {
		t.Fatalf("no error: %s", response.Body)
	}
	for _, err := range errs {
		diff(t, "code", code, err.code())
	}
	if _, found := decode[map[string]any](t, response.Body)["data"]; found {
		t.Errorf("the response has data: %s", response.Body)
	}
}

// jsonResponse is an upstream that responds with JSON.
func jsonResponse(body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	})
}

// invalidInput is mStudio's response to a body with one invalid member.
func invalidInput(path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"type":"ValidationError","message":"m","validationErrors":[{"message":"m","path":"`+path+`","type":"enum"}]}`)
	})
}
