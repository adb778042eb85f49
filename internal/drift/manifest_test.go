package drift_test

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/internal/drift"
	"mstudio-graphql/rest"
)

var update = flag.Bool("update", false, "rewrite manifest.json")

const someID = "3c1f7a52-6d0e-4b8a-9f53-0a7e2c4d9b11"

// endpoint is a call of the client, with everything that it can send and with as little as possible.
type endpoint struct {
	route string
	calls []func(context.Context, *rest.Client) (any, error)
}

func entityOf[T any](read func(*rest.Client, context.Context, string) (T, error)) func(context.Context, *rest.Client) (any, error) {
	return func(ctx context.Context, c *rest.Client) (any, error) { return read(c, ctx, someID) }
}

func listOf[T any](read func(*rest.Client, context.Context) (T, error)) func(context.Context, *rest.Client) (any, error) {
	return func(ctx context.Context, c *rest.Client) (any, error) { return read(c, ctx) }
}

func reads() []endpoint {
	type calls = []func(context.Context, *rest.Client) (any, error)
	file, _ := rest.NewFileToken("t")
	return []endpoint{
		{"GET /conversations", calls{fullList, emptyList}},
		{"GET /conversations/{conversationId}", calls{entityOf((*rest.Client).Conversation)}},
		{"GET /conversations/{conversationId}/members", calls{entityOf((*rest.Client).Members)}},
		{"GET /conversations/{conversationId}/messages", calls{entityOf((*rest.Client).Messages)}},
		{"GET /conversation-categories", calls{listOf((*rest.Client).ConversationCategories)}},
		{"GET /conversation-categories/{categoryId}", calls{entityOf((*rest.Client).ConversationCategory)}},
		{"GET /customers/{customerId}/conversation-preferences", calls{entityOf((*rest.Client).ConversationPreferences)}},
		{"GET /conversations/{conversationId}/files/{fileId}/access-token", calls{func(ctx context.Context, c *rest.Client) (any, error) {
			return c.FileAccess(ctx, someID, someID)
		}}},
		{"GET /file-upload-types/conversation/rules", calls{listOf((*rest.Client).UploadRules)}},
		{"GET /files/{fileId}/meta", calls{func(ctx context.Context, c *rest.Client) (any, error) { return c.FileMeta(ctx, someID, file) }}},
		{"GET /files/{fileId}", calls{func(ctx context.Context, c *rest.Client) (any, error) {
			download, err := c.Download(ctx, someID, file, rest.DownloadOptions{})
			if err == nil {
				err = download.Body.Close()
			}
			return nil, err
		}}},
		{"GET /notifications", calls{listOf((*rest.Client).UnreadNotifications)}},
		{"GET /users/self", calls{listOf((*rest.Client).Self)}},
		{"GET /users/{userId}", calls{entityOf((*rest.Client).User)}},
		{"GET /projects", calls{listOf((*rest.Client).Projects)}},
		{"GET /projects/{projectId}", calls{entityOf((*rest.Client).Project)}},
		{"GET /customers", calls{listOf((*rest.Client).Customers)}},
		{"GET /customers/{customerId}", calls{entityOf((*rest.Client).Customer)}},
		{"GET /servers", calls{listOf((*rest.Client).Servers)}},
		{"GET /servers/{serverId}", calls{entityOf((*rest.Client).Server)}},
		{"GET /app-installations", calls{listOf((*rest.Client).AppInstallations)}},
		{"GET /app-installations/{appInstallationId}", calls{entityOf((*rest.Client).AppInstallation)}},
		{"GET /extension-instances", calls{listOf((*rest.Client).ExtensionInstances)}},
		{"GET /extension-instances/{extensionInstanceId}", calls{entityOf((*rest.Client).ExtensionInstance)}},
		{"GET /services", calls{listOf((*rest.Client).Services), entityOf((*rest.Client).Service)}},
	}
}

func emptyList(ctx context.Context, c *rest.Client) (any, error) {
	return c.Conversations(ctx, rest.ConversationList{})
}

func fullList(ctx context.Context, c *rest.Client) (any, error) {
	return c.Conversations(ctx, rest.ConversationList{
		Search: "x", Statuses: []rest.ConversationStatus{rest.StatusOpen, rest.StatusClosed}, Skip: 20,
		Sort: []rest.ConversationSort{
			{Field: rest.SortCreatedAt, Descending: true}, {Field: rest.SortLastMessageAt}, {Field: rest.SortTitle}, {Field: rest.SortShortID}, {Field: rest.SortID},
		},
	})
}

