package rest

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// hostileIDs returns strings that have reached other endpoints of other APIs.
func hostileIDs() []string {
	return []string{
		"", ".", "..", "a", "a/b", "../customers/1", "%2e%2e", "a?b", "a#b", "self", "{conversationId}",
		conversationID + "/messages", conversationID + "?x", conversationID + "\n", " " + conversationID,
		"{" + conversationID + "}", "urn:uuid:" + conversationID, strings.ReplaceAll(conversationID, "-", ""),
		strings.Replace(conversationID, "-", "/", 1), strings.Replace(conversationID, "3", "..", 1)[:36],
		strings.Replace(conversationID, "3c", "ä", 1), strings.Repeat("a", 36), strings.Repeat("a", 1<<16),
	}
}

// callsWithID returns all calls that take an ID.
func callsWithID(client *Client) map[string]func(ctx context.Context, id string) error {
	return map[string]func(ctx context.Context, id string) error{
		"conversation": func(ctx context.Context, id string) error { _, err := client.Conversation(ctx, id); return err },
		"messages":     func(ctx context.Context, id string) error { _, err := client.Messages(ctx, id); return err },
		"members":      func(ctx context.Context, id string) error { _, err := client.Members(ctx, id); return err },
		"category":     func(ctx context.Context, id string) error { _, err := client.ConversationCategory(ctx, id); return err },
		"preferences": func(ctx context.Context, id string) error {
			_, err := client.ConversationPreferences(ctx, id)
			return err
		},
		"service": func(ctx context.Context, id string) error { _, err := client.Service(ctx, id); return err },
	}
}

func TestCall_RejectsHostileIDWithoutSending(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `{}`))
	for name, call := range callsWithID(u.client(t, Config{})) {
		for _, id := range hostileIDs() {
			err := call(t.Context(), id)
			if !hasCode(err, BadInput) {
				t.Errorf("%s(%.50q): want %s, got %v", name, id, BadInput, err)
			}
			if err != nil && id != "" && len(id) > 2 && id != "self" && id != "{conversationId}" && strings.Contains(err.Error(), id) {
				t.Errorf("%s(%.50q): the error repeats the ID: %v", name, id, err)
			}
		}
	}
	u.wantCalls(t, 0)
}

func TestParseID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{conversationID, strings.ToUpper(conversationID), "00000000-0000-0000-0000-000000000000"} {
		want := strings.ToLower(id)
		if got, err := ParseID(id); err != nil || got != want {
			t.Errorf("%s: want %s, got %s, %v", id, want, got, err)
		}
	}
	for _, id := range hostileIDs() {
		if got, err := ParseID(id); !hasCode(err, BadInput) || got != "" {
			t.Errorf("%.50q: want %s, got %q, %v", id, BadInput, got, err)
		}
	}
}

// FuzzRoute checks that fill rejects an ID or returns a path that matches the template.
func FuzzRoute(f *testing.F) {
	for _, id := range append(hostileIDs(), conversationID) {
		f.Add(id)
	}
	const uuid = `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`
	patterns := map[route]*regexp.Regexp{}
	for _, r := range []route{conversationRoute, membersRoute, messagesRoute, categoryRoute, preferencesRoute} {
		patterns[r] = regexp.MustCompile(`^` + regexp.MustCompile(`\{\w+\}`).ReplaceAllString(string(r), uuid) + `$`)
	}
	f.Fuzz(func(t *testing.T, id string) {
		for r, pattern := range patterns {
			path, err := r.fill(id)
			if err != nil {
				if !hasCode(err, BadInput) || path != "" {
					t.Errorf("%s of %q: want BadInput and no path, got %v and %q", r, id, err, path)
				}
				continue
			}
			if !pattern.MatchString(path) || !strings.Contains(path, strings.ToLower(id)) {
				t.Errorf("%s of %q: got %q", r, id, path)
			}
		}
	})
}
