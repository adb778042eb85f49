package rest

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// Fixtures whose names start with a month have the API's format of that time. They cover three formats of a user and
// two of a status update.

func TestConversationOf2024(t *testing.T) {
	t.Parallel()
	document := fixture(t, "2024-11-conversation.json")
	got := mustReadConversation(t, document)
	want := &Conversation{
		ID: conversationID, ShortID: "MS-1", Title: "Mails do not arrive", Status: "answered", Visibility: "private",
		CreatedAt: at("2024-11-08T18:11:38.507Z"),
		CreatedBy: &User{Ref: complete("u-erik"), Name: new("Erik Engel"), Active: new(true), AvatarURL: avatar("avatar-1"), Department: "cloudHosting"},
		MainUser:  &User{Ref: complete("u-gero"), Name: new("Gero Gans"), Active: new(true), AvatarURL: avatar("avatar-3"), Department: "generic"},
		LastMessage: &LastMessage{
			CreatedAt: at("2024-11-09T07:00:00.001Z"),
			CreatedBy: &User{Ref: complete("u-fine"), Name: new("Fine Funk"), Active: new(false), AvatarURL: avatar("avatar-2"), Department: "customerService"},
		},
		Category: &ConversationCategory{
			ID: categoryID, Name: "Mail", ReferenceTypes: []CategoryReferenceType{"unspecified", "organisation", "extensionInstance"},
		},
		NotificationRoles: []NotificationRole{"project_email_admin", "project_external"},
		RelatedTo:         &AppInstallation{Ref: Ref{ID: "app-1"}},
		SharedWith:        &PlacementGroup{Ref: Ref{ID: "group-1"}},
		Relations:         []Reference{&UnknownReference{ID: "mail-1", ref: reference{"mail", "mailaddress", "mail-1"}}},
	}
	wantEqual(t, "conversation", want, got)
	wantEverything(t, document, got)
}

func TestMessagesOf2025(t *testing.T) {
	t.Parallel()
	document := fixture(t, "2025-01-messages.json")
	got := mustReadMessages(t, document)
	wantEverything(t, document, got)
	noted := head("10000000-0000-4000-8000-000000000001", "2025-01-18T00:30:54.081Z")
	noted.IsInternal = true
	asked := head("10000000-0000-4000-8000-000000000003", "2025-01-18T00:32:00Z")
	asked.IsInternal = true
	want := []Message{
		&TextMessage{
			MessageHead: noted,
			CreatedBy:   &User{Ref: complete("u-erik"), Name: new("Erik Engel"), Active: new(true), AvatarURL: avatar("avatar-1"), Department: "development"},
			Content:     new(NewText("Please look at the log.")),
			Files:       []File{&RequestedFile{ID: "f-1"}, &UploadedFile{ID: "f-2", Name: "log.txt", MimeType: "text/plain", ConversationID: conversationID}},
		},
		&StatusUpdate{
			MessageHead: head(derived, "2025-01-18T00:31:00Z"), Code: "STATUS_OPEN",
			User: &User{Ref: complete("u-fine"), Active: new(true), Department: "mail"},
		},
		&ServiceRequest{
			MessageHead: asked, Kind: "relocation", Files: []File{},
			Payload: &Relocation{
				RequestKey: new("815"), UserID: "u-gero", Notes: new("call first"), PreferredDate: new(at("2025-02-01T10:00:00Z")),
				Contact: &RelocationContact{
					FirstName: new("Gero"), LastName: new("Gans"), Email: new("gero@example.org"), Phone: new("+49 40 5678"),
				},
				Source: &RelocationSource{
					Account: new("account-1"), ProviderName: new("Some Hoster"), ProviderURL: new("https://hoster.example"),
					ProviderUsername: new("gero1"), ProviderPassword: NewSecret("password-1"),
				},
				Target: &RelocationTarget{
					Organisation: new("Gans KG"), AccountShortID: new("p-gans"), Product: new("space"), ArticleType: new("server"),
					Application: new("Shop"), IncludesDataCompare: new(false),
					Prices: []*RelocationPrice{{Name: new("basic"), Price: new(19.5)}},
				},
				RelocationDomains: RelocationDomains{
					IncludesAllDomains: new(true),
					Domains:            []*RelocationDomain{{DomainName: new("gans.example"), AuthCode: NewSecret("code-1")}},
				},
				RelocationMailboxes: RelocationMailboxes{[]*RelocationMailbox{}},
			},
		},
	}
	wantEqual(t, "messages", want, pinDerived(t, got))
}