func writes() []endpoint {
	type calls = []func(context.Context, *rest.Client) (any, error)
	token, _ := rest.NewUploadToken("t")
	return []endpoint{
		{"POST /conversations", createCalls()},
		{"PUT /conversations/{conversationId}", updateCalls()},
		{"PUT /conversations/{conversationId}/status", statusCalls()},
		{"POST /conversations/{conversationId}/messages", calls{
			func(ctx context.Context, c *rest.Client) (any, error) {
				return c.SendMessage(ctx, someID, rest.NewMessage{Content: "m", FileIDs: []string{someID}})
			},
			func(ctx context.Context, c *rest.Client) (any, error) {
				return c.SendMessage(ctx, someID, rest.NewMessage{})
			},
		}},
		{"PATCH /conversations/{conversationId}/messages/{messageId}", calls{func(ctx context.Context, c *rest.Client) (any, error) {
			return c.EditMessage(ctx, someID, someID, "m")
		}}},
		{"POST /conversations/{conversationId}/files", calls{entityOf((*rest.Client).RequestFileUpload)}},
		{"POST /files", calls{func(ctx context.Context, c *rest.Client) (any, error) {
			return c.Upload(ctx, token, rest.NewFile{Name: "n", MimeType: "text/plain", Content: strings.NewReader("x")})
		}}},
		{"POST /notifications/actions/read-all", calls{func(ctx context.Context, c *rest.Client) (any, error) {
			return c.ReadNotifications(ctx, rest.NotificationReference{Domain: "d", Aggregate: "a", ID: "i"})
		}}},
	}
}

func createCalls() (calls []func(context.Context, *rest.Client) (any, error)) {
	create := func(conversation rest.NewConversation) {
		calls = append(calls, func(ctx context.Context, c *rest.Client) (any, error) { return c.CreateConversation(ctx, conversation) })
	}
	create(rest.NewConversation{})
	create(rest.NewConversation{Title: "t", Message: "m", CategoryID: someID, MainUserID: someID, NotificationRoles: []rest.NotificationRole{
		rest.RoleCustomerOwner, rest.RoleCustomerAccountant, rest.RoleCustomerMember, rest.RoleProjectOwner, rest.RoleProjectEmailAdmin, rest.RoleProjectExternal,
	}})
	for _, link := range links() {
		create(rest.NewConversation{RelatedTo: link})
	}
	for _, reference := range []rest.Reference{rest.User{}, rest.Customer{}, rest.Project{}, rest.PlacementGroup{}} {
		create(rest.NewConversation{SharedWith: &rest.Link{Domain: reference.Domain(), Aggregate: reference.Aggregate(), ID: someID}})
	}
	return calls
}

func links() (links []*rest.Link) {
	for _, reference := range []rest.Reference{
		rest.User{}, rest.Customer{}, rest.Project{}, rest.AppInstallation{}, rest.PlacementGroup{}, rest.ExtensionInstance{}, rest.Container{},
	} {
		links = append(links, &rest.Link{Domain: reference.Domain(), Aggregate: reference.Aggregate(), ID: someID})
	}
	return links
}

func updateCalls() (calls []func(context.Context, *rest.Client) (any, error)) {
	changes := []rest.ConversationChange{{}, {Title: "t", CategoryID: someID}}
	for _, link := range links() {
		changes = append(changes, rest.ConversationChange{RelatedTo: link})
	}
	for _, change := range changes {
		calls = append(calls, func(ctx context.Context, c *rest.Client) (any, error) {
			return c.UpdateConversation(ctx, someID, change)
		})
	}
	return calls
}

func statusCalls() (calls []func(context.Context, *rest.Client) (any, error)) {
	for _, status := range []rest.ConversationStatus{rest.StatusOpen, rest.StatusAnswered, rest.StatusClosed} {
		calls = append(calls, func(ctx context.Context, c *rest.Client) (any, error) {
			return c.SetConversationStatus(ctx, someID, status)
		})
	}
	return calls
}

