package gateway_test

import (
	"net/http"
	"testing"

	"mstudio-graphql/gateway"
)

// A time that cannot be read is null where the schema allows it, and matches no filter.
func TestUnreadableTimes(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	upstream.Intercept(func(next http.Handler) http.Handler {
		mux := http.NewServeMux()
		mux.Handle("/", next)
		mux.Handle("/v2/conversations", jsonResponse(`[{"conversationId":"`+shortID+`","createdAt":"soon","status":"closed","lastMessage":{"createdAt":"soon"}}]`))
		mux.Handle("/v2/conversations/"+shortID+"/messages", jsonResponse(`[{"type":"STATUS_UPDATE","messageContent":"STATUS_CLOSED","createdAt":"soon"}]`))
		return mux
	})
	const before = `{before: "2000-01-01T00:00:00Z"}`
	response := ask(t, server, `{
		all: conversations(first: 5) { nodes { createdAt closedAt } }
		created: conversations(first: 5, filter: {createdAt: `+before+`}) { totalCount }
		written: conversations(first: 5, filter: {lastMessageAt: `+before+`}) { totalCount }
	}`)
	checkErrors(t, response)
	type list struct {
		TotalCount int
		Nodes      []map[string]any
	}
	data := decode[struct {
		Data struct{ All, Created, Written list }
	}](t, response.Body).Data
	diff(t, "nodes", []map[string]any{{"createdAt": "1970-01-01T00:00:00.000Z", "closedAt": nil}}, data.All.Nodes)
	diff(t, "matches", [2]int{}, [2]int{data.Created.TotalCount, data.Written.TotalCount})
}
