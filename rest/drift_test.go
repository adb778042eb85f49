package rest

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Each test in this file is a kind of change that the API has made before. Tests of missing members are in
// drift_missing_test.go.

// wantConversation reads conversation.json with another value at a path. The result must be the full conversation after
// change.
func wantConversation(t *testing.T, path, value string, change func(*Conversation)) *Conversation {
	t.Helper()
	want := fullConversation()
	change(want)
	got := mustReadConversation(t, edit(t, fixture(t, "conversation.json"), path, value))
	wantEqual(t, "conversation", want, got)
	return got
}

// wantMessages is wantConversation for messages.json.
func wantMessages(t *testing.T, path, value string, change func([]Message)) {
	t.Helper()
	want := fullMessages()
	change(want)
	got := mustReadMessages(t, edit(t, fixture(t, "messages.json"), path, value))
	wantEqual(t, "messages", want, pinDerived(t, got))
}

// The API adds values to its enums about every second month.
func TestUnknownEnumValue(t *testing.T) {
	t.Parallel()
	conversations := map[string]func(*Conversation){
		"status":                   func(c *Conversation) { c.Status = "brandNew" },
		"visibility":               func(c *Conversation) { c.Visibility = "brandNew" },
		"category.referenceType.1": func(c *Conversation) { c.Category.ReferenceTypes[1] = "brandNew" },
		"notificationRoles.0":      func(c *Conversation) { c.NotificationRoles[0] = "brandNew" },
		"createdBy.department":     func(c *Conversation) { c.CreatedBy.Department = "brandNew" },
	}
	for path, change := range conversations {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			wantConversation(t, path, `"brandNew"`, change)
		})
	}
	messages := map[string]func([]Message){
		"0.files.1.status": func(m []Message) {
			m[0].(*TextMessage).Files[1] = &UnknownFile{ID: "f-2", RawState: "brandNew", Name: "error.png", MimeType: "image/png"}
		},
		"2.messageContent": func(m []Message) { m[2].(*StatusUpdate).Code = "brandNew" },
		"5.messageContent": func(m []Message) { m[5].(*ServiceRequest).Kind = "brandNew" },
		"4.messageContent": func(m []Message) {
			request := m[4].(*ServiceRequest)
			request.Kind, request.Payload = "brandNew", &UnknownPayload{Keys: []string{"mailAddressId", "rateLimitId"}}
		},
	}
	for path, change := range messages {
		t.Run("messages "+path, func(t *testing.T) {
			t.Parallel()
			wantMessages(t, path, `"brandNew"`, change)
		})
	}
}

// The raw value is available if the enum of the client would be UNKNOWN.
func TestRawValues(t *testing.T) {
	t.Parallel()
	conversation := &Conversation{Status: "brandNew"}
	if got := conversation.RawStatus(); got != "brandNew" {
		t.Errorf("RawStatus: want brandNew, got %s", got)
	}
	if conversation.IsClosed() || !(&Conversation{Status: "closed"}).IsClosed() {
		t.Error("IsClosed must hold for closed alone")
	}
	if got := (&ServiceRequest{Kind: "brandNew"}).RawKind(); got != "brandNew" {
		t.Errorf("RawKind: want brandNew, got %s", got)
	}
	states := map[File]FileState{
		&RequestedFile{}:                  "requested",
		&UploadedFile{}:                   "uploaded",
		&DeletedFile{}:                    "deleted",
		&UnknownFile{RawState: "scanned"}: "scanned",
	}
	for file, want := range states {
		if got := file.State(); got != want {
			t.Errorf("%T: want %s, got %s", file, want, got)
		}
	}
}

