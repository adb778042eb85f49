package rest

import (
	"net/http"
	"strings"
	"testing"
)

const aboutConversation = `{"id":"` + conversationID + `","domain":"conversation","aggregate":"conversation"}`

func TestUnreadNotifications(t *testing.T) {
	t.Parallel()
	about := NotificationReference{Domain: "conversation", Aggregate: "conversation", ID: conversationID, Parents: []NotificationReference{}}
	row := func(about NotificationReference, names ...string) *Notification {
		return &Notification{Reference: about, Type: strings.Join(names, "")}
	}
	tests := map[string]struct {
		body  string
		total string
		want  *UnreadNotifications
	}{
		"none":               {body: `[]`, want: &UnreadNotifications{Rows: []*Notification{}, IsWhole: true}},
		"one":                {body: `[{"type":"x","reference":` + aboutConversation + `,"more":[{}]}]`, total: "1", want: &UnreadNotifications{Rows: []*Notification{row(about, "x")}, IsWhole: true}},
		"read in spite":      {body: `[{"read":true,"reference":` + aboutConversation + `}]`, want: &UnreadNotifications{Rows: []*Notification{}, IsWhole: true}},
		"more than one page": {body: `[{"reference":` + aboutConversation + `}]`, total: "501", want: &UnreadNotifications{Rows: []*Notification{row(about)}}},
		"not an object":      {body: `[7,{"reference":` + aboutConversation + `}]`, want: &UnreadNotifications{Rows: []*Notification{row(about)}}},
		"no reference":       {body: `[{}]`, want: &UnreadNotifications{Rows: []*Notification{{}}}},
		"another name":       {body: `[{"reference":` + aboutConversation + `},{"reference":{"id":"x","domain":"support","aggregate":"ticket"}}]`, want: &UnreadNotifications{Rows: []*Notification{row(about), row(NotificationReference{ID: "x", Domain: "support", Aggregate: "ticket"})}}},
		"an odd type":        {body: `[{"type":"newConversationMessage"}]`, want: &UnreadNotifications{Rows: []*Notification{{Type: "newConversationMessage"}}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Pagination-TotalCount", test.total)
				respond(http.StatusOK, test.body)(w, r)
			})
			got, err := u.client(t, Config{}).UnreadNotifications(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range append(test.want.Rows, got.Rows...) {
				if len(row.Reference.Parents) == 0 {
					row.Reference.Parents = nil
				}
			}
			wantEqual(t, "notifications", test.want, got)
			wantEqual(t, "request", "/v2/notifications?limit=500&status=unread", u.requests()[0].RequestURI)
		})
	}
}

// mStudio does not document how many notifications it sends at most.
func TestUnreadNotifications_WithoutTotal(t *testing.T) {
	t.Parallel()
	for rows, want := range map[int]bool{notificationLimit - 1: true, notificationLimit: false} {
		body := "[" + strings.TrimSuffix(strings.Repeat(`{"reference":`+aboutConversation+`},`, rows), ",") + "]"
		got, err := newUpstream(t, respond(http.StatusOK, body)).client(t, Config{}).UnreadNotifications(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "whole", want, got.IsWhole)
	}
}

func TestUnreadNotifications_WrongKind(t *testing.T) {
	t.Parallel()
	_, err := newUpstream(t, respond(http.StatusOK, `{}`)).client(t, Config{}).UnreadNotifications(t.Context())
	wantCode(t, err, BadResponse)
}

