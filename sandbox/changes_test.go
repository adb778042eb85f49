package sandbox_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mstudio-graphql/sandbox"
)

// create creates a conversation and returns its ID and its event.
func (a api) create(body string) (id, event string) {
	a.t.Helper()
	created := a.change(agency, http.MethodPost, "/v2/conversations", body)
	wantStatus(a.t, created, http.StatusCreated)
	id, _ = decodeAny(a.t, created)["conversationId"].(string)
	return id, created.header.Get("Etag")
}

func decodeAny(t *testing.T, r reply) object {
	t.Helper()
	r.status = http.StatusOK
	return decode[object](t, r)
}

func TestCreateConversation(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, time.September, 1, 12, 0, 0, 0, time.UTC)
	a := serve(t, sandbox.Config{Now: func() time.Time { return noon }})
	id, event := a.create(`{"title":"Frage","messageContent":"Wer hilft?","relatedTo":{"id":"` + unknownID + `","domain":"app","aggregate":"appinstallation"},"notificationRoles":["project_emailadmin"]}`)
	got := a.object(agency, "/v2/conversations/"+id)
	for field, want := range map[string]any{
		"title": "Frage", "status": "open", "visibility": "private", "createdAt": "2026-09-01T12:00:00.000Z",
		"relatedTo": object{"id": unknownID, "domain": "app", "aggregate": "appinstallation"},
	} {
		wantEqual(t, field, want, got[field])
	}
	wantEqual(t, "event", "276638689419853824", event)
	wantEqual(t, "messages", []string{"STATUS_UPDATE CONVERSATION_CREATED", "MESSAGE Wer hilft?"}, a.messages(id))
	if first := a.list(agency, "/v2/conversations?limit=1")[0]["conversationId"]; first != id {
		t.Errorf("the newest conversation is %v", first)
	}
	wantStatus(t, a.get(freelancer, "/v2/conversations/"+id), http.StatusForbidden)
	// Equal changes to equal sandboxes get equal IDs; different changes get different IDs.
	twin, _ := serve(t, sandbox.Config{}).create(`{}`)
	second, _ := a.create(`{}`)
	if twin != id || second == id {
		t.Errorf("ids: %s, %s, %s", id, twin, second)
	}
}

func TestChangeConversation(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	path := "/v2/conversations/" + agencyConversation
	before := a.object(agency, path)
	category, _ := a.list("", "/v2/conversation-categories")[1]["categoryId"].(string)
	wantStatus(t, a.change(agency, http.MethodPut, path, `{"title":"Neu","categoryId":"`+category+`"}`), http.StatusOK)
	after := a.object(agency, path)
	if after["title"] != "Neu" || after["category"].(object)["categoryId"] != category {
		t.Errorf("got %v", after)
	}
	wantEqual(t, "an omitted field", before["relatedTo"], after["relatedTo"])
	for _, status := range []string{"closed", "closed", "open", "answered"} {
		wantStatus(t, a.change(agency, http.MethodPut, path+"/status", `{"status":"`+status+`"}`), http.StatusOK)
		if got := a.object(agency, path)["status"]; got != status {
			t.Errorf("status: want %s, got %v", status, got)
		}
	}
	history := a.messages(agencyConversation)
	want := []string{"STATUS_UPDATE STATUS_CLOSED", "STATUS_UPDATE STATUS_OPEN", "STATUS_UPDATE STATUS_ANSWERED"}
	wantEqual(t, "history", want, history[len(history)-3:])
}

func TestAnswerReopens(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	path := "/v2/conversations/" + agencyConversation
	a.change(agency, http.MethodPut, path+"/status", `{"status":"closed"}`)
	a.change(agency, http.MethodPost, path+"/messages", `{"messageContent":"doch nicht"}`)
	if got := a.object(agency, path)["status"]; got != "open" {
		t.Errorf("status: %v", got)
	}
}

// A documented status replaces the undocumented status of the conversation from the future.
func TestCloseFutureConversation(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	path := "/v2/conversations/" + sandbox.FutureConversationID
	wantStatus(t, a.change(agency, http.MethodPut, path+"/status", `{"status":"closed"}`), http.StatusOK)
	if got := a.object(agency, path)["status"]; got != "closed" {
		t.Errorf("status: %v", got)
	}
	if got := serve(t, sandbox.Config{}).object(agency, path)["status"]; got == "closed" {
		t.Error("the conversation is closed in another sandbox")
	}
}

