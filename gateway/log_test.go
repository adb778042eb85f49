package gateway_test

import (
	"log/slog"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

var fingerprint = regexp.MustCompile(`^[0-9a-f]{16}$`)

// loggedCall is a request and what its record contains.
type loggedCall struct {
	call

	want   map[string]any
	caller bool
	level  slog.Level
}

func loggedCalls() map[string]loggedCall {
	return map[string]loggedCall{
		"data": {
			call{body: `{"query": "query Mine { viewer { id } conversation(id: \"` + shortID + `\") { messages { totalCount } } }"}`},
			map[string]any{"method": "POST", "route": "/graphql", "status": 200.0, "operation": "Mine", "upstreamCalls": 3.0, "errors": 0.0},
			true, slog.LevelInfo,
		},
		"errors": {
			call{body: `{"query": "{ a: conversation(id: \"x\") { id } b: conversation(id: \"y\") { id } }"}`},
			map[string]any{"method": "POST", "route": "/graphql", "status": 200.0, "operation": "", "upstreamCalls": 0.0, "errors": 2.0, "codes": "BAD_USER_INPUT"},
			true, slog.LevelInfo,
		},
		"syntax": {
			call{body: `{"query": "{"}`},
			map[string]any{"method": "POST", "route": "/graphql", "status": 200.0, "operation": "", "upstreamCalls": 0.0, "errors": 1.0, "codes": "GRAPHQL_PARSE_FAILED"},
			true, slog.LevelInfo,
		},
		"no token": {
			call{header: http.Header{"Authorization": nil}},
			map[string]any{"method": "POST", "route": "/graphql", "status": 401.0, "operation": "", "upstreamCalls": 0.0, "errors": 1.0, "codes": "UNAUTHENTICATED"},
			false, slog.LevelInfo,
		},
		"too large": {
			call{body: strings.Repeat(" ", maxBody+1)},
			map[string]any{"method": "POST", "route": "/graphql", "status": 413.0, "operation": "", "upstreamCalls": 0.0, "errors": 1.0, "codes": "REQUEST_TOO_LARGE"},
			true, slog.LevelInfo,
		},
		"nonstandard method": {
			call{method: "CANARY"},
			map[string]any{"method": "other", "route": "/graphql", "status": 405.0, "operation": "", "upstreamCalls": 0.0, "errors": 1.0, "codes": "BAD_USER_INPUT"},
			true, slog.LevelInfo,
		},
		"client": {
			call{body: `{"query": "{ __typename }"}`, header: http.Header{
				"Apollographql-Client-Name": {"Portal \u202e\xff\t" + strings.Repeat("x", 1000)}, "Apollographql-Client-Version": {"1.2.3"}, "X-Forwarded-For": {"192.0.2.1"},
			}},
			map[string]any{
				"method": "POST", "route": "/graphql", "status": 200.0, "operation": "", "upstreamCalls": 0.0, "errors": 0.0,
				"clientName": "Portal ___" + strings.Repeat("x", 52), "clientVersion": "1.2.3",
			},
			true, slog.LevelInfo,
		},
		"other client": {
			call{body: `{"query": "{ __typename }"}`, header: http.Header{"Graphql-Client-Name": {"portal"}}},
			map[string]any{"method": "POST", "route": "/graphql", "status": 200.0, "operation": "", "upstreamCalls": 0.0, "errors": 0.0, "clientName": "portal"},
			true, slog.LevelInfo,
		},
		"probe": {
			call{method: http.MethodGet, path: "/healthz"},
			map[string]any{"method": "GET", "route": "/healthz", "status": 200.0, "operation": "", "upstreamCalls": 0.0, "errors": 0.0},
			false, slog.LevelDebug,
		},
		"slash at the end": {
			call{path: "/graphql/", body: `{"query": "{ __typename }"}`},
			map[string]any{"method": "POST", "route": "/graphql", "status": 200.0, "operation": "", "upstreamCalls": 0.0, "errors": 0.0},
			true, slog.LevelInfo,
		},
		"landing page": {
			call{method: http.MethodGet, path: "/"},
			map[string]any{"method": "GET", "route": "/", "status": 200.0, "operation": "", "upstreamCalls": 0.0, "errors": 0.0},
			false, slog.LevelInfo,
		},
		"unknown path": {
			call{method: http.MethodGet, path: "/canary"},
			map[string]any{"method": "GET", "route": "none", "status": 404.0, "operation": "", "upstreamCalls": 0.0, "errors": 0.0},
			false, slog.LevelInfo,
		},
	}
}

// Each request writes one record, whether it succeeds or not.
func TestAccessLog(t *testing.T) {
	t.Parallel()
	for name, test := range loggedCalls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			book := &logBook{}
			server, _ := start(t, gateway.Config{Log: book.logger()})
			response := test.send(t, server)
			server.Close()
			records := book.records(t, "request")
			if len(records) != 1 {
				t.Fatalf("%d records: %s", len(records), book)
			}
			got := records[0]
			diff(t, "level", test.level.String(), got["level"].(string))
			diff(t, "request id", response.Header.Get("X-Request-Id"), got["requestId"].(string))
			diff(t, "bytes", len(response.Body), int(got["bytes"].(float64)))
			diff(t, "has a caller", test.caller, fingerprint.MatchString(got["caller"].(string)))
			diff(t, "client address", "127.0.0.1", got["clientAddress"].(string))
			if got["durationMs"].(float64) <= 0 {
				t.Errorf("durationMs %v", got["durationMs"])
			}
			for _, checked := range []string{"time", "level", "msg", "requestId", "bytes", "caller", "clientAddress", "durationMs"} {
				delete(got, checked)
			}
			diff(t, "record", test.want, got)
		})
	}
}

