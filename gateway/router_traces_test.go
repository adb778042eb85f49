package gateway_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql/handler/apollofederatedtracingv1/generated"
	"google.golang.org/protobuf/proto"

	"mstudio-graphql/gateway/ftv1"
	"mstudio-graphql/gateway/gatewaytest"
)

// routerTrace sends an operation as a router does that samples traces, and returns the trace, or nil without one.
func routerTrace(t *testing.T, server *gatewaytest.Server, query string, variables map[string]any) (gatewaytest.Response, *generated.Trace) {
	t.Helper()
	request := server.NewRequest(t, gatewaytest.Token(), query, variables)
	request.Header.Set("Apollo-Federation-Include-Trace", "ftv1")
	response := server.Do(t, request)
	encoded := decode[struct{ Extensions struct{ FTV1 string } }](t, response.Body).Extensions.FTV1
	if encoded == "" {
		return response, nil
	}
	binary, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	trace := &generated.Trace{}
	if err := proto.Unmarshal(binary, trace); err != nil {
		t.Fatal(err)
	}
	return response, trace
}

// lines prints the fields of a trace.
func lines(node *generated.Trace_Node, path string) (all []string) {
	for _, child := range node.GetChild() {
		at := path + "/" + child.GetResponseName()
		if _, isItem := child.GetId().(*generated.Trace_Node_Index); isItem {
			at = path + "/" + strconv.Itoa(int(child.GetIndex()))
		} else {
			line := fmt.Sprintf("%s = %s.%s: %s", at, child.GetParentType(), child.GetOriginalFieldName(), child.GetType())
			for _, failed := range child.GetError() {
				line += " ! " + failed.GetMessage() + " " + failed.GetJson()
			}
			all = append(all, line)
		}
		all = append(all, lines(child, at)...)
	}
	slices.Sort(all)
	return all
}

// checkTimesOf checks that each field ends after it began, within the trace.
func checkTimesOf(t *testing.T, node *generated.Trace_Node, duration uint64) {
	t.Helper()
	for _, child := range node.GetChild() {
		if child.GetStartTime() > child.GetEndTime() || child.GetEndTime() > duration {
			t.Errorf("%v from %d to %d of %d", child.GetId(), child.GetStartTime(), child.GetEndTime(), duration)
		}
		checkTimesOf(t, child, duration)
	}
}

// A trace has each field with the alias and the types, and the codes of errors.
func TestRouterTrace(t *testing.T) {
	t.Parallel()
	server, upstream := newSubgraph(t)
	query := `query($representations: [_Any!]!) { _entities(representations: $representations) { __typename ...on Conversation { id name: title } } }`
	variables := representations(2, "Conversation", func(i int) string { return []string{sharedID, foreignID}[i] })
	plain := server.Query(t, gatewaytest.Token(), query, variables)
	calls := upstream.TakeCalls()
	response, trace := routerTrace(t, server, query, variables)
	diff(t, "calls", calls, upstream.TakeCalls())
	if trace == nil || !strings.HasPrefix(string(response.Body), strings.TrimSuffix(string(plain.Body), "}")) {
		t.Fatalf("got %s, want %s with a trace", response.Body, plain.Body)
	}
	diff(t, "trace", []string{
		"/_entities = Query.: [_Entity]!",
		"/_entities/0/id = Conversation.: ID!",
		"/_entities/0/name = Conversation.title: String!",
	}, lines(trace.GetRoot(), ""))
	if trace.GetDurationNs() == 0 || !trace.GetStartTime().AsTime().Before(trace.GetEndTime().AsTime()) {
		t.Errorf("got %v", trace)
	}
	checkTimesOf(t, trace.GetRoot(), trace.GetDurationNs())
}

// Errors have no text: a router sends traces to third parties.
func TestRouterTrace_Errors(t *testing.T) {
	t.Parallel()
	server, _ := newSubgraph(t)
	_, trace := routerTrace(t, server, `{ _entities(representations: [{__typename: "Conversation", id: "my secret"}]) { __typename } categories: conversationCategories { id } }`, nil)
	got := lines(trace.GetRoot(), "")
	diff(t, "trace", `/_entities = Query.: [_Entity]! ! BAD_USER_INPUT {"message":"BAD_USER_INPUT","extensions":{"code":"BAD_USER_INPUT"}}`, got[0])
	if !slices.Contains(got, "/categories/0/id = ConversationCategory.: ID!") {
		t.Errorf("got %q", got)
	}
}

// Only routers get traces, of at most MaxNodes fields and items.
func TestRouterTrace_Limits(t *testing.T) {
	t.Parallel()
	server, _ := newSubgraph(t)
	const entities = 200
	var fields strings.Builder
	for i := range ftv1.MaxNodes/entities + 1 {
		fmt.Fprintf(&fields, "f%d: title ", i)
	}
	query := `query($representations: [_Any!]!) { _entities(representations: $representations) { ...on Conversation { ` + fields.String() + `} } }`
	sameConversation := func(int) string { return sharedID }
	if response, trace := routerTrace(t, server, query, representations(entities-10, "Conversation", sameConversation)); trace == nil {
		t.Errorf("no trace below the limit: %.300s", response.Body)
	}
	if response, trace := routerTrace(t, server, query, representations(entities, "Conversation", sameConversation)); trace != nil || !strings.Contains(string(response.Body), `"f1":`) {
		t.Errorf("%d fields have a trace, or got %.300s", ftv1.MaxNodes, response.Body)
	}
	server.URL = server.Base + "/graphql"
	if response, trace := routerTrace(t, server, `{ viewer { id } }`, nil); trace != nil {
		t.Errorf("a client got %s", response.Body)
	}
}
