package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"mstudio-graphql/sandbox"
)

// watching is the command watch, with a sandbox and a receiver.
type watching struct {
	upstream, receiver *httptest.Server
	received           chan *http.Request // with the body
	log                *output
	flags              []string

	mu    sync.Mutex
	calls []*http.Request // of the sandbox
}

func newWatching(t *testing.T, token string) *watching {
	t.Helper()
	w := &watching{received: make(chan *http.Request, 100), log: newOutput()}
	api := sandbox.New(sandbox.Config{})
	w.upstream = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.calls = append(w.calls, r)
		w.mu.Unlock()
		api.ServeHTTP(rw, r)
	}))
	t.Cleanup(w.upstream.Close)
	w.receiver = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		w.received <- r
	}))
	t.Cleanup(w.receiver.Close)
	file := func(name, text string) string {
		name = filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	w.flags = []string{
		"watch", "--to=" + w.receiver.URL + "/secret-path", "--upstream-url=" + w.upstream.URL, "--token-file=" + file("token", token),
		"--secret-file=" + file("secret", "whsec_"+base64.StdEncoding.EncodeToString([]byte("a secret of 24 bytes...."))),
	}
	return w
}

// start runs the command with further flags, and returns when it has read the list. end stops it and returns its error.
func (w *watching) start(t *testing.T, flags ...string) (end func() error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, append(w.flags, flags...), io.Discard, w.log) }()
	for !strings.Contains(w.log.String(), "watching") {
		select {
		case <-w.log.written:
		case err := <-ended:
			t.Fatalf("exited with %v: %s", err, w.log)
		}
	}
	return func() error {
		stop()
		return <-ended
	}
}

// countCalls counts the calls of the sandbox by kind.
func (w *watching) countCalls() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	counts := map[string]int{}
	for _, call := range w.calls {
		switch path := call.URL.Path; {
		case call.Method != http.MethodGet:
			counts[call.Method]++
		case strings.HasSuffix(path, "/messages"):
			counts["history"]++
		case path == "/v2/conversations":
			counts["list"]++
		default:
			counts[path]++
		}
	}
	return counts
}

// write adds a message to a conversation in the sandbox.
func (w *watching) write(t *testing.T, id, text string) {
	t.Helper()
	request := newRequest(t, http.MethodPost, w.upstream.URL+"/v2/conversations/"+id+"/messages", `{"messageContent": "`+text+`"}`)
	request.Header.Set("Authorization", "Bearer "+sandbox.DemoTokens()[0].Token)
	if got := send(request); got.status != http.StatusCreated {
		t.Fatalf("%+v", got)
	}
}

// A message that somebody writes in mStudio arrives as a signed webhook, for one call besides the polls.
func TestWatch(t *testing.T) {
	t.Parallel()
	w := newWatching(t, sandbox.DemoTokens()[0].Token)
	end := w.start(t, `--filter={"states": ["OPEN", "CLOSED"]}`, "--live-interval=50ms")
	w.write(t, seenByAll, "secret text")
	got := <-w.received
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := webhooks.NewWebhookRaw([]byte("a secret of 24 bytes...."))
	if err != nil {
		t.Fatal(err)
	}
	if err := verifier.Verify(body, got.Header); err != nil {
		t.Error(err)
	}
	if text := string(body); !strings.Contains(text, `"conversationId":"`+seenByAll+`"`) || strings.Contains(text, "secret text") {
		t.Errorf("got %s", text)
	}
	if err := end(); err != nil {
		t.Errorf("exited with %v", err)
	}
	for _, secret := range []string{sandbox.DemoTokens()[0].Token, "secret-path", "secret text", seenByAll, w.receiver.URL} {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("%s is in the log: %s", secret, w.log)
		}
	}
	calls := w.countCalls()
	delete(calls, "list")
	if diff := cmp.Diff(map[string]int{"POST": 1, "history": 1}, calls); diff != "" {
		t.Errorf("besides the list (-want +got):\n%s", diff)
	}
}

// A start reads the list twice: the first poll, and the query for what has changed before.
func TestWatch_Start(t *testing.T) {
	t.Parallel()
	w := newWatching(t, sandbox.DemoTokens()[0].Token)
	if err := w.start(t, "--live-interval=1h")(); err != nil {
		t.Errorf("exited with %v", err)
	}
	if diff := cmp.Diff(map[string]int{"list": 2 * 5}, w.countCalls()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A receiver that wants no more webhooks ends the command without an error, so that it is not restarted after a failure.
func TestWatch_Gone(t *testing.T) {
	t.Parallel()
	w := newWatching(t, sandbox.DemoTokens()[0].Token)
	w.receiver.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusGone) })
	ended := make(chan error, 1)
	go func() { ended <- Run(t.Context(), append(w.flags, "--live-interval=50ms"), io.Discard, w.log) }()
	for !strings.Contains(w.log.String(), "watching") {
		<-w.log.written
	}
	w.write(t, seenByAll, "text")
	if err := <-ended; err != nil || !strings.Contains(w.log.String(), "410 Gone") {
		t.Errorf("exited with %v: %s", err, w.log)
	}
}

// The command ends if it can never succeed.
func TestWatch_Rejected(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ token, filter, want string }{
		"token":  {"made-up", `{}`, "UNAUTHENTICATED: mStudio rejected the token."},
		"filter": {sandbox.DemoTokens()[0].Token, `{"state": "OPEN"}`, `GRAPHQL_VALIDATION_FAILED: Variable "$filter.state" is not defined`},
		"search": {sandbox.DemoTokens()[0].Token, `{"search": "hunter2"}`, "BAD_USER_INPUT: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWatching(t, test.token)
			err := Run(t.Context(), append(w.flags, "--filter="+test.filter), io.Discard, w.log)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("exited with %v", err)
			}
		})
	}
}
