package rest

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestMessages(t *testing.T) {
	t.Parallel()
	u := newPipeUpstream(t, respond(http.StatusOK, fixture(t, "messages.json")))
	got, err := u.client(t, Config{}).Messages(t.Context(), strings.ToUpper(conversationID))
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "messages", fullMessages(), pinDerived(t, got))
	wantEqual(t, "path", "/v2/conversations/"+conversationID+"/messages", u.requests()[0].RequestURI)
	u.wantCalls(t, 1)
}

func TestMessages_EmptyHistory(t *testing.T) {
	t.Parallel()
	got, err := readMessagesBody(t, ` [ ] `)
	if err != nil || got == nil || len(got) != 0 {
		t.Errorf("want an empty list, got %#v, %v", got, err)
	}
}

func TestMessages_WrongKind(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `null`, `"text"`, `1`, `{"items":[]}`} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			_, err := readMessagesBody(t, body)
			wantCode(t, err, BadResponse)
		})
	}
}

// The API does not document the order in which it sends messages.
func TestMessages_OldestFirst(t *testing.T) {
	t.Parallel()
	minutes := []int{1, 2, 3, 3, 3, 4, 5}
	ascending := make([]string, len(minutes))
	want := make([]string, len(minutes))
	for i, minute := range minutes {
		want[i] = string(rune('a' + i))
		ascending[i] = fmt.Sprintf(`{"type":"MESSAGE","messageId":%q,"createdAt":"2026-07-01T09:%02d:00Z"}`, want[i], minute)
	}
	descending := slices.Clone(ascending)
	slices.Reverse(descending)
	pick := func(order ...int) []string {
		items := make([]string, 0, len(order))
		for _, i := range order {
			items = append(items, ascending[i])
		}
		return items
	}
	// Those of the same minute keep the order they come in, or the reverse if the last is older than the first.
	tests := map[string][]string{
		"one":                        pick(0),
		"ascending":                  ascending,
		"descending":                 descending,
		"shuffled":                   pick(1, 2, 0, 3, 6, 4, 5),
		"shuffled, the newest first": pick(5, 4, 0, 3, 6, 2, 1),
	}
	for name, items := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := mustReadMessages(t, "["+strings.Join(items, ",")+"]")
			ids := make([]string, 0, len(got))
			for _, message := range got {
				ids = append(ids, message.Head().ID)
			}
			wantEqual(t, "ids", want[:len(items)], ids)
		})
	}
}

// statusItem returns an item without an ID.
func statusItem(minute int, code, user string) string {
	return fmt.Sprintf(`{"type":"STATUS_UPDATE","conversationId":%q,"createdAt":"2026-07-01T09:%02d:00Z","messageContent":%q,
		"meta":{"user":{"userId":%q}}}`, conversationID, minute, code, user)
}

// derivedIDs reads items and returns their IDs by minute and code.
func derivedIDs(t *testing.T, items ...string) map[string]string {
	t.Helper()
	messages := mustReadMessages(t, "["+strings.Join(items, ",")+"]")
	ids := map[string]string{}
	for _, message := range messages {
		update := message.(*StatusUpdate)
		if id, err := ParseID(update.ID); err != nil || id != update.ID {
			t.Errorf("want a UUID, got %q", update.ID)
		}
		ids[update.CreatedAt.Format("04 ")+update.Code] = update.ID
	}
	return ids
}

// Clients store these IDs, so every release must derive the same ones.
func TestDerivedIDs_Pinned(t *testing.T) {
	t.Parallel()
	got := derivedIDs(t, statusItem(1, "STATUS_OPEN", "u-1"), statusItem(2, "STATUS_CLOSED", "u-1"))
	want := map[string]string{
		"01 STATUS_OPEN":   "2a821e4c-e4f6-5332-a5ed-cb579db68add",
		"02 STATUS_CLOSED": "09efdff0-3d82-58d8-ab15-033fb568e4f7",
	}
	wantEqual(t, "ids", want, got)
}

