package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/sandbox"
)

const (
	agency     = "sandbox-agency"
	bakery     = "sandbox-bakery"
	freelancer = "sandbox-freelancer"

	unknownID = "00000000-0000-4000-8000-000000000000"
)

// api is a client of one sandbox.
type api struct {
	t   *testing.T
	url string
}

func serve(t *testing.T, cfg sandbox.Config) api {
	t.Helper()
	srv := httptest.NewServer(sandbox.New(cfg))
	t.Cleanup(srv.Close)
	return api{t: t, url: srv.URL}
}

// reply is a response with its whole body.
type reply struct {
	status int
	header http.Header
	body   string
}

// send sends a request. Names and values of headers alternate.
func (a api) send(method, path string, headers ...string) reply {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return a.do(req)
}

func (a api) do(req *http.Request) reply {
	a.t.Helper()
	resp, err := (&http.Client{}).Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return reply{status: resp.StatusCode, header: resp.Header, body: string(body)}
}

func (a api) get(token, path string) reply {
	a.t.Helper()
	if token == "" {
		return a.send(http.MethodGet, path)
	}
	return a.send(http.MethodGet, path, "X-Access-Token", token)
}

// object is a decoded JSON object.
type object = map[string]any

// list returns an array of objects. It fails the test on every status but 200.
func (a api) list(token, path string) []object {
	a.t.Helper()
	return decode[[]object](a.t, a.get(token, path))
}

func (a api) object(token, path string) object {
	a.t.Helper()
	return decode[object](a.t, a.get(token, path))
}

func decode[T any](t *testing.T, r reply) T {
	t.Helper()
	if r.status != http.StatusOK {
		t.Fatalf("status %d: %s", r.status, r.body)
	}
	var v T
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("%v in %q", err, r.body)
	}
	return v
}

func wantEqual[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// pluck returns one text field of all rows.
func pluck(rows []object, field string) []string {
	values := make([]string, len(rows))
	for i, row := range rows {
		values[i], _ = row[field].(string)
	}
	return values
}

func (a api) ids(token, query string) []string {
	a.t.Helper()
	return pluck(a.list(token, "/v2/conversations"+query), "conversationId")
}

func (a api) customerID(token string) string {
	a.t.Helper()
	for id := range a.object(token, "/v2/users/self")["customerMemberships"].(object) {
		return id
	}
	a.t.Fatal("no customer")
	return ""
}

func TestViews(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	owners := make(map[string][]string)
	for token, want := range map[string]int{agency: 500, bakery: 24, freelancer: 5} {
		ids := a.ids(token, "?limit=1000")
		if len(ids) != want {
			t.Errorf("%s sees %d conversations, want %d", token, len(ids), want)
		}
		for _, id := range ids {
			owners[id] = append(owners[id], token)
		}
	}
	shared := 0
	for id, tokens := range owners {
		switch len(tokens) {
		case 1:
		case 2:
			shared++
			if strings.Contains(strings.Join(tokens, " "), freelancer) {
				t.Errorf("the freelancer shares %s", id)
			}
		default:
			t.Errorf("%s is seen by %v", id, tokens)
		}
	}
	if shared != 3 {
		t.Errorf("%d conversations are shared, want 3", shared)
	}
}

func TestDemoTokens(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	var tokens []string
	for _, d := range sandbox.DemoTokens() {
		tokens = append(tokens, d.Token)
		if d.Name == "" || d.About == "" {
			t.Errorf("%+v is not described", d)
		}
		a.object(d.Token, "/v2/users/self")
	}
	wantEqual(t, "tokens", []string{agency, bakery, freelancer}, tokens)
}

func TestAuthentication(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	tests := map[string]struct {
		headers []string
		want    int
	}{
		"access token":       {[]string{"X-Access-Token", bakery}, 200},
		"bearer":             {[]string{"Authorization", "Bearer " + bakery}, 200},
		"bearer, lower case": {[]string{"Authorization", "bearer " + bakery}, 200},
		"access token wins":  {[]string{"X-Access-Token", "invalid", "Authorization", "Bearer " + bakery}, 401},
		"basic":              {[]string{"Authorization", "Basic " + bakery}, 401},
		"bare":               {[]string{"Authorization", bakery}, 401},
		"unknown":            {[]string{"X-Access-Token", "invalid"}, 401},
		"none":               {nil, 401},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantStatus(t, a.send(http.MethodGet, "/v2/conversations", tt.headers...), tt.want)
		})
	}
}

