package gateway_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/internal/drift"
	"mstudio-graphql/sandbox"
)

const (
	// documentedID is the ID of all objects in the documents of internal/drift.
	documentedID = "3c1f7a52-6d0e-4b8a-9f53-0a7e2c4d9b11"
	sendFile     = `mutation($f: Upload!) { sendMessage(input: {conversationId: "` + documentedID + `", files: [$f]}) { userErrors { code message } } }`
)

// operationsByRoute returns an operation for each route whose response is read. It calls the route.
func operationsByRoute() map[string]string {
	of := func(field, selection string) string {
		return `{ ` + field + `(id: "` + documentedID + `") { ` + selection + ` } }`
	}
	files := func(field string) string {
		return of("conversation", `messages(includeInternal: true) { nodes { ... on TextMessage { files { ... on UploadedFile { `+field+` } } } } }`)
	}
	entities := func(kind, field string, ids ...string) string {
		var representations strings.Builder
		for _, id := range ids {
			fmt.Fprintf(&representations, `{__typename: %q, id: %q}`, kind, id)
		}
		return `{ _entities(representations: [` + representations.String() + `]) { ... on ` + kind + ` { ` + field + ` } } }`
	}
	write := func(field, input, selection string) string {
		return `mutation { ` + field + `(input: {` + input + `}) { ` + selection + ` } }`
	}
	const descendants = `{ customers { nodes { conversations(includeDescendants: true) { totalCount } } } }`
	const in = `conversationId: "` + documentedID + `"`
	return map[string]string{
		"GET /conversations":                                              `{ conversations { nodes { id } } }`,
		"GET /conversations/{conversationId}":                             of("conversation", `title`),
		"GET /conversations/{conversationId}/members":                     of("conversation", `members { user { id } }`),
		"GET /conversations/{conversationId}/messages":                    of("conversation", `messages { totalCount }`),
		"GET /conversation-categories":                                    `{ conversationCategories { id } }`,
		"GET /conversation-categories/{categoryId}":                       of("conversationCategory", `name`),
		"GET /customers/{customerId}/conversation-preferences":            `{ conversationPreferences(customerId: "` + documentedID + `") { fallbackUser { id } } }`,
		"GET /conversations/{conversationId}/files/{fileId}/access-token": files(`access`),
		"GET /files/{fileId}/meta":                                        files(`size`),
		"GET /file-upload-types/conversation/rules":                       `{ uploadRules { extensions } }`,
		"GET /notifications":                                              of("conversation", `isUnread`),
		"GET /users/self":                                                 `{ viewer { name } }`,
		"GET /users/{userId}":                                             entities("User", `name`, documentedID),
		"GET /projects":                                                   `{ projects { totalCount } }`,
		"GET /projects/{projectId}":                                       entities("Project", `description`, documentedID),
		"GET /customers":                                                  `{ customers { totalCount } }`,
		"GET /customers/{customerId}":                                     entities("Customer", `name`, documentedID),
		"GET /servers":                                                    entities("PlacementGroup", `description`, documentedID, unknownID),
		"GET /servers/{serverId}":                                         entities("PlacementGroup", `description`, documentedID),
		"GET /app-installations":                                          descendants,
		"GET /app-installations/{appInstallationId}":                      entities("AppInstallation", `description`, documentedID),
		"GET /extension-instances":                                        descendants,
		"GET /extension-instances/{extensionInstanceId}":                  entities("ExtensionInstance", `extensionName`, documentedID),
		"GET /services":                                                   entities("Container", `description`, documentedID),
		"POST /conversations":                                             write("createConversation", `title: "t", mainUserId: "`+documentedID+`"`, `conversationId`),
		"PUT /conversations/{conversationId}":                             write("updateConversation", in+`, title: "t"`, `userErrors { code }`),
		"PUT /conversations/{conversationId}/status":                      write("setConversationStatus", in+`, status: CLOSED`, `userErrors { code }`),
		"POST /conversations/{conversationId}/messages":                   write("sendMessage", in+`, content: "m"`, `messageId`),
		"PATCH /conversations/{conversationId}/messages/{messageId}":      write("editMessage", in+`, messageId: "`+documentedID+`", content: "m"`, `userErrors { code }`),
		"POST /conversations/{conversationId}/files":                      write("requestFileUpload", in, `upload { url }`),
		"POST /files":                                                     sendFile,
	}
}

// documentsByRoute returns complete responses of each route.
func documentsByRoute(t *testing.T) map[string][]any {
	t.Helper()
	text, err := os.ReadFile("../internal/drift/testdata/documents.json")
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.NewReplacer( // so that one of each leads to another call
		`"f-2"`, `"`+documentedID+`"`,
		`{"domain": "project", "aggregate": "project"`, `{"domain": "app", "aggregate": "appinstallation"`,
		`{"domain": "customer", "aggregate": "customer"`, `{"domain": "extension", "aggregate": "extensionInstance"`,
	).Replace(string(text)))
	return decode[map[string][]any](t, text)
}

// Each member that the client reads is noted, with its route and field, if it has another kind or an unknown value.
func TestDrift_EveryMember(t *testing.T) {
	t.Parallel()
	manifest, err := drift.ReadManifest()
	if err != nil {
		t.Fatal(err)
	}
	operations := operationsByRoute()
	for _, route := range manifest.Routes {
		if len(route.Reads) == 0 {
			continue
		}
		t.Run(route.Name, func(t *testing.T) {
			t.Parallel()
			documents := documentsByRoute(t) // its own, because it changes them
			d := &driftingRoute{route: route, documents: documents, operation: operations[route.Name]}
			for _, document := range documents[route.Name] {
				before := d.notes(t, document)
				eachPlace(document, "", func(path string, set func(any), value any) {
					d.check(t, document, path, set, value, before)
				})
			}
			if text := d.log.String(); strings.Contains(text, "canary") {
				t.Errorf("the log contains a value: %s", text)
			}
		})
	}
}

