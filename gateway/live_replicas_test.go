package gateway_test

import (
	"strings"
	"testing"

	"mstudio-graphql/sandbox"
)

// A write on a replica is an event on the others, also if the writer has no subscription on its own, and a replica whose only
// subscription ends gives up the polls.
func TestReplicas_Events(t *testing.T) {
	t.Parallel()
	servers, _, pipe := replicasOf(t, sandbox.Config{}, quiet(), quiet(), quiet())
	eventually(t, "all replicas listen", func() bool { return pipe.Redis.PubSubNumSub("mg1:h")["mg1:h"] == 3 })
	list, ticket := subscribe(t, servers[0], bakery, inbox, nil), subscribe(t, servers[1], bakery, conversation, map[string]any{"id": sharedID})
	wantKind(t, list, "SYNCED")
	wantKind(t, ticket, "SYNCED")
	for i, title := range []string{"first", "second", "third"} {
		wantErrors(t, servers[i].Query(t, bakery, rename, map[string]any{"id": sharedID, "title": title}))
		diff(t, "title", title, wantKind(t, list, "CHANGED").Conversation.Title)
		diff(t, "title", title, wantKind(t, ticket, "CHANGED").Conversation.Title)
	}
	leader := func() (key, name string) {
		for _, key := range pipe.Redis.Keys() {
			if strings.HasPrefix(key, "mg1:p:") {
				return key, pipe.Redis.HGet(key, "h")
			}
		}
		return "", ""
	}
	key, name := leader()
	if name == "" || len(key) != len("mg1:p:")+22 {
		t.Errorf("%q leads in %q", name, key)
	}
	_ = list.response.Body.Close()
	_ = ticket.response.Body.Close()
	eventually(t, "nobody leads", func() bool {
		_, name := leader()
		return name == ""
	})
}
