package gateway_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/sandbox"
)

// bakery is the token of a caller with a few conversations, so that a poll is one call.
const bakery = "sandbox-bakery"

// pollCall is the call of a poll.
const pollCall = "GET /v2/conversations?limit=100&order=desc&order=asc&sort=lastMessage.createdAt&sort=conversationId"

// quiet returns a configuration whose only polls are those after a subscription or a write.
func quiet() gateway.Config { return gateway.Config{Watcher: watcher.Config{Interval: time.Hour}} }

// events is a stream of server-sent events.
type events struct {
	response *http.Response
	lines    *bufio.Scanner
}

// subscribe starts a subscription as the caller with the token.
func subscribe(t *testing.T, server *gatewaytest.Server, token, query string, variables map[string]any) *events {
	t.Helper()
	request := server.NewRequest(t, token, query, variables)
	request.Header.Set("Accept", "text/event-stream")
	response := server.Open(t, request) //nolint:bodyclose // the test does
	return &events{response, bufio.NewScanner(response.Body)}
}

// next returns the name and the data of the next event.
func (e *events) next(t *testing.T) (name, data string) {
	t.Helper()
	for e.lines.Scan() {
		switch line := e.lines.Text(); {
		case strings.HasPrefix(line, "event: "):
			name = line[len("event: "):]
		case strings.HasPrefix(line, "data:"):
			data = strings.TrimSpace(line[len("data:"):])
		case line == "" && name != "":
			return name, data
		}
	}
	t.Fatalf("the stream has ended: %v", e.lines.Err())
	return "", ""
}

// result is the response of an event.
type eventResult[T any] struct {
	Data   map[string]*T
	Errors []map[string]any
}

type change struct {
	Kind, Cursor   string
	ConversationID *string
	Conversation   *struct {
		ID, Title, Status string
		Messages          struct{ TotalCount int }
	}
	NewMessages, ChangedMessages []struct{ ID, Content string }
}

// nextChange returns the change in the next event, whose field is called changed.
func nextChange(t *testing.T, stream *events) change {
	t.Helper()
	name, data := stream.next(t)
	found := decode[eventResult[change]](t, []byte(data))
	if name != "next" || len(found.Errors) > 0 || found.Data["changed"] == nil {
		t.Fatalf("%s: %s", name, data)
	}
	return *found.Data["changed"]
}

// wantKind fails the test unless the next event is a change of this kind.
func wantKind(t *testing.T, stream *events, kind string) change {
	t.Helper()
	found := nextChange(t, stream)
	diff(t, "kind", kind, found.Kind)
	if found.Cursor == "" {
		t.Error("no cursor")
	}
	return found
}

const (
	inbox        = `subscription($filter: ConversationFilter, $after: String) { changed: inboxChanged(filter: $filter, after: $after) { kind cursor conversationId conversation { id title status messages(last: 1) { totalCount } } } }`
	conversation = `subscription($id: ID!, $after: String) { changed: conversationChanged(id: $id, after: $after) {
		kind cursor conversation { id title } newMessages { ...text } changedMessages { ...text }
	} } fragment text on TextMessage { id content }`
	sendText = `mutation($id: ID!, $text: String!) { sendMessage(input: {conversationId: $id, content: $text}) { messageId } }`
	rename   = `mutation($id: ID!, $title: String!) { updateConversation(input: {conversationId: $id, title: $title}) { userErrors { code } } }`
	setState = `mutation($id: ID!, $status: SettableStatus!) { setConversationStatus(input: {conversationId: $id, status: $status}) { userErrors { code } } }`
)

// An own write is the next event of the caller's other streams, for one poll and one call for each field.
func TestInboxChanged(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, quiet())
	tabs := make([]*events, 10)
	for i := range tabs {
		tabs[i] = subscribe(t, server, bakery, inbox, nil)
		synced := wantKind(t, tabs[i], "SYNCED")
		if synced.Conversation != nil || synced.ConversationID != nil {
			t.Errorf("got %+v", synced)
		}
	}
	diff(t, "calls", []string{pollCall}, upstream.TakeCalls())
	wantErrors(t, server.Query(t, bakery, rename, map[string]any{"id": sharedID, "title": "canary"}))
	for _, tab := range tabs {
		changed := wantKind(t, tab, "CHANGED")
		if changed.Conversation == nil || changed.Conversation.Title != "canary" || changed.Conversation.Messages.TotalCount == 0 {
			t.Errorf("got %+v", changed.Conversation)
		}
		diff(t, "ID", sharedID, *changed.ConversationID)
	}
	diff(t, "calls", []string{
		"GET /v2/conversations/" + sharedID + "/messages", pollCall, `PUT /v2/conversations/` + sharedID + ` {"title":"canary"}`,
	}, withoutEvents(upstream.TakeCalls()))
}

