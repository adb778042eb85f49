package rest

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// unknownIn returns the unknown values that decoding a document reports, as "place value".
func unknownIn[T any](body string, read func(*decoder) T) []string {
	var reported []string
	for _, found := range driftIn(body, read) {
		if hasAnyKind(found, DriftValue, DriftTag) {
			reported = append(reported, found.Field+" "+found.Value)
		}
	}
	return reported
}

// driftIn returns what decoding a document notes.
func driftIn[T any](body string, read func(*decoder) T) (notes []Drift) {
	_, _ = decode([]byte(body), "http://localhost/", func(d *decoder) T {
		d.onDrift = func(found Drift) { notes = append(notes, found) }
		return read(d)
	})
	return notes
}

// readHistory is readMessages for one conversation.
func readHistory(d *decoder) []Message { return readMessages(d, conversationID) }

// unknownCase is a document with unknown values of one type.
type unknownCase struct{ got, want []string }

// unknownCases has a case for each union that has an Unknown… type, and for values that are not plain members. wantMembers
// tests those.
func unknownCases() map[string]unknownCase {
	message := func(fields string) []string { return unknownIn("[{"+fields+"}]", readHistory) }
	return map[string]unknownCase{
		"values in lists": {
			unknownIn(`[null,{"status":"brandNew"},{"status":"open"},{}]`, readConversations),
			[]string{"Conversation.status brandNew"},
		},
		"empty elements": {
			unknownIn(`{"notificationRoles":["project_owner","brandNew",""]}`, readConversation),
			[]string{"Conversation.notificationRoles brandNew", "Conversation.notificationRoles "},
		},
		"RelatedTo UnknownReference": {
			unknownIn(`{"relatedTo":{"domain":"database","aggregate":"mysql"}}`, readConversation),
			[]string{"Conversation.relatedTo database/mysql"},
		},
		"SharedWith UnknownReference": {
			unknownIn(`[{"sharedWith":{}},{"sharedWith":{"domain":"app","aggregate":"appinstallation"}}]`, readConversations),
			[]string{"Conversation.sharedWith /"},
		},
		"users": {
			unknownIn(`{"createdBy":{"department":"brandNew"},"mainUser":{"department":"mail"},"lastMessage":{"createdBy":{"department":"newer"}}}`, readConversation),
			[]string{"User.department brandNew", "User.department newer"},
		},
		"Message UnknownMessage": {message(`"type":"POLL"`), []string{"Message POLL"}},
		"ServiceRequestKind": {
			message(`"type":"SERVICE_REQUEST","messageContent":"brandNew"`),
			[]string{"ServiceRequest.kind brandNew"},
		},
		"File UnknownFile": {
			message(`"type":"MESSAGE","files":[{"status":"quarantined"},{"status":"uploaded"}]`),
			[]string{"File.state quarantined"},
		},
		"Reference UnknownReference": {
			unknownIn(`{"aggregateReference":{"domain":"database","aggregate":"mysql"}}`, object[ExtensionInstance]),
			[]string{"ExtensionInstance.installedIn database/mysql"},
		},
	}
}

// Each union in the results of the client has a case here, so no unknown member goes unreported.
func TestUnknownValuesAreReported(t *testing.T) {
	t.Parallel()
	cases := unknownCases()
	for name, test := range cases {
		wantEqual(t, name, test.want, test.got)
	}
	unions := map[string]bool{}
	seen := map[reflect.Type]bool{}
	for method := range reflect.TypeFor[*Client]().Methods() {
		for result := range method.Type.Outs() {
			addUnions(unions, result, seen)
		}
	}
	for name := range unions {
		if _, ok := cases[name]; !ok {
			t.Errorf("no case for %s", name)
		}
	}
	if len(unions) < 5 {
		t.Errorf("only %d unions: %v", len(unions), unions)
	}
}

// addUnions adds the interfaces in a result that have an Unknown… type, as "Interface UnknownType".
func addUnions(unions map[string]bool, of reflect.Type, seen map[reflect.Type]bool) {
	if seen[of] {
		return
	}
	seen[of] = true
	switch of.Kind() { //nolint:exhaustive // the others hold no other types
	case reflect.Pointer, reflect.Slice:
		addUnions(unions, of.Elem(), seen)
	case reflect.Interface:
		for _, member := range unionMembers() {
			if !member.Implements(of) || of.NumMethod() == 0 {
				continue
			}
			// The unknown kind of a service request is reported, so its payload is not.
			if name := member.Elem().Name(); strings.HasPrefix(name, "Unknown") && name != "UnknownPayload" {
				unions[of.Name()+" "+name] = true
			}
			addUnions(unions, member, seen)
		}
	case reflect.Struct:
		for field := range of.Fields() {
			if field.IsExported() {
				addUnions(unions, field.Type, seen)
			}
		}
	}
}

// unionMembers returns the types that an interface in a result can hold.
func unionMembers() []reflect.Type {
	var members []reflect.Type
	for _, value := range []any{
		&TextMessage{}, &StatusUpdate{}, &ServiceRequest{}, &UnknownMessage{}, &UnknownFile{}, &UnknownReference{}, &UnknownPayload{},
	} {
		members = append(members, reflect.TypeOf(value))
	}
	return members
}

func TestKnownValuesAreNotReported(t *testing.T) {
	t.Parallel()
	for name, reported := range map[string][]string{
		"conversation":  unknownIn(fixture(t, "conversation.json"), readConversation),
		"messages":      unknownIn(fixture(t, "messages.json"), readHistory),
		"nothing":       unknownIn(`{}`, readConversation),
		"status update": unknownIn(`[{"type":"STATUS_UPDATE","messageContent":"SOMETHING_NEW"}]`, readHistory),
		"any relation":  unknownIn(`{"relations":[{"domain":"database","aggregate":"mysql"}]}`, readConversation),
	} {
		if len(reported) > 0 {
			t.Errorf("%s: got %v", name, reported)
		}
	}
}

// The end of a broken document is missing, so its values are not unknown.
func TestBrokenDocumentsReportNothing(t *testing.T) {
	t.Parallel()
	body := fixture(t, "messages.json")
	for end := range body {
		for _, reported := range unknownIn(body[:end], readHistory) {
			t.Errorf("up to byte %d: %s", end, reported)
		}
	}
}

func TestUnknownValuesReachTheContext(t *testing.T) {
	t.Parallel()
	u := newPipeUpstream(t, script(t, respond(200, `{"status":"onHold"}`), respond(200, `[{"type":"POLL"}]`), respond(http.StatusOK, `{}`)))
	log := &traceLog{}
	ctx := WithTrace(t.Context(), log.trace())
	client := u.client(t, Config{})
	_, _ = client.Conversation(ctx, conversationID)
	_, _ = client.Messages(ctx, conversationID)
	_, _ = client.Conversation(ctx, conversationID)
	want := []Drift{
		{Kind: DriftValue, Route: "/conversations/{conversationId}", Field: "Conversation.status", Value: "onHold"},
		{Kind: DriftTag, Route: "/conversations/{conversationId}/messages", Field: "Message", Value: "POLL"},
	}
	wantEqual(t, "unknown", want, slices.DeleteFunc(log.drift, func(found Drift) bool { return !hasAnyKind(found, DriftValue, DriftTag) }))
}