// A reference has the same type at all places, because clients cache objects by ID. The API adds types to its references,
// and has removed some from sharedWith.
func TestReferences(t *testing.T) {
	t.Parallel()
	tests := map[string]RelatedTo{
		"user/user":                   &User{Ref: Ref{ID: "x-1"}},
		"customer/customer":           &Customer{Ref: Ref{ID: "x-1"}},
		"project/project":             &Project{Ref: Ref{ID: "x-1"}},
		"app/appinstallation":         &AppInstallation{Ref: Ref{ID: "x-1"}},
		"project/placementgroup":      &PlacementGroup{Ref: Ref{ID: "x-1"}},
		"extension/extensionInstance": &ExtensionInstance{Ref: Ref{ID: "x-1"}},
		"container/container":         &Container{Ref: Ref{ID: "x-1"}},
		// The API spells its own aggregates by two rules.
		"app/appInstallation":         &AppInstallation{Ref: Ref{ID: "x-1"}},
		"extension/extensioninstance": &ExtensionInstance{Ref: Ref{ID: "x-1"}},
		"database/mysql":              unknownReference("database", "mysql"),
		"user/customer":               unknownReference("user", "customer"),
		"/":                           unknownReference("", ""),
		"Database/MySQL":              unknownReference("Database", "MySQL"),
	}
	for name, related := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := wantConversation(t, "relatedTo", referenceDocument(name), func(c *Conversation) { c.RelatedTo = related })
			if got := got.RelatedTo.Domain() + "/" + got.RelatedTo.Aggregate(); !strings.EqualFold(got, name) {
				t.Errorf("domain and aggregate: want %s, got %s", name, got)
			}
			wantConversation(t, "sharedWith", referenceDocument(name), func(c *Conversation) { c.SharedWith = related })
			wantConversation(t, "relations", "["+referenceDocument(name)+"]", func(c *Conversation) { c.Relations = []Reference{related} })
		})
	}
}

// Further references can be of any type, so their type is returned as it was sent.
func TestRelations(t *testing.T) {
	t.Parallel()
	got := mustReadConversation(t, `{"relations":[{"domain":"Mail","aggregate":"mailAddress","id":7},{}]}`)
	want := []Reference{&UnknownReference{ID: "7", ref: reference{domain: "Mail", aggregate: "mailAddress", id: "7"}}, withoutID("", "")}
	wantEqual(t, "references", want, got.Relations)
}

// withoutID returns a reference to which mStudio sent no ID. References of different types must not share one.
func withoutID(domain, aggregate string) *UnknownReference {
	return &UnknownReference{ID: derived, ref: reference{domain: domain, aggregate: aggregate}}
}

func referenceDocument(name string) string {
	domain, aggregate, _ := strings.Cut(name, "/")
	return fmt.Sprintf(`{"aggregate":%q,"id":"x-1","domain":%q,"name":"extra"}`, aggregate, domain)
}

func unknownReference(domain, aggregate string) *UnknownReference {
	return &UnknownReference{ID: "x-1", ref: reference{domain: domain, aggregate: aggregate, id: "x-1"}}
}