// withoutEvents removes the events that calls wait for, whose IDs are random.
func withoutEvents(calls []string) []string {
	for i, call := range calls {
		calls[i], _, _ = strings.Cut(call, " after ")
	}
	return calls
}

// A client reads the list after SYNCED, so it gets no response to a call that began before: it would miss what has changed meanwhile.
func TestInboxChanged_ListAfterwards(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, quiet())
	var isHeld atomic.Bool
	held := newGate(upstream, func(r *http.Request) bool {
		return r.URL.Query().Get("limit") != "100" && isHeld.CompareAndSwap(false, true)
	})
	list := func() <-chan gatewaytest.Response {
		return server.Start(server.NewRequest(t, bakery, `{ conversations(first: 3) { nodes { title } } }`, nil))
	}
	before := list()
	held.await(t, 1, before)
	wantKind(t, subscribe(t, server, bakery, `subscription { changed: inboxChanged { kind cursor } }`, nil), "SYNCED")
	select {
	case response := <-list():
		wantErrors(t, response)
	case <-time.After(2 * time.Second): // less than the timeout of an attempt
		t.Error("the list waits for a call that began before SYNCED")
	}
	held.open()
	wantErrors(t, <-before)
}

// A conversation that no longer matches the filter leaves the stream, and returns as ADDED.
func TestInboxChanged_Filter(t *testing.T) {
	t.Parallel()
	server, _ := start(t, quiet())
	open := subscribe(t, server, gatewaytest.Token(), inbox, map[string]any{"filter": map[string]any{"states": "OPEN"}})
	closed := subscribe(t, server, gatewaytest.Token(), inbox, map[string]any{"filter": map[string]any{"statuses": []string{"CLOSED"}}})
	wantKind(t, open, "SYNCED")
	wantKind(t, closed, "SYNCED")
	for _, step := range []struct{ status, ofOpen, ofClosed string }{
		{"CLOSED", "REMOVED", "CHANGED"}, // the conversation may have been closed when the second stream began
		{"OPEN", "ADDED", "REMOVED"}, {"CLOSED", "REMOVED", "ADDED"},
	} {
		wantErrors(t, server.Query(t, gatewaytest.Token(), setState, map[string]any{"id": shortID, "status": step.status}))
		for stream, kind := range map[*events]string{open: step.ofOpen, closed: step.ofClosed} {
			changed := wantKind(t, stream, kind)
			diff(t, "ID", shortID, *changed.ConversationID)
			if (kind == "REMOVED") != (changed.Conversation == nil) {
				t.Errorf("%s: got %+v", kind, changed.Conversation)
			}
		}
	}
}

// A subscription with a cursor gets what has changed since then.
func TestInboxChanged_Resume(t *testing.T) {
	t.Parallel()
	server, _ := start(t, quiet())
	first, other := subscribe(t, server, gatewaytest.Token(), inbox, nil), subscribe(t, server, gatewaytest.Token(), inbox, nil)
	wantKind(t, other, "SYNCED")
	cursor := wantKind(t, first, "SYNCED").Cursor
	_ = first.response.Body.Close()
	wantErrors(t, server.Query(t, gatewaytest.Token(), rename, map[string]any{"id": shortID, "title": "canary"}))
	wantKind(t, other, "CHANGED")
	again := subscribe(t, server, gatewaytest.Token(), inbox, map[string]any{"after": cursor})
	diff(t, "title", "canary", wantKind(t, again, "CHANGED").Conversation.Title)
	wantKind(t, again, "SYNCED")
}

