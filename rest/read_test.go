package rest

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

// A response about another object than the requested one must not reach the caller under the requested ID.
func TestSingleReads_OfAnotherObject(t *testing.T) {
	t.Parallel()
	t.Run("conversation", func(t *testing.T) { t.Parallel(); testAnotherObject(t, "conversationId", (*Client).Conversation) })
	t.Run("category", func(t *testing.T) { t.Parallel(); testAnotherObject(t, "categoryId", (*Client).ConversationCategory) })
	t.Run("preferences", func(t *testing.T) {
		t.Parallel()
		testAnotherObject(t, "customerId", (*Client).ConversationPreferences)
	})
	t.Run("user", func(t *testing.T) { t.Parallel(); testAnotherObject(t, "userId", (*Client).User) })
	t.Run("customer", func(t *testing.T) { t.Parallel(); testAnotherObject(t, "customerId", (*Client).Customer) })
	t.Run("project", func(t *testing.T) { t.Parallel(); testAnotherObject(t, "id", (*Client).Project) })
	t.Run("app installation", func(t *testing.T) { t.Parallel(); testAnotherObject(t, "id", (*Client).AppInstallation) })
	t.Run("server", func(t *testing.T) { t.Parallel(); testAnotherObject(t, "id", (*Client).Server) })
	t.Run("extension instance", func(t *testing.T) { t.Parallel(); testAnotherObject(t, "id", (*Client).ExtensionInstance) })
}

// testAnotherObject reads objects whose member for the ID has various values.
func testAnotherObject[T any](t *testing.T, member string, fetch func(*Client, context.Context, string) (*T, error)) {
	t.Helper()
	for id, accepted := range map[string]bool{
		`"` + entityID + `"`: true, `"` + strings.ToUpper(entityID) + `"`: true, `""`: true, `null`: true, `{}`: true,
		`"` + conversationID + `"`: false, `"p-1"`: false, `4711`: false,
	} {
		got, err := fetch(newPipeUpstream(t, respond(http.StatusOK, `{"`+member+`":`+id+`}`)).client(t, Config{}), t.Context(), entityID)
		switch {
		case accepted && err != nil:
			t.Errorf("%s: %v", id, err)
		case !accepted:
			wantCode(t, err, BadResponse)
			if got != nil {
				t.Errorf("%s: got %+v", id, got)
			}
		}
	}
}

// A history with a message of another conversation belongs to that one.
func TestMessages_OfAnotherConversation(t *testing.T) {
	t.Parallel()
	for id, accepted := range map[string]bool{
		conversationID: true, strings.ToUpper(conversationID): true, "": true,
		entityID: false, "c-1": false,
	} {
		body := `[{"messageId":"` + entityID + `"},{"conversationId":"` + id + `"}]`
		got, err := newPipeUpstream(t, respond(http.StatusOK, body)).client(t, Config{}).Messages(t.Context(), conversationID)
		switch {
		case accepted && (err != nil || len(got) != 2):
			t.Errorf("%q: %v, %v", id, got, err)
		case !accepted:
			wantCode(t, err, BadResponse)
		}
	}
}
