package sandbox_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mstudio-graphql/sandbox"
)

// crawl returns the raw body of every path that a token sees.
func crawl(t *testing.T, a api, token string) map[string]string {
	t.Helper()
	bodies := make(map[string]string)
	read := func(path string) reply {
		r := a.get(token, path)
		if r.status != 200 {
			t.Fatalf("%s: %d %s", path, r.status, r.body)
		}
		bodies[path] = r.body
		return r
	}
	for _, row := range decode[[]object](t, read("/v2/conversations?limit=1000")) {
		path := "/v2/conversations/" + row["conversationId"].(string)
		read(path)
		read(path + "/messages")
		read(path + "/members")
	}
	read("/v2/conversation-categories")
	read("/v2/users/self")
	read("/v2/customers/" + a.customerID(token) + "/conversation-preferences")
	return bodies
}

func TestDeterminism(t *testing.T) {
	t.Parallel()
	first, second := serve(t, sandbox.Config{}), serve(t, sandbox.Config{})
	for _, token := range []string{agency, bakery, freelancer} {
		wantEqual(t, token+" in another sandbox", crawl(t, first, token), crawl(t, second, token))
	}
}

// census counts the fields and values in documents.
type census map[string]int

// present counts whether a field is present.
func (c census) present(row object, kind, name string) {
	if _, ok := row[name]; ok {
		c[kind+" with "+name]++
	} else {
		c[kind+" without "+name]++
	}
}

// value counts the value of a field, if present.
func (c census) value(row object, kind, name string) {
	if v, ok := row[name]; ok {
		c[fmt.Sprintf("%s %s=%v", kind, name, v)]++
	}
}

func (c census) reference(row object, name string) {
	if ref, ok := row[name].(object); ok {
		c[fmt.Sprintf("%s %s/%s", name, ref["domain"], ref["aggregate"])]++
	}
}

func (c census) user(v any) {
	if u, ok := v.(object); ok {
		for _, name := range []string{"active", "avatarRefId", "clearName", "isEmployee"} {
			c.present(u, "user", name)
		}
		c.value(u, "user", "isEmployee")
		c.value(u, "user", "active")
	}
}

func (c census) conversation(row object) {
	for _, name := range []string{"category", "createdBy", "relatedTo", "sharedWith", "relations", "notificationRoles"} {
		c.present(row, "conversation", name)
	}
	c.value(row, "conversation", "status")
	c.value(row, "conversation", "visibility")
	c.reference(row, "relatedTo")
	c.reference(row, "sharedWith")
	roles, _ := row["notificationRoles"].([]any)
	for _, role := range roles {
		c[fmt.Sprint("role ", role)]++
	}
	c.user(row["mainUser"])
	_, newer := row["lastMessage"]
	_, older := row["lastMessageAt"]
	c[fmt.Sprintf("lastMessage %v, lastMessageAt %v", newer, older)]++
}

func (c census) message(m object) {
	kind := m["type"].(string)
	switch kind {
	case "MESSAGE":
		for _, name := range []string{"createdBy", "messageContent", "internal", "files"} {
			c.present(m, kind, name)
		}
		c.value(m, kind, "internal")
	case "STATUS_UPDATE":
		c.value(m, kind, "messageContent")
		meta, _ := m["meta"].(object)
		c.present(meta, kind, "user")
	default:
		c.value(m, kind, "messageContent")
	}
	files, _ := m["files"].([]any)
	for _, f := range files {
		c.value(f.(object), "file", "status")
	}
	c.user(m["createdBy"])
}

// history is a conversation with its messages.
type history struct {
	row      object
	messages []object
}

// TestData checks all conversations of the agency except the conversation from the future.
func TestData(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	var all []history
	for _, row := range a.list(agency, "/v2/conversations?limit=1000") {
		id := row["conversationId"].(string)
		if id != sandbox.FutureConversationID {
			all = append(all, history{row, a.list(agency, "/v2/conversations/"+id+"/messages")})
		}
	}
	categories := a.list("", "/v2/conversation-categories")
	t.Run("kinds", func(t *testing.T) { t.Parallel(); checkKinds(t, all, categories) })
	t.Run("lengths", func(t *testing.T) { t.Parallel(); checkLengths(t, all) })
	t.Run("texts", func(t *testing.T) { t.Parallel(); checkTexts(t, all) })
}