func TestConversationChanged(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, quiet())
	stream := subscribe(t, server, bakery, conversation, map[string]any{"id": strings.ToUpper(sharedID)})
	synced := wantKind(t, stream, "SYNCED")
	diff(t, "ID", sharedID, synced.Conversation.ID)
	diff(t, "calls", []string{"GET /v2/conversations/" + sharedID + "/messages", pollCall}, upstream.TakeCalls())
	wantErrors(t, server.Query(t, bakery, sendText, map[string]any{"id": sharedID, "text": "canary"}))
	changed := wantKind(t, stream, "CHANGED")
	if len(changed.NewMessages) != 1 || changed.NewMessages[0].Content != "canary" || len(changed.ChangedMessages) != 0 {
		t.Fatalf("got %+v", changed)
	}
	diff(t, "calls", []string{
		"GET /v2/conversations/" + sharedID + "/messages", pollCall,
		`POST /v2/conversations/` + sharedID + `/messages {"messageContent":"canary"}`,
	}, withoutEvents(upstream.TakeCalls()))
	const edit = `mutation($of: ID!, $id: ID!) { editMessage(input: {conversationId: $of, messageId: $id, content: "better"}) { userErrors { code } } }`
	wantErrors(t, server.Query(t, bakery, edit, map[string]any{"of": sharedID, "id": changed.NewMessages[0].ID}))
	changed = wantKind(t, stream, "CHANGED")
	if len(changed.ChangedMessages) != 1 || changed.ChangedMessages[0].Content != "better" || len(changed.NewMessages) != 0 {
		t.Errorf("got %+v", changed)
	}
}

// A call that fails below an event costs one field of it. The path begins with the field of the subscription.
func TestInboxChanged_FailedField(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, quiet())
	stream := subscribe(t, server, bakery, inbox, nil)
	wantKind(t, stream, "SYNCED")
	upstream.Replace("GET /v2/conversations/"+sharedID+"/messages", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
	}))
	wantErrors(t, server.Query(t, bakery, rename, map[string]any{"id": sharedID, "title": "canary"}))
	_, data := stream.next(t)
	errs := checkErrors(t, gatewaytest.Response{Body: []byte(data)})
	if len(errs) != 1 || errs[0].code() != "FORBIDDEN" {
		t.Fatalf("got %s", data)
	}
	diff(t, "path", []any{"changed", "conversation", "messages"}, errs[0].Path)
	changed := decode[eventResult[change]](t, []byte(data)).Data["changed"]
	if changed == nil || changed.Kind != "CHANGED" || changed.Conversation.Title != "canary" {
		t.Errorf("got %s", data)
	}
}

// A token that mStudio rejects ends the streams of the caller.
func TestSubscriptions_TokenRevoked(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, quiet())
	stream := subscribe(t, server, bakery, inbox, nil)
	wantKind(t, stream, "SYNCED")
	socket := dial(t, server, bearer(bakery))
	socket.send(t, message{Type: "connection_init"})
	socket.want(t, "connection_ack", "")
	socket.subscribe(t, "inbox", inbox, nil)
	socket.want(t, "next", "inbox")
	upstream.Replace(pollCall, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	wantErrors(t, server.Query(t, bakery, rename, map[string]any{"id": sharedID, "title": "canary"}))
	name, data := stream.next(t)
	if name != "next" || !strings.Contains(data, "UNAUTHENTICATED") {
		t.Errorf("got %s: %s", name, data)
	}
	if name, _ := stream.next(t); name != "complete" {
		t.Errorf("got %s", name)
	}
	if errs := socket.want(t, "error", "inbox"); !strings.Contains(string(errs), "UNAUTHENTICATED") {
		t.Errorf("got %s", errs)
	}
	socket.wantClosed(t, 4401)
}

// Each caller gets own events only, with own data.
func TestSubscriptions_TwoCallers(t *testing.T) {
	t.Parallel()
	server, _ := start(t, quiet())
	agency := gatewaytest.Token()
	streams := map[string]*events{}
	for _, token := range []string{agency, bakery} {
		streams[token] = subscribe(t, server, token, inbox, nil)
		wantKind(t, streams[token], "SYNCED")
	}
	wantErrors(t, server.Query(t, agency, rename, map[string]any{"id": shortID, "title": "of the agency"}))
	diff(t, "title", "of the agency", wantKind(t, streams[agency], "CHANGED").Conversation.Title)
	// The bakery's next poll follows its own write, and finds only what the bakery can read.
	wantErrors(t, server.Query(t, bakery, rename, map[string]any{"id": sharedID, "title": "of the bakery"}))
	diff(t, "title", "of the bakery", wantKind(t, streams[bakery], "CHANGED").Conversation.Title)
}