// driftingRoute is a gateway whose upstream changes the responses of one route.
type driftingRoute struct {
	route     drift.Route
	documents map[string][]any
	operation string
	log       logBook

	server   *gatewaytest.Server
	registry *prometheus.Registry
	mu       sync.Mutex
	response string
	called   bool
}

// isCached reports whether a gateway keeps the response for all callers.
func (d *driftingRoute) isCached() bool {
	return d.route.Name == "GET /conversation-categories" || d.route.Name == "GET /file-upload-types/conversation/rules"
}

// check replaces the value at a path by one of another kind, and by an unknown one if it is that of an enum.
func (d *driftingRoute) check(t *testing.T, document any, path string, set func(any), value any, before []string) {
	t.Helper()
	isEnum, isRead := d.reads(path)
	if !isRead {
		return
	}
	changes := map[string]any{"another kind": map[string]any{"canary": "canary"}}
	if _, isObject := value.(map[string]any); isObject {
		changes["another kind"] = []any{[]any{"canary"}}
	}
	if isEnum {
		changes["an unknown value"] = "brandNew"
	}
	for change, changed := range changes {
		set(changed)
		found := slices.DeleteFunc(d.notes(t, document), func(note string) bool { return slices.Contains(before, note) })
		set(value)
		if len(found) == 0 {
			t.Errorf("%s, %s: it is not noted", path, change)
		}
	}
}

// reads reports whether the value at a path is read, and whether any of its values is unknown whatever the others are.
func (d *driftingRoute) reads(path string) (isEnum, isRead bool) {
	variant := regexp.MustCompile(`<[^>]*>`)
	isEnum = true
	for _, member := range d.route.Reads {
		if variant.ReplaceAllString(member.Path, "") == path {
			isEnum, isRead = isEnum && len(member.Values) > 0 && member.Tag == "", true
		}
	}
	return isEnum, isRead
}

// notes returns what the gateway counts for a response of the route, as "field kind".
func (d *driftingRoute) notes(t *testing.T, document any) (notes []string) {
	t.Helper()
	d.mu.Lock()
	d.response = encoded(t, document)
	d.mu.Unlock()
	if d.server == nil || d.isCached() {
		d.start(t)
	}
	before := samples(t, d.registry)
	var response gatewaytest.Response
	if d.operation == sendFile {
		request := d.server.NewUpload(t, gatewaytest.Token(), sendFile, map[string]any{"f": nil},
			gatewaytest.File{Place: "variables.f", Name: "n.png", MimeType: "image/png", Content: strings.NewReader("\x89PNG\r\n\x1a\n")})
		response = d.server.Do(t, request)
	} else {
		response = ask(t, d.server, d.operation)
	}
	d.mu.Lock()
	called := d.called
	d.mu.Unlock()
	if !called {
		t.Fatalf("the operation does not call the route: %s", response.Body)
	}
	_, path, _ := strings.Cut(d.route.Name, " ")
	sample := regexp.MustCompile(`^upstream_drift_total field=(\S*) kind=(\S*) route=` + regexp.QuoteMeta(path) + ` `)
	for name, count := range samples(t, d.registry) {
		if labels := sample.FindStringSubmatch(name); labels != nil && count > before[name] {
			notes = append(notes, labels[1]+" "+labels[2])
		}
	}
	return notes
}

func (d *driftingRoute) start(t *testing.T) {
	t.Helper()
	upstream := gatewaytest.NewUpstream(t, sandbox.Config{})
	upstream.Intercept(func(http.Handler) http.Handler { return d.upstream(t) })
	d.server, d.registry = countedFrom(t, upstream, gateway.Config{BulkThreshold: 1, Subgraph: true, Log: d.log.logger()})
	d.server.URL = d.server.Base + "/subgraph"
}

// upstream answers the route with its changed document, and all others with their first one.
func (d *driftingRoute) upstream(t *testing.T) http.Handler {
	t.Helper()
	mux := http.NewServeMux()
	for route, documents := range d.documents {
		text := "{}"
		if len(documents) > 0 {
			text = encoded(t, documents[min(1, len(documents)-1)]) // that of messages has an uploaded file
		}
		if strings.HasPrefix(d.route.Name, route+"/{categoryId}") {
			text = "[]" // a category that the list has is not fetched
		}
		method, path, _ := strings.Cut(route, " ")
		mux.HandleFunc(method+" /v2"+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("X-Pagination-Totalcount", "1")
			if method == http.MethodPost {
				w.WriteHeader(http.StatusCreated)
			}
			response := text
			if route == d.route.Name {
				d.mu.Lock()
				response, d.called = d.response, true
				d.mu.Unlock()
			}
			_, _ = io.WriteString(w, response)
		})
	}
	return mux
}

func encoded(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// eachPlace calls visit for each value below a value, with a function that replaces it.
func eachPlace(value any, path string, visit func(path string, set func(any), value any)) {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			place, member := strings.TrimPrefix(path+"."+name, "."), value[name]
			visit(place, func(changed any) { value[name] = changed }, member)
			eachPlace(member, place, visit)
		}
	case []any:
		for i, element := range value {
			visit(path+"[]", func(changed any) { value[i] = changed }, element)
			eachPlace(element, path+"[]", visit)
		}
	}
}
