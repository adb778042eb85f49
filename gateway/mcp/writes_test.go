package mcp_test

import (
	"net/http"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/gateway/mcp"
)

// startWrites starts a gateway whose only tool is a mutation.
func startWrites(t *testing.T, document string) (*gatewaytest.Server, *gatewaytest.Upstream) {
	t.Helper()
	return start(t, gateway.Config{MCP: mcp.Config{Writes: true, MaxResultBytes: 600, Documents: map[string]string{"a": "# A tool.\n" + document}}})
}

const twoAnswers = `mutation Two($id: ID!, $a: String!, $b: String!) {
	__typename
	a: sendMessage(input: {conversationId: $id, content: $a}) { messageId userErrors { code message field } }
	b: sendMessage(input: {conversationId: $id, content: $b}) { messageId userErrors { code message field } }
}`

// A model that reads "Nothing was changed." sends both messages again.
func TestWrites_OneOfTwoIsRejected(t *testing.T) {
	t.Parallel()
	server, upstream := startWrites(t, twoAnswers)
	got := callTool(t, server, "two", arguments{"id": ticketID, "a": "Hello", "b": " "})
	diff(t, "calls", 1, len(upstream.TakeCalls()))
	if text := got.text(); got.IsError || strings.Contains(text, "Nothing was changed.") || !strings.Contains(text, "Some of the changes were not made:\nb: REQUIRED: ") {
		t.Errorf("%t %s", got.IsError, text)
	}
	validate(t, listTools(t, server)["two"], got)
	got = callTool(t, server, "two", arguments{"id": ticketID, "a": "", "b": " "})
	wantFailure(t, got, "Nothing was changed.\na: REQUIRED: ")
	wantFailure(t, got, "\nb: REQUIRED: ")
	diff(t, "calls", 0, len(upstream.TakeCalls()))
}

// The result of a change that was made is too large: a model must not make the change again.
func TestWrites_TooLarge(t *testing.T) {
	t.Parallel()
	server, upstream := startWrites(t, `mutation Answer($id: ID!, $text: String!) { sendMessage(input: {conversationId: $id, content: $text}) {
		conversation { messages { totalCount nodes { ... on TextMessage { content } } } } userErrors { code message }
	} }`)
	got := callTool(t, server, "answer", arguments{"id": ticketID, "text": "Hello"})
	wantFailure(t, got, "The change may have been made.")
	wantFailure(t, got, "at most 600 are allowed.")
	diff(t, "messages sent", 1, strings.Count(strings.Join(upstream.TakeCalls(), "\n"), "POST "))
}

// mStudio has accepted the change, but its response cannot be read.
func TestWrites_UnreadableResponse(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{MCP: mcp.Config{Writes: true}})
	upstream.Replace("POST /v2/conversations/"+ticketID+"/messages", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
	}))
	wantFailure(t, callTool(t, server, "answer_ticket", arguments{"id": ticketID, "text": "Hello"}), "The change was made. Do not repeat it.")
}
