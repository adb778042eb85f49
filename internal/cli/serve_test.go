package cli

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"mstudio-graphql/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// output collects the output of a program. written receives an element after a write.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	written chan struct{}
}

func newOutput() *output { return &output{written: make(chan struct{}, 1)} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.written <- struct{}{}:
	default:
	}
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// program is the program, run in this process.
type program struct {
	base           string // URL of the gateway
	stdout, stderr *output
	interrupt      context.CancelFunc
	ended          <-chan error
}

var addressPattern = regexp.MustCompile(`https?://127\.0\.0\.1:\d+`)

// launch starts the program, without a delay at shutdown, and returns when it listens. The test must call end.
func launch(t *testing.T, arguments ...string) *program {
	t.Helper()
	if arguments[0] != "sandbox" {
		arguments = append([]string{"--shutdown-delay=0s"}, arguments...)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	p := &program{stdout: newOutput(), stderr: newOutput(), interrupt: interrupt, ended: ended}
	done := make(chan struct{})
	go func() {
		defer close(done)
		ended <- Run(ctx, arguments, p.stdout, p.stderr)
	}()
	t.Cleanup(func() {
		interrupt()
		<-done
	})
	for {
		if p.base = addressPattern.FindString(p.stdout.String()); p.base != "" {
			return p
		}
		select {
		case <-p.stdout.written:
		case err := <-ended:
			t.Fatalf("exited with %v: %s", err, p.stderr)
		}
	}
}

// end interrupts the program and returns its error.
func (p *program) end() error {
	p.interrupt()
	return <-p.ended
}

// client returns a client that reuses no connections, so that none is open at the end of a test.
func client() *http.Client { return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} }

// reply is a response with its body, or an error.
type reply struct {
	status int
	body   string
	err    error
}

func send(request *http.Request) reply {
	response, err := client().Do(request)
	if err != nil {
		return reply{err: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, string(body), err}
}

func get(t *testing.T, address string) reply {
	t.Helper()
	return send(newRequest(t, http.MethodGet, address, ""))
}

func newRequest(t *testing.T, method, address, body string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+sandbox.DemoTokens()[0].Token)
	return request
}

const viewer = `{"query": "{ viewer { name } }"}`

func TestServesTheSandbox(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--mcp", "--listen=127.0.0.1:0", "--log-format=json")
	got := send(newRequest(t, http.MethodPost, p.base+"/graphql", viewer))
	if diff := cmp.Diff(`{"data":{"viewer":{"name":"Jana Petersen"}}}`, got.body); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}
	if !strings.Contains(p.stdout.String(), "\nMCP:         "+p.base+"/mcp\n") {
		t.Errorf("the address for assistants is missing: %s", p.stdout)
	}
	for _, token := range sandbox.DemoTokens() {
		if !strings.Contains(p.stdout.String(), token.Token) {
			t.Errorf("token %s is missing: %s", token.Token, p.stdout)
		}
	}
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
	if !strings.Contains(p.stderr.String(), `"msg":"request"`) {
		t.Errorf("no access log: %s", p.stderr)
	}
}

