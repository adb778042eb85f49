package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/internal/drift"
	"mstudio-graphql/sandbox"
)

// liveUpstream answers each endpoint with a complete document of the package drift, and records the calls.
type liveUpstream struct {
	*http.ServeMux

	documents map[string][]json.RawMessage

	mu    sync.Mutex
	calls []string
}

func newLiveUpstream(t *testing.T) *liveUpstream {
	t.Helper()
	u := &liveUpstream{ServeMux: http.NewServeMux()}
	// The history must have a file, with the ID of the file's other documents.
	text := strings.ReplaceAll(readText(t, "../drift/testdata/documents.json"), `"f-2"`, `"3c1f7a52-6d0e-4b8a-9f53-0a7e2c4d9b11"`)
	if err := json.Unmarshal([]byte(text), &u.documents); err != nil {
		t.Fatal(err)
	}
	messages := u.documents["GET /conversations/{conversationId}/messages"]
	messages[0] = messages[1]
	manifest, err := drift.ReadManifest()
	if err != nil {
		t.Fatal(err)
	}
	for _, route := range manifest.Routes {
		if method, path, _ := strings.Cut(route.Name, " "); method == http.MethodGet {
			u.HandleFunc("GET /v2"+path, func(w http.ResponseWriter, _ *http.Request) { u.answer(w, route.Name) })
		}
	}
	return u
}

func (u *liveUpstream) answer(w http.ResponseWriter, route string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.calls = append(u.calls, route)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Pagination-Totalcount", "1")
	if documents := u.documents[route]; len(documents) > 0 {
		_, _ = w.Write(documents[0])
	}
}

// liveRun runs the command against an upstream.
func liveRun(t *testing.T, upstream http.Handler, token string) (stdout, stderr string, err error) {
	t.Helper()
	server := httptest.NewServer(upstream)
	defer server.Close()
	var out, notes bytes.Buffer
	arguments := []string{"drift", "--live", "--upstream-url=" + server.URL, "--token-file=" + written(t, "token", token)}
	err = Run(t.Context(), arguments, &out, &notes)
	return out.String(), notes.String(), err
}