func TestNotification_ConversationID(t *testing.T) {
	t.Parallel()
	conversation := NotificationReference{Aggregate: "Conversation", ID: "c-1"}
	for name, test := range map[string]struct {
		notification Notification
		want         string
		isClear      bool
	}{
		"the conversation":              {Notification{Reference: conversation}, "c-1", true},
		"a message in the conversation": {Notification{Reference: NotificationReference{Aggregate: "message", Parents: []NotificationReference{{Aggregate: "customer"}, conversation}}}, "c-1", true},
		"a message of no conversation":  {Notification{Reference: NotificationReference{Domain: "conversation", Aggregate: "message"}}, "", false},
		"a conversation without ID":     {Notification{Reference: NotificationReference{Aggregate: "conversation"}}, "", false},
		"a type alone":                  {Notification{Type: "CONVERSATION_UPDATED"}, "", false},
		"a backup":                      {Notification{Type: "backup", Reference: NotificationReference{Domain: "backup", Aggregate: "projectbackup"}}, "", true},
		"a type beside a project":       {Notification{Type: "newConversation", Reference: NotificationReference{Domain: "project", Aggregate: "project"}}, "", false},
		"a ticket of a project":         {Notification{Reference: NotificationReference{Domain: "support", Aggregate: "ticket", Parents: []NotificationReference{{Domain: "project"}}}}, "", false},
		"a project of a ticket":         {Notification{Reference: NotificationReference{Domain: "project", Parents: []NotificationReference{{Domain: "support", Aggregate: "ticket"}}}}, "", false},
		"a conversation of a project":   {Notification{Reference: NotificationReference{Domain: "project", Aggregate: "projectConversation"}}, "", false},
		"nothing":                       {Notification{}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantEqual(t, "ID", test.want, test.notification.ConversationID())
			wantEqual(t, "clear", test.isClear, test.notification.isClear())
		})
	}
}

// A name for messages that the gateway does not know is reported as drift, and names of other objects are not.
func TestReadNotifications_ReportsOddReferences(t *testing.T) {
	t.Parallel()
	wantEqual(t, "unknown values", []string{"Notification.reference support/conversationMessage"}, unknownIn(
		`[{"reference":{"domain":"support","aggregate":"conversationMessage","id":"m-1"}},{"type":"backup","reference":{"domain":"backup","aggregate":"projectbackup"}}]`, readNotifications))
}

func TestReadNotifications(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, accepted(eventID, `{"status":"read","updatedCount":2}`))
	event, err := u.client(t, Config{}).ReadNotifications(t.Context(), NotificationReference{Domain: "d", Aggregate: "a&b", ID: conversationID})
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "event", EventID(eventID), event)
	wantEqual(t, "request", "/v2/notifications/actions/read-all?referenceAggregate=a%26b&referenceDomain=d&referenceId="+conversationID, u.requests()[0].RequestURI)
	wantEqual(t, "method", http.MethodPost, u.requests()[0].Method)
}

// Without all three names of an object, mStudio would mark all notifications of the user as read.
func TestReadNotifications_NeverAll(t *testing.T) {
	t.Parallel()
	for name, about := range map[string]NotificationReference{
		"no ID": {Domain: "d", Aggregate: "a"}, "no domain": {Aggregate: "a", ID: "x"}, "no aggregate": {Domain: "d", ID: "x"}, "nothing": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, accepted(eventID, `{}`))
			_, err := u.client(t, Config{}).ReadNotifications(t.Context(), about)
			wantCode(t, err, BadResponse)
			wantEqual(t, "requests", 0, len(u.requests()))
		})
	}
}

func TestReadNotifications_WrongKind(t *testing.T) {
	t.Parallel()
	_, err := newUpstream(t, accepted(eventID, `[]`)).client(t, Config{}).ReadNotifications(t.Context(), NotificationReference{"d", "a", conversationID, nil})
	wantCode(t, err, BadResponse)
}

func TestNotificationMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "Notification", "", object, map[string]member[Notification]{
		"type":      {`"x"`, func(n *Notification) { n.Type = "x" }},
		"reference": {`{"id":"x"}`, func(n *Notification) { n.Reference.ID = "x" }},
		"read":      {`true`, func(n *Notification) { n.Read = new(true) }},
	})
}

func TestNotificationReferenceMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "NotificationReference", "", object, map[string]member[NotificationReference]{
		"domain":    {`"x"`, func(r *NotificationReference) { r.Domain = "x" }},
		"aggregate": {`"x"`, func(r *NotificationReference) { r.Aggregate = "x" }},
		"id":        {`"x"`, func(r *NotificationReference) { r.ID = "x" }},
		"parents": {`[{"id":"x"}]`, func(r *NotificationReference) {
			r.Parents = []NotificationReference{{ID: "x", Parents: []NotificationReference{}}}
		}},
	})
}