func TestUnknownAlternativeOfMessage(t *testing.T) {
	t.Parallel()
	atNine := head(derived, "2026-07-01T09:00:00Z")
	identified := head("10000000-0000-4000-8000-000000000007", "2026-07-01T09:00:00Z")
	tests := map[string]struct {
		item string
		want Message
	}{
		"kind of message": {
			item: `{"messageId":"10000000-0000-4000-8000-000000000007","type":"POLL","createdAt":"2026-07-01T09:00:00Z",
				"messageContent":{"question":"?"},"meta":[1,{"a":2}]}`,
			want: &UnknownMessage{MessageHead: identified, RawType: "POLL"},
		},
		"spelling of a kind": {
			item: `{"type":"message","createdAt":"2026-07-01T09:00:00Z"}`,
			want: &UnknownMessage{MessageHead: atNine, RawType: "message"},
		},
		"message that is text": {item: `"text"`, want: &UnknownMessage{MessageHead: head(derived, "1970-01-01T00:00:00Z")}},
		"message that is null": {item: `null`, want: &UnknownMessage{MessageHead: head(derived, "1970-01-01T00:00:00Z")}},
		"message that is a list": {
			item: `[{"type":"MESSAGE"}]`,
			want: &UnknownMessage{MessageHead: head(derived, "1970-01-01T00:00:00Z")},
		},
		"file": {
			item: `{"type":"MESSAGE","createdAt":"2026-07-01T09:00:00Z","files":[{"id":"f-9","status":"quarantined","reason":{}},7,null]}`,
			want: &TextMessage{MessageHead: atNine, Files: []File{&UnknownFile{ID: "f-9", RawState: "quarantined"}, &UnknownFile{ID: derived}, &UnknownFile{ID: derived}}},
		},
		"status update": {
			item: `{"type":"STATUS_UPDATE","createdAt":"2026-07-01T09:00:00Z","messageContent":"MERGED","meta":{"into":"MS-1"}}`,
			want: &StatusUpdate{MessageHead: atNine, Code: "MERGED"},
		},
		"status update with half a resubmission": {
			item: `{"type":"STATUS_UPDATE","createdAt":"2026-07-01T09:00:00Z","messageContent":"MOVED","meta":{"groupName":"Mail team"}}`,
			want: &StatusUpdate{MessageHead: atNine, Code: "MOVED", Resubmission: &Resubmission{GroupName: new("Mail team")}},
		},
		"service request": {
			item: `{"meta":{"token":"canary-of-the-payload","to":"x"},"createdAt":"2026-07-01T09:00:00Z","messageContent":"upgrade","type":"SERVICE_REQUEST"}`,
			want: &ServiceRequest{MessageHead: atNine, Kind: "upgrade", Files: []File{}, Payload: &UnknownPayload{Keys: []string{"token", "to"}}},
		},
		"call with the payload of a relocation": {
			item: `{"meta":{"source":{"providerName":"Old"},"target":{"product":"p"}},"createdAt":"2026-07-01T09:00:00Z","messageContent":"call","type":"SERVICE_REQUEST"}`,
			want: &ServiceRequest{
				MessageHead: atNine, Kind: "call", Files: []File{},
				Payload: &Relocation{
					Source: &RelocationSource{ProviderName: new("Old")}, Target: &RelocationTarget{Product: new("p"), Prices: []*RelocationPrice{}},
					RelocationDomains: RelocationDomains{Domains: []*RelocationDomain{}}, RelocationMailboxes: RelocationMailboxes{[]*RelocationMailbox{}},
				},
			},
		},
		"call with another payload": {
			item: `{"meta":{"source":"canary-of-the-payload"},"createdAt":"2026-07-01T09:00:00Z","messageContent":"call","type":"SERVICE_REQUEST"}`,
			want: &ServiceRequest{MessageHead: atNine, Kind: "call", Files: []File{}, Payload: &UnknownPayload{Keys: []string{"source"}}},
		},
		"call with an empty payload": {
			item: `{"meta":{},"createdAt":"2026-07-01T09:00:00Z","messageContent":"call","type":"SERVICE_REQUEST"}`,
			want: &ServiceRequest{MessageHead: atNine, Kind: "call", Files: []File{}},
		},
		"payload that is a list": {
			item: `{"meta":[{"userId":"u-1"}],"createdAt":"2026-07-01T09:00:00Z","messageContent":"relocation","type":"SERVICE_REQUEST"}`,
			want: &ServiceRequest{MessageHead: atNine, Kind: "relocation", Files: []File{}},
		},
		"relocation that is empty": {
			item: `{"meta":{},"createdAt":"2026-07-01T09:00:00Z","messageContent":"relocation","type":"SERVICE_REQUEST"}`,
			want: &ServiceRequest{
				MessageHead: atNine, Kind: "relocation", Files: []File{},
				Payload: &Relocation{RelocationDomains: RelocationDomains{Domains: []*RelocationDomain{}}, RelocationMailboxes: RelocationMailboxes{[]*RelocationMailbox{}}},
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := mustReadMessages(t, "["+test.item+"]")
			wantEqual(t, "messages", []Message{test.want}, pinDerived(t, got))
		})
	}
}