func TestConversationOf2025(t *testing.T) {
	t.Parallel()
	document := fixture(t, "2025-11-conversation.json")
	got := mustReadConversation(t, document)
	want := &Conversation{
		ID: conversationID, ShortID: "MS-2", Title: "Container does not start", Status: "waiting", Visibility: "shared",
		CreatedAt: at("2025-11-03T18:08:33.083Z"),
		CreatedBy: &User{Ref: complete("u-hanna"), Name: new("Hanna Hof"), Active: new(true), AvatarURL: avatar("avatar-1"), Department: "productManagement"},
		MainUser:  &User{Ref: complete("u-jan"), Name: new("Jan Jung"), Active: new(false), AvatarURL: avatar("avatar-3"), Department: "mail"},
		LastMessage: &LastMessage{
			CreatedAt: at("2025-11-04T09:00:00Z"),
			CreatedBy: &User{Ref: complete("u-ida"), Name: new("Ida Igel"), Active: new(true), AvatarURL: avatar("avatar-2"), Department: "accounting"},
		},
		Category:          &ConversationCategory{ID: categoryID, Name: "Container", ReferenceTypes: []CategoryReferenceType{"server", "project"}},
		NotificationRoles: []NotificationRole{"customer_accountant", "customer_member", "project_emailadmin"},
		RelatedTo:         &Container{Ref: Ref{ID: "container-1"}},
		SharedWith:        &Project{Ref: Ref{ID: "project-1"}},
		Relations:         []Reference{&UnknownReference{ID: "stack-1", ref: reference{"container", "stack", "stack-1"}}},
	}
	wantEqual(t, "conversation", want, got)
	wantEverything(t, document, got)
}

func TestConversationsOf2026(t *testing.T) {
	t.Parallel()
	document := fixture(t, "2026-06-conversations.json")
	client := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Pagination-Totalcount", "41")
		w.Header().Set("X-Pagination-Limit", "2")
		w.Header().Set("X-Pagination-Skip", "0")
		w.Header().Set("X-Pagination-Page", "1.0")
		respond(http.StatusOK, document)(w, r)
	}).client(t, Config{})
	got, err := client.Conversations(t.Context(), ConversationList{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	want := &ConversationPage{
		Total: 41,
		Conversations: []*Conversation{{
			ID: conversationID, ShortID: "MS-3", Title: "Wrong invoice", Status: StatusClosed, Visibility: "shared",
			CreatedAt: at("2026-06-26T10:00:00.500Z"),
			CreatedBy: &User{Ref: complete("u-kai"), Name: new("Kai Kuhn"), Active: new(true), AvatarURL: avatar("avatar-1"), IsEmployee: new(false)},
			MainUser:  &User{Ref: complete("u-mia"), Name: new("Mia Moos"), Active: new(true), AvatarURL: avatar("avatar-3"), IsEmployee: new(false)},
			LastMessage: &LastMessage{
				CreatedAt: at("2026-06-27T08:30:00Z"),
				CreatedBy: &User{Ref: complete("u-lea"), Name: new("Lea Lenz"), Active: new(true), AvatarURL: avatar("avatar-2"), IsEmployee: new(true)},
			},
			Category:          &ConversationCategory{ID: categoryID, Name: "Billing", ReferenceTypes: []CategoryReferenceType{"organisation"}},
			NotificationRoles: []NotificationRole{"customer_owner"},
			RelatedTo:         &ExtensionInstance{Ref: Ref{ID: "extension-1"}},
			SharedWith:        &User{Ref: Ref{ID: "user-1"}},
			Relations:         []Reference{},
		}, nil},
	}
	wantEqual(t, "conversation", want, got)
	wantEverything(t, document, got.Conversations)
}

// wantEverything fails the test if a string or number in document is missing from value. It finds members that both the
// decoder and the expected values omit.
func wantEverything(t *testing.T, document string, value any) {
	t.Helper()
	var root any
	parse(t, document, &root)
	decoded := strings.Join(leaves(reflect.ValueOf(value)), "\n")
	// The type of a Go value represents these.
	typeNames := []string{
		"MESSAGE", "STATUS_UPDATE", "SERVICE_REQUEST", "requested", "uploaded",
		"app", "appinstallation", "project", "placementgroup", "container", "extension", "extensionInstance", "user",
	}
	for _, leaf := range documentLeaves(root) {
		if point, ok := parseTime(leaf); ok && strings.Contains(leaf, ":") {
			leaf = point.Format(time.RFC3339Nano)
		}
		if !strings.Contains(decoded, leaf) && !slices.Contains(typeNames, leaf) {
			t.Errorf("%q was not decoded", leaf)
		}
	}
}

// documentLeaves returns the strings and numbers in a decoded JSON value.
func documentLeaves(value any) []string {
	var found []string
	switch value := value.(type) {
	case map[string]any:
		for _, member := range value {
			found = append(found, documentLeaves(member)...)
		}
	case []any:
		for _, element := range value {
			found = append(found, documentLeaves(element)...)
		}
	case json.Number:
		found = append(found, numberText(value.String()))
	case string:
		found = append(found, value)
	}
	return found
}

// leaves returns all strings, numbers and times in a Go value as text, including those in unexported fields.
func leaves(value reflect.Value) []string {
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		if value.IsNil() {
			return nil
		}
		return leaves(value.Elem())
	case reflect.Slice:
		var found []string
		for i := range value.Len() {
			found = append(found, leaves(value.Index(i))...)
		}
		return found
	case reflect.Struct:
		if value.CanInterface() {
			if point, ok := reflect.TypeAssert[time.Time](value); ok {
				return []string{point.Format(time.RFC3339Nano)}
			}
		}
		var found []string
		for _, field := range value.Fields() {
			found = append(found, leaves(field)...)
		}
		return found
	case reflect.Float64:
		return []string{floatText(value.Float())}
	case reflect.String:
		return []string{value.String()}
	default:
		return nil
	}
}

func floatText(number float64) string {
	encoded, _ := json.Marshal(number)
	return string(encoded)
}
