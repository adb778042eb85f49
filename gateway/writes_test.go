package gateway_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/rest"
	"mstudio-graphql/sandbox"
)

// send is a mutation that selects everything a write returns.
const send = `mutation { sendMessage(input: {conversationId: "` + shortID + `", content: "hallo"}) {
	messageId sentMessage { content } conversation { id status }
} }`

const sendCall = "POST /v2/conversations/" + shortID + "/messages"

// wantOutcome checks the only error of a response.
func wantOutcome(t *testing.T, response gatewaytest.Response, path, code string, outcome any) {
	t.Helper()
	errs := checkErrors(t, response)
	if len(errs) != 1 {
		t.Fatalf("want one error: %s", response.Body)
	}
	diff(t, "error", []any{path, code, outcome}, []any{errs[0].path(), errs[0].code(), errs[0].Extensions["outcome"]})
}

func posts(upstream *gatewaytest.Upstream) (count int) {
	for _, call := range upstream.TakeCalls() {
		if strings.HasPrefix(call, "POST ") {
			count++
		}
	}
	return count
}

// TestWriteThatBreaks breaks the connection after the whole request has arrived, before and after the write. The
// gateway cannot distinguish the two, so it must not retry.
func TestWriteThatBreaks(t *testing.T) {
	t.Parallel()
	for name, done := range map[string]bool{"before it is done": false, "after it is done": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, upstream := start(t, gateway.Config{})
			upstream.Intercept(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method == http.MethodPost {
						_, _ = io.Copy(io.Discard, r.Body)
						if done {
							next.ServeHTTP(discarding{}, r)
						}
						panic(http.ErrAbortHandler)
					}
					next.ServeHTTP(w, r)
				})
			})
			response := ask(t, server, send)
			wantOutcome(t, response, "sendMessage", "UPSTREAM_UNAVAILABLE", "unknown")
			wantData(t, response, `{"sendMessage": null}`)
			diff(t, "writes", 1, posts(upstream))
		})
	}
}

// discarding is a writer for a response that is not sent.
type discarding struct{ http.ResponseWriter }

func (discarding) Header() http.Header         { return http.Header{} }
func (discarding) Write(p []byte) (int, error) { return len(p), nil }
func (discarding) WriteHeader(int)             {}

func TestWriteThatTakesTooLong(t *testing.T) {
	t.Parallel()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	client, err := rest.New(rest.Config{BaseURL: upstream.URL, AttemptTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	server := gatewaytest.NewServer(t, upstream, gateway.Config{Client: client})
	held := newGate(upstream, func(r *http.Request) bool { return r.Method == http.MethodPost })
	response := server.Start(server.NewRequest(t, gatewaytest.Token(), send, nil))
	held.await(t, 1, response)
	wantOutcome(t, <-response, "sendMessage", "UPSTREAM_TIMEOUT", "unknown")
	diff(t, "writes", 1, posts(upstream))
	held.open()
}

// withoutResponse executes a write and sends only its event.
type withoutResponse struct{ http.ResponseWriter }

func (withoutResponse) Write(p []byte) (int, error) { return len(p), nil }
func (w withoutResponse) WriteHeader(int)           { w.ResponseWriter.WriteHeader(http.StatusNoContent) }

func writesWithoutResponse(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w = withoutResponse{w}
		}
		next.ServeHTTP(w, r)
	})
}

// A write with an unreadable response has succeeded if it has an event, and a later request can wait for it.
func TestWriteWithUnreadableResponse(t *testing.T) {
	t.Parallel()
	for name, mutation := range map[string]string{
		"sendMessage":        send,
		"createConversation": `mutation { createConversation(input: {title: "Frage"}) { conversationId } }`,
	} {
		server, upstream := start(t, gateway.Config{})
		upstream.Intercept(writesWithoutResponse)
		response := ask(t, server, mutation)
		wantOutcome(t, response, name, "UPSTREAM_BAD_RESPONSE", "done")
		wantData(t, response, `{"`+name+`": null}`)
		diff(t, "writes", 1, posts(upstream))
		request := server.NewRequest(t, gatewaytest.Token(), `{ conversations(first: 1) { nodes { id } } }`, nil)
		request.Header.Set("X-If-Event-Reached", response.Header.Get("X-Event-Id"))
		wantErrors(t, server.Do(t, request))
		if calls := upstream.TakeCalls(); len(calls) != 1 || !strings.HasSuffix(calls[0], " after "+firstEvent) {
			t.Errorf("%s: the list does not wait: %q", name, calls)
		}
	}
}

