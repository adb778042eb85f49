package gateway_test

import (
	"fmt"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
)

// driftCase is a document of a route that differs from the schema in one place.
type driftCase struct{ call, document, query, kind, route, field string }

func driftCases() []driftCase {
	const (
		list     = "GET /v2/conversations?limit=1&order=desc&order=asc&sort=lastMessage.createdAt&sort=conversationId"
		messages = "GET /v2/conversations/" + sharedID + "/messages"
		row      = `"conversationId":"` + sharedID + `","shortId":"1","status":"open","visibility":"shared","mainUser":{"userId":"u"}`
		inbox    = `{ conversations(first: 1) { nodes { id title createdAt relatedTo { __typename } notificationRoles } } }`
		history  = `{ conversation(id: "` + sharedID + `") { messages { totalCount } } }`
		item     = `"type":"MESSAGE","messageId":"m","conversationId":"` + sharedID + `"`
		at       = `,"createdAt":"2026-08-21T09:30:00Z"`
	)
	inList, inHistory := "/conversations", "/conversations/{conversationId}/messages"
	return []driftCase{
		{list, `[{` + row + at + `,"subject":"canary"}]`, inbox, "missing", inList, "Conversation.title"},
		{list, `[{` + row + at + `,"title":{"canary":"canary"}}]`, inbox, "type", inList, "Conversation.title"},
		{list, `[{` + row + `,"title":"t","createdAt":"canary"}]`, inbox, "date", inList, "Conversation.createdAt"},
		{list, `[{` + row + at + `,"title":"t","notificationRoles":[{"role":"canary"}]}]`, inbox, "element", inList, "Conversation.notificationRoles"},
		{list, `[{` + row + at + `,"title":"t","relatedTo":"canary"}]`, inbox, "type", inList, "Conversation.relatedTo"},
		{list, `["canary"]`, inbox, "row", inList, "Conversation"},
		{list, `{"data":["canary"]}`, inbox, "document", inList, ""},
		{messages, `[{` + item + at + `,"internal":"canary"}]`, history, "type", inHistory, "Message.isInternal"},
		{messages, `["canary"]`, history, "row", inHistory, "Message"},
	}
}

// Each difference is counted every time and logged once, with its place and without any value.
func TestDrift(t *testing.T) {
	t.Parallel()
	for _, test := range driftCases() {
		t.Run(test.kind+" "+test.field, func(t *testing.T) {
			t.Parallel()
			book := &logBook{}
			server, upstream, registry := counted(t, gateway.Config{Log: book.logger()})
			upstream.Replace(test.call, jsonResponse(test.document))
			for range 3 {
				ask(t, server, test.query)
			}
			wantSamples(t, registry, map[string]float64{
				fmt.Sprintf("upstream_drift_total field=%s kind=%s route=%s value=", test.field, test.kind, test.route): 3,
			})
			logged := 0
			for _, record := range book.records(t, "upstream drift") {
				if record["kind"] == test.kind && record["field"] == test.field && record["route"] == test.route {
					logged++
				}
			}
			diff(t, "logged", 1, logged)
			if strings.Contains(book.String(), "canary") || strings.Contains(scrape(t, registry), "canary") {
				t.Error("the log or the metrics contain a value")
			}
		})
	}
}

// A message is hidden if mStudio does not tell whether it is internal, and clients learn that the history is incomplete.
func TestDrift_Internal(t *testing.T) {
	t.Parallel()
	for _, internal := range []string{`"no"`, `"public"`, `{"value":false}`, `[]`} {
		t.Run(internal, func(t *testing.T) {
			t.Parallel()
			server, upstream := start(t, gateway.Config{})
			upstream.Replace("GET /v2/conversations/"+sharedID+"/messages", jsonResponse(
				`[{"type":"MESSAGE","messageId":"m","createdAt":"2026-08-21T09:30:00Z","messageContent":"canary","internal":`+internal+`}]`))
			response := ask(t, server, `{ conversation(id: "`+sharedID+`") { messages { totalCount nodes { __typename } } lastText { id } } }`)
			wantErrors(t, response, "conversation.lastText: UPSTREAM_BAD_RESPONSE", "conversation.messages: UPSTREAM_BAD_RESPONSE")
			wantData(t, response, `{"conversation":{"messages":{"totalCount":0,"nodes":[]},"lastText":null}}`)
			shown := ask(t, server, `{ conversation(id: "`+sharedID+`") { messages(includeInternal: true) { totalCount } } }`)
			wantErrors(t, shown)
			wantData(t, shown, `{"conversation":{"messages":{"totalCount":1}}}`)
		})
	}
}

// Streams report it as well: otherwise new messages would be missing without a trace.
func TestDrift_InternalInStreams(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, quiet())
	stream := subscribe(t, server, bakery, conversation, map[string]any{"id": sharedID})
	wantKind(t, stream, "SYNCED")
	upstream.Replace("GET /v2/conversations/"+sharedID+"/messages", jsonResponse(
		`[{"type":"MESSAGE","messageId":"m","createdAt":"2026-08-21T09:30:00Z","messageContent":"canary","internal":"no"}]`))
	wantErrors(t, server.Query(t, bakery, rename, map[string]any{"id": sharedID, "title": "renamed"}))
	name, data := stream.next(t)
	found := decode[eventResult[change]](t, []byte(data))
	if name != "next" || len(found.Errors) != 1 || len(found.Data["changed"].NewMessages) > 0 || strings.Contains(data, "canary") {
		t.Errorf("%s: %s", name, data)
	}
}
