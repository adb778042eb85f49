package loader

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/rest"
)

// twoPages answers lists: A and B first, then B and C, each row with a title that says which page it is of.
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

// withPages returns loaders that have fetched both pages of twoPages, the first of them twice.
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

func TestRowsOfPagesAreKnown(t *testing.T) {
	t.Parallel()
	loaders, up := withPages(t)
	got := []string{title(t, loaders, idA), title(t, loaders, strings.ToUpper(idB)), title(t, loaders, idC)}
	if diff := cmp.Diff([]string{"first", "first", "second"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	up.wantCalls(t)
	if rows := len(loaders.cached.pages); rows != 2 {
		t.Errorf("pages kept: want 2, got %d", rows)
	}
}

// What was forgotten is fetched again, whether it was a row of one page, of two or fetched alone, and the page that
// somebody may still be rendering keeps its rows.
func TestForgottenRowIsFetched(t *testing.T) {
	t.Parallel()
	loaders, up := withPages(t)
	page, err := loaders.Conversations(t.Context(), rest.ConversationList{})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{idB, idB} { // the second time it is the one that was fetched alone
		if !loaders.cached.Delete(t.Context(), id) {
			t.Errorf("%s was not known", id)
		}
		if got, want := title(t, loaders, id), "about "+id; got != want {
			t.Errorf("want %q, got %q", want, got)
		}
		up.wantCalls(t, "me /v2/conversations/"+id)
	}
	if len(page.Conversations) != 2 || page.Conversations[1].ID != idB {
		t.Errorf("the page itself was changed: %v", page.Conversations)
	}
	if got := title(t, loaders, idA); got != "first" {
		t.Errorf("the row beside it: want it still known, got %q", got)
	}
	if unknown := "dddddddd-6d0e-4b8a-9f53-0a7e2c4d9b11"; loaders.cached.Delete(t.Context(), unknown) {
		t.Errorf("%s was known", unknown)
	}
	up.wantCalls(t)
}

func TestClearForgetsAll(t *testing.T) {
	t.Parallel()
	loaders, up := withPages(t)
	loaders.cached.Clear()
	if got, want := title(t, loaders, idC), "about "+idC; got != want {
		t.Errorf("want %q, got %q", want, got)
	}
	up.wantCalls(t, "me /v2/conversations/"+idC)
}