// The sandbox has no difference, except in its conversation from the future, which this user does not see.
func TestDriftLive_Sandbox(t *testing.T) {
	t.Parallel()
	stdout, stderr, err := liveRun(t, sandbox.New(sandbox.Config{}), "sandbox-bakery")
	if err != nil || stdout+stderr != "" {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
}

// Each endpoint that the gateway reads is read once.
func TestDriftLive_Calls(t *testing.T) {
	t.Parallel()
	upstream := newLiveUpstream(t)
	stdout, stderr, err := liveRun(t, upstream, "token")
	if err != nil || stdout != "" || stderr != "" {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
	var want []string
	manifest, err := drift.ReadManifest()
	if err != nil {
		t.Fatal(err)
	}
	for _, route := range manifest.Routes {
		if strings.HasPrefix(route.Name, "GET ") {
			want = append(want, route.Name)
		}
	}
	slices.Sort(want)
	slices.Sort(upstream.calls)
	if d := cmp.Diff(want, upstream.calls); d != "" {
		t.Errorf("calls (-want +got):\n%s", d)
	}
}

// Differences are reported with names and kinds. No value is, nor is a name that may be a key of somebody's data.
func TestDriftLive_Differences(t *testing.T) {
	t.Parallel()
	upstream := newLiveUpstream(t)
	change := func(route, old, changed string) {
		document := strings.Replace(string(upstream.documents[route][0]), old, changed, 1)
		if document == string(upstream.documents[route][0]) {
			t.Fatalf("%s has no %s", route, old)
		}
		upstream.documents[route][0] = json.RawMessage(document)
	}
	change("GET /conversations", `"title": "T"`, `"subject": "canary"`)
	change("GET /conversations", `"status": "open"`, `"status": "escalated"`)
	change("GET /conversations/{conversationId}", `"status": "open"`, `"status": "canary@canary.example"`)
	change("GET /conversation-categories/{categoryId}", `"name":`, `"canary@canary.example": 1, "name":`)
	change("GET /users/self", `"userId":`, `"createdAt": "canary", "userId":`)
	change("GET /conversations/{conversationId}/messages", `"messageId":`, `"createdAt": "canary", "messageId":`)
	change("GET /conversations/{conversationId}/messages", `"status": "uploaded"`, `"status": "moved"`)
	change("GET /file-upload-types/conversation/rules", `"maxSizeInBytes": `, `"maxSizeInBytes": "canary", "extensions": [], "maxSizeInKB": `)
	change("GET /projects/{projectId}", `"customerId":`, `"customerId": null, "serverId":`)
	upstream.documents["GET /customers"][0] = json.RawMessage(`{"data": ["canary"]}`)
	stdout, stderr, err := liveRun(t, upstream, "token")
	if !errors.Is(err, errDrift) || ExitCode(err) != 1 {
		t.Error(err)
	}
	const want = `LOST       Conversation.title (GET /v2/conversations [].title): a response lacks it, though mStudio requires it; clients get ""
LOST       FileUploadRules.maxBytes (GET /v2/file-upload-types/conversation/rules maxSizeInBytes): a value of another JSON kind; clients get null
LOST       GET /v2/customers: the response cannot be read; its fields fail
LOST       Project.customer (GET /v2/projects/{projectId} customerId): a response lacks it, though mStudio requires it; clients get null
LOST       TextMessage.createdAt, ServiceRequest.createdAt, StatusUpdate.createdAt (GET /v2/conversations/{conversationId}/messages []<type=MESSAGE>.createdAt and 2 more): a time that cannot be read; clients get 1970-01-01T00:00:00.000Z
UNKNOWN    Conversation.status=escalated (GET /v2/conversations [].status): a new value; clients get UNKNOWN
UNKNOWN    Conversation.status=other (GET /v2/conversations/{conversationId} status): a new value; clients get UNKNOWN
UNKNOWN    TextMessage.files, ServiceRequest.files=moved (GET /v2/conversations/{conversationId}/messages []<type=MESSAGE>.files[].status and 1 more): a new type; clients get an Unknown… type
NEW        Conversation.subject (GET /v2/conversations [].subject): a member that the gateway does not read
NEW        ConversationCategory.other (GET /v2/conversation-categories/{categoryId} other): a member that the gateway does not read
NEW        User.createdAt (GET /v2/users/self createdAt): a member that the gateway does not read
`
	if d := cmp.Diff(want, stdout); d != "" {
		t.Errorf("report (-want +got):\n%s", d)
	}
	if strings.Contains(stdout+stderr, "canary") {
		t.Errorf("the report has a value:\n%s%s", stdout, stderr)
	}
}

// Without complete responses, nothing is known.
func TestDriftLive_Failures(t *testing.T) {
	t.Parallel()
	fails := func(status int) http.Handler {
		upstream := newLiveUpstream(t)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/v2/projects") {
				http.Error(w, "canary", status)
				return
			}
			upstream.ServeHTTP(w, r)
		})
	}
	for status, want := range map[int]struct {
		code         int
		stdout, note string
	}{
		http.StatusForbidden:    {0, "", "not read: GET /v2/projects: no access\nnot read: GET /v2/projects/{projectId}: no object to read\n"},
		http.StatusNotFound:     {1, "LOST       GET /v2/projects: the endpoint is gone; its fields fail\n", "not read: GET /v2/projects/{projectId}: no object to read\n"},
		http.StatusUnauthorized: {2, "", ""},
		http.StatusGone:         {2, "", ""},
	} {
		stdout, stderr, err := liveRun(t, fails(status), "token")
		code := 0
		if err != nil {
			code = ExitCode(err)
		}
		if d := cmp.Diff([]any{want.code, want.stdout, want.note}, []any{code, stdout, stderr}); d != "" {
			t.Errorf("%d (-want +got):\n%s", status, d)
		}
	}
}

func TestDriftLive_Arguments(t *testing.T) {
	t.Parallel()
	for _, arguments := range [][]string{{}, {"--live", "--spec=-"}, {"--live", "--token=visible"}} {
		if err := Run(t.Context(), append([]string{"drift"}, arguments...), io.Discard, io.Discard); err == nil {
			t.Errorf("%v: %v", arguments, err)
		}
	}
}
