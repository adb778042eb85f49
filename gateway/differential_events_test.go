package gateway_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mstudio-graphql/gateway"
	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/graph/watcher"
)

// eventCursor matches the cursor of an event.
var eventCursor = regexp.MustCompile(`"A[\w-]{27}"`)

// The renderer and the executor render equal events, also if calls below an event fail.
func TestRendererEqualsExecutor_Events(t *testing.T) {
	t.Parallel()
	lab := newLaboratory(t)
	var fails atomic.Bool
	lab.upstream.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if fails.Load() && strings.HasSuffix(r.URL.Path, "/members") {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	config := gateway.Config{KeepCategories: -1, Limits: unlimited(), Watcher: watcher.Config{Interval: 50 * time.Millisecond}}
	servers := pair{renderer: gatewaytest.NewServer(t, lab.upstream, config)}
	config.NoRenderer = true
	servers.executor = gatewaytest.NewServer(t, lab.upstream, config)
	selected, failures := map[string]bool{}, 0
	for seed := range uint64(60) {
		generated := lab.generator.Subscription(seed, sharedID)
		maps.Copy(selected, generated.Selected)
		fails.Store(seed%3 == 2)
		variables := generated.Variables(0)
		streams := []*events{subscribe(t, servers.renderer, bakery, generated.Query, variables), subscribe(t, servers.executor, bakery, generated.Query, variables)}
		first := equalEvents(t, streams, generated.Query)
		if !strings.HasPrefix(first, "next ") || strings.HasPrefix(first, `next {"errors"`) && !strings.Contains(first, `"data":`) {
			t.Fatalf("%s\n%s", generated.Query, first)
		}
		query, variables := rename, map[string]any{"id": sharedID, "title": fmt.Sprintf("title %d", seed)}
		if seed%2 == 1 {
			query, variables = sendText, map[string]any{"id": sharedID, "text": fmt.Sprintf("text %d", seed)}
		}
		wantErrors(t, servers.renderer.Query(t, bakery, query, variables))
		if strings.Contains(equalEvents(t, streams, generated.Query), `"errors":[`) {
			failures++
		}
		for _, stream := range streams {
			_ = stream.response.Body.Close()
		}
	}
	for _, field := range []string{
		"InboxChange.kind", "InboxChange.cursor", "InboxChange.conversation", "InboxChange.conversationId", "ConversationChange.kind", "ConversationChange.cursor",
		"ConversationChange.conversation", "ConversationChange.newMessages", "ConversationChange.changedMessages", "Conversation.members",
	} {
		if !selected[field] {
			t.Errorf("no document selects %s", field)
		}
	}
	if failures == 0 {
		t.Error("no event has errors")
	}
}

// equalEvents compares the next events of two streams and returns the second.
func equalEvents(t *testing.T, streams []*events, query string) string {
	t.Helper()
	var texts [2]string
	for i, stream := range streams {
		name, data := stream.next(t)
		texts[i] = name + " " + string(fileLink.ReplaceAll(eventCursor.ReplaceAll([]byte(data), []byte("a cursor")), []byte("a link")))
	}
	if texts[0] != texts[1] {
		t.Errorf("%s\n%s", query, firstDifference([]byte(texts[0]), []byte(texts[1])))
	}
	return texts[1]
}