// A rejected subscription is one result with an error and the end of the stream. It leaves no place taken.
func TestSubscriptions_Rejected(t *testing.T) {
	t.Parallel()
	config := quiet()
	config.Live.MaxStreams = 1
	config.Limits.EventCalls = 1
	server, upstream := start(t, config)
	const costly = "subscription { inboxChanged { conversation { members { user { id } } messages { totalCount } } } }"
	tests := map[string]struct {
		token, query string
		variables    map[string]any
		code, path   string
		calls        int
	}{
		"token":          {token: "nobody", query: inbox, code: "UNAUTHENTICATED", calls: 1},
		"search":         {query: inbox, variables: map[string]any{"filter": map[string]any{"search": "x"}}, code: "BAD_USER_INPUT", path: "changed"},
		"category":       {query: inbox, variables: map[string]any{"filter": map[string]any{"categoryIds": []string{"x"}}}, code: "BAD_USER_INPUT", path: "changed"},
		"ID":             {query: conversation, variables: map[string]any{"id": "x"}, code: "BAD_USER_INPUT", path: "changed"},
		"cursor":         {query: inbox, variables: map[string]any{"after": "x"}, code: "BAD_USER_INPUT"},
		"calls":          {query: costly, code: "COMPLEXITY_LIMIT_EXCEEDED"},
		"two fields":     {query: "subscription { a: inboxChanged { kind } b: inboxChanged { kind } }", code: "GRAPHQL_VALIDATION_FAILED"},
		"skipped field":  {query: "subscription { inboxChanged @skip(if: true) { kind } }", code: "GRAPHQL_VALIDATION_FAILED"},
		"unknown filter": {query: inbox, variables: map[string]any{"filter": map[string]any{"x": 1}}, code: "GRAPHQL_VALIDATION_FAILED"},
	}
	for name, test := range tests {
		if test.token == "" {
			test.token = gatewaytest.Token()
		}
		stream := subscribe(t, server, test.token, test.query, test.variables)
		diff(t, name+": status", http.StatusOK, stream.response.StatusCode)
		event, data := stream.next(t)
		response := gatewaytest.Response{Body: []byte(data)}
		errs := checkErrors(t, response)
		if event != "next" || len(errs) == 0 || errs[0].code() != test.code {
			t.Errorf("%s: %s %s", name, event, data)
			continue
		}
		if path, _ := json.Marshal(errs[0].Path); test.path != "" && string(path) != `["`+test.path+`"]` {
			t.Errorf("%s: path %s", name, path)
		}
		if event, _ = stream.next(t); event != "complete" {
			t.Errorf("%s: %s", name, event)
		}
		diff(t, name+": calls", test.calls, len(upstream.TakeCalls()))
	}
	wantKind(t, subscribe(t, server, gatewaytest.Token(), inbox, nil), "SYNCED")
	full := call{header: http.Header{"Accept": {"text/event-stream, application/json"}}, body: `{"query": "subscription { inboxChanged { kind } }"}`}.send(t, server)
	wantRejected(t, full, http.StatusServiceUnavailable, "OVERLOADED")
}

// Clients repeat a request that has failed, but not a stream that is complete. So a subscription that may start later has a
// status.
func TestSubscriptions_TryAgain(t *testing.T) {
	t.Parallel()
	config := quiet()
	config.Watcher.Subscriptions = 1
	server, upstream := start(t, config)
	try := func(token string) gatewaytest.Response {
		header := http.Header{"Accept": {"text/event-stream"}, "Authorization": {"Bearer " + token}}
		return call{header: header, body: `{"query": "subscription { inboxChanged { kind } }"}`}.send(t, server)
	}
	wantKind(t, subscribe(t, server, bakery, inbox, nil), "SYNCED")
	full := try(bakery)
	wantRejected(t, full, http.StatusServiceUnavailable, "OVERLOADED")
	diff(t, "Retry-After", "1", full.Header.Get("Retry-After"))
	diff(t, "Content-Type", "application/json; charset=utf-8", full.Header.Get("Content-Type"))
	upstream.Replace(pollCall, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	wantRejected(t, try(gatewaytest.Token()), http.StatusServiceUnavailable, "UPSTREAM_UNAVAILABLE")
}

// Relay's adapter accepts JSON, but reads parts only.
func TestSubscriptions_RejectedAsPart(t *testing.T) {
	t.Parallel()
	server, _ := start(t, quiet())
	request := server.NewRequest(t, "nobody", inbox, nil)
	request.Header.Set("Accept", "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json")
	response := server.Open(t, request) //nolint:bodyclose // the test does
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "type", `multipart/mixed;boundary="graphql";subscriptionSpec=1.0`, response.Header.Get("Content-Type"))
	diff(t, "body", "\r\n--graphql\r\nContent-Type: application/json\r\n\r\n"+
		`{"payload":{"errors":[{"message":"mStudio rejected the token.","extensions":{"code":"UNAUTHENTICATED"}}]}}`+
		"\r\n--graphql--\r\n", string(body))
}

