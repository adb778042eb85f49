package gateway_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/documents"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/rest"
)

const viewerQuery = `query Viewer { viewer { name } }`

func trusted(t *testing.T, only bool) (*gatewaytest.Server, *gatewaytest.Upstream) {
	t.Helper()
	return start(t, gateway.Config{
		TrustedDocuments: documents.Manifests{All: map[string]string{
			"viewer-1": viewerQuery, hashOf(viewerQuery): viewerQuery, "both": `query A { __typename } query B { viewer { name } }`,
		}},
		TrustedDocumentsOnly: only,
	})
}

// An ID is accepted in every place where clients send it.
func TestTrustedDocuments(t *testing.T) {
	t.Parallel()
	for _, only := range []bool{false, true} {
		server, upstream := trusted(t, only)
		inURL := func(name, value string) call {
			return call{method: http.MethodGet, path: "/graphql?" + url.Values{name: {value}}.Encode()}
		}
		requests := map[string]call{
			"documentId":        {body: `{"documentId": "viewer-1"}`},
			"documentId, hash":  {body: `{"documentId": "sha256:` + hashOf(viewerQuery) + `"}`},
			"id":                {body: `{"id": "viewer-1", "variables": {}}`},
			"doc_id":            {body: `{"doc_id": "viewer-1"}`},
			"Apollo":            {body: `{"operationName": "Viewer", "extensions": ` + hashed("viewer-1") + `}`},
			"Apollo, hash":      {body: `{"extensions": ` + hashed(hashOf(viewerQuery)) + `}`},
			"operationName":     {body: `{"id": "both", "operationName": "B"}`},
			"documentId in URL": inURL("documentId", "viewer-1"),
			"id in URL":         inURL("id", "viewer-1"),
			"Apollo in URL":     inURL("extensions", hashed("viewer-1")),
			"text":              {body: asking(viewerQuery)},
			"text and hash":     {body: `{"query": "` + viewerQuery + `", "extensions": ` + hashed(hashOf(viewerQuery)) + `}`},
		}
		for name, request := range requests {
			response := request.send(t, server)
			t.Log(name)
			wantErrors(t, response)
			wantData(t, response, `{"viewer": {"name": "Jana Petersen"}}`)
		}
		diff(t, "calls", len(requests), len(upstream.TakeCalls()))
		wantRejected(t, call{body: `{"id": "nobody's"}`}.send(t, server), http.StatusOK, "PERSISTED_QUERY_NOT_FOUND")
		wantRejected(t, call{body: `{"id": ["viewer-1"]}`}.send(t, server), http.StatusBadRequest, "BAD_USER_INPUT")
	}
}

// A document is found under every form of its hash, whichever form the manifest has. Other IDs are found as they are.
func TestTrustedDocuments_FormsOfID(t *testing.T) {
	t.Parallel()
	md5 := func(hash string) string { return hash[:32] } // Relay's default
	for _, written := range append(formsOfHash, md5) {
		key := written(hashOf(viewerQuery))
		server, _ := start(t, gateway.Config{TrustedDocuments: documents.Manifests{All: map[string]string{key: viewerQuery, "portal:viewer": viewerQuery}}, TrustedDocumentsOnly: true})
		for _, requested := range formsOfHash {
			hash := hashOf(viewerQuery)
			if len(key) == 32 {
				hash = md5(hash)
			}
			for _, body := range []string{`{"documentId": "` + requested(hash) + `"}`, `{"extensions": ` + hashed(requested(hash)) + `}`, `{"id": "` + requested(hash) + `"}`, `{"doc_id": "portal:viewer"}`} {
				t.Log(key, body)
				wantErrors(t, call{body: body}.send(t, server))
			}
		}
		for _, unknown := range []string{"viewer", "Portal:viewer", "sha256:", ":", "x:" + key} {
			wantRejected(t, call{body: `{"documentId": "` + unknown + `"}`}.send(t, server), http.StatusOK, "PERSISTED_QUERY_NOT_FOUND")
		}
	}
}

// New reports two documents whose IDs are forms of one hash. The same document may have both.
func TestTrustedDocuments_EqualIDs(t *testing.T) {
	t.Parallel()
	for i, one := range formsOfHash {
		for _, other := range formsOfHash[i+1:] {
			hash := hashOf(viewerQuery)
			_, err := gateway.New(gateway.Config{Client: new(rest.Client), TrustedDocuments: documents.Manifests{All: map[string]string{one(hash): viewerQuery, other(hash): "{ __typename }"}}})
			if err == nil || !strings.Contains(err.Error(), "another document has this ID") {
				t.Errorf("%s, %s: %v", one(hash), other(hash), err)
			}
			if _, err = gateway.New(gateway.Config{Client: new(rest.Client), TrustedDocuments: documents.Manifests{All: map[string]string{one(hash): viewerQuery, other(hash): viewerQuery}}}); err != nil {
				t.Error(err)
			}
		}
	}
}

