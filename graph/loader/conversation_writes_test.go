package loader

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/rest"
)

// writable is an upstream in which all writes and reads succeed. Its events are numbered from 1. It records reads with
// their If-Event-Reached.
type writable struct {
	*upstream
	events atomic.Int64

	mu    sync.Mutex
	reads []string
}

func newWritable(t *testing.T) *writable {
	t.Helper()
	w := &writable{}
	w.upstream = newUpstream(t, http.HandlerFunc(w.answer))
	return w
}

func (a *writable) answer(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		w.Header().Set("Etag", strconv.FormatInt(a.events.Add(1), 10))
		respond(http.StatusOK, `{"conversationId":"`+idC+`","messageId":"`+idB+`"}`)(w, r)
		return
	}
	a.mu.Lock()
	a.reads = append(a.reads, r.URL.Path+" after "+r.Header.Get("If-Event-Reached"))
	a.mu.Unlock()
	switch r.URL.Path {
	case "/v2/conversations":
		respond(http.StatusOK, `[{"conversationId":"`+idA+`"},{"conversationId":"`+idB+`"}]`)(w, r)
	case "/v2/conversations/" + idA, "/v2/conversations/" + idB, "/v2/conversations/" + idC:
		respond(http.StatusOK, `{}`)(w, r)
	default:
		respond(http.StatusOK, `[]`)(w, r)
	}
}

// wantReads fails the test unless exactly these reads were made since its last call, in this order.
func (a *writable) wantReads(t *testing.T, want ...string) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if diff := cmp.Diff(want, a.reads); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
	a.reads = nil
}

// readAll loads everything about two conversations, and the list.
func readAll(t *testing.T, l *Loaders) {
	t.Helper()
	for _, id := range []string{idA, idB} {
		_, err1 := l.Conversation.Load(t.Context(), id)
		_, err2 := l.Messages.Load(t.Context(), id)
		_, err3 := l.Members.Load(t.Context(), id)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Error(err)
		}
	}
	if _, err := l.Conversations(t.Context(), rest.ConversationList{}); err != nil {
		t.Error(err)
	}
}

func about(id, event string) []string {
	path := "/v2/conversations/" + id
	return []string{path + " after " + event, path + "/messages after " + event, path + "/members after " + event}
}

// After a write, only data that it may have changed is fetched again, with the event of the write.
func TestWrite_ClearsTheConversation(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(l *Loaders, id string) error{
		"send": func(l *Loaders, id string) error {
			_, err := l.SendMessage(t.Context(), id, rest.NewMessage{Content: "x"})
			return err
		},
		"edit": func(l *Loaders, id string) error { return l.EditMessage(t.Context(), id, idB, "x") },
		"update": func(l *Loaders, id string) error {
			return l.UpdateConversation(t.Context(), id, rest.ConversationChange{Title: "x"})
		},
		"status": func(l *Loaders, id string) error { return l.SetConversationStatus(t.Context(), id, rest.StatusClosed) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newWritable(t)
			loaders := api.loaders(t, "me")
			readAll(t, loaders)
			list := "/v2/conversations after "
			api.wantReads(t, append(append(about(idA, ""), about(idB, "")...), list)...)
			readAll(t, loaders)
			api.wantReads(t)
			if err := write(loaders, idA); err != nil {
				t.Fatal(err)
			}
			readAll(t, loaders)
			// The other conversation's messages and members stay cached; its row was cleared with the list.
			api.wantReads(t, append(about(idA, "1"), "/v2/conversations/"+idB+" after ", list+"1")...)
			if err := write(loaders, idB); err != nil {
				t.Fatal(err)
			}
			readAll(t, loaders)
			api.wantReads(t, append(append([]string{"/v2/conversations/" + idA + " after 1"}, about(idB, "2")...), list+"2")...)
			if diff := cmp.Diff([]Event{{idA, "1"}, {idB, "2"}}, loaders.Written()); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

// A new conversation is fetched with the event of its creation.
func TestWrite_CreatedConversation(t *testing.T) {
	t.Parallel()
	api := newWritable(t)
	loaders := api.loaders(t, "me")
	id, err := loaders.CreateConversation(t.Context(), rest.NewConversation{Title: "x"})
	if err != nil || id != idC {
		t.Fatalf("got %s, %v", id, err)
	}
	if _, err := loaders.Members.Load(t.Context(), idC); err != nil {
		t.Error(err)
	}
	api.wantReads(t, "/v2/conversations/"+idC+"/members after 1")
}

// A write of unknown outcome clears the same data as a successful write.
func TestWrite_UnknownOutcome(t *testing.T) {
	t.Parallel()
	for status, reads := range map[int]int{http.StatusInternalServerError: 2, http.StatusForbidden: 1} {
		api := newWritable(t)
		up := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut {
				respond(status, `{}`)(w, r)
				return
			}
			api.answer(w, r)
		}))
		loaders := up.loaders(t, "me")
		for range 2 {
			if _, err := loaders.Messages.Load(t.Context(), idA); err != nil {
				t.Fatal(err)
			}
			if loaders.SetConversationStatus(t.Context(), idA, rest.StatusClosed) == nil {
				t.Fatal("no error")
			}
		}
		want := []string{}
		for range reads {
			want = append(want, "/v2/conversations/"+idA+"/messages after ")
		}
		api.wantReads(t, want...)
		if events := loaders.Written(); events != nil {
			t.Errorf("%d: events %v", status, events)
		}
	}
}

