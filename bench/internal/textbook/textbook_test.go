package textbook

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/bench/internal/mstudio"
	"mstudio-graphql/bench/internal/shape"
	"mstudio-graphql/bench/internal/upstream"
	"mstudio-graphql/gateway"
	"mstudio-graphql/rest"
)

// Responses must equal the gateway's as JSON. Their bytes may differ, because encoding/json escapes HTML characters.
func TestHandler_EqualsGateway(t *testing.T) {
	t.Parallel()
	measuring, err := upstream.New(500)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(measuring)
	t.Cleanup(server.Close)
	client, err := rest.New(rest.Config{BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	handler, err := gateway.New(gateway.Config{Client: client})
	if err != nil {
		t.Fatal(err)
	}
	usual := Handler(mstudio.New(server.URL))
	for _, tested := range append(shape.All(measuring.IDs(shape.DistinctIDs)), shape.Inbox(200)) {
		if tested.GatewayOnly {
			continue
		}
		want, got := post(t, handler, tested.GraphQL), post(t, usual, tested.GraphQL)
		if tested.Name == "introspection" {
			want, got = withoutEmpty(want), withoutEmpty(got)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-gateway +textbook):\n%.2000s", tested.Name, diff)
		}
	}
}

// withoutEmpty removes empty lists and nulls. In introspection, gqlgen returns an empty list if a field does not apply to the
// kind of a type, where the specification and the gateway have null.
func withoutEmpty(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if list, isList := member.([]any); member == nil || isList && len(list) == 0 {
				delete(value, name)
			} else {
				withoutEmpty(member)
			}
		}
	case []any:
		for _, element := range value {
			withoutEmpty(element)
		}
	}
	return value
}

func post(t *testing.T, handler http.Handler, query string) any {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer some-token")
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	var document map[string]any
	if err := json.Unmarshal(answer.Body.Bytes(), &document); err != nil {
		t.Fatalf("%v: %s", err, answer.Body)
	}
	if document["errors"] != nil {
		t.Errorf("errors: %v", document["errors"])
	}
	return document["data"]
}
