package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"mstudio-graphql/sandbox"
)

// unread returns the types and IDs of the objects of all unread notifications, and compares their number with the counts.
func (a api) unread(token string) map[string]int {
	a.t.Helper()
	found := map[string]int{}
	rows := a.list(token, "/v2/notifications?status=unread")
	for _, row := range rows {
		about, _ := row["reference"].(object)
		found[about["aggregate"].(string)+" "+about["id"].(string)]++
	}
	wantEqual(a.t, "total", float64(len(rows)), a.object(token, "/v2/notification-unread-counts")["total"].(float64))
	return found
}

func TestNotifications(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	all := a.list(agency, "/v2/notifications?limit=1000")
	for i, row := range all {
		if i > 0 && row["createdAt"].(string) > all[i-1]["createdAt"].(string) {
			t.Errorf("%v is newer than the one before", row)
		}
	}
	for query, want := range map[string]func(row object) bool{
		"status=unread":                         func(row object) bool { return row["read"] == false },
		"status=read":                           func(row object) bool { return row["read"] == true },
		"severity=error&severity=warning":       func(row object) bool { return row["severity"] == "error" },
		"type=backup-failed":                    func(row object) bool { return row["type"] == "backup-failed" },
		"type-not=conversation-message-created": func(row object) bool { return row["type"] == "backup-failed" },
	} {
		var ids []string
		for _, row := range all {
			if want(row) {
				ids = append(ids, row["id"].(string))
			}
		}
		wantEqual(t, query, ids, pluck(a.list(agency, "/v2/notifications?limit=1000&"+query), "id"))
		if len(ids) == 0 || len(ids) == len(all) {
			t.Errorf("%s selects %d of %d", query, len(ids), len(all))
		}
	}
	first := a.get(agency, "/v2/notifications?limit=1")
	if got := first.header.Get("X-Pagination-Totalcount"); got == "1" || got == "" {
		t.Errorf("total %q", got)
	}
	wantFindings(t, a.get(agency, "/v2/notifications?status=x&limit=-1"), 400, []string{".status[0] enum", ".limit minimum"})
	wantFindings(t, a.change(agency, http.MethodPost, "/v2/notifications/actions/read-all?severities=x", ""), 400, []string{".severities[0] enum"})
	wantStatus(t, a.get("", "/v2/notifications"), 401)
}

func TestReadNotifications(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	before := a.unread(agency)
	if before["conversation "+agencyConversation] == 0 {
		t.Fatalf("got %v", before)
	}
	others := a.unread(bakery)
	path := "/v2/notifications/actions/read-all?referenceDomain=conversation&referenceAggregate=conversation&referenceId="
	got := a.change(agency, http.MethodPost, path+agencyConversation, "")
	wantEqual(t, "response", object{"status": "read", "updatedCount": float64(before["conversation "+agencyConversation])}, decode[object](t, got))
	wantEqual(t, "event", "276638689419853824", got.header.Get("Etag"))
	delete(before, "conversation "+agencyConversation)
	wantEqual(t, "unread", before, a.unread(agency))
	wantEqual(t, "updated", 0.0, decode[object](t, a.change(agency, http.MethodPost, path+unknownID, ""))["updatedCount"].(float64))

	id := a.list(agency, "/v2/notifications?type=backup-failed")[0]["id"].(string)
	wantStatus(t, a.change(agency, http.MethodPut, "/v2/notifications/"+id+"/status", `{"status":"read"}`), 200)
	wantEqual(t, "rest", len(before)-1, len(a.unread(agency)))
	wantStatus(t, a.change(agency, http.MethodPut, "/v2/notifications/"+id+"/status", `{"status":"unread"}`), 200)
	wantEqual(t, "rest", len(before), len(a.unread(agency)))
	wantFindings(t, a.change(agency, http.MethodPut, "/v2/notifications/"+id+"/status", `{"status":"x"}`), 400, []string{".status enum"})
	wantFindings(t, a.change(agency, http.MethodPut, "/v2/notifications/"+id+"/status", `{}`), 400, []string{".status required"})
	wantFindings(t, a.change(agency, http.MethodPut, "/v2/notifications/x/status", `{}`), 400, []string{".notificationId format"})
	wantStatus(t, a.change(bakery, http.MethodPut, "/v2/notifications/"+id+"/status", `{"status":"read"}`), 404)

	wantStatus(t, a.change(agency, http.MethodPost, "/v2/notifications/actions/read-all", ""), 200)
	wantEqual(t, "unread", map[string]int{}, a.unread(agency))
	wantEqual(t, "those of others", others, a.unread(bakery))
}

// A message notifies the other readers of its conversation. Reads see the notification together with the message.
func TestNotificationOfAMessage(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{EventLag: time.Hour})
	shared := ""
	for _, id := range a.ids(bakery, "?limit=100") {
		if a.get(agency, "/v2/conversations/"+id).status == http.StatusOK {
			shared = id
		}
	}
	before, mine := a.unread(agency), a.unread(bakery)
	sent := a.change(bakery, http.MethodPost, "/v2/conversations/"+shared+"/messages", `{"messageContent":"hallo"}`)
	wantStatus(t, sent, http.StatusCreated)
	wantEqual(t, "unread before the event", before, a.unread(agency))
	wantEqual(t, "unread of the author", mine, a.unread(bakery))

	a = serve(t, sandbox.Config{})
	a.change(bakery, http.MethodPost, "/v2/conversations/"+shared+"/messages", `{"messageContent":"hallo"}`)
	before["conversation "+shared]++
	wantEqual(t, "unread", before, a.unread(agency))
	wantEqual(t, "unread of the author", mine, a.unread(bakery))
}

// Reads see that a notification is read once its event is reached.
func TestReadNotifications_EventLag(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{EventLag: 300 * time.Millisecond})
	before := a.unread(agency)
	event := a.change(agency, http.MethodPost, "/v2/notifications/actions/read-all", "").header.Get("Etag")
	wantEqual(t, "unread before the event", before, a.unread(agency))
	wantEqual(t, "unread after the event", "[]", a.send(http.MethodGet, "/v2/notifications?status=unread", "X-Access-Token", agency, "If-Event-Reached", event).body)
}
