package rest

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// missingIn returns the fields of the members that decoding a document notes as missing, sorted.
func missingIn[T any](body string, read func(*decoder) T) string {
	var fields []string
	for _, found := range driftIn(body, read) {
		if found.Kind == DriftMissing {
			fields = append(fields, found.Field)
		}
	}
	slices.Sort(fields)
	return strings.Join(fields, " ")
}

func TestMissingMembersAreNoted(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ want, got string }{
		"conversation": {
			"Conversation.createdAt Conversation.id Conversation.mainUser Conversation.shortId Conversation.status Conversation.title Conversation.visibility",
			missingIn(`{"title":null}`, readConversation),
		},
		"empty title":   {"", missingIn(strings.Replace(fixture(t, "conversation.json"), `"title": "`, `"title": "", "x": "`, 1), readConversation)},
		"last message":  {"LastMessage.createdAt", missingIn(`{"lastMessage":{}}`, func(d *decoder) *lastMessage { return fieldsInto("Conversation", (*decoder).lastMessageField)(d) })},
		"relation":      {"Reference.aggregate Reference.domain", missingIn(`{"id":"x"}`, func(d *decoder) bool { _, ok := d.reference(); return ok })},
		"message":       {"Message.conversationId Message.createdAt Message.id", missingIn(`[{"type":"MESSAGE"}]`, readHistory)},
		"status update": {"Message.conversationId Message.messageContent", missingIn(`[{"type":"STATUS_UPDATE","createdAt":"2026-08-21"}]`, readHistory)},
		"customer":      {"Customer.createdAt Customer.customerNumber Customer.id Customer.memberCount Customer.projectCount", missingIn(`{"name":"x"}`, object[Customer])},
		"server": {
			"MachineType.cpu MachineType.memory MachineType.name PlacementGroup.createdAt PlacementGroup.customerId PlacementGroup.description PlacementGroup.id PlacementGroup.shortId PlacementGroup.status PlacementGroup.storage",
			missingIn(`{"machineType":{}}`, object[PlacementGroup]),
		},
		"whole list":    {"", missingIn("["+fixture(t, "conversation.json")+"]", readConversations)},
		"whole history": {"", missingIn(fixture(t, "messages.json"), readHistory)},
	} {
		wantEqual(t, name, test.want, test.got)
	}
}

// A row that cannot be read is noted once, whatever it is, and no row next to it.
func TestRowsAreNoted(t *testing.T) {
	t.Parallel()
	rowsIn := func(notes []Drift) (fields []string) {
		for _, found := range notes {
			if found.Kind == DriftRow {
				fields = append(fields, found.Field)
			}
		}
		return fields
	}
	const body = `[{"id":"a","conversationId":"a"},null,1,"x",[],true]`
	for of, got := range map[string][]Drift{
		"Conversation":         driftIn(body, readConversations),
		"Message":              driftIn(body, readHistory),
		"ConversationCategory": driftIn(body, readCategories),
		"ConversationMember":   driftIn(body, readMembers),
		"Customer":             driftIn(body, readRows[Customer]),
		"Notification":         driftIn(body, readNotifications),
	} {
		wantEqual(t, of, slices.Repeat([]string{of}, 5), rowsIn(got))
	}
}

// Values that hide or set apart a message are noted if they cannot be read.
func TestOddValuesOfMessagesAreNoted(t *testing.T) {
	t.Parallel()
	for members, want := range map[string]Drift{
		`"internal":"no"`:                                  {Kind: DriftType, Field: "Message.isInternal"},
		`"internal":{"value":false}`:                       {Kind: DriftType, Field: "Message.isInternal"},
		`"type":"STATUS_UPDATE","meta":["` + canary + `"]`: {Kind: DriftType, Field: "Message.meta"},
		`"type":"SERVICE_REQUEST","messageContent":"relocation","meta":"` + canary + `"`:               {Kind: DriftType, Field: "Message.meta"},
		`"type":"SERVICE_REQUEST","messageContent":"relocation","meta":{"contact":["` + canary + `"]}`: {Kind: DriftType, Field: "Relocation.contact"},
		`"type":"SERVICE_REQUEST","messageContent":"relocation","meta":{"domain":{"domains":[null]}}`:  {Kind: DriftElement, Field: "Relocation.domains"},
		`"type":"MESSAGE","files":[{"id":"f","status":"deleted","deletionDate":"` + canary + `"}]`:     {Kind: DriftDate, Field: "File.deletedAt"},
		`"type":"MESSAGE","files":["` + canary + `",{"id":"f","status":"uploaded"}]`:                   {Kind: DriftElement, Field: "Message.files"},
		`"type":"MESSAGE","createdBy":{"userId":"u","isEmployee":"` + canary + `"}`:                    {Kind: DriftType, Field: "User.isEmployee"},
	} {
		notes := slices.DeleteFunc(driftIn("[{"+members+"}]", readHistory), func(found Drift) bool {
			return hasAnyKind(found, DriftMissing, DriftTag, DriftValue)
		})
		wantEqual(t, members, []Drift{want}, notes)
	}
}

// Documents as a whole: each is noted once, with its route.
func TestUnreadableDocumentsAreNoted(t *testing.T) {
	t.Parallel()
	html := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<p>" + canary))
	}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   DriftKind
	}{
		"wrapped":   {respond(http.StatusOK, `{"data":[]}`), DriftDocument},
		"not JSON":  {respond(http.StatusOK, `[`), DriftDocument},
		"HTML":      {html, DriftMedia},
		"no length": {respond(http.StatusOK, `[]`), DriftMissing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &traceLog{}
			_, _ = newUpstream(t, test.answer).client(t, Config{}).Conversations(WithTrace(t.Context(), log.trace()), ConversationList{})
			field := map[DriftKind]string{DriftMissing: "X-Pagination-Totalcount"}[test.want]
			wantEqual(t, "notes", []Drift{{Kind: test.want, Route: "/conversations", Field: field}}, log.drift)
		})
	}
}

// Values that mStudio no longer documents may return: some did, within days.
func TestFormerValuesAreKnown(t *testing.T) {
	t.Parallel()
	unknown := func(notes []Drift) int {
		return len(slices.DeleteFunc(notes, func(note Drift) bool { return note.Kind != DriftValue }))
	}
	for _, department := range []string{"infra", "marketing", "network", "dataCenter", "software", "security"} {
		notes := driftIn(`[{"userId":"u","department":"`+department+`"}]`, readMembers)
		wantEqual(t, department, 0, unknown(notes))
	}
	wantEqual(t, "container", 0, unknown(driftIn(`[{"id":"c","status":"restarting"}]`, readRows[Container])))
	wantEqual(t, "role", 0, unknown(driftIn(`{"conversationId":"c","notificationRoles":["project_email_admin"]}`, readConversation)))
	wantEqual(t, "another value", 1, unknown(driftIn(`[{"userId":"u","department":"x"}]`, readMembers)))
}
