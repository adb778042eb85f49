package loader

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"mstudio-graphql/rest"
)

// echo returns each conversation with a title that contains its ID.
func echo() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v2/conversations/{id}", func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		respond(http.StatusOK, `{"conversationId":"`+id+`","title":"about `+id+`"}`)(w, r)
	})
	return mux
}

// Concurrent loads of the same conversations, in any order and spelling, share their calls.
func TestConversation_IsFetchedOnce(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, echo())
	loaders := up.loaders(t, "me")
	ids, calls := make([]string, 20), make([]string, 20)
	for i := range ids {
		ids[i] = uuid.NewString()
		calls[i] = "me /v2/conversations/" + ids[i]
	}
	var asking sync.WaitGroup
	for asker := range 32 {
		asking.Go(func() {
			for _, i := range rand.Perm(len(ids)) {
				spelled := ids[i]
				if asker%2 == 0 {
					spelled = strings.ToUpper(spelled)
				}
				got, err := loaders.Conversation.Load(t.Context(), spelled)
				if err != nil || got.ID != ids[i] || got.Title != "about "+ids[i] {
					t.Errorf("%s: got %+v, %v", spelled, got, err)
				}
			}
		})
	}
	asking.Wait()
	up.wantCalls(t, calls...)
}

// everything loads one object of each type that is loaded by ID.
func everything(loaders *Loaders) map[string]func(ctx context.Context, id string) error {
	return map[string]func(ctx context.Context, id string) error{
		"Conversation": func(ctx context.Context, id string) error { _, err := loaders.Conversation.Load(ctx, id); return err },
		"Messages":     func(ctx context.Context, id string) error { _, err := loaders.Messages.Load(ctx, id); return err },
		"Members":      func(ctx context.Context, id string) error { _, err := loaders.Members.Load(ctx, id); return err },
		"Preferences":  func(ctx context.Context, id string) error { _, err := loaders.Preferences.Load(ctx, id); return err },
		"Category":     func(ctx context.Context, id string) error { _, err := loaders.Category(ctx, id); return err },
	}
}

func TestLoaders_SpellingsOfOneID(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"Conversation": {"me /v2/conversations/" + idA},
		"Messages":     {"me /v2/conversations/" + idA + "/messages"},
		"Members":      {"me /v2/conversations/" + idA + "/members"},
		"Preferences":  {"me /v2/customers/" + idA + "/conversation-preferences"},
		"Category":     {"/v2/conversation-categories", "me /v2/conversation-categories/" + idA},
	}
	for name := range want {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, anyShape())
			ask := everything(up.loaders(t, "me"))[name]
			for _, id := range []string{idA, strings.ToUpper(idA), "AAAA" + idA[4:]} {
				if err := ask(t.Context(), id); err != nil {
					t.Errorf("%s: %v", id, err)
				}
			}
			up.wantCalls(t, want[name]...)
		})
	}
}

// anyShape returns an empty list for lists, and an empty object for everything else.
func anyShape() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := "{}"
		for _, list := range []string{"/messages", "/members", "/conversation-categories", "/conversations"} {
			if strings.HasSuffix(r.URL.Path, list) {
				body = "[]"
			}
		}
		respond(http.StatusOK, body)(w, r)
	})
}

// An invalid ID costs no call, to whatever endpoint. It is mStudio's, because resolvers check arguments.
func TestLoaders_MalformedID(t *testing.T) {
	t.Parallel()
	for name := range everything(nil) {
		if name == "Category" {
			continue // an argument's ID, which its resolver checks
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, anyShape())
			loaders := up.loaders(t, "me")
			for _, id := range []string{"", ".", "..", "nope", "../users/self", idA + "/members", "{" + idA + "}", strings.ReplaceAll(idA, "-", "")} {
				wantCode(t, everything(loaders)[name](t.Context(), id), rest.BadResponse)
				loaders.Messages.Start(t.Context(), id)
				loaders.Members.Start(t.Context(), id)
			}
			up.wantCalls(t)
		})
	}
}

// An error concerns only its own object.
func TestConversation_OneErrorPerID(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.Handle("/", echo())
	mux.Handle("/v2/conversations/"+idB, respond(http.StatusForbidden, "{}"))
	mux.Handle("/v2/conversations/"+idC, respond(http.StatusNotFound, "{}"))
	up := newUpstream(t, mux)
	loaders := up.loaders(t, "me")
	// The second load returns the cached error.
	for range 2 {
		if got, err := loaders.Conversation.Load(t.Context(), idA); err != nil || got.Title != "about "+idA {
			t.Errorf("got %+v, %v", got, err)
		}
		_, err := loaders.Conversation.Load(t.Context(), idB)
		wantCode(t, err, rest.Forbidden)
		_, err = loaders.Conversation.Load(t.Context(), idC)
		wantCode(t, err, rest.NotFound)
	}
	up.wantCalls(t, "me /v2/conversations/"+idA, "me /v2/conversations/"+idB, "me /v2/conversations/"+idC)
}