// The manifest lists exactly what the client reads and sends, as its results show for changed responses. After a change of
// the client, "go test ./internal/drift -update" writes it; documents.json must have each member that is read.
func TestManifest(t *testing.T) {
	t.Parallel()
	p := newProbe(t)
	var manifest drift.Manifest
	for _, e := range slices.Concat(reads(), writes()) {
		manifest.Routes = append(manifest.Routes, p.route(t, e))
	}
	wantEqual(t, "routes of the client", constantsOf(t, "route"), p.routes)
	wantResolved(t, manifest, p.notices)
	got := formatted(t, manifest)
	if *update {
		if err := os.WriteFile("manifest.json", []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile("manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "manifest.json (go test ./internal/drift -update writes it)", string(want), got)
}

// wantResolved checks that a live report says of everything that the client can notice where it is in mStudio's API, which
// fields of the schema show it, and what clients see.
func wantResolved(t *testing.T, manifest drift.Manifest, notices map[drift.Notice]bool) {
	t.Helper()
	places := map[string]bool{}
	for _, route := range manifest.Routes {
		for _, member := range slices.Concat(route.Headers, route.Reads) {
			place := strings.Replace(route.Name, " /", " /v2/", 1) + " " + member.Path
			places[place], places[regexp.MustCompile(`<(\w+)=\w+>$`).ReplaceAllString(place, ".$1")] = true, true
		}
	}
	for notice := range notices {
		live := drift.NewLive(manifest, "v2")
		live.Add(notice)
		for _, finding := range live.Report(nil).Findings {
			subject := strings.TrimSuffix(finding.Subject, "="+notice.Value)
			isKnown := subject == strings.Join(finding.Fields, ", ") || len(finding.Fields) == 0 && subject == finding.Places[0]
			isKnown = isKnown && !slices.ContainsFunc(finding.Fields, func(field string) bool { return !isCoordinate(field) })
			isKnown = isKnown && (notice.Field == "" || !slices.ContainsFunc(finding.Places, func(place string) bool { return !places[place] }))
			if !isKnown || finding.Effect == "" {
				t.Errorf("%+v is reported without its place: %s", notice, finding)
			}
		}
	}
}

func isCoordinate(text string) bool {
	of, field, _ := strings.Cut(text, ".")
	definition := generated.NewExecutableSchema(generated.Config{}).Schema().Types[of]
	return definition != nil && definition.Fields.ForName(field) != nil
}

func wantEqual[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got)\n%s", what, d)
	}
}

// formatted returns the manifest with a line for each member.
func formatted(t *testing.T, manifest drift.Manifest) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("{\"routes\": [")
	for i, route := range manifest.Routes {
		encoded := encode(t, route)
		for _, cut := range []string{`"reads":[`, `"sends":[`, `"parameters":[`} {
			encoded = strings.Replace(encoded, cut, cut+"\n  ", 1)
		}
		encoded = strings.ReplaceAll(encoded, `},{"path"`, "},\n  {\"path\"")
		if i > 0 {
			text.WriteString(",")
		}
		text.WriteString("\n" + encoded)
	}
	text.WriteString("\n]}\n")
	return text.String()
}

func encode(t *testing.T, value any) string {
	t.Helper()
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(text.String())
}

// probe answers the calls of a client with chosen responses, and keeps what it sent and did not know.
type probe struct {
	client     *rest.Client
	documents  map[string][]any
	literals   []string // the values of constants of the client
	vocabulary []string // the names of members that it reads anywhere
	routes     []string
	known      map[string][]string   // values, by where others are reported
	notices    map[drift.Notice]bool // everything that was reported of endpoints that a live report reads

	mu       sync.Mutex
	response string
	header   string // that is sent with the response
	requests []*http.Request
	bodies   []string
}

func newProbe(t *testing.T) *probe {
	t.Helper()
	p := &probe{known: map[string][]string{}, notices: map[drift.Notice]bool{}, literals: literalsOf(t), vocabulary: vocabularyOf(t)}
	text, err := os.ReadFile("testdata/documents.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &p.documents); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	client, err := rest.New(rest.Config{BaseURL: server.URL, NoRateBudget: true, NoSharedCalls: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	token, err := rest.NewToken("token")
	if err != nil {
		t.Fatal(err)
	}
	p.client = client.WithToken(token)
	return p
}

// ServeHTTP implements [http.Handler].
func (p *probe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests, p.bodies = append(p.requests, r), append(p.bodies, string(body))
	w.Header().Set("Content-Type", "application/json")
	if p.header != "" {
		w.Header().Set(p.header, "7")
	}
	if r.Method == http.MethodPost {
		w.WriteHeader(http.StatusCreated)
	}
	_, _ = io.WriteString(w, p.response)
}
