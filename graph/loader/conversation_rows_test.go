package loader

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/rest"
)

// twoPages returns two pages: A and B, then B and C. The title of each row contains its page.
func twoPages() http.Handler {
	row := func(id, page string) string { return fmt.Sprintf(`{"conversationId":%q,"title":%q}`, id, page) }
	single := echo()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !strings.HasSuffix(r.URL.Path, "/conversations"):
			single.ServeHTTP(w, r)
		case r.URL.Query().Get("skip") == "":
			respond(http.StatusOK, "["+row(strings.ToUpper(idA), "first")+","+row(idB, "first")+"]")(w, r)
		default:
			respond(http.StatusOK, "["+row(idB, "second")+","+row(idC, "second")+"]")(w, r)
		}
	})
}

// withPages returns loaders that have fetched both pages, and the first one twice.
func withPages(t *testing.T) (*Loaders, *upstream) {
	t.Helper()
	up := newUpstream(t, twoPages())
	loaders := up.loaders(t, "me")
	for _, skip := range []int{0, 2, 0} {
		if _, err := loaders.Conversations(t.Context(), rest.ConversationList{Skip: skip}); err != nil {
			t.Fatal(err)
		}
	}
	if calls := up.takeCalls(); len(calls) != 2 {
		t.Fatalf("want two calls for two pages, got %v", calls)
	}
	return loaders, up
}

func title(t *testing.T, loaders *Loaders, id string) string {
	t.Helper()
	found, err := loaders.Conversation.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return found.Title
}

func TestConversationRows(t *testing.T) {
	t.Parallel()
	loaders, up := withPages(t)
	got := []string{title(t, loaders, idA), title(t, loaders, strings.ToUpper(idB)), title(t, loaders, idC)}
	if diff := cmp.Diff([]string{"first", "first", "second"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	up.wantCalls(t)
	if rows := len(loaders.rows.pages); rows != 2 {
		t.Errorf("cached pages: want 2, got %d", rows)
	}
}

// After a write, each conversation is fetched again, whether it was in a page or fetched by ID. The page itself, which may
// still be rendered, keeps its rows.
func TestConversationRows_Write(t *testing.T) {
	t.Parallel()
	loaders, up := withPages(t)
	page, err := loaders.Conversations(t.Context(), rest.ConversationList{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time, they were fetched by ID
		loaders.wrote(idB, "")
		for _, id := range []string{idA, idB, idC} {
			if got, want := title(t, loaders, id), "about "+id; got != want {
				t.Errorf("want %q, got %q", want, got)
			}
			up.wantCalls(t, "me /v2/conversations/"+id)
		}
	}
	if len(page.Conversations) != 2 || page.Conversations[1].ID != idB {
		t.Errorf("the page itself has changed: %v", page.Conversations)
	}
}
