package gateway_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
)

const closing = `mutation($ids: [ID!]!) { closeConversations(input: {conversationIds: $ids}) {
	results { conversationId conversation { id isClosed } userErrors { code } }
} }`

// A bulk write makes two calls per conversation, one to write and one to read it, whether or not others fail, and at
// most eight at once.
func TestCloseConversations(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	ids := openConversations(t, server)
	upstream.TakeCalls()
	held := newGate(upstream, func(r *http.Request) bool { return r.Method == http.MethodPut })
	response := server.Start(server.NewRequest(t, gatewaytest.Token(), closing, map[string]any{"ids": ids}))
	held.await(t, 8, response)
	select {
	case path := <-held.arrived:
		t.Errorf("a ninth write at the same time: %s", path)
	default:
	}
	held.open()
	got := <-response
	wantErrors(t, got)
	var results []string
	for _, result := range decode[struct {
		Data struct {
			CloseConversations struct {
				Results []struct {
					ConversationID string
					Conversation   struct {
						ID       string
						IsClosed bool
					}
				}
			}
		}
	}](t, got.Body).Data.CloseConversations.Results {
		if !result.Conversation.IsClosed || result.Conversation.ID != result.ConversationID {
			t.Errorf("not closed: %+v", result)
		}
		results = append(results, result.ConversationID)
	}
	diff(t, "results", ids, results)
	var puts, gets int
	for _, call := range upstream.TakeCalls() {
		switch {
		case strings.HasPrefix(call, "PUT ") && strings.HasSuffix(call, `/status {"status":"closed"}`):
			puts++
		case strings.HasPrefix(call, "GET ") && strings.Contains(call, " after "):
			gets++
		default:
			t.Errorf("unexpected call: %s", call)
		}
	}
	diff(t, "calls", [2]int{len(ids), len(ids)}, [2]int{puts, gets})
}

// openConversations returns 30 conversations that are not closed.
func openConversations(t *testing.T, server *gatewaytest.Server) (ids []string) {
	t.Helper()
	response := ask(t, server, `{ conversations(first: 30, filter: {states: OPEN}) { nodes { id } } }`)
	var list struct {
		Data struct {
			Conversations struct{ Nodes []struct{ ID string } }
		}
	}
	if err := json.Unmarshal(response.Body, &list); err != nil {
		t.Fatal(err)
	}
	for _, node := range list.Data.Conversations.Nodes {
		ids = append(ids, node.ID)
	}
	diff(t, "open conversations", 30, len(ids))
	return ids
}

// If mStudio rejects the status, the error is at the ID, because the input has no status.
func TestClosingThatIsInvalid(t *testing.T) {
	t.Parallel()
	server, upstream := start(t, gateway.Config{})
	upstream.Replace("PUT /v2/conversations/"+shortID+"/status", invalidInput(".status"))
	response := ask(t, server, `mutation { closeConversations(input: {conversationIds: ["`+otherID+`", "`+shortID+`"]}) { results { userErrors { field } } } }`)
	wantErrors(t, response)
	wantData(t, response, `{"closeConversations": {"results": [{"userErrors": []}, {"userErrors": [{"field": ["input", "conversationIds", "1"]}]}]}}`)
	diff(t, "calls", 2, len(upstream.TakeCalls()))
}