func TestEditMessage(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	path := "/v2/conversations/" + agencyConversation + "/messages"
	own, _ := decodeAny(t, a.change(agency, http.MethodPost, path, `{"messageContent":"Korigiert"}`))["messageId"].(string)
	wantStatus(t, a.change(agency, http.MethodPatch, path+"/"+own, `{"messageContent":"Korrigiert"}`), http.StatusOK)
	history := a.messages(agencyConversation)
	if got := history[len(history)-1]; got != "MESSAGE Korrigiert" {
		t.Errorf("got %s", got)
	}
	others := slices.DeleteFunc(a.list(agency, path), func(m object) bool { return m["type"] != "MESSAGE" || m["messageId"] == own })
	of, _ := others[0]["messageId"].(string)
	for name, test := range map[string]struct {
		id, body string
		status   int
	}{
		"another author's": {of, `{"messageContent":"x"}`, 403},
		"not there":        {unknownID, `{"messageContent":"x"}`, 404},
		"no UUID":          {"x", `{"messageContent":"x"}`, 400},
		"nothing":          {own, `{}`, 400},
	} {
		t.Log(name)
		wantStatus(t, a.change(agency, http.MethodPatch, path+"/"+test.id, test.body), test.status)
	}
}

func TestInvalidChanges(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	path := "/v2/conversations/" + agencyConversation
	for name, test := range map[string]struct {
		method, path, body string
		fields             []string
	}{
		"an unknown status":    {http.MethodPut, path + "/status", `{"status":"waiting"}`, []string{".status enum"}},
		"no status":            {http.MethodPut, path + "/status", `{}`, []string{".status required"}},
		"an unknown category":  {http.MethodPut, path, `{"categoryId":"` + unknownID + `"}`, []string{".categoryId exists"}},
		"an unknown reference": {http.MethodPut, path, `{"relatedTo":{"id":"1","domain":"ai","aggregate":"assistant"}}`, []string{".relatedTo oneOf"}},
		"half a reference":     {http.MethodPut, path, `{"relatedTo":{"domain":"user","aggregate":"user"}}`, []string{".relatedTo.id required"}},
		"a wrong title":        {http.MethodPut, path, `{"title":[]}`, []string{".title type"}},
		"all at once": {
			http.MethodPost, "/v2/conversations", `{"title":1,"mainUserId":"x","notificationRoles":["customer_owner","boss"],"sharedWith":{"id":"1","domain":"app","aggregate":"appinstallation"},"messageContent":"` + strings.Repeat("x", 8001) + `"}`,
			[]string{".title type", ".sharedWith oneOf", ".notificationRoles[1] enum", ".mainUserId format", ".messageContent maxLength"},
		},
		"an unknown user": {http.MethodPost, "/v2/conversations", `{"mainUserId":"` + unknownID + `"}`, []string{".mainUserId exists"}},
	} {
		t.Log(name)
		wantFindings(t, a.change(agency, test.method, test.path, test.body), http.StatusBadRequest, test.fields)
	}
}

// Reads are stale until the event is reached. Reads with If-Event-Reached wait for it, up to the timeout.
func TestEventLag(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{EventLag: 200 * time.Millisecond, EventTimeout: 10 * time.Second})
	start := time.Now()
	id, event := a.create(`{"title":"Frage"}`)
	if got := a.get(agency, "/v2/conversations/"+id); got.status != http.StatusNotFound && time.Since(start) < 200*time.Millisecond {
		t.Errorf("visible at once: %d", got.status)
	}
	wantStatus(t, a.send(http.MethodGet, "/v2/conversations/"+id, "X-Access-Token", agency, "If-Event-Reached", event), http.StatusOK)
	// A write to a conversation that is not visible waits as well.
	second, event := a.create(`{}`)
	wantStatus(t, a.change(agency, http.MethodPut, "/v2/conversations/"+second, `{"title":"x"}`, "If-Event-Reached", event), http.StatusOK)
}

// Each version becomes visible at its own time, even if further versions follow.
func TestEventLagOfSeveralChanges(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{EventLag: time.Hour, EventTimeout: time.Millisecond})
	path := "/v2/conversations/" + agencyConversation
	before := a.object(agency, path)["title"]
	for _, title := range []string{"eins", "zwei", "drei"} {
		changed := a.change(agency, http.MethodPut, path, `{"title":"`+title+`"}`)
		wantStatus(t, changed, http.StatusOK)
		wantStatus(t, a.send(http.MethodGet, path, "X-Access-Token", agency, "If-Event-Reached", changed.header.Get("Etag")), http.StatusPreconditionFailed)
	}
	if got := a.object(agency, path)["title"]; got != before {
		t.Errorf("title: %v", got)
	}
	// A conversation that is not visible yet cannot be changed.
	id, _ := a.create(`{}`)
	wantStatus(t, a.change(agency, http.MethodPut, "/v2/conversations/"+id, `{}`), http.StatusNotFound)
}

func TestEventConditions(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{EventTimeout: time.Millisecond})
	path := "/v2/conversations/" + agencyConversation
	_, event := a.create(`{}`)
	for condition, status := range map[string]int{
		event: 200, "1": 200, "276638689419853825": 412, "99999999999999999999999": 400, "-1": 400, "+1": 400, "x": 400,
	} {
		t.Log(condition)
		wantStatus(t, a.send(http.MethodGet, path, "X-Access-Token", agency, "If-Event-Reached", condition), status)
	}
}
