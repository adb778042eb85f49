package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"testing"
)

// readRecords returns the records of a JSON handler without time and durationMs.
func readRecords(t *testing.T, output *bytes.Buffer) []map[string]any {
	t.Helper()
	var records []map[string]any
	for decoder := json.NewDecoder(output); decoder.More(); {
		record := map[string]any{}
		if err := decoder.Decode(&record); err != nil {
			t.Fatal(err)
		}
		if _, ok := record["durationMs"].(float64); !ok {
			t.Errorf("want a duration, got %v", record)
		}
		delete(record, "durationMs")
		delete(record, slog.TimeKey)
		records = append(records, record)
	}
	return records
}

func TestLog_HasOneRecordPerAttempt(t *testing.T) {
	t.Parallel()
	var output bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&output, &slog.HandlerOptions{Level: slog.LevelDebug}))
	u := newUpstream(t, script(t, respond(503, `{}`), cutOff, respond(200, `{"title":"`+canary+`"}`)))
	client := u.client(t, Config{Log: log}).WithToken(newToken(t, canary)).WithRequestID("request-9")
	if _, err := client.Conversation(t.Context(), conversationID); err != nil {
		t.Fatal(err)
	}
	if got := output.String(); holdsCanary(got) {
		t.Errorf("the log contains the canary: %s", got)
	}
	record := func(more map[string]any) map[string]any {
		all := map[string]any{
			"level": "DEBUG", "msg": "upstream call", "op": "GET /conversations/{conversationId}", "requestId": "request-9",
		}
		maps.Copy(all, more)
		return all
	}
	wantEqual(t, "records", []map[string]any{
		record(map[string]any{"code": "UPSTREAM_UNAVAILABLE", "reason": "server_error", "status": 503.0}),
		record(map[string]any{"code": "UPSTREAM_UNAVAILABLE", "reason": "reset", "status": 0.0}),
		record(map[string]any{"bytes": 23.0}),
	}, readRecords(t, &output))
}

// Not even the debug log may contain data.
func TestLog_ContainsNoData(t *testing.T) {
	t.Parallel()
	documents := map[string]string{
		"/v2/conversations": "[" + fixture(t, "conversation.json") + "]",
		"/v2/conversations/" + conversationID + "/messages":             fixture(t, "messages.json"),
		"/v2/conversations/" + conversationID + "/members":              `[{"userId":"canary"}]`,
		"/v2/customers/" + conversationID + "/conversation-preferences": `{"preferredUsers":{"fallback":"canary"}}`,
		"/v2/conversation-categories":                                   `[{"name":"canary"}]`,
		"/v2/users/self":                                                `{"userId":"canary"}`,
		"/v2/notifications":                                             `[{"type":"canary","reference":{"id":"canary"}}]`,
	}
	c := newCanaries(t, func(w http.ResponseWriter, r *http.Request) { respond(http.StatusOK, documents[r.URL.Path])(w, r) })
	_, listErr := c.client.Conversations(t.Context(), ConversationList{Search: canary})
	_, messagesErr := c.client.Messages(t.Context(), conversationID)
	_, membersErr := c.client.Members(t.Context(), conversationID)
	_, preferencesErr := c.client.ConversationPreferences(t.Context(), conversationID)
	_, categoriesErr := c.client.ConversationCategories(t.Context())
	_, selfErr := c.client.Self(t.Context())
	_, unreadErr := c.client.UnreadNotifications(t.Context())
	if err := errors.Join(listErr, messagesErr, membersErr, preferencesErr, categoriesErr, selfErr, unreadErr); err != nil {
		t.Fatal(err)
	}
	c.wantCalls(t, 7)
	c.wantClean(t, "debug log", c.log.String())
	wantEqual(t, "records", 7, bytes.Count(c.log.Bytes(), []byte("\n")))
}

func TestLog_HasOnlyDebugRecords(t *testing.T) {
	t.Parallel()
	var output bytes.Buffer
	u := newUpstream(t, respond(http.StatusNotFound, `{}`))
	client := u.client(t, Config{Log: slog.New(slog.NewJSONHandler(&output, nil))})
	_, err := client.Conversation(t.Context(), conversationID)
	wantCode(t, err, NotFound)
	if output.Len() != 0 {
		t.Errorf("want no record, got %s", output.String())
	}
}