// Unknown members are ignored. One of them was a password.
func TestUnknownMember(t *testing.T) {
	t.Parallel()
	extra := map[string]any{
		"zzText": "canary-of-a-new-member", "zzNumber": 1e300, "zzNull": nil, "zzBool": true,
		"zzObject": map[string]any{"title": "no", "userId": "no", "status": []any{map[string]any{}}}, "zzList": []any{[]any{}, "x"},
	}
	conversation := mustReadConversation(t, text(t, extended(t, fixture(t, "conversation.json"), extra)))
	wantEqual(t, "conversation", fullConversation(), conversation)
	messages := mustReadMessages(t, text(t, extended(t, fixture(t, "messages.json"), extra)))
	wantEqual(t, "messages", fullMessages(), pinDerived(t, messages))
}

// extended adds members to every object of a document.
func extended(t testing.TB, document string, extra map[string]any) any {
	t.Helper()
	var root any
	parse(t, document, &root)
	return extendValue(root, extra)
}

func extendValue(value any, extra map[string]any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			value[key] = extendValue(member, extra)
		}
		maps.Copy(value, extra)
	case []any:
		for i, element := range value {
			value[i] = extendValue(element, extra)
		}
	}
	return value
}

// The API has changed types of members: redirectusKey was a number before it was an integer, and times were plain text.
func TestChangedTypeInConversation(t *testing.T) {
	t.Parallel()
	tests := []struct {
		path, value string
		change      func(*Conversation)
	}{
		{"shortId", `4711`, func(c *Conversation) { c.ShortID = "4711" }},
		{"shortId", `4711.0`, func(c *Conversation) { c.ShortID = "4711" }},
		{"shortId", `4711.50`, func(c *Conversation) { c.ShortID = "4711.50" }},
		{"shortId", `276638689419853824`, func(c *Conversation) { c.ShortID = "276638689419853824" }},
		{"shortId", `"4711.0"`, func(c *Conversation) { c.ShortID = "4711.0" }},
		{"shortId", `-0.0`, func(c *Conversation) { c.ShortID = "-0" }},
		{"title", `true`, func(c *Conversation) { c.Title = "true" }},
		{"title", `""`, func(c *Conversation) { c.Title = "" }},
		{"createdBy.userId", `7`, func(c *Conversation) { c.CreatedBy.ID = "7" }},
		{"createdBy.active", `"true"`, func(c *Conversation) { c.CreatedBy.Active = new(true) }},
		{"createdBy.active", `"false"`, func(c *Conversation) { c.CreatedBy.Active = new(false) }},
		{"createdBy.active", `1`, func(c *Conversation) { c.CreatedBy.Active = new(true) }},
		{"createdBy.active", `0`, func(c *Conversation) { c.CreatedBy.Active = new(false) }},
		{"createdBy.active", `"maybe"`, func(c *Conversation) { c.CreatedBy.Active = nil }},
		{"createdBy.avatarRefId", `""`, func(c *Conversation) { c.CreatedBy.AvatarURL = nil }},
		{"createdBy.avatarRefId", `".."`, func(c *Conversation) { c.CreatedBy.AvatarURL = nil }},
		{"createdBy.avatarRefId", `"../x?y#z"`, func(c *Conversation) { c.CreatedBy.AvatarURL = avatar("..%2Fx%3Fy%23z") }},
		{"relatedTo.id", `12`, func(c *Conversation) { c.RelatedTo = &Project{Ref: Ref{ID: "12"}} }},
		{"notificationRoles", `["a",1,null,{"role":"b"},["c"],true]`, func(c *Conversation) {
			c.NotificationRoles = []NotificationRole{"a", "1", "", "", "", "true"}
		}},
		{"relations", `["a",1,null,{"id":"r"}]`, func(c *Conversation) {
			c.Relations = []Reference{
				&UnknownReference{ID: "a"}, &UnknownReference{ID: "1"}, &UnknownReference{ID: derived}, &UnknownReference{ID: "r", ref: reference{id: "r"}},
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.path+" "+test.value, func(t *testing.T) {
			t.Parallel()
			wantConversation(t, test.path, test.value, test.change)
		})
	}
}

func TestChangedTypeInMessages(t *testing.T) {
	t.Parallel()
	relocation := func(m []Message) *Relocation { return m[3].(*ServiceRequest).Payload.(*Relocation) }
	tests := []struct {
		path, value string
		change      func([]Message)
	}{
		{"3.meta.redirectusKey", `"4711"`, func([]Message) {}},
		{"3.meta.redirectusKey", `4711.0`, func([]Message) {}},
		{"3.meta.redirectusKey", `"K-4711"`, func(m []Message) { relocation(m).RequestKey = new("K-4711") }},
		{"3.meta.contact.phone", `301234`, func(m []Message) { relocation(m).Contact.Phone = new("301234") }},
		{"3.meta.source.providerPassword", `123456`, func(m []Message) {
			relocation(m).Source.ProviderPassword = NewSecret("123456")
		}},
		{"3.meta.domain.allDomains", `"false"`, func([]Message) {}},
		{"3.meta.target.prices.0.price", `"49.9"`, func([]Message) {}},
		{"3.meta.target.prices.1.price", `10.00`, func([]Message) {}},
		{"3.meta.target.prices.1.price", `"ten"`, func(m []Message) { relocation(m).Target.Prices[1].Price = nil }},
		// strconv parses these, but JSON cannot represent them.
		{"3.meta.target.prices.1.price", `"NaN"`, func(m []Message) { relocation(m).Target.Prices[1].Price = nil }},
		{"3.meta.target.prices.1.price", `"-Infinity"`, func(m []Message) { relocation(m).Target.Prices[1].Price = nil }},
		{"3.meta.target.prices.1.price", `1e999`, func(m []Message) { relocation(m).Target.Prices[1].Price = nil }},
		{"3.meta.email.emailInboxes", `{"email":"a"}`, func(m []Message) { relocation(m).Mailboxes = []*RelocationMailbox{} }},
		{"3.meta.email.emailInboxes", `[1,{"email":"a"}]`, func(m []Message) {
			relocation(m).Mailboxes = []*RelocationMailbox{{}, {Email: new("a")}}
		}},
		{"0.messageContent", `4711`, func(m []Message) { m[0].(*TextMessage).Content = new(NewText("4711")) }},
		{"0.internal", `"true"`, func(m []Message) { m[0].Head().IsInternal = true }},
		{"0.internal", `"yes"`, func(m []Message) { m[0].Head().IsInternal, m[0].Head().IsDoubtful = true, true }},
		{"1.meta.groupId", `9`, func(m []Message) { m[1].(*StatusUpdate).Resubmission.GroupID = new("9") }},
	}
	for _, test := range tests {
		t.Run(test.path+" "+test.value, func(t *testing.T) {
			t.Parallel()
			wantMessages(t, test.path, test.value, test.change)
		})
	}
}

func TestTimeSpellings(t *testing.T) {
	t.Parallel()
	tests := map[string]time.Time{
		`"2026-07-01T09:15:00Z"`:           at("2026-07-01T09:15:00Z"),
		`"2026-07-01T09:15:00.123456789Z"`: at("2026-07-01T09:15:00.123456789Z"),
		`"2026-07-01T11:15:00+02:00"`:      at("2026-07-01T09:15:00Z"),
		`"2026-07-01T09:15:00"`:            at("2026-07-01T09:15:00Z"),
		`"2026-07-01T09:15:00.5"`:          at("2026-07-01T09:15:00.5Z"),
		`"2026-07-01 11:15:00+02:00"`:      at("2026-07-01T09:15:00Z"),
		`"2026-07-01 09:15:00Z"`:           at("2026-07-01T09:15:00Z"),
		`"2026-07-01 09:15:00"`:            at("2026-07-01T09:15:00Z"),
		`"2026-07-01"`:                     at("2026-07-01T00:00:00Z"),
		`1782897300`:                       at("2026-07-01T09:15:00Z"),
		`1782897300.0`:                     at("2026-07-01T09:15:00Z"),
		`"1782897300"`:                     at("2026-07-01T09:15:00Z"),
		`1782897300123`:                    at("2026-07-01T09:15:00.123Z"),
		`0`:                                Epoch(),
		`"0001-01-01T00:00:00Z"`:           at("0001-01-01T00:00:00Z"),
		`"9999-12-31T23:59:59Z"`:           at("9999-12-31T23:59:59Z"),
		`"9999-12-31T23:59:59-01:00"`:      Epoch(),
		`"0001-01-01T00:00:00+01:00"`:      Epoch(),
		`9223372036854775807`:              Epoch(),
		`-9223372036854775808`:             Epoch(),
		`99999999999999999999`:             Epoch(),
		`"yesterday"`:                      Epoch(),
		`"2026-02-30T00:00:00Z"`:           Epoch(),
		`true`:                             Epoch(),
	}
	for value, createdAt := range tests {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			got := wantConversation(t, "createdAt", value, func(c *Conversation) { c.CreatedAt = createdAt })
			if got.CreatedAt.Location() != time.UTC {
				t.Errorf("location: want UTC, got %s", got.CreatedAt.Location())
			}
		})
	}
}