func TestDerivedIDs_Stable(t *testing.T) {
	t.Parallel()
	items := []string{
		statusItem(1, "STATUS_OPEN", "u-1"), statusItem(2, "STATUS_CLOSED", "u-1"), statusItem(2, "STATUS_OPEN", "u-2"),
		statusItem(3, "STATUS_CLOSED", "u-1"), statusItem(4, "RESUBMISSION_CREATED", "u-3"),
	}
	want := derivedIDs(t, items...)
	if len(want) != len(items) {
		t.Fatalf("want %d IDs, got %v", len(items), want)
	}
	distinct := map[string]bool{}
	for _, id := range want {
		distinct[id] = true
	}
	if len(distinct) != len(items) {
		t.Errorf("want different IDs, got %v", want)
	}
	respelled := slices.Clone(items)
	for i := range respelled {
		respelled[i] = strings.Replace(respelled[i], ":00Z", ":00.000+00:00", 1)
	}
	withoutConversation := slices.Clone(items)
	for i := range withoutConversation {
		withoutConversation[i] = strings.Replace(withoutConversation[i], `"conversationId":`, `"conversation":`, 1)
	}
	withoutMeta := slices.Clone(items)
	for i := range withoutMeta {
		withoutMeta[i] = strings.Replace(withoutMeta[i], `"meta":`, `"internal":true,"details":`, 1)
	}
	reversed := slices.Clone(items)
	slices.Reverse(reversed)
	shuffled := slices.Clone(items)
	rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	changes := map[string][]string{
		"reversed":                  reversed,
		"shuffled":                  shuffled,
		"times spelled differently": respelled,
		"conversation id left out":  withoutConversation,
		"payload changed":           withoutMeta,
		"an item appended":          append(slices.Clone(items), statusItem(5, "STATUS_OPEN", "u-1")),
		"an item put first":         append([]string{statusItem(0, "STATUS_OPEN", "u-1")}, items...),
		"a twin appended":           append(slices.Clone(items), statusItem(6, "STATUS_CLOSED", "u-1"), statusItem(6, "STATUS_CLOSED", "u-1")),
	}
	for name, changed := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := derivedIDs(t, changed...)
			for item, id := range want {
				if got[item] != id {
					t.Errorf("id of %q: want %s, got %s", item, id, got[item])
				}
			}
		})
	}
}

func TestDerivedIDs_IdenticalItems(t *testing.T) {
	t.Parallel()
	read := func(items ...string) []string {
		messages := mustReadMessages(t, "["+strings.Join(items, ",")+"]")
		var ids []string
		for _, message := range messages {
			ids = append(ids, message.Head().ID)
		}
		slices.Sort(ids)
		return ids
	}
	twin := statusItem(1, "STATUS_OPEN", "u-1")
	two, three := read(twin, twin), read(twin, "null", twin, `{"type":"POLL"}`, twin, "null")
	if two[0] == two[1] {
		t.Errorf("want different IDs, got %v", two)
	}
	if len(slices.Compact(three)) != 6 {
		t.Errorf("want 6 different IDs, got %v", three)
	}
	for _, id := range two {
		if !slices.Contains(three, id) {
			t.Errorf("a third identical item changed the ID %s", id)
		}
	}
}

// Two conversations may have the same event at the same time, for example if they are closed in bulk.
func TestDerivedIDs_TwoConversations(t *testing.T) {
	t.Parallel()
	const other = "bbbbbbbb-0000-4000-8000-000000000002"
	items := map[string]string{
		"with its id":    `{"type":"STATUS_UPDATE","conversationId":%q,"createdAt":"2026-07-01T09:01:00Z","messageContent":"STATUS_CLOSED"}`,
		"without its id": `{"type":"STATUS_UPDATE","createdAt":"2026-07-01T09:01:00Z","messageContent":"STATUS_CLOSED"}`,
	}
	for name, item := range items {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
				id := strings.Split(r.URL.Path, "/")[3]
				respond(http.StatusOK, "["+strings.ReplaceAll(item, "%q", `"`+id+`"`)+"]")(w, r)
			})
			client := u.client(t, Config{})
			seen := map[string]string{}
			for _, id := range []string{conversationID, other, strings.ToUpper(other)} {
				messages, err := client.Messages(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				head := messages[0].Head()
				if want := strings.ToLower(id); head.ConversationID != want {
					t.Errorf("conversation: want %s, got %s", want, head.ConversationID)
				}
				seen[head.ID] = head.ConversationID
			}
			if len(seen) != 2 {
				t.Errorf("want an ID for each of the two conversations, got %v", seen)
			}
		})
	}
}

// The items of a history share slabs of memory. Each must still have its own content.
func TestMessages_LongHistory(t *testing.T) {
	t.Parallel()
	var items []string
	var want []Message
	for i := range 100 {
		id := fmt.Sprintf("10000000-0000-4000-8000-%012d", i)
		item := fmt.Sprintf(`{"type":"MESSAGE","messageId":%q,"createdAt":"2026-07-01T09:15:00Z"`, id)
		message := &TextMessage{MessageHead: head(id, "2026-07-01T09:15:00Z"), Files: []File{}}
		if i%3 != 0 {
			item += fmt.Sprintf(`,"messageContent":"text\n%d"`, i)
			message.Content = new(NewText(fmt.Sprint("text\n", i)))
		}
		items = append(items, item+"}")
		want = append(want, message)
	}
	got := mustReadMessages(t, "["+strings.Join(items, ",")+"]")
	wantEqual(t, "messages", want, got)
}