// only returns the named attributes of a record.
func only(record map[string]any, names ...string) map[string]any {
	picked := map[string]any{}
	for _, name := range names {
		picked[name] = record[name]
	}
	return picked
}

// A download counts as one call and an invalid link as none. The record has no caller.
func TestAccessLog_Downloads(t *testing.T) {
	t.Parallel()
	book := &logBook{}
	config := manyFiles()
	config.Log = book.logger()
	server, upstream := start(t, config)
	file := linksOf(t, server)[0]
	upstream.TakeCalls()
	follow(t, server, file.Shown.URL)
	follow(t, server, server.Base+"/files/x")
	upstream.Replace("GET /v2/files/"+file.ID, http.NotFoundHandler())
	follow(t, server, file.Saved.URL)
	diff(t, "calls", []string{"GET /v2/files/" + file.ID, "GET /v2/files/" + file.ID}, upstream.TakeCalls())
	server.Close()
	var got []map[string]any
	for _, record := range book.records(t, "request")[1:] {
		got = append(got, only(record, "route", "status", "caller", "upstreamCalls"))
	}
	const route = "/files/{link}"
	diff(t, "records", []map[string]any{
		{"route": route, "status": 200.0, "caller": "", "upstreamCalls": 1.0},
		{"route": route, "status": 404.0, "caller": "", "upstreamCalls": 0.0},
		{"route": route, "status": 404.0, "caller": "", "upstreamCalls": 1.0},
	}, got)
}

// The address of a client behind a proxy is logged only if the proxy is trusted.
func TestAccessLog_TrustedProxies(t *testing.T) {
	t.Parallel()
	for network, want := range map[string]string{"127.0.0.0/8": "192.0.2.1", "10.0.0.0/8": "127.0.0.1"} {
		book := &logBook{}
		server, _ := start(t, gateway.Config{Log: book.logger(), TrustedProxies: []netip.Prefix{netip.MustParsePrefix(network)}})
		call{body: viewerBody, header: http.Header{"X-Forwarded-For": {"203.0.113.9, 192.0.2.1"}}}.send(t, server)
		server.Close()
		diff(t, network, want, book.records(t, "request")[0]["clientAddress"].(string))
	}
}