// In June 2026, the API sent the old and the new form of a user for two days.
func TestTwoFormsOfUsers(t *testing.T) {
	t.Parallel()
	body := `[
		{"conversationId":"a","createdBy":{"userId":"u","department":"mail"},"notificationRoles":["project_email_admin"],
		 "lastMessageAt":"2026-06-22T12:00:00Z","lastMessageBy":{"userId":"u","department":"mail"}},
		{"conversationId":"b","createdBy":{"userId":"u","isEmployee":true},"notificationRoles":["project_emailadmin"],
		 "lastMessage":{"createdAt":"2026-06-22T12:00:00Z","createdBy":{"userId":"u","isEmployee":true}}},
		{"conversationId":3,"createdBy":{"userId":"u","isEmployee":"true","department":"mail"},"createdAt":1782086400},
		{"conversationId":"d","createdBy":"u","lastMessage":{},"lastMessageAt":"2026-06-22T12:00:00Z"}
	]`
	noon := at("2026-06-22T12:00:00Z")
	row := func(id string) *Conversation {
		return &Conversation{ID: id, CreatedAt: Epoch(), NotificationRoles: []NotificationRole{}, Relations: []Reference{}}
	}
	older, newer, mixed, broken := row("a"), row("b"), row("3"), row("d")
	older.CreatedBy = &User{Ref: complete("u"), Department: "mail"}
	older.NotificationRoles = []NotificationRole{"project_email_admin"}
	older.LastMessage = &LastMessage{CreatedAt: noon, CreatedBy: older.CreatedBy}
	newer.CreatedBy = &User{Ref: complete("u"), IsEmployee: new(true)}
	newer.NotificationRoles = []NotificationRole{"project_emailadmin"}
	newer.LastMessage = &LastMessage{CreatedAt: noon, CreatedBy: newer.CreatedBy}
	mixed.CreatedBy = &User{Ref: complete("u"), IsEmployee: new(true), Department: "mail"}
	mixed.CreatedAt = at("2026-06-22T00:00:00Z")
	broken.LastMessage = &LastMessage{CreatedAt: noon}

	client := newUpstream(t, respond(http.StatusOK, body)).client(t, Config{})
	got, err := client.Conversations(t.Context(), ConversationList{})
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "conversations", []*Conversation{older, newer, mixed, broken}, got.Conversations)
}