// --sandbox overrides --upstream-url, as the help says.
func TestSandboxOverridesUpstreamURL(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--upstream-url=https://upstream.invalid", "--listen=127.0.0.1:0")
	if got := send(newRequest(t, http.MethodPost, p.base+"/graphql", viewer)); !strings.Contains(got.body, "Jana Petersen") {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
	var help bytes.Buffer
	if err := Run(t.Context(), []string{"--help"}, &help, io.Discard); err != nil ||
		!strings.Contains(strings.Join(strings.Fields(help.String()), " "), "instead of mStudio, even if --upstream-url is set,") {
		t.Errorf("%v: %s", err, &help)
	}
}

// The command that the program prints works.
func TestPrintedCommand(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0")
	got := p.stdout
	for !strings.Contains(got.String(), "}\"}'\n") {
		<-got.written
	}
	_, body, _ := strings.Cut(got.String(), "-d '")
	body, _, _ = strings.Cut(body, "'")
	answer := send(newRequest(t, http.MethodPost, p.base+"/graphql", body))
	if answer.status != http.StatusOK || !strings.HasPrefix(answer.body, `{"data":{"conversations":{"nodes":[{"title":`) {
		t.Errorf("got %d %s", answer.status, answer.body)
	}
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
}

// waitingUpstream returns an upstream that responds after release. It sends to requested for each request.
func waitingUpstream(t *testing.T) (url string, requested <-chan struct{}, release func()) {
	t.Helper()
	requests, released := make(chan struct{}, 10), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Access-Token") == "" { // the check at startup
			return
		}
		requests <- struct{}{}
		select {
		case <-released:
		case <-r.Context().Done():
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"userId": "u", "person": {"firstName": "Jana"}}`))
	}))
	t.Cleanup(server.Close)
	return server.URL, requests, func() { close(released) }
}

// At shutdown, /readyz reports draining while requests are still accepted. Then no new requests are accepted, and running
// requests complete.
func TestShutdown_RequestsComplete(t *testing.T) {
	t.Parallel()
	url, requested, release := waitingUpstream(t)
	p := launch(t, "--upstream-url="+url, "--listen=127.0.0.1:0", "--shutdown-delay=1s")
	if got := get(t, p.base+"/readyz"); got.status != http.StatusOK {
		t.Errorf("before: %v", got)
	}
	replies := make(chan reply, 1)
	request := newRequest(t, http.MethodPost, p.base+"/graphql", viewer)
	go func() { replies <- send(request) }()
	<-requested
	p.interrupt()
	for get(t, p.base+"/readyz").status == http.StatusOK { // until the shutdown starts
	}
	if got := get(t, p.base+"/readyz"); got.status != http.StatusServiceUnavailable || got.body != "draining\n" {
		t.Errorf("while draining: %v", got)
	}
	for get(t, p.base+"/readyz").err == nil { // until it stops listening
	}
	select {
	case err := <-p.ended:
		t.Fatalf("exited before the request completed: %v", err)
	default:
	}
	release()
	if diff := cmp.Diff(`{"data":{"viewer":{"name":"Jana"}}}`, (<-replies).body); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}
	if err := <-p.ended; err != nil {
		t.Errorf("exited with %v", err)
	}
}

// A hundred running requests complete, and no new request is accepted.
func TestShutdown_Load(t *testing.T) {
	t.Parallel()
	const requests = 100
	url, requested, release := waitingUpstream(t)
	p := launch(t, "--upstream-url="+url, "--listen=127.0.0.1:0", "--max-in-flight-per-caller=200", "--max-in-flight=200", "--max-upstream-in-flight-per-caller=200", "--no-shared-calls", "--max-memory-bytes=1000000000", "--max-memory-per-caller-bytes=1000000000")
	replies := make(chan reply, requests)
	for range requests {
		request := newRequest(t, http.MethodPost, p.base+"/graphql", viewer)
		go func() { replies <- send(request) }()
	}
	for range requests {
		select {
		case <-requested:
		case got := <-replies:
			t.Fatalf("early response: %d %s %v", got.status, got.body, got.err)
		}
	}
	p.interrupt()
	for get(t, p.base+"/readyz").err == nil { // until it stops listening
	}
	release()
	for range requests {
		if got := <-replies; got.err != nil || got.body != `{"data":{"viewer":{"name":"Jana"}}}` {
			t.Errorf("response: %d %s %v", got.status, got.body, got.err)
		}
	}
	if err := <-p.ended; err != nil {
		t.Errorf("exited with %v", err)
	}
}

// Shutdown cuts off a request after its timeout and returns an error. The request is still in the log.
func TestShutdown_Timeout(t *testing.T) {
	t.Parallel()
	url, requested, _ := waitingUpstream(t)
	p := launch(t, "--upstream-url="+url, "--listen=127.0.0.1:0", "--shutdown-timeout=1ms")
	replies := make(chan reply, 1)
	request := newRequest(t, http.MethodPost, p.base+"/graphql", viewer)
	go func() { replies <- send(request) }()
	<-requested
	if err := p.end(); err == nil || err.Error() != "some requests were cut off" {
		t.Errorf("exited with %v", err)
	}
	if got := p.stderr.String(); !strings.Contains(got, "msg=request ") {
		t.Errorf("the request is not in the log: %s", got)
	}
	if got := <-replies; got.err == nil {
		t.Errorf("got a response: %v", got)
	}
}

func TestAddressInUse(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, arguments := range [][]string{
		{"--sandbox", "--listen=" + taken.Addr().String()},
		{"sandbox", "--listen=" + taken.Addr().String()},
		{"--sandbox", "--listen=127.0.0.1:0", "--ops-listen=" + taken.Addr().String()},
	} {
		var stdout, stderr bytes.Buffer
		if err := Run(t.Context(), arguments, &stdout, &stderr); err == nil || !strings.Contains(err.Error(), "address already in use") {
			t.Errorf("%v: exited with %v", arguments, err)
		}
		if stdout.Len() > 0 {
			t.Errorf("%v: prints %s", arguments, &stdout)
		}
	}
}

func readText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// With --subgraph-listen, only that address has the subgraph.
func TestSubgraphListen(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", "--subgraph-listen=127.0.0.1:0")
	routers := regexp.MustCompile(`http://[0-9.:]+/subgraph`).FindString(p.stdout.String())
	if routers == "" || strings.HasPrefix(routers, p.base) {
		t.Fatalf("no other address: %s", p.stdout)
	}
	for url, want := range map[string]int{
		routers: http.StatusOK, strings.TrimSuffix(routers, "subgraph") + "graphql": http.StatusNotFound,
		p.base + "/graphql": http.StatusOK, p.base + "/subgraph": http.StatusNotFound,
	} {
		if got := send(newRequest(t, http.MethodPost, url, viewer)); got.status != want {
			t.Errorf("%s: %v, want %d", url, got, want)
		}
	}
	if err := p.end(); err != nil {
		t.Errorf("exited with %v", err)
	}
}