func TestReads(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	row := a.list(bakery, "/v2/conversations?limit=1")[0]
	id := row["conversationId"].(string)
	wantEqual(t, "the conversation by ID", row, a.object(bakery, "/v2/conversations/"+strings.ToUpper(id)))
	for _, m := range a.list(bakery, "/v2/conversations/"+id+"/messages") {
		if m["conversationId"] != id {
			t.Errorf("message of %v in %s", m["conversationId"], id)
		}
	}
	for _, m := range a.list(bakery, "/v2/conversations/"+id+"/members") {
		if _, ok := m["active"].(bool); !ok {
			t.Errorf("member %v has no active", m["userId"])
		}
	}
	categories := a.list("", "/v2/conversation-categories")
	if len(categories) != 8 {
		t.Errorf("%d categories, want 8", len(categories))
	}
	one := a.object("", "/v2/conversation-categories/"+categories[3]["categoryId"].(string))
	wantEqual(t, "the category by ID", categories[3], one)
	self := a.object(bakery, "/v2/users/self")
	wantEqual(t, "self by ID", self, a.object(bakery, "/v2/users/"+self["userId"].(string)))
}

// Each read of a conversation accepts its short ID too.
func TestShortIDs(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	for _, row := range a.list(bakery, "/v2/conversations?limit=1000") {
		id, short := row["conversationId"].(string), row["shortId"].(string)
		paths := []string{"", "/messages", "/members"}
		for _, message := range a.list(bakery, "/v2/conversations/"+id+"/messages") {
			files, _ := message["files"].([]any)
			for _, file := range files {
				paths = append(paths, "/files/"+file.(object)["id"].(string)+"/access-token")
			}
		}
		for _, path := range paths {
			long, got := a.get(bakery, "/v2/conversations/"+id+path), a.get(bakery, "/v2/conversations/"+short+path)
			wantEqual(t, short+path, long.status, got.status)
			if !strings.HasPrefix(path, "/files/") { // each access token is another
				wantEqual(t, short+path, long.body, got.body)
			}
		}
	}
}

func TestPreferences(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	for token, want := range map[string][]string{agency: {"categoryUserPairs", "fallback"}, bakery: nil, freelancer: {"fallback"}} {
		id := a.customerID(token)
		p := a.object(token, "/v2/customers/"+id+"/conversation-preferences")
		if p["customerId"] != id {
			t.Errorf("%s: preferences of %v", token, p["customerId"])
		}
		preferred := p["preferredUsers"].(object)
		if len(preferred) != len(want) {
			t.Errorf("%s: preferred users %v, want keys %v", token, preferred, want)
		}
		for _, key := range want {
			if preferred[key] == nil {
				t.Errorf("%s: no %s", token, key)
			}
		}
	}
}