// Without a stream, a subscription has no use. GET works for an EventSource.
func TestSubscriptions_Accept(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, quiet())
	const body = `{"query": "subscription { inboxChanged { kind } }"}`
	for _, accept := range []string{"application/json", "application/graphql-response+json, application/json;q=0.9", "multipart/mixed", "text/event-stream;q=0, */*;q=0"} {
		response := call{header: http.Header{"Accept": {accept}}, body: body}.send(t, server)
		wantRejected(t, response, http.StatusNotAcceptable, "BAD_USER_INPUT")
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
	request := server.NewRequest(t, gatewaytest.Token(), "", nil)
	request.Method, request.Body, request.ContentLength = http.MethodGet, nil, 0
	request.URL.RawQuery = "query=subscription{changed:inboxChanged{kind,cursor}}"
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Del("Content-Type")
	response := server.Open(t, request) //nolint:bodyclose // the test does
	wantKind(t, &events{response, bufio.NewScanner(response.Body)}, "SYNCED")
	mutation := call{method: http.MethodGet, path: "/graphql?query=mutation{__typename}", body: ""}.send(t, server)
	diff(t, "a mutation by GET", http.StatusMethodNotAllowed, mutation.Status)
}

// An estimate of a subscription is that of one event.
func TestSubscriptions_DryRun(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, quiet())
	body, _ := json.Marshal(map[string]any{"query": inbox})
	response := call{header: http.Header{"X-Explain": {"dry-run"}}, body: string(body)}.send(t, server)
	if !strings.Contains(string(response.Body), `"typical":1`) {
		t.Errorf("got %s", response.Body)
	}
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// With --no-live, nothing shows that there could be subscriptions.
func TestNoLive(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{NoLive: true, Introspection: gateway.IntrospectionOn, Subgraph: true})
	introspected := ask(t, server, introspectionQuery)
	wantErrors(t, introspected)
	for name, text := range map[string]string{
		"introspection": string(introspected.Body),
		"text":          string(call{method: http.MethodGet, path: "/schema.graphql"}.send(t, server).Body),
		"subgraph":      string(call{path: "/subgraph", body: `{"query": "{ _service { sdl } }"}`}.send(t, server).Body),
	} {
		for _, word := range []string{"inboxChanged", "InboxChange", "ConversationChange", "type Subscription"} {
			if strings.Contains(text, word) {
				t.Errorf("%s has %s", name, word)
			}
		}
	}
	wantErrorCode(t, ask(t, server, "subscription { inboxChanged { kind } }"), "GRAPHQL_VALIDATION_FAILED")
}

func wantErrorCode(t *testing.T, response gatewaytest.Response, code string) {
	t.Helper()
	errs := checkErrors(t, response)
	if len(errs) == 0 || errs[0].code() != code {
		t.Errorf("got %s", response.Body)
	}
}

// Routers subscribe at their own path.
func TestSubgraph_Subscription(t *testing.T) {
	t.Parallel()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	config := quiet()
	config.Subgraph = true
	server := gatewaytest.NewServer(t, upstream, config)
	client, router := *server, *server
	router.URL = server.Base + "/subgraph"
	ofClient, ofRouter := subscribe(t, &client, gatewaytest.Token(), inbox, nil), subscribe(t, &router, gatewaytest.Token(), inbox, nil)
	wantKind(t, ofClient, "SYNCED")
	wantKind(t, ofRouter, "SYNCED")
	wantErrors(t, server.Query(t, gatewaytest.Token(), rename, map[string]any{"id": shortID, "title": "canary"}))
	wantKind(t, ofClient, "CHANGED")
	wantKind(t, ofRouter, "CHANGED")
	diff(t, "polls", 2, strings.Count(strings.Join(upstream.TakeCalls(), "\n"), pollCall))
}
