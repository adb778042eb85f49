package rest

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"
)

// at parses an RFC 3339 time.
func at(text string) time.Time {
	point, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return point
}

// avatar returns the URL of a file on a pipe upstream.
func avatar(id string) *string { return new("http://localhost/v2/files/" + id) }

// complete is the Ref of an object that is not only a reference.
func complete(id string) Ref { return Ref{ID: id, Complete: true, access: AccessVisible} }

// fullConversation returns the conversation in testdata/conversation.json.
func fullConversation() *Conversation {
	return &Conversation{
		ID:         conversationID,
		ShortID:    "MS-4711",
		Title:      "Certificate is not renewed",
		Status:     "inProgress",
		Visibility: "shared",
		CreatedAt:  at("2026-07-01T09:15:00.123Z"),
		CreatedBy: &User{
			Ref: complete("u-anna"), Name: new("Anna Acker"), Active: new(true), IsEmployee: new(false), AvatarURL: avatar("avatar-anna"),
		},
		MainUser: &User{Ref: complete("u-bert"), Name: new("Bert Busch")},
		LastMessage: &LastMessage{
			CreatedAt: at("2026-07-02T08:00:00Z"),
			CreatedBy: &User{Ref: complete("u-clara"), Name: new("Clara Claus"), IsEmployee: new(true)},
		},
		Category: &ConversationCategory{
			ID: "8a0f5d3e-91c7-4b62-8e1d-5f20c9d7a604", Name: "Domains", ReferenceTypes: []CategoryReferenceType{"project", "server"},
		},
		NotificationRoles: []NotificationRole{"customer_owner", "project_emailadmin"},
		RelatedTo:         &Project{Ref: Ref{ID: "p-1"}},
		SharedWith:        &Customer{Ref: Ref{ID: "c-1"}},
		Relations:         []Reference{&UnknownReference{ID: "i-1", ref: reference{domain: "ingress", aggregate: "domain", id: "i-1"}}},
	}
}

// derived stands for IDs that the client derives.
const derived = "(derived)"

// isDerived reports whether an ID has the form of derived ones: a UUID of version 5.
func isDerived(id string) bool { return isID(id) && id[14] == '5' }

// derivedRef is the Ref of an object that has fields but no ID.
func derivedRef() Ref {
	return Ref{ID: derived, HasDerivedID: true, Complete: true, access: AccessVisible}
}

func head(id, createdAt string) MessageHead {
	return MessageHead{ID: id, ConversationID: conversationID, CreatedAt: at(createdAt)}
}

// fullMessages returns the messages in testdata/messages.json.
func fullMessages() []Message {
	resubmission := head(derived, "2026-07-01T09:16:00Z")
	resubmission.IsInternal = true
	return []Message{
		&TextMessage{
			MessageHead: head("10000000-0000-4000-8000-000000000001", "2026-07-01T09:15:00Z"),
			CreatedBy:   &User{Ref: complete("u-anna"), Name: new("Anna Acker"), Active: new(true), IsEmployee: new(false)},
			Content:     new(NewText("The certificate has expired.")),
			Files: []File{
				&RequestedFile{ID: "f-1"},
				&UploadedFile{ID: "f-2", Name: "error.png", MimeType: "image/png", ConversationID: conversationID},
				&DeletedFile{ID: "f-3", Name: "old.txt", MimeType: "text/plain", DeletedAt: new(at("2026-07-01T10:00:00Z"))},
			},
		},
		&StatusUpdate{
			MessageHead: resubmission,
			Code:        "RESUBMISSION_CREATED",
			User:        &User{Ref: complete("u-clara"), Name: new("Clara Claus"), IsEmployee: new(true)},
			Resubmission: &Resubmission{
				ResubmitAt: new(at("2026-07-08T06:00:00Z")), GroupID: new("g-1"), GroupAcronym: new("DOM"), GroupName: new("Domain team"),
			},
		},
		&StatusUpdate{
			MessageHead: head(derived, "2026-07-01T09:17:00Z"),
			Code:        "STATUS_CLOSED",
			User:        &User{Ref: complete("u-bert")},
		},
		&ServiceRequest{
			MessageHead: head("10000000-0000-4000-8000-000000000004", "2026-07-01T09:18:00Z"),
			Kind:        "relocation",
			Files:       []File{},
			Payload:     fullRelocation(),
		},
		&ServiceRequest{
			MessageHead: head("10000000-0000-4000-8000-000000000005", "2026-07-01T09:19:00Z"),
			Kind:        "mailSendLimitIncrease",
			Files:       []File{},
			Payload:     &MailSendLimitIncrease{MailAddressID: new("mail-1"), RateLimitID: new("limit-1")},
		},
		&ServiceRequest{
			MessageHead: head("10000000-0000-4000-8000-000000000006", "2026-07-01T09:20:00Z"),
			Kind:        "call",
			Files:       []File{},
		},
	}
}