func TestAvatars(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	path := "/v2/files/" + a.object(agency, "/v2/users/self")["avatarRef"].(string)
	r := a.get("", path)
	if r.status != 200 || r.header.Get("Content-Type") != "image/png" || http.DetectContentType([]byte(r.body)) != "image/png" {
		t.Errorf("avatar: %d %v", r.status, r.header)
	}
	if again := a.get("", path); again.body != r.body {
		t.Error("the avatar changed")
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	foreign := a.ids(freelancer, "?limit=1")[0]
	theirCustomer := a.customerID(agency)
	colleague := a.list(bakery, "/v2/conversations/"+a.ids(bakery, "?limit=1")[0]+"/members")[1]["userId"].(string)
	const (
		unauthorized = `{"type":"UnauthorizedError","message":"missing or invalid access token"}`
		forbidden    = `{"type":"ForbiddenError","message":"access denied"}`
		notFound     = `{"type":"NotFoundError","message":"resource not found"}`
		noRoute      = `{"type":"NotFoundError","message":"route not found"}`
		wrongMethod  = `{"type":"MethodNotAllowedError","message":"method not allowed"}`
	)
	badID := func(name string) string {
		return `{"type":"ValidationError","message":"Validation failed","validationErrors":[{"message":"should match format \"uuid\"",` +
			`"path":".` + name + `","type":"format","context":{"format":"uuid"}}]}`
	}
	tests := []struct {
		name, method, token, path string
		status                    int
		body                      string
	}{
		{"list without token", "GET", "", "/v2/conversations", 401, unauthorized},
		{"messages without token", "GET", "", "/v2/conversations/" + foreign + "/messages", 401, unauthorized},
		{"self without token", "GET", "", "/v2/users/self", 401, unauthorized},
		{"conversation, foreign", "GET", bakery, "/v2/conversations/" + foreign, 403, forbidden},
		{"conversation, unknown", "GET", bakery, "/v2/conversations/" + unknownID, 404, notFound},
		{"conversation, no uuid", "GET", bakery, "/v2/conversations/42", 400, badID("conversationId")},
		{"conversation, urn", "GET", bakery, "/v2/conversations/urn:uuid:" + foreign, 400, badID("conversationId")},
		{"future, foreign", "GET", bakery, "/v2/conversations/" + sandbox.FutureConversationID, 403, forbidden},
		{"messages, foreign", "GET", bakery, "/v2/conversations/" + foreign + "/messages", 403, forbidden},
		{"messages, unknown", "GET", bakery, "/v2/conversations/" + unknownID + "/messages", 404, notFound},
		{"messages, no uuid", "GET", bakery, "/v2/conversations/42/messages", 404, notFound},
		{"members, foreign", "GET", bakery, "/v2/conversations/" + foreign + "/members", 403, forbidden},
		{"members, unknown", "GET", bakery, "/v2/conversations/" + unknownID + "/members", 404, notFound},
		{"members, no uuid", "GET", bakery, "/v2/conversations/42/members", 400, badID("conversationId")},
		{"category, unknown", "GET", "", "/v2/conversation-categories/" + unknownID, 404, notFound},
		{"category, no uuid", "GET", "", "/v2/conversation-categories/general", 400, badID("categoryId")},
		{"customer, foreign", "GET", bakery, "/v2/customers/" + theirCustomer + "/conversation-preferences", 403, forbidden},
		{"customer, unknown", "GET", bakery, "/v2/customers/" + unknownID + "/conversation-preferences", 404, notFound},
		{"customer, no uuid", "GET", bakery, "/v2/customers/42/conversation-preferences", 400, badID("customerId")},
		{"user, other", "GET", freelancer, "/v2/users/" + colleague, 403, forbidden},
		{"user, unknown", "GET", bakery, "/v2/users/" + unknownID, 404, notFound},
		{"file, unknown", "GET", "", "/v2/files/" + unknownID, 404, notFound},
		{"file, no uuid", "GET", "", "/v2/files/nothing", 404, notFound},
		{"route, unknown", "GET", bakery, "/v2/nothing", 404, noRoute},
		{"route, trailing slash", "GET", bakery, "/v2/conversations/", 404, noRoute},
		{"route, root", "GET", "", "/", 404, noRoute},
		{"method", "DELETE", bakery, "/v2/conversations", 405, wrongMethod},
		{"method on an item", "PATCH", bakery, "/v2/conversations/" + foreign, 405, wrongMethod},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := a.send(tt.method, tt.path, "X-Access-Token", tt.token)
			if r.status != tt.status || r.header.Get("Content-Type") != "application/json" {
				t.Errorf("got %d %s, want %d application/json", r.status, r.header.Get("Content-Type"), tt.status)
			}
			wantEqual(t, "body", tt.body, r.body)
		})
	}
}