// The limit on array elements bounds the memory for a document.
func TestMessages_TooManyElements(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"[" + strings.Repeat("0,", maxElements) + "0]", "[" + strings.Repeat(`{"files":[0,0,0]},`, maxElements/4) + "0]"} {
		_, err := readMessagesBody(t, body)
		wantCode(t, err, BadResponse)
	}
	for _, body := range []string{"[" + strings.Repeat("0,", maxElements-1) + "0]", `[{"unknown":[` + strings.Repeat("0,", maxElements) + "0]}]"} {
		if _, err := readMessagesBody(t, body); err != nil {
			t.Errorf("%d bytes: %v", len(body), err)
		}
	}
}

// Decoded values must not change when the connection reuses its buffers.
func TestMessages_DoNotShareBuffers(t *testing.T) {
	t.Parallel()
	full, other := fixture(t, "messages.json"), strings.Repeat(" ", 100)+"["+strings.Repeat(`"zzzzzzzz",`, 500)+"1]"
	steps := []http.HandlerFunc{respond(http.StatusOK, full)}
	client := newPipeUpstream(t, script(t, append(steps, repeat(20, respond(http.StatusOK, other))...)...)).client(t, Config{})
	got, err := client.Messages(t.Context(), conversationID)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if _, err := client.Messages(t.Context(), conversationID); err != nil {
			t.Fatal(err)
		}
	}
	wantEqual(t, "messages", fullMessages(), pinDerived(t, got))
}

// The messages of a conversation repeat the same users.
func TestMessages_ShareEqualUsers(t *testing.T) {
	t.Parallel()
	body := `[{"type":"MESSAGE","createdBy":{"userId":"u"}},{"type":"MESSAGE","createdBy":{"userId":"u"}},
		{"type":"STATUS_UPDATE","meta":{"user":{"userId":"u","active":true}}}]`
	messages := mustReadMessages(t, body)
	first, second, third := messages[0].(*TextMessage), messages[1].(*TextMessage), messages[2].(*StatusUpdate)
	if first.CreatedBy != second.CreatedBy {
		t.Error("want the same user for the same bytes")
	}
	wantEqual(t, "users", []*User{{Ref: complete("u")}, {Ref: complete("u"), Active: new(true)}}, []*User{first.CreatedBy, third.User})
}

func TestMessageMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "messageField", "", pointer((*decoder).messageFields), map[string]member[messageFields]{
		"messageId":      {`"x"`, func(m *messageFields) { m.ID = "x" }},
		"conversationId": {`"x"`, func(m *messageFields) { m.ConversationID = "x" }},
		"createdAt":      {`"2026-07-01T09:15:00Z"`, func(m *messageFields) { m.CreatedAt = at("2026-07-01T09:15:00Z") }},
		"internal":       {`true`, func(m *messageFields) { m.IsInternal = true }},
		"type":           {`"x"`, func(m *messageFields) { m.kind = "x" }},
		"messageContent": {`"x"`, func(m *messageFields) { m.content, m.written = Text{value: "x", json: true}, true }},
		"createdBy":      {`{"userId":"x"}`, func(m *messageFields) { m.createdBy = &User{Ref: complete("x")} }},
		"files":          {`[{"id":"x"}]`, func(m *messageFields) { m.files = []File{&UnknownFile{ID: "x"}} }},
		"meta":           {`{"a":1}`, func(m *messageFields) { m.meta = []byte(`{"a":1}`) }},
	})
}

func TestResubmissionMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "resubmissionField", "", fieldsInto("StatusUpdate", (*decoder).resubmissionField), map[string]member[Resubmission]{
		"resubmitAt":   {`"2026-07-01T09:15:00Z"`, func(r *Resubmission) { r.ResubmitAt = new(at("2026-07-01T09:15:00Z")) }},
		"groupId":      {`"x"`, func(r *Resubmission) { r.GroupID = new("x") }},
		"groupName":    {`"x"`, func(r *Resubmission) { r.GroupName = new("x") }},
		"groupAcronym": {`"x"`, func(r *Resubmission) { r.GroupAcronym = new("x") }},
	})
}

func TestStatusUpdateMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "statusUpdate", "", func(d *decoder) *StatusUpdate { return (&messageFields{meta: d.Data}).statusUpdate(d) }, map[string]member[StatusUpdate]{
		"user": {`{"userId":"x"}`, func(u *StatusUpdate) { u.User = &User{Ref: complete("x")} }},
	})
}