func fullRelocation() *Relocation {
	return &Relocation{
		RequestKey:    new("4711"),
		UserID:        "u-anna",
		Notes:         new("after ten at night"),
		PreferredDate: new(at("2026-08-01T22:00:00Z")),
		Contact: &RelocationContact{
			FirstName: new("Anna"), LastName: new("Acker"), Email: new("anna@example.org"), Phone: new("+49 30 1234"),
		},
		Source: &RelocationSource{
			Account:          new("account-9"),
			ProviderName:     new("Old Hoster"),
			ProviderURL:      new("https://old.example.org"),
			ProviderUsername: new("anna9"),
			ProviderPassword: NewSecret("canary-provider-password"),
		},
		Target: &RelocationTarget{
			Organisation:        new("Acker GmbH"),
			AccountShortID:      new("p-acker"),
			Product:             new("pro"),
			ArticleType:         new("hosting"),
			Application:         new("WordPress"),
			IncludesDataCompare: new(true),
			Prices:              []*RelocationPrice{{Name: new("move"), Price: new(49.9)}, {Name: new("compare"), Price: new(10.0)}},
		},
		RelocationDomains: RelocationDomains{
			IncludesAllDomains: new(false),
			Domains:            []*RelocationDomain{{DomainName: new("acker.example"), AuthCode: NewSecret("canary-auth-code")}},
		},
		RelocationMailboxes: RelocationMailboxes{
			[]*RelocationMailbox{{Email: new("info@acker.example"), Password: NewSecret("canary-mail-password")}},
		},
	}
}

// pinDerived checks that derived IDs are UUIDs and replaces them, so that messages can be compared. Other tests cover
// their values.
func pinDerived(t *testing.T, messages []Message) []Message {
	t.Helper()
	for _, message := range messages {
		if id := message.Head().ID; !strings.HasPrefix(id, "10000000-") {
			if _, err := ParseID(id); err != nil {
				t.Errorf("derived ID %q is not a UUID", id)
			}
			message.Head().ID = derived
		}
	}
	return messages
}

// removed is the value with which edit removes a member.
const removed = ""

// edit returns document with the value at path replaced. path consists of member names and indexes, joined by dots.
func edit(t testing.TB, document, path, value string) string {
	t.Helper()
	var root any
	parse(t, document, &root)
	keys := strings.Split(path, ".")
	parent := root
	for _, key := range keys[:len(keys)-1] {
		parent = child(t, parent, key)
	}
	last := keys[len(keys)-1]
	switch parent := parent.(type) {
	case map[string]any:
		if value == removed {
			delete(parent, last)
		} else {
			parent[last] = json.RawMessage(value)
		}
	case []any:
		parent[index(t, last)] = json.RawMessage(value)
	default:
		t.Fatalf("%q is neither a member nor an element", path)
	}
	return text(t, root)
}

// pick returns the value at path.
func pick(t testing.TB, document, path string) string {
	t.Helper()
	var value any
	parse(t, document, &value)
	for key := range strings.SplitSeq(path, ".") {
		value = child(t, value, key)
	}
	return text(t, value)
}

func child(t testing.TB, parent any, key string) any {
	t.Helper()
	switch parent := parent.(type) {
	case map[string]any:
		if value, ok := parent[key]; ok {
			return value
		}
	case []any:
		return parent[index(t, key)]
	}
	t.Fatalf("no member or element %q", key)
	return nil
}

func index(t testing.TB, key string) int {
	t.Helper()
	i, err := strconv.Atoi(key)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func parse(t testing.TB, document string, into any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		t.Fatal(err)
	}
}

func text(t testing.TB, value any) string {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// memberPaths returns the paths of all object members in value.
func memberPaths(value any) []string {
	var paths []string
	descend := func(key string, value any) {
		for _, below := range memberPaths(value) {
			paths = append(paths, key+"."+below)
		}
	}
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			paths = append(paths, key)
			descend(key, member)
		}
	case []any:
		for i, element := range value {
			descend(strconv.Itoa(i), element)
		}
	}
	return paths
}
