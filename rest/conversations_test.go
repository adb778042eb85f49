package rest

import (
	"net/http"
	"strings"
	"testing"
)

func TestConversationListQuery(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		list ConversationList
		want string
	}{
		// The API's default limit has changed, so it is never left to it.
		"nothing":  {ConversationList{}, "limit=100"},
		"limit":    {ConversationList{Limit: 7}, "limit=7"},
		"search":   {ConversationList{Search: `"no mail" ä&=`}, "fullTextSearch=%22no+mail%22+%C3%A4%26%3D&limit=100"},
		"status":   {ConversationList{Statuses: []ConversationStatus{"open"}}, "limit=100&status=open"},
		"statuses": {ConversationList{Statuses: []ConversationStatus{"open", "closed"}}, "limit=100&status=open&status=closed"},
		"skip":     {ConversationList{Limit: 20, Skip: 40}, "limit=20&skip=40"},
		"sort":     {ConversationList{Sort: []ConversationSort{{Field: SortCreatedAt}}}, "limit=100&order=asc&sort=createdAt"},
		"sorts": {
			ConversationList{Sort: []ConversationSort{
				{SortLastMessageAt, true}, {SortTitle, false}, {SortShortID, true}, {SortID, false},
			}},
			"limit=100&order=desc&order=asc&order=desc&order=asc&sort=lastMessage.createdAt&sort=title&sort=shortId&sort=conversationId",
		},
		"all": {
			ConversationList{
				Search: "ssl", Statuses: []ConversationStatus{StatusClosed}, Sort: []ConversationSort{{SortCreatedAt, true}},
				Limit: 50, Skip: 100,
			},
			"fullTextSearch=ssl&limit=50&order=desc&skip=100&sort=createdAt&status=closed",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, respond(http.StatusOK, `[]`))
			page, err := u.client(t, Config{}).Conversations(t.Context(), test.list)
			if err != nil {
				t.Fatal(err)
			}
			if page.Conversations == nil || len(page.Conversations) != 0 {
				t.Errorf("want an empty list, got %#v", page.Conversations)
			}
			if got, want := u.requests()[0].RequestURI, "/v2/conversations?"+test.want; got != want {
				t.Errorf("want %s\ngot  %s", want, got)
			}
			if got := test.list.Query().Encode(); got != test.want {
				t.Errorf("query: want %s, got %s", test.want, got)
			}
		})
	}
}

func TestConversation(t *testing.T) {
	t.Parallel()
	u := newPipeUpstream(t, respond(http.StatusOK, fixture(t, "conversation.json")))
	got, err := u.client(t, Config{}).Conversation(t.Context(), strings.ToUpper(conversationID))
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "conversation", fullConversation(), got)
	wantEqual(t, "path", "/v2/conversations/"+conversationID, u.requests()[0].RequestURI)
	u.wantCalls(t, 1)
}

func TestConversation_WithoutID(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `{}`))
	got, err := u.client(t, Config{}).Conversation(t.Context(), strings.ToUpper(conversationID))
	if err != nil {
		t.Fatal(err)
	}
	want := &Conversation{
		ID: conversationID, CreatedAt: Epoch(), NotificationRoles: []NotificationRole{}, Relations: []Reference{},
	}
	wantEqual(t, "conversation", want, got)
}

func TestLastMessage(t *testing.T) {
	t.Parallel()
	newer, older := at("2026-07-02T08:00:00Z"), at("2026-07-02T07:00:00Z")
	tests := map[string]struct {
		body string
		want *LastMessage
	}{
		"neither":          {`{}`, nil},
		"both of nothing":  {`{"lastMessage":null,"lastMessageAt":null,"lastMessageBy":null}`, nil},
		"newer":            {`{"lastMessage":{"createdAt":"2026-07-02T08:00:00Z"}}`, &LastMessage{CreatedAt: newer}},
		"older":            {`{"lastMessageAt":"2026-07-02T07:00:00Z"}`, &LastMessage{CreatedAt: older}},
		"older, who alone": {`{"lastMessageBy":{"userId":"u"}}`, &LastMessage{CreatedAt: Epoch(), CreatedBy: &User{Ref: complete("u")}}},
		"both": {
			`{"lastMessageAt":"2026-07-02T07:00:00Z","lastMessageBy":{"userId":"old"},"lastMessage":{"createdAt":"2026-07-02T08:00:00Z","createdBy":{"userId":"new"}}}`,
			&LastMessage{CreatedAt: newer, CreatedBy: &User{Ref: complete("new")}},
		},
		"one fills the other's gaps": {
			`{"lastMessage":{"createdBy":{"userId":"new"}},"lastMessageAt":"2026-07-02T07:00:00Z"}`,
			&LastMessage{CreatedAt: older, CreatedBy: &User{Ref: complete("new")}},
		},
		"newer is empty": {`{"lastMessage":{}}`, &LastMessage{CreatedAt: Epoch()}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := mustReadConversation(t, test.body)
			wantEqual(t, "last message", test.want, got.LastMessage)
		})
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	body := `[{"userId":"u-1","active":true,"clearName":"Anna","avatarRefId":"a-1","isEmployee":false},null,"u-2",
		{"userId":"u-3","active":"false","department":"mail"},{}]`
	u := newPipeUpstream(t, respond(http.StatusOK, body))
	got, err := u.client(t, Config{}).Members(t.Context(), conversationID)
	if err != nil {
		t.Fatal(err)
	}
	want := []*ConversationMember{
		{&User{Ref: complete("u-1"), Active: new(true), Name: new("Anna"), AvatarURL: avatar("a-1"), IsEmployee: new(false)}},
		{&User{Ref: unidentified(derived)}},
		{&User{Ref: Ref{ID: "u-2", Complete: true, access: AccessUnknown}}},
		{&User{Ref: complete("u-3"), Active: new(false), Department: "mail"}},
		{&User{Ref: derivedRef()}},
	}
	wantEqual(t, "members", want, got)
	wantEqual(t, "path", "/v2/conversations/"+conversationID+"/members", u.requests()[0].RequestURI)
}

