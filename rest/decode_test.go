package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

const fileURL = "http://localhost/v2/files/"

func decodeConversation(body string) (*Conversation, error) {
	return decode([]byte(body), fileURL, readConversation)
}

func readConversation(d *decoder) *Conversation { return required(d, d.conversation()) }

func decodeMessages(body string) ([]Message, error) {
	return decode([]byte(body), fileURL, func(d *decoder) []Message { return readMessages(d, conversationID) })
}

// documents returns those in testdata, and strings that decoders have failed on.
func documents(f *testing.F) []string {
	f.Helper()
	texts := []string{
		"", " ", "null", "{}", "[]", "[null]", "{}{}", "{},", "{}-", `{}"`, `{}"\`, "{} n", "{}\x00", "[1,]", "[,1]", `{"a":1,}`, `{,}`,
		`{"title":"\ud800"}`, `{"title":"\ud83d\ude00"}`, `{"title":"\ud800\"x"}`, `{"\udc00":1}`, "{\"title\":\"\xff\"}",
		"{\"\xff\":1}", `{"title":"\u0000"}`, "{\"title\":\"\t\"}", `{"title":"\x"}`, `{"title":01}`, `{"title":1.}`, `{"title":-}`,
		`{"title":1e}`, `{"title":"a","title":null}`, `{"category":{"category":{}}}`, `{"createdBy":{`, `{"meta":[`, `{"title" "x"}`,
		`[{"type":"SERVICE_REQUEST","messageContent":"upgrade","meta":{"\ud800":1}}]`, `[{"type":"STATUS_UPDATE","meta":{}]`, `[{"type":"SERVICE_REQUEST","meta":{}]`,
		strings.Repeat("[", 2000) + strings.Repeat("]", 2000),
	}
	for _, name := range []string{
		"conversation.json", "messages.json", "2024-11-conversation.json", "2025-01-messages.json", "2025-11-conversation.json",
		"2026-06-conversations.json",
	} {
		texts = append(texts, fixture(f, name))
	}
	return texts
}

// extras returns members that the API could add, as JSON objects.
func extras() []string {
	return []string{
		`{}`, `{"title":1}`, `{"a":{"title":"no","userId":[]},"b":[[[]]],"c":null}`, `{"":"","\u0000":1e400,"\ud800":"\udc00"}`,
		`{"password":"canary","type":"MESSAGE","meta":{"user":{}}}`,
	}
}

// placeholder marks the value of an enum.
const placeholder = `"@placeholder@"`

func FuzzConversation(f *testing.F) {
	for i, document := range documents(f) {
		f.Add(document, extras()[i%len(extras())], "brandNew")
	}
	full := fixture(f, "conversation.json")
	enums := full
	for _, path := range []string{"status", "visibility", "notificationRoles.1", "category.referenceType.0"} {
		enums = edit(f, enums, path, placeholder)
	}
	f.Fuzz(func(t *testing.T, document, extra, enum string) {
		got, err := decodeConversation(document)
		wantSameVerdict(t, document, '{', err)
		if err == nil {
			wantValidUTF8(t, got)
			wantSameTitle(t, document, got.Title)
		}
		if members, ok := newMembers(extra); ok {
			got, err := decodeConversation(text(t, extended(t, full, members)))
			if err != nil {
				t.Fatalf("extra members: %v", err)
			}
			wantEqual(t, "extra members", fullConversation(), got)
		}
		value, spelled := enumValue(t, enum)
		want := fullConversation()
		want.Status, want.Visibility = ConversationStatus(value), ConversationVisibility(value)
		want.NotificationRoles[1], want.Category.ReferenceTypes[0] = NotificationRole(value), CategoryReferenceType(value)
		if got, err = decodeConversation(strings.ReplaceAll(enums, placeholder, spelled)); err != nil {
			t.Fatalf("enum value: %v", err)
		}
		wantEqual(t, "enum value", want, got)
	})
}

func FuzzMessages(f *testing.F) {
	for i, document := range documents(f) {
		f.Add(document, extras()[i%len(extras())], "brandNew")
	}
	full := fixture(f, "messages.json")
	enums := full
	for _, path := range []string{"0.files.0.status", "1.messageContent", "4.type", "5.messageContent"} {
		enums = edit(f, enums, path, placeholder)
	}
	f.Fuzz(func(t *testing.T, document, extra, enum string) {
		got, err := decodeMessages(document)
		wantSameVerdict(t, document, '[', err)
		if err == nil {
			wantValidUTF8(t, got)
			wantWholeHistory(t, document, got)
		}
		if members, ok := newMembers(extra); ok {
			got, err := decodeMessages(text(t, extended(t, full, members)))
			if err != nil {
				t.Fatalf("extra members: %v", err)
			}
			wantEqual(t, "extra members", fullMessages(), pinDerived(t, got))
		}
		value, spelled := enumValue(t, enum)
		if slices.Contains([]string{"MESSAGE", "STATUS_UPDATE", "SERVICE_REQUEST", "requested", "uploaded", "deleted"}, value) {
			return
		}
		want := fullMessages()
		want[0].(*TextMessage).Files[0] = &UnknownFile{ID: "f-1", RawState: value}
		want[1].(*StatusUpdate).Code = value
		want[4] = &UnknownMessage{MessageHead: *want[4].Head(), RawType: value}
		want[5].(*ServiceRequest).Kind = ServiceRequestKind(value)
		if got, err = decodeMessages(strings.ReplaceAll(enums, placeholder, spelled)); err != nil {
			t.Fatalf("enum value: %v", err)
		}
		wantEqual(t, "enum value", want, pinDerived(t, got))
	})
}

// wantSameVerdict fails the test unless the decoder and encoding/json agree that a document is valid. Both accept invalid
// UTF-8, unpaired surrogates and repeated names, and both limit the depth to 10,000. Only the decoder limits elements.
func wantSameVerdict(t *testing.T, document string, kind byte, err error) {
	t.Helper()
	if errors.Is(err, errElements) {
		return
	}
	body := []byte(document)
	valid := json.Valid(body) && strings.TrimLeft(document, " \t\r\n")[0] == kind
	if valid != (err == nil) {
		t.Errorf("encoding/json returns %t for a document that starts with %c, got %v", valid, kind, err)
	}
	if json.Valid(body) && err != nil && !errors.Is(err, errShape) {
		t.Errorf("want %v for a document of the wrong kind, got %v", errShape, err)
	}
}

// wantValidUTF8 fails the test if a string in value is not valid UTF-8.
func wantValidUTF8(t *testing.T, value any) {
	t.Helper()
	for _, leaf := range leaves(reflect.ValueOf(value)) {
		if !utf8.ValidString(leaf) {
			t.Errorf("%q is not UTF-8", leaf)
		}
	}
}

// wantSameTitle compares a string with the one that encoding/json decodes. The two replace invalid UTF-8 by different
// numbers of replacement characters.
func wantSameTitle(t *testing.T, document, got string) {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(document), &members); err != nil {
		t.Fatal(err)
	}
	var title any
	if raw, ok := members["title"]; ok {
		parse(t, string(raw), &title)
	}
	if want, ok := title.(string); ok && oneReplacement(want) != oneReplacement(got) {
		t.Errorf("title: want %q, got %q", want, got)
	}
}

func oneReplacement(text string) string {
	for strings.Contains(text, "\uFFFD\uFFFD") {
		text = strings.ReplaceAll(text, "\uFFFD\uFFFD", "\uFFFD")
	}
	return text
}

// wantWholeHistory checks the invariants of a history: no item is lost, each has its IDs, and the oldest is first.
func wantWholeHistory(t *testing.T, document string, messages []Message) {
	t.Helper()
	var items []json.RawMessage
	if err := json.Unmarshal([]byte(document), &items); err != nil {
		t.Fatal(err)
	}
	if len(items) != len(messages) {
		t.Errorf("messages: want %d, got %d", len(items), len(messages))
	}
	var last time.Time
	for i, message := range messages {
		head := message.Head()
		if head.ID == "" || head.ConversationID == "" {
			t.Errorf("message without an ID: %v", head)
		}
		if isUndated(message) {
			continue
		}
		if head.CreatedAt.Before(last) {
			t.Errorf("message %d is older than one before", i)
		}
		last = head.CreatedAt
	}
}

// newMembers returns the members of extra under unknown names. ok is false if they would exceed the maximum depth inside
// another document.
func newMembers(extra string) (map[string]any, bool) {
	var members map[string]json.RawMessage
	if len(extra) > 9000 || json.Unmarshal([]byte(extra), &members) != nil {
		return nil, false
	}
	renamed := map[string]any{}
	for name, value := range members {
		// Names are sorted when they are written: one is the first of its object, the other the last.
		renamed["0 "+name] = value
		renamed["zz "+name] = value
	}
	return renamed, true
}

// enumValue returns a string after encoding and decoding, and as JSON.
func enumValue(t *testing.T, enum string) (value, spelled string) {
	t.Helper()
	spelled = text(t, enum)
	if err := json.Unmarshal([]byte(spelled), &value); err != nil {
		t.Fatal(err)
	}
	return value, spelled
}

// Both decoders have the same maximum depth, also in members that are read later.
func TestDepth(t *testing.T) {
	t.Parallel()
	for _, frame := range [][2]string{
		{"", ""}, {`{"unknown":`, `}`}, {`{"createdBy":`, `}`}, {`{"createdBy":{"userId":`, `}}`}, {`{"relations":[`, `]}`}, {`{"title":`, `}`},
	} {
		for _, depth := range []int{9990, 9997, 9998, 9999, 10000, 10001, 20000} {
			body := frame[0] + strings.Repeat("[", depth) + strings.Repeat("]", depth) + frame[1]
			_, err := decodeConversation(body)
			wantSameVerdict(t, body, '{', err)
			body = "[" + body + "]"
			_, err = decodeMessages(body)
			wantSameVerdict(t, body, '[', err)
			body = strings.Replace(body, "unknown", "meta", 1)
			_, err = decodeMessages(body)
			wantSameVerdict(t, body, '[', err)
		}
	}
}

// One wrong byte makes a document invalid, also after members that are read later.
func TestOneWrongByte(t *testing.T) {
	t.Parallel()
	const replacements = "[]{},:\"0x "
	for name, read := range map[string]func(string) error{
		"conversation.json": func(body string) error { _, err := decodeConversation(body); return err },
		"messages.json":     func(body string) error { _, err := decodeMessages(body); return err },
	} {
		document := compacted(t, fixture(t, name))
		kind, step := document[0], 1
		if testing.Short() {
			step = 5
		}
		for at := 0; at < len(document); at += step {
			body := document[:at] + document[at+1:]
			wantSameVerdict(t, body, kind, read(body))
			for _, c := range replacements {
				body = document[:at] + string(c) + document[at+1:]
				wantSameVerdict(t, body, kind, read(body))
			}
			if t.Failed() {
				t.Fatalf("%s, byte %d: ...%s", name, at, document[max(at-40, 0):at])
			}
		}
	}
}

// compacted removes whitespace, so that each byte of a document is significant.
func compacted(t *testing.T, document string) string {
	t.Helper()
	var short bytes.Buffer
	if err := json.Compact(&short, []byte(document)); err != nil {
		t.Fatal(err)
	}
	return short.String()
}

// The order of members does not matter. For example, the type of a message may follow its payload.
func TestMembersInAnyOrder(t *testing.T) {
	t.Parallel()
	var members map[string]json.RawMessage
	parse(t, fixture(t, "conversation.json"), &members)
	names := slices.Sorted(maps.Keys(members))
	for range names {
		names = append(names[1:], names[0])
		pairs := make([]string, 0, len(names))
		for _, name := range names {
			pairs = append(pairs, text(t, name)+":"+string(members[name]))
		}
		got, err := decodeConversation("{" + strings.Join(pairs, ",") + "}")
		if err != nil {
			t.Fatal(err)
		}
		if d := diff(fullConversation(), got); d != "" {
			t.Errorf("from %s on, -want +got\n%s", names[0], d)
		}
	}
	item := pick(t, fixture(t, "messages.json"), "3")
	for _, first := range []string{"type", "meta", "messageContent"} {
		value := pick(t, item, first)
		body := `[{"` + first + `":` + value + `,` + edit(t, item, first, removed)[1:] + `]`
		got, err := decodeMessages(body)
		if err != nil {
			t.Fatal(err)
		}
		if d := diff(fullMessages()[3:4], got); d != "" {
			t.Errorf("%s first, -want +got\n%s", first, d)
		}
	}
}
