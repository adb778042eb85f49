package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/sandbox"
)

// everyConversation selects every object with an ID that conversations lead to.
const everyConversation = `query($after: String) {
	page: conversations(first: 100, after: $after) {
		pageInfo { hasNextPage endCursor }
		nodes {
			__typename id
			createdBy { ...user } mainUser { ...user } lastMessage { createdBy { ...user } } members { user { ...user } }
			category { __typename id name }
			relatedTo { ...reference } sharedWith { ...reference } relations { ...reference }
			messages(includeInternal: true) { nodes {
				__typename ... on MessageItem { id }
				... on TextMessage { createdBy { ...user } files { __typename id ... on UploadedFile { name mimeType access } } }
				... on StatusUpdate { user { ...user } }
				... on ServiceRequest { files { __typename id } payload { ... on Relocation { user { __typename id } } } }
			} }
		}
	}
}
fragment user on User { __typename id name isEmployee avatarUrl department }
fragment reference on Reference {
	__typename id
	... on Customer { ...customer }
	... on Project { ...project }
	... on AppInstallation { appName project { ...project } }
	... on PlacementGroup { avatarUrl customer { ...customer } }
	... on ExtensionInstance { installedIn { __typename id } }
	... on Container { project { ...project } }
}
fragment customer on Customer { __typename id access name avatarUrl }
fragment project on Project { __typename id access description avatarUrl customer { ...customer } server { __typename id } }`

// elsewhere selects objects on paths that do not lead through a conversation.
const elsewhere = `{
	viewer { __typename id name isEmployee avatarUrl department }
	conversationCategories { __typename id name }
	customers { nodes { __typename id access name avatarUrl } }
	projects { nodes { __typename id access description avatarUrl } }
}`

// foundObject is an object in a response.
type foundObject struct {
	caller       string
	id, typename string
	fields       map[string]any
}

// allObjects returns each object with an ID in the demo data of each caller, including the conversation from the future.
func allObjects(t *testing.T, server *gatewaytest.Server) (objects []foundObject) {
	t.Helper()
	var visit func(caller string, value any)
	visit = func(caller string, value any) {
		switch value := value.(type) {
		case map[string]any:
			if id, found := value["id"].(string); found {
				objects = append(objects, foundObject{caller, id, value["__typename"].(string), value}) //nolint:forcetypeassert // non-null
			}
			for _, member := range value {
				visit(caller, member)
			}
		case []any:
			for _, element := range value {
				visit(caller, element)
			}
		}
	}
	future := strings.NewReplacer("($after: String)", "", "page: conversations(first: 100, after: $after)", `conversation(id: "`+sandbox.FutureConversationID+`")`,
		"pageInfo { hasNextPage endCursor }\n\t\tnodes {", "... on Conversation {").Replace(everyConversation)
	for _, demo := range sandbox.DemoTokens() {
		token := demo.Token
		for _, response := range pagesOf(t, server, token, everyConversation) {
			visit(token, decode[any](t, response.Body))
		}
		visit(token, decode[any](t, server.Query(t, token, elsewhere, nil).Body))
	}
	response := server.Query(t, gatewaytest.Token(), future, nil)
	wantErrors(t, response)
	visit(gatewaytest.Token(), decode[any](t, response.Body))
	return objects
}

func TestAllObjects(t *testing.T) {
	t.Parallel()
	server, _ := start(t, gateway.Config{MaxCalls: 2000, Limits: unlimited()})
	objects := allObjects(t, server)
	t.Run("IDs are unique across types", func(t *testing.T) {
		t.Parallel()
		checkUniqueIDs(t, objects)
	})
	t.Run("are the same everywhere", func(t *testing.T) {
		t.Parallel()
		checkSame(t, objects)
	})
	t.Run("pictures", func(t *testing.T) {
		t.Parallel()
		checkPictures(t, server, objects)
	})
}

// Clients such as Relay identify objects by their ID alone, so no ID may belong to two types.
func checkUniqueIDs(t *testing.T, objects []foundObject) {
	t.Helper()
	types := map[string]string{}
	for _, object := range objects {
		if known, seen := types[object.id]; seen && known != object.typename {
			t.Errorf("%s is a %s and a %s", object.id, known, object.typename)
		}
		types[object.id] = object.typename
	}
	if len(types) < 4000 || types[""] != "" {
		t.Errorf("found %d IDs, type of the empty ID: %q", len(types), types[""])
	}
}

// Clients with a normalized cache store an object once, so a field must have the same value wherever the object appears.
func checkSame(t *testing.T, objects []foundObject) {
	t.Helper()
	type place struct{ caller, id, field string }
	values := map[place]any{}
	for _, object := range objects {
		for name, value := range object.fields {
			if _, isObject := value.(map[string]any); isObject || name == "department" { // deprecated, and sent in places only
				continue
			}
			at := place{object.caller, object.id, object.typename + "." + name}
			if known, seen := values[at]; seen && !cmp.Equal(known, value) {
				t.Errorf("%s of %s is %v and %v", at.field, at.id, known, value)
			}
			values[at] = value
		}
	}
	if len(values) < 10_000 {
		t.Errorf("found %d values", len(values))
	}
}

// The schema promises that pictures can be fetched without a token, in the sandbox, too.
func checkPictures(t *testing.T, server *gatewaytest.Server, objects []foundObject) {
	t.Helper()
	urls := map[string]string{}
	for _, object := range objects {
		if url, ok := object.fields["avatarUrl"].(string); ok {
			urls[url] = object.typename
		}
	}
	types := map[string]bool{}
	for url, typename := range urls {
		types[typename] = true
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if response := server.Do(t, request); response.Status != http.StatusOK || http.DetectContentType(response.Body) != "image/png" {
			t.Errorf("picture of a %s: status %d", typename, response.Status)
		}
	}
	if len(types) < 3 {
		t.Errorf("found pictures of %v", types)
	}
}