// Fingerprints distinguish callers within a process and differ between processes.
func TestAccessLog_Callers(t *testing.T) {
	t.Parallel()
	callers := func() []string {
		book := &logBook{}
		server, _ := start(t, gateway.Config{Log: book.logger()})
		for _, token := range []string{sandbox.DemoTokens()[0].Token, sandbox.DemoTokens()[1].Token, sandbox.DemoTokens()[0].Token} {
			wantErrors(t, server.Query(t, token, `{ __typename }`, nil))
		}
		server.Close()
		var found []string
		for _, record := range book.records(t, "request") {
			found = append(found, record["caller"].(string))
		}
		return found
	}
	one, two := callers(), callers()
	if one[0] != one[2] || one[0] == one[1] || one[0] == two[0] {
		t.Errorf("fingerprints: %v and %v", one, two)
	}
}

// The log contains no data of callers or mStudio, even at debug level and for every kind of failure.
func TestLog_ContainsNoCallerData(t *testing.T) {
	t.Parallel()
	const canary = "canaryCANARYcanary"
	book := &logBook{}
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	server := gatewaytest.NewServer(t, upstream, gateway.Config{Log: book.logger()})
	failing := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Canary", canary)
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(`{"message": "` + canary + `"}`))
	})
	upstream.Replace("GET /v2/conversations/"+otherID, failing)
	upstream.Replace("GET /v2/conversations/"+otherID+"/messages", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	var bodies strings.Builder
	for _, request := range []call{
		{body: `{"query": "query($id: ID!, $text: String) { conversation(id: $id) { title messages { nodes { ... on TextMessage { content } } } } conversations(filter: {search: $text}) { totalCount } }", "variables": {"id": "` + shortID + `", "text": "` + canary + `"}}`},
		{body: `{"query": "{ conversation(id: \"` + otherID + `\") { title messages { totalCount } } node(id: \"` + canary + `\") { id } }"}`},
		{body: `{"query": "{ ` + canary + `", "variables": {"` + canary + `": 1}}`},
		{body: `{"query": "` + canary},
		{body: `{"query": "{ __typename }", "operationName": "` + canary + `"}`},
		{header: http.Header{"Authorization": {"Bearer " + canary}, "X-Access-Token": {canary + "2"}}},
		{header: http.Header{"Authorization": {"Bearer " + canary}}, body: viewerBody},
		{header: http.Header{"Accept": {canary + "/" + canary}}},
		{header: http.Header{"Content-Type": {canary + "/" + canary}}},
		{method: canary, path: "/graphql?" + canary},
		{path: "/" + canary},
		{header: http.Header{"X-Request-Id": {canary + "!"}}},
		{header: http.Header{"Cookie": {canary}, "User-Agent": {canary}, "Origin": {"https://" + canary}, "X-Forwarded-For": {canary}}, body: viewerBody},
	} {
		response := request.send(t, server)
		if response.Header.Get("Content-Type") == plainJSON && !strings.Contains(request.body, "{ "+canary) {
			bodies.Write(response.Body) // validation errors repeat names from the document
		}
	}
	server.Close()
	for name, text := range map[string]string{"log": book.String(), "responses": bodies.String()} {
		for _, hidden := range []string{canary, "sandbox-agency", upstream.URL, strings.TrimPrefix(upstream.URL, "http://")} {
			if strings.Contains(text, hidden) {
				t.Errorf("the %s contains %q: %s", name, hidden, text)
			}
		}
	}
	for _, hidden := range []string{shortID, otherID, "Jana Petersen", "TextMessage", "totalCount"} {
		if strings.Contains(book.String(), hidden) {
			t.Errorf("the log contains %q", hidden)
		}
	}
	diff(t, "requests", 13, len(book.records(t, "request")))
	if len(book.records(t, "upstream call")) == 0 {
		t.Error("no debug records, so the test proves nothing")
	}
}