// The outcome of each write for each response of mStudio, as docs/writing.md documents it.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	const conversation = `conversationId: "` + shortID + `"`
	mutations := map[string]string{
		"createConversation":    `mutation { createConversation(input: {title: "Frage", mainUserId: "` + unknownID + `"}) { userErrors { code } } }`,
		"updateConversation":    `mutation { updateConversation(input: {` + conversation + `, title: "a"}) { userErrors { code } } }`,
		"setConversationStatus": `mutation { setConversationStatus(input: {` + conversation + `, status: CLOSED}) { userErrors { code } } }`,
		"sendMessage":           `mutation { sendMessage(input: {` + conversation + `, content: "a"}) { userErrors { code } } }`,
		"editMessage":           `mutation { editMessage(input: {` + conversation + `, messageId: "` + unknownID + `", content: "a"}) { userErrors { code } } }`,
	}
	for _, test := range []struct {
		status                    int
		contentType, body, header string
		outcome                   any
	}{
		{201, "application/json", `{"`, "", "done"},
		{201, "application/json", `{}`, "", "done"},
		{201, "application/json", ``, "", "done"},
		{200, "text/html", "<html>", "", "done"},
		{204, "", "", "", "done"},
		{307, "", "", "Location: /", "unknown"},
		{500, "application/json", `{}`, "", "unknown"},
		{503, "text/html", "<html>", "", "unknown"},
		{401, "application/json", `{}`, "", nil},
		{429, "application/json", `{}`, "Retry-After: 60", nil},
	} {
		server, upstream := start(t, gateway.Config{})
		upstream.Intercept(func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header().Set("Content-Type", test.contentType)
				if name, value, found := strings.Cut(test.header, ": "); found {
					w.Header().Set(name, value)
				}
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			})
		})
		for name, mutation := range mutations {
			response := ask(t, server, mutation)
			errs := checkErrors(t, response)
			if len(errs) != 1 || errs[0].path() != name || errs[0].Extensions["outcome"] != test.outcome {
				t.Errorf("%s, %d %q: %s", name, test.status, test.body, response.Body)
			}
			wantData(t, response, `{"`+name+`": null}`)
		}
		if count := len(upstream.TakeCalls()); count > len(mutations) { // fewer after a long wait for the rate limit
			t.Errorf("%d: %d calls", test.status, count)
		}
	}
}

// Without a connection nothing was written, and the caller can safely retry.
func TestWriteWithoutAConnection(t *testing.T) {
	t.Parallel()
	server := startUnreachable(t)
	wantOutcome(t, ask(t, server, send), "sendMessage", "UPSTREAM_UNAVAILABLE", nil)
}

// If a write succeeds but cannot be read in time, the response has its ID.
func TestWriteThatCannotBeShown(t *testing.T) {
	t.Parallel()
	server, _ := lagging(t, sandbox.Config{EventLag: time.Hour, EventTimeout: time.Millisecond})
	response := ask(t, server, `mutation { createConversation(input: {title: "Frage"}) { conversationId conversation { title } } }`)
	wantOutcome(t, response, "createConversation.conversation", "UPSTREAM_TIMEOUT", "done")
	wantData(t, response, `{"createConversation": {"conversationId": "283fd001-0e75-5c3a-836e-4442329090fa", "conversation": null}}`)
	diff(t, "consistency", "stale", decode[writeResponse](t, response.Body).Extensions["consistency"])
}

// Fields after a failed one are executed, as the specification requires.
func TestFieldsAfterAFailedWrite(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	upstream.Replace(sendCall, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
	}))
	response := ask(t, server, `mutation {
		sendMessage(input: {conversationId: "`+shortID+`", content: "hallo"}) { messageId }
		setConversationStatus(input: {conversationId: "`+shortID+`", status: CLOSED}) { conversation { isClosed } }
	}`)
	wantOutcome(t, response, "sendMessage", "UPSTREAM_UNAVAILABLE", "unknown")
	wantData(t, response, `{"sendMessage": null, "setConversationStatus": {"conversation": {"isClosed": true}}}`)
}

// The length of a text is limited in characters, not in bytes or UTF-16 code units.
func TestLongestMessage(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	for name, test := range map[string]struct {
		text   string
		code   string
		writes int
	}{
		"8000 of two bytes":         {strings.Repeat("ä", 8000), "", 1},
		"8000 of two UTF-16 units":  {strings.Repeat("👍", 8000), "", 1},
		"8001":                      {strings.Repeat("x", 8001), "TOO_LONG", 0},
		"8001 with the last spaces": {strings.Repeat("x", 8000) + " ", "TOO_LONG", 0},
		"only blanks":               {" \n\t\u00a0\u3000", "REQUIRED", 0},
	} {
		t.Log(name)
		got := reply(t, server, gatewaytest.Token(), shortID, test.text).Data.SendMessage
		code := ""
		if len(got.UserErrors) > 0 {
			code = got.UserErrors[0].Code
		}
		diff(t, "code", test.code, code)
		diff(t, "writes", test.writes, posts(upstream))
	}
}

// A dry run of a mutation changes nothing.
func TestDryRunOfAMutation(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	request := server.NewRequest(t, gatewaytest.Token(), closing, map[string]any{"ids": []string{shortID, otherID, sharedID}})
	request.Header.Set("X-Explain", "dry-run")
	response := server.Do(t, request)
	diff(t, "response", `{"data":null,"extensions":{"upstream":{"dryRun":true,"minimum":0,"typical":6,"maximum":6,"costliest":"closeConversations.results.conversation"}}}`, string(response.Body))
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}