func checkKinds(t *testing.T, all []history, categories []object) {
	t.Helper()
	found := make(census)
	for _, h := range all {
		found.conversation(h.row)
		for _, m := range h.messages {
			found.message(m)
		}
	}
	for _, category := range categories {
		for _, kind := range category["referenceType"].([]any) {
			found[fmt.Sprint("referenceType ", kind)]++
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(found)) {
		t.Log(found[kind], kind)
	}
	for kind := range strings.SplitSeq(requiredKinds, "\n") {
		if kind = strings.TrimSpace(kind); kind != "" && found[kind] == 0 {
			t.Errorf("no %s", kind)
		}
	}
}

const requiredKinds = `
	conversation status=open
	conversation status=closed
	conversation status=answered
	conversation status=inProgress
	conversation status=waiting
	conversation visibility=shared
	conversation visibility=private
	conversation without category
	conversation without createdBy
	conversation without relatedTo
	conversation without sharedWith
	conversation without relations
	conversation without notificationRoles
	conversation with relations
	relatedTo user/user
	relatedTo customer/customer
	relatedTo project/project
	relatedTo app/appinstallation
	relatedTo project/placementgroup
	relatedTo extension/extensionInstance
	relatedTo container/container
	sharedWith user/user
	sharedWith customer/customer
	sharedWith project/project
	sharedWith project/placementgroup
	role customer_owner
	role customer_accountant
	role customer_member
	role project_owner
	role project_emailadmin
	role project_external
	lastMessage true, lastMessageAt true
	lastMessage true, lastMessageAt false
	lastMessage false, lastMessageAt true
	lastMessage false, lastMessageAt false
	MESSAGE with messageContent
	MESSAGE without messageContent
	MESSAGE with createdBy
	MESSAGE without createdBy
	MESSAGE with files
	MESSAGE internal=true
	MESSAGE internal=false
	MESSAGE without internal
	file status=requested
	file status=uploaded
	file status=deleted
	STATUS_UPDATE messageContent=CONVERSATION_CREATED
	STATUS_UPDATE messageContent=STATUS_OPEN
	STATUS_UPDATE messageContent=STATUS_CLOSED
	STATUS_UPDATE messageContent=RESUBMISSION_CREATED
	STATUS_UPDATE messageContent=RESUBMISSION_RESUBMIT_AT_CHANGED
	STATUS_UPDATE with user
	STATUS_UPDATE without user
	SERVICE_REQUEST messageContent=relocation
	SERVICE_REQUEST messageContent=call
	SERVICE_REQUEST messageContent=mailSendLimitIncrease
	user with active
	user without active
	user active=true
	user active=false
	user with avatarRefId
	user without avatarRefId
	user isEmployee=true
	user isEmployee=false
	user without isEmployee
	user without clearName
	referenceType unspecified
	referenceType server
	referenceType project
	referenceType organisation
	referenceType extensionInstance
`

func checkLengths(t *testing.T, all []history) {
	t.Helper()
	inbox, total, filled, shuffled := 0, 0, 0, 0
	for i, h := range all {
		n := len(h.messages)
		if n != 0 && (n < 5 || n > 40) {
			t.Errorf("%s has %d messages, want 0 or 5 to 40", h.row["conversationId"], n)
		}
		if !slices.IsSorted(pluck(h.messages, "createdAt")) {
			shuffled++
		}
		if total += n; n > 0 {
			filled++
		}
		if i < 50 {
			inbox += n
		}
	}
	if average := float64(total) / float64(filled); average < 23 || average > 27 {
		t.Errorf("%.1f messages per conversation, want about 25", average)
	}
	if shuffled < filled*9/10 {
		t.Errorf("%d of %d histories are out of order, want most", shuffled, filled)
	}
	if inbox < 1200 || inbox > 1400 {
		t.Errorf("the first 50 conversations have %d messages, want 1200 to 1400", inbox)
	}
}

func checkTexts(t *testing.T, all []history) {
	t.Helper()
	placeholder := regexp.MustCompile(`\{(domain|shop|mail|day|time|n|server|container|db|ip|oldphp|php|plugin|invoice|amount)\}`)
	titles := make(map[string]bool)
	longest := 0
	for _, h := range all {
		titles[h.row["title"].(string)] = true
		for _, m := range h.messages {
			content, _ := m["messageContent"].(string)
			longest = max(longest, len(content))
			if placeholder.MatchString(content) {
				t.Errorf("unfilled placeholder in %q", content)
			}
		}
	}
	if len(titles) < 250 || longest < 3000 {
		t.Errorf("%d different titles, longest message %d bytes", len(titles), longest)
	}
}

func TestFutureConversation(t *testing.T) {
	t.Parallel()
	a := serve(t, sandbox.Config{})
	path := "/v2/conversations/" + sandbox.FutureConversationID
	c := a.object(agency, path)
	for field, want := range map[string]any{"status": "escalated", "visibility": "organisationWide", "priority": "high"} {
		if c[field] != want {
			t.Errorf("%s is %v, want %v", field, c[field], want)
		}
	}
	r := a.get(agency, path+"/messages")
	for _, want := range []string{
		`"type":"POLL"`, `"status":"quarantined"`, `"messageContent":"aiHandover"`, `"messageContent":"STATUS_ESCALATED"`,
		`+02:00"`, `.250123456Z"`, `"redirectusKey":4711.0`, `"department":"customerService"`, `"internal":false`,
	} {
		if !strings.Contains(r.body, want) {
			t.Errorf("no %s", want)
		}
	}
	messages := decode[[]object](t, r)
	polls := make(map[bool]int)
	for _, m := range messages {
		if m["type"] == "POLL" {
			polls[m["messageId"] != nil]++
		}
	}
	wantEqual(t, "polls with and without ID", map[bool]int{true: 1, false: 1}, polls)
}