// The API has paged since January 2026. It documents the headers with different types.
func TestPaginationHeaders(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		header map[string]string
		want   int
	}{
		"all": {
			header: map[string]string{
				"X-Pagination-TotalCount": "231", "X-Pagination-Limit": "50", "X-Pagination-Skip": "100", "X-Pagination-Page": "3",
			},
			want: 231,
		},
		"none":        {want: -1},
		"as a number": {header: map[string]string{"X-Pagination-TotalCount": "7.0"}, want: 7},
		"zero":        {header: map[string]string{"X-Pagination-TotalCount": "0"}, want: 0},
		"useless": {
			header: map[string]string{
				"X-Pagination-TotalCount": "many", "X-Pagination-Limit": "-5", "X-Pagination-Skip": "", "X-Pagination-Page": "1.5",
			},
			want: -1,
		},
		"too large":      {header: map[string]string{"X-Pagination-TotalCount": "99999999999999999999"}, want: -1},
		"other spelling": {header: map[string]string{"x-pagination-totalcount": "7"}, want: 7},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
				for header, value := range test.header {
					w.Header().Set(header, value)
				}
				respond(http.StatusOK, `[]`)(w, r)
			}).client(t, Config{})
			page, err := client.Conversations(t.Context(), ConversationList{})
			if err != nil {
				t.Fatal(err)
			}
			wantEqual(t, "total", test.want, page.Total)
		})
	}
}