// With TrustedDocumentsOnly, all other documents are rejected.
func TestTrustedDocuments_Only(t *testing.T) {
	t.Parallel()
	server, upstream := trusted(t, true)
	for _, body := range []string{
		asking(`{ viewer { id } }`), asking(viewerQuery + " "), asking(`{ __typename }`), asking(introspectionQuery), asking(`mutation { __typename }`),
		`{"id": "viewer-1", "query": "{ viewer { id } }"}`, `{"documentId": "viewer-1", "query": "{ viewer { id } }"}`,
		`{"query": "{ viewer { id } }", "extensions": ` + hashed(hashOf("{ viewer { id } }")) + `}`,
		`{"query": "{ viewer { id } }", "extensions": ` + hashed("viewer-1") + `}`,
	} {
		wantRejected(t, call{body: body}.send(t, server), http.StatusOK, "FORBIDDEN")
	}
	wantRejected(t, byHash(t, server, `{ viewer { id } }`, "{}"), http.StatusOK, "PERSISTED_QUERY_NOT_FOUND")
	inURL := "/graphql?" + url.Values{"query": {"{ viewer { id } }"}}.Encode()
	wantRejected(t, call{method: http.MethodGet, path: inURL}.send(t, server), http.StatusOK, "FORBIDDEN")
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// Without TrustedDocumentsOnly, other documents are executed too.
func TestTrustedDocuments_AndOthers(t *testing.T) {
	t.Parallel()
	server, _ := trusted(t, false)
	wantErrors(t, ask(t, server, `{ viewer { id } }`))
	wantErrors(t, withHash(t, server, `{ viewer { id } }`, "{}"))
	wantErrors(t, byHash(t, server, `{ viewer { id } }`, "{}"))
}

// New reports trusted documents that cannot be executed.
func TestTrustedDocuments_Invalid(t *testing.T) {
	t.Parallel()
	_, err := gateway.New(gateway.Config{Client: new(rest.Client), TrustedDocuments: documents.Manifests{All: map[string]string{
		"a": viewerQuery, "b": `{ nothing }`, "c": `{`, "d": "{" + strings.Repeat("viewer{id}", 51) + "}", "": viewerQuery,
	}}})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"trusted document without an ID", `trusted document b: `, `Cannot query field "nothing"`, "trusted document c: ", "trusted document d: ", "51 root fields"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "document a") {
		t.Errorf("a is reported: %v", err)
	}
}

// The name of a client decides which documents it may request, whichever way its requests take.
func TestClientDocuments(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{
		TrustedDocuments: documents.Manifests{Clients: map[string]map[string]string{
			"web": {"viewer": viewerQuery}, "ios": {"viewer": "{ conversationCategories { id } }"},
		}},
		TrustedDocumentsOnly: true,
	})
	byID := func(header, client string) call {
		return call{header: http.Header{header: {client}}, body: `{"documentId": "viewer"}`}
	}
	for _, header := range []string{"Apollographql-Client-Name", "Graphql-Client-Name"} {
		wantData(t, byID(header, "web").send(t, server), `{"viewer": {"name": "Jana Petersen"}}`)
		wantErrors(t, byID(header, "ios").send(t, server))
		wantRejected(t, byID(header, "another").send(t, server), http.StatusOK, "PERSISTED_QUERY_NOT_FOUND")
	}
	wantRejected(t, call{body: asking(viewerQuery)}.send(t, server), http.StatusOK, "FORBIDDEN")
	wantErrors(t, call{header: http.Header{"Graphql-Client-Name": {"web"}}, body: asking(viewerQuery)}.send(t, server))
	diff(t, "calls", []string{"GET /v2/conversation-categories", "GET /v2/users/self", "GET /v2/users/self", "GET /v2/users/self"}, upstream.TakeCalls())
}

// A WebSocket names its client in the upgrade, or in connection_init, where pages can send it.
func TestClientDocuments_Socket(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{TrustedDocuments: documents.Manifests{Clients: map[string]map[string]string{"web": {"viewer": viewerQuery}}}, TrustedDocumentsOnly: true})
	for name, test := range map[string]struct {
		header  http.Header
		payload string
		found   bool
	}{
		"upgrade":         {http.Header{"Graphql-Client-Name": {"web"}}, `{}`, true},
		"connection_init": {nil, `{"graphql-client-name": "web"}`, true},
		"neither":         {nil, `{}`, false},
	} {
		header := bearer(gatewaytest.Token())
		maps.Copy(header, test.header)
		client := dial(t, server, header)
		client.send(t, message{Type: "connection_init", Payload: json.RawMessage(test.payload)})
		client.want(t, "connection_ack", "")
		client.send(t, message{ID: "one", Type: "subscribe", Payload: json.RawMessage(`{"documentId": "viewer", "query": ""}`)})
		kind := map[bool]string{true: "next", false: "error"}[test.found]
		t.Log(name, string(client.want(t, kind, "one")))
	}
}