// hanging blocks until the client cancels the request. It sends to arrived when a request arrives.
func hanging(arrived chan<- struct{}) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
	})
}

// The end of the operation's context ends all calls.
func TestLoaders_CancelEndsCalls(t *testing.T) {
	t.Parallel()
	for name := range everything(nil) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			arrived := make(chan struct{}, 1)
			mux := http.NewServeMux()
			mux.Handle("/", hanging(arrived))
			mux.Handle("/v2/conversation-categories", respond(http.StatusOK, "[]"))
			up := newUpstream(t, mux)
			ask := everything(up.loaders(t, "me"))[name]
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- ask(ctx, idA) }()
			<-arrived
			cancel()
			wantCode(t, <-done, rest.Canceled)
		})
	}
}

func TestLoaders_NoCallAfterTheEnd(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, anyShape())
	loaders := up.loaders(t, "me")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := loaders.Conversation.Load(ctx, idA)
	wantCode(t, err, rest.Canceled)
	up.wantCalls(t)
}

// A load uses the call that was started for it.
func TestStart(t *testing.T) {
	t.Parallel()
	list := rest.ConversationList{Search: "mail", Limit: 20}
	tests := map[string]struct {
		start func(*Loaders, context.Context)
		ask   func(*Loaders, context.Context) error
		call  string
	}{
		"StartMessages": {
			func(l *Loaders, ctx context.Context) { l.Messages.Start(ctx, strings.ToUpper(idA)) },
			func(l *Loaders, ctx context.Context) error { _, err := l.Messages.Load(ctx, idA); return err },
			"me /v2/conversations/" + idA + "/messages",
		},
		"StartMembers": {
			func(l *Loaders, ctx context.Context) { l.Members.Start(ctx, idA) },
			func(l *Loaders, ctx context.Context) error {
				_, err := l.Members.Load(ctx, strings.ToUpper(idA))
				return err
			},
			"me /v2/conversations/" + idA + "/members",
		},
		"StartConversations": {
			func(l *Loaders, ctx context.Context) { l.StartConversations(ctx, list) },
			func(l *Loaders, ctx context.Context) error { _, err := l.Conversations(ctx, list); return err },
			"me /v2/conversations?fullTextSearch=mail&limit=20",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, anyShape())
			loaders := up.loaders(t, "me")
			test.start(loaders, t.Context())
			test.start(loaders, t.Context())
			if err := test.ask(loaders, t.Context()); err != nil {
				t.Error(err)
			}
			up.wantCalls(t, test.call)
		})
		t.Run(name+" that fails", func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, respond(http.StatusForbidden, "{}"))
			loaders := up.loaders(t, "me")
			test.start(loaders, t.Context())
			wantCode(t, test.ask(loaders, t.Context()), rest.Forbidden)
			up.wantCalls(t, test.call)
		})
	}
}

// The rows of a list are complete conversations, so they are not fetched again.
func TestConversations_FillTheCache(t *testing.T) {
	t.Parallel()
	up := newSandbox(t)
	loaders := up.loaders(t, agency())
	page, err := loaders.Conversations(t.Context(), rest.ConversationList{Limit: 50})
	if err != nil || len(page.Conversations) != 50 {
		t.Fatalf("got %+v, %v", page, err)
	}
	up.wantCalls(t, agency()+" /v2/conversations?limit=50")
	for _, row := range page.Conversations {
		got, err := loaders.Conversation.Load(t.Context(), strings.ToUpper(row.ID))
		if err != nil || got != row {
			t.Errorf("%s: want the row, got %+v, %v", row.ID, got, err)
		}
	}
	up.wantCalls(t)
}

func TestConversations_UnreadableRows(t *testing.T) {
	t.Parallel()
	rows := `[null, {"title":"no id"}, {"conversationId":"` + idA + `"}, {"conversationId":"` + strings.ToUpper(idB) + `"}, {"conversationId":"odd"}]`
	up := newUpstream(t, respond(http.StatusOK, rows))
	loaders := up.loaders(t, "me")
	page, err := loaders.Conversations(t.Context(), rest.ConversationList{})
	if err != nil {
		t.Fatal(err)
	}
	if page.Conversations[0] != nil || page.Conversations[1] != nil {
		t.Errorf("want nil for rows without an id, got %+v", page.Conversations[:2])
	}
	up.takeCalls()
	for i, id := range map[int]string{2: idA, 3: idB} {
		if got, err := loaders.Conversation.Load(t.Context(), id); err != nil || got != page.Conversations[i] {
			t.Errorf("%s: want the row, got %+v, %v", id, got, err)
		}
	}
	up.wantCalls(t)
	_, err = loaders.Conversation.Load(t.Context(), "odd")
	wantCode(t, err, rest.BadResponse)
}