// A path has moved to another prefix and back within a day, and the next version of the API has the same conversations.
func TestBaseURLAndVersion(t *testing.T) {
	t.Parallel()
	tests := []struct{ base, version, want string }{
		{"", "", "/v2"},
		{"/", "", "/v2"},
		{"", "v3-next", "/v3-next"},
		{"/proxy/mstudio", "v3-next", "/proxy/mstudio/v3-next"},
		{"/proxy/mstudio//", "", "/proxy/mstudio/v2"},
	}
	for _, test := range tests {
		t.Run(test.base+" "+test.version, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, respond(http.StatusOK, `{"createdBy":{"avatarRefId":"a"}}`))
			u.url += test.base
			conversation, err := u.client(t, Config{APIVersion: test.version}).Conversation(t.Context(), conversationID)
			if err != nil {
				t.Fatal(err)
			}
			wantEqual(t, "path", test.want+"/conversations/"+conversationID, u.requests()[0].RequestURI)
			wantEqual(t, "avatar", strings.TrimSuffix(u.url, test.base)+test.want+"/files/a", *conversation.CreatedBy.AvatarURL)
		})
	}
}

// The API has renamed a role. The client returns both names, and the GraphQL enum has one value for them.
func TestRenamedRole(t *testing.T) {
	t.Parallel()
	wantConversation(t, "notificationRoles", `["project_email_admin","project_emailadmin"]`, func(c *Conversation) {
		c.NotificationRoles = []NotificationRole{"project_email_admin", "project_emailadmin"}
	})
}

// A row without an ID is unusable. It must not affect the other rows or their positions.
func TestUnreadableRows(t *testing.T) {
	t.Parallel()
	body := `[null, {"conversationId":"a"}, {"title":"no id"}, "text", {"conversationId":""}, {"conversationId":"b"}, [], {"conversationId":{}}]`
	page, err := newUpstream(t, respond(http.StatusOK, body)).client(t, Config{}).Conversations(t.Context(), ConversationList{})
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(page.Conversations))
	for i, row := range page.Conversations {
		if row != nil {
			ids[i] = row.ID
		}
	}
	wantEqual(t, "ids", []string{"", "a", "", "", "", "b", "", ""}, ids)
}