// Lists are never nil, because the GraphQL lists made of them are non-null.
func TestLists_WrongKind(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `null`, `"text"`, `1`, `{"items":[]}`} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			client := newUpstream(t, respond(http.StatusOK, body)).client(t, Config{})
			_, err := client.Conversations(t.Context(), ConversationList{})
			wantCode(t, err, BadResponse)
			_, err = client.Members(t.Context(), conversationID)
			wantCode(t, err, BadResponse)
			_, err = client.ConversationCategories(t.Context())
			wantCode(t, err, BadResponse)
		})
	}
}

func TestConversationMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "conversationField", "", readConversation, map[string]member[Conversation]{
		"conversationId": {`"x"`, func(c *Conversation) { c.ID = "x" }},
		"shortId":        {`"x"`, func(c *Conversation) { c.ShortID = "x" }},
		"title":          {`"x"`, func(c *Conversation) { c.Title = "x" }},
		"status":         {`"waiting"`, func(c *Conversation) { c.Status = StatusWaiting }},
		"visibility":     {`"private"`, func(c *Conversation) { c.Visibility = VisibilityPrivate }},
		"createdAt":      {`"2026-07-01T09:15:00Z"`, func(c *Conversation) { c.CreatedAt = at("2026-07-01T09:15:00Z") }},
		"createdBy":      {`{"userId":"x"}`, func(c *Conversation) { c.CreatedBy = &User{Ref: complete("x")} }},
		"mainUser":       {`{"userId":"x"}`, func(c *Conversation) { c.MainUser = &User{Ref: complete("x")} }},
		"category": {`{"categoryId":"c","name":"x"}`, func(c *Conversation) {
			c.Category = &ConversationCategory{ID: "c", Name: "x", ReferenceTypes: []CategoryReferenceType{}}
		}},
		"notificationRoles": {`["project_owner"]`, func(c *Conversation) { c.NotificationRoles = []NotificationRole{RoleProjectOwner} }},
		"relatedTo":         {referenceDocument("project/project"), func(c *Conversation) { c.RelatedTo = &Project{Ref: Ref{ID: "x-1"}} }},
		"sharedWith":        {referenceDocument("customer/customer"), func(c *Conversation) { c.SharedWith = &Customer{Ref: Ref{ID: "x-1"}} }},
		"relations":         {`[{"id":"x"}]`, func(c *Conversation) { c.Relations = []Reference{&UnknownReference{ID: "x", ref: reference{id: "x"}}} }},
	})
}

func TestLastMessageMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "lastMessageField", "", fieldsInto("Conversation", (*decoder).lastMessageField), map[string]member[lastMessage]{
		"lastMessage":   {`{}`, func(l *lastMessage) { l.newer.CreatedAt, l.hasNewer = Epoch(), true }},
		"lastMessageAt": {`"2026-07-01T09:15:00Z"`, func(l *lastMessage) { l.older.CreatedAt, l.hasOlderAt = at("2026-07-01T09:15:00Z"), true }},
		"lastMessageBy": {`{"userId":"x"}`, func(l *lastMessage) { l.older.CreatedBy = &User{Ref: complete("x")} }},
	})
}

func TestNewerLastMessageMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "lastMessage", "", func(d *decoder) *LastMessage { return first(d.lastMessage()) }, map[string]member[LastMessage]{
		"createdAt": {`"2026-07-01T09:15:00Z"`, func(l *LastMessage) { l.CreatedAt = at("2026-07-01T09:15:00Z") }},
		"createdBy": {`{"userId":"x"}`, func(l *LastMessage) { l.CreatedBy = &User{Ref: complete("x")} }},
	})
}