// Reads wait for the event of a write whose response body is invalid.
func TestWrite_InvalidResponse(t *testing.T) {
	t.Parallel()
	api := newWritable(t)
	up := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			api.answer(w, r)
			return
		}
		w.Header().Set("Etag", "7")
		w.WriteHeader(http.StatusNoContent)
	}))
	for name, test := range map[string]struct {
		write func(*Loaders) error
		reads []string
		event Event
	}{
		"of a conversation": {
			func(l *Loaders) error { return l.SetConversationStatus(t.Context(), idA, rest.StatusClosed) },
			append(append(about(idA, "7"), "/v2/conversations/"+idB+" after "), "/v2/conversations after 7"),
			Event{idA, "7"},
		},
		// The ID is unknown, but a list contains the conversation.
		"of a new conversation": {
			func(l *Loaders) error {
				_, err := l.CreateConversation(t.Context(), rest.NewConversation{Title: "x"})
				return err
			},
			[]string{"/v2/conversations/" + idA + " after ", "/v2/conversations/" + idB + " after ", "/v2/conversations after 7"},
			Event{unknownConversation, "7"},
		},
	} {
		loaders := up.loaders(t, "me")
		readAll(t, loaders)
		api.wantReads(t, append(append(about(idA, ""), about(idB, "")...), "/v2/conversations after ")...)
		if test.write(loaders) == nil {
			t.Errorf("%s: no error", name)
		}
		readAll(t, loaders)
		api.wantReads(t, test.reads...)
		if diff := cmp.Diff([]Event{test.event}, loaders.Written()); diff != "" {
			t.Errorf("%s: events (-want +got):\n%s", name, diff)
		}
	}
}

// Reads wait for the events of Await. Written returns them once the operation has written something.
func TestAwait(t *testing.T) {
	t.Parallel()
	api := newWritable(t)
	loaders := api.loaders(t, "me")
	loaders.Await(Event{idA, "7"})
	loaders.Await(Event{idB, "5"})
	loaders.Await(Event{idA, "6"}) // older than the event before
	readAll(t, loaders)
	api.wantReads(t, append(append(about(idA, "7"), about(idB, "5")...), "/v2/conversations after 7")...)
	if events := loaders.Written(); events != nil {
		t.Errorf("no write, but events: %v", events)
	}
	if err := loaders.SetConversationStatus(t.Context(), idB, rest.StatusClosed); err != nil {
		t.Fatal(err)
	}
	// Its event is 1, which is older than the one of Await for this conversation.
	if diff := cmp.Diff([]Event{{idA, "7"}, {idB, "5"}}, loaders.Written()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// After one event was not reached in time, no read waits for an event.
func TestStale(t *testing.T) {
	t.Parallel()
	api := newWritable(t)
	up := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-Event-Reached") != "" {
			respond(http.StatusPreconditionFailed, `{}`)(w, r)
			return
		}
		api.answer(w, r)
	}))
	loaders := up.loaders(t, "me")
	loaders.Await(Event{idA, "7"})
	if loaders.Stale() {
		t.Error("stale before any read")
	}
	readAll(t, loaders)
	if !loaders.Stale() {
		t.Error("not stale")
	}
	api.wantReads(t, append(append(about(idA, ""), about(idB, "")...), "/v2/conversations after ")...)
	if calls := up.takeCalls()["me /v2/conversations/"+idA]; calls != 2 {
		t.Errorf("the first read: want 2 calls, got %d", calls)
	}
}
