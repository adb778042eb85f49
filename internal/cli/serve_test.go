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

// output collects what a program writes, and lets others wait for it.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	written chan struct{} // has an element when something was written
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

// program is a run of the program in this process.
type program struct {
	base           string // address of its server
	stdout, stderr *output
	interrupt      context.CancelFunc
	ended          <-chan error
}

var addressPattern = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// launch runs the program until it has said where it listens. The test must end it.
func launch(t *testing.T, arguments ...string) *program {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	p := &program{stdout: newOutput(), stderr: newOutput(), interrupt: interrupt, ended: ended}
	go func() { ended <- Run(ctx, arguments, p.stdout, p.stderr) }()
	t.Cleanup(interrupt)
	for {
		if p.base = addressPattern.FindString(p.stdout.String()); p.base != "" {
			return p
		}
		select {
		case <-p.stdout.written:
		case err := <-ended:
			t.Fatalf("ended with %v: %s", err, p.stderr)
		}
	}
}

// end interrupts the program and returns what it ends with.
func (p *program) end() error {
	p.interrupt()
	return <-p.ended
}

// client makes a connection for each request, so that nothing is left open when a test ends.
func client() *http.Client { return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} }

// reply is an answer that was read, or why there is none.
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
	p := launch(t, "--sandbox", "--listen=127.0.0.1:0", "--log-format=json")
	got := send(newRequest(t, http.MethodPost, p.base+"/graphql", viewer))
	if diff := cmp.Diff(`{"data":{"viewer":{"name":"Jana Petersen"}}}`, got.body); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	for _, token := range sandbox.DemoTokens() {
		if !strings.Contains(p.stdout.String(), token.Token) {
			t.Errorf("the token %s is not named: %s", token.Token, p.stdout)
		}
	}
	if err := p.end(); err != nil {
		t.Errorf("ended with %v", err)
	}
	if !strings.Contains(p.stderr.String(), `"msg":"request"`) {
		t.Errorf("no access log: %s", p.stderr)
	}
}

// The sandbox stands in for every upstream, and the help says so of one that is named beside it.
func TestSandboxWinsOverTheUpstream(t *testing.T) {
	t.Parallel()
	p := launch(t, "--sandbox", "--upstream-url=https://upstream.invalid", "--listen=127.0.0.1:0")
	if got := send(newRequest(t, http.MethodPost, p.base+"/graphql", viewer)); !strings.Contains(got.body, "Jana Petersen") {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if err := p.end(); err != nil {
		t.Errorf("ended with %v", err)
	}
	var help bytes.Buffer
	if err := Run(t.Context(), []string{"--help"}, &help, io.Discard); err != nil ||
		!strings.Contains(strings.Join(strings.Fields(help.String()), " "), "instead of mStudio, even if --upstream-url is set,") {
		t.Errorf("%v: %s", err, &help)
	}
}

// What the greeting tells people to type must work.
func TestGreetingCanBeFollowed(t *testing.T) {
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
		t.Errorf("ended with %v", err)
	}
}

// waitingUpstream is an upstream that answers when it is released, and says when it has been asked.
func waitingUpstream(t *testing.T) (url string, asked <-chan struct{}, release func()) {
	t.Helper()
	requests, released := make(chan struct{}, 10), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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

// On SIGTERM: /readyz says so while requests are still accepted, then no new ones are, and those that are running are
// answered.
func TestShutdownLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	url, asked, release := waitingUpstream(t)
	p := launch(t, "--upstream-url="+url, "--listen=127.0.0.1:0", "--shutdown-delay=1s")
	if got := get(t, p.base+"/readyz"); got.status != http.StatusOK {
		t.Errorf("before: %v", got)
	}
	answered := make(chan reply, 1)
	request := newRequest(t, http.MethodPost, p.base+"/graphql", viewer)
	go func() { answered <- send(request) }()
	<-asked
	p.interrupt()
	for get(t, p.base+"/readyz").status == http.StatusOK { // it takes a moment
	}
	if got := get(t, p.base+"/readyz"); got.status != http.StatusServiceUnavailable || got.body != "draining\n" {
		t.Errorf("while draining: %v", got)
	}
	for get(t, p.base+"/readyz").err == nil { // until it listens no more
	}
	select {
	case err := <-p.ended:
		t.Fatalf("ended before the request: %v", err)
	default:
	}
	release()
	if diff := cmp.Diff(`{"data":{"viewer":{"name":"Jana"}}}`, (<-answered).body); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	if err := <-p.ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

// A hundred requests that are running are all answered, and none is let in any more.
func TestShutdownUnderLoad(t *testing.T) {
	t.Parallel()
	const requests = 100
	url, asked, release := waitingUpstream(t)
	p := launch(t, "--upstream-url="+url, "--listen=127.0.0.1:0", "--max-in-flight-per-caller=200", "--max-in-flight=200")
	answered := make(chan reply, requests)
	for range requests {
		request := newRequest(t, http.MethodPost, p.base+"/graphql", viewer)
		go func() { answered <- send(request) }()
	}
	for range requests {
		<-asked
	}
	p.interrupt()
	for get(t, p.base+"/readyz").err == nil { // until it listens no more
	}
	release()
	for range requests {
		if got := <-answered; got.err != nil || got.body != `{"data":{"viewer":{"name":"Jana"}}}` {
			t.Errorf("answer: %d %s %v", got.status, got.body, got.err)
		}
	}
	if err := <-p.ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

// A request that takes too long is cut off, and the program says so by its end. It is in the log all the same.
func TestShutdownDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	url, asked, _ := waitingUpstream(t)
	p := launch(t, "--upstream-url="+url, "--listen=127.0.0.1:0", "--shutdown-timeout=1ms")
	answered := make(chan reply, 1)
	request := newRequest(t, http.MethodPost, p.base+"/graphql", viewer)
	go func() { answered <- send(request) }()
	<-asked
	if err := p.end(); err == nil || err.Error() != "some requests were cut off" {
		t.Errorf("ended with %v", err)
	}
	if got := p.stderr.String(); !strings.Contains(got, "msg=request ") {
		t.Errorf("the log does not have the request: %s", got)
	}
	if got := <-answered; got.err == nil {
		t.Errorf("answered: %v", got)
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
			t.Errorf("%v: ended with %v", arguments, err)
		}
		if stdout.Len() > 0 {
			t.Errorf("%v: greets all the same: %s", arguments, &stdout)
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