// A list does not replace a conversation that was fetched before: one operation must not contradict itself.
func TestConversations_KeepCachedConversation(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.Handle("/v2/conversations", respond(http.StatusOK, `[{"conversationId":"`+idA+`","title":"of the list"}]`))
	mux.Handle("/v2/conversations/"+idA, respond(http.StatusOK, `{"conversationId":"`+idA+`","title":"its own"}`))
	loaders := newUpstream(t, mux).loaders(t, "me")
	before, err := loaders.Conversation.Load(t.Context(), idA)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loaders.Conversations(t.Context(), rest.ConversationList{}); err != nil {
		t.Fatal(err)
	}
	if after, err := loaders.Conversation.Load(t.Context(), idA); err != nil || after != before {
		t.Errorf("want %+v again, got %+v, %v", before, after, err)
	}
}

func TestConversations_EqualLists(t *testing.T) {
	t.Parallel()
	spellings := []rest.ConversationList{
		{},
		{Limit: 100},
		{Statuses: []rest.ConversationStatus{}, Sort: []rest.ConversationSort{}},
		{Limit: 100, Skip: 0, Search: ""},
	}
	up := newUpstream(t, anyShape())
	loaders := up.loaders(t, "me")
	var asking sync.WaitGroup
	for range 8 {
		for _, list := range spellings {
			asking.Go(func() {
				if _, err := loaders.Conversations(t.Context(), list); err != nil {
					t.Error(err)
				}
			})
		}
	}
	asking.Wait()
	up.wantCalls(t, "me /v2/conversations?limit=100")
}

// Lists that differ in one argument are fetched separately.
func TestConversations_DifferentLists(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		respond(http.StatusOK, `[{"conversationId":"1","title":"`+r.URL.RawQuery+`"}]`)(w, r)
	}))
	loaders := up.loaders(t, "me")
	lists := []rest.ConversationList{
		{},
		{Limit: 20},
		{Limit: 20, Skip: 20},
		{Search: "mail"},
		{Search: "mail", Statuses: []rest.ConversationStatus{"open"}},
		{Sort: []rest.ConversationSort{{Field: rest.SortID}}},
		{Sort: []rest.ConversationSort{{Field: rest.SortID, Descending: true}}},
		{Sort: []rest.ConversationSort{{Field: rest.SortID}, {Field: rest.SortTitle}}},
		{Sort: []rest.ConversationSort{{Field: rest.SortTitle}, {Field: rest.SortID}}},
		// The search text must not be interpreted as other arguments.
		{Search: "mail&status=open"},
	}
	var asking sync.WaitGroup
	for _, list := range lists {
		asking.Go(func() {
			page, err := loaders.Conversations(t.Context(), list)
			if err != nil || page.Conversations[0].Title != list.Query().Encode() {
				t.Errorf("%+v: got %+v, %v", list, page, err)
			}
		})
	}
	asking.Wait()
	if got := len(up.takeCalls()); got != len(lists) {
		t.Errorf("want %d different calls, got %d", len(lists), got)
	}
}

func TestViewer(t *testing.T) {
	t.Parallel()
	up := newSandbox(t)
	loaders := up.loaders(t, agency())
	first, err := loaders.Viewer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if second, err := loaders.Viewer(t.Context()); err != nil || second != first {
		t.Errorf("want %+v again, got %+v, %v", first, second, err)
	}
	up.wantCalls(t, agency()+" /v2/users/self")
}

// Data that was fetched with one token never reaches the owner of another token.
func TestLoaders_ShareNothing(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Access-Token") == "hers" {
			respond(http.StatusOK, `{"conversationId":"`+idA+`","title":"hers"}`)(w, r)
			return
		}
		respond(http.StatusForbidden, "{}")(w, r)
	}))
	hers, his, hersAgain := up.loaders(t, "hers"), up.loaders(t, "his"), up.loaders(t, "hers")
	for range 2 {
		if got, err := hers.Conversation.Load(t.Context(), idA); err != nil || got.Title != "hers" {
			t.Errorf("got %+v, %v", got, err)
		}
		_, err := his.Conversation.Load(t.Context(), idA)
		wantCode(t, err, rest.Forbidden)
	}
	up.wantCalls(t, "hers /v2/conversations/"+idA, "his /v2/conversations/"+idA)
	// The caller's next operation has no cached data either, because the caller may have lost access.
	if _, err := hersAgain.Conversation.Load(t.Context(), idA); err != nil {
		t.Error(err)
	}
	up.wantCalls(t, "hers /v2/conversations/"+idA)
}

func TestFrom(t *testing.T) {
	t.Parallel()
	loaders := &Loaders{}
	if got := From(With(t.Context(), loaders)); got != loaders {
		t.Errorf("want the loaders of the context, got %p", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("want a panic without loaders")
		}
	}()
	From(t.Context())
}
