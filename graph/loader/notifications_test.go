package loader

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/rest"
)

func TestUnread(t *testing.T) {
	t.Parallel()
	reference := func(aggregate, id string, parents ...rest.NotificationReference) *rest.Notification {
		return &rest.Notification{Reference: rest.NotificationReference{Domain: "d", Aggregate: aggregate, ID: id, Parents: parents}}
	}
	inConversation := rest.NotificationReference{Aggregate: "conversation", ID: "A"}
	tests := map[string]struct {
		rows    []*rest.Notification
		partial bool
		a, b    *bool
		count   *int32
	}{
		"none":                           {nil, false, new(false), new(false), new(int32(0))},
		"the conversation":               {[]*rest.Notification{reference("conversation", "A")}, false, new(true), new(false), new(int32(1))},
		"twice":                          {[]*rest.Notification{reference("conversation", "A"), reference("Conversation", "a")}, false, new(true), new(false), new(int32(1))},
		"a message in it":                {[]*rest.Notification{reference("message", "m", inConversation)}, false, new(true), new(false), new(int32(1))},
		"both":                           {[]*rest.Notification{reference("conversation", "A"), reference("conversation", "b")}, false, new(true), new(true), new(int32(2))},
		"both and others":                {[]*rest.Notification{reference("backup", "x"), reference("conversation", "A"), reference("conversation", "b")}, false, new(true), new(true), new(int32(2))},
		"under another name":             {[]*rest.Notification{reference("ticket", "A")}, true, new(true), nil, nil},
		"only others":                    {[]*rest.Notification{reference("backup", "x")}, false, new(false), new(false), new(int32(0))},
		"more than the gateway has read": {[]*rest.Notification{reference("conversation", "A")}, true, new(true), nil, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			unread := newUnread(&rest.UnreadNotifications{Rows: test.rows, IsWhole: !test.partial})
			for id, want := range map[string]*bool{"a": test.a, "A": test.a, "b": test.b} {
				if diff := cmp.Diff(want, unread.Has(id)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", id, diff)
				}
			}
			if diff := cmp.Diff(test.count, unread.Count()); diff != "" {
				t.Errorf("count (-want +got):\n%s", diff)
			}
		})
	}
}

// notified is an upstream with two unread notifications about a conversation. It records calls with their If-Event-Reached.
func notified(t *testing.T) *writable {
	t.Helper()
	api := &writable{}
	api.upstream = newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v2/notifications" {
			api.answer(w, r)
			return
		}
		api.mu.Lock()
		api.reads = append(api.reads, r.URL.Path+" after "+r.Header.Get("If-Event-Reached"))
		api.mu.Unlock()
		row := `{"reference":{"domain":"d","aggregate":"conversation","id":"` + idA + `"}}`
		respond(http.StatusOK, "["+row+","+row+"]")(w, r)
	}))
	return api
}

// Only reads of notifications wait for the event of a write to notifications, because no other service may ever reach it.
func TestMarkRead(t *testing.T) {
	t.Parallel()
	api := notified(t)
	loaders := api.loaders(t, "me")
	unread, err := loaders.Unread(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{idA, idB} { // the other conversation has no notification
		if marked, err := loaders.MarkRead(t.Context(), unread, id); err != nil || marked != (id == idA) {
			t.Fatal(id, marked, err)
		}
	}
	if api.events.Load() != 1 {
		t.Errorf("%d writes", api.events.Load())
	}
	readAll(t, loaders)
	if _, err := loaders.Unread(t.Context()); err != nil {
		t.Fatal(err)
	}
	api.wantReads(t, append(append([]string{"/v2/notifications after "}, append(about(idA, ""), about(idB, "")...)...),
		"/v2/conversations after ", "/v2/notifications after 1")...)
	if diff := cmp.Diff([]Event{{notifications, "1"}}, loaders.Written()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	// A later operation, for which the client sends the event.
	later := api.loaders(t, "me")
	later.Await(Event{notifications, "1"})
	if _, err := later.Conversations(t.Context(), rest.ConversationList{}); err != nil {
		t.Fatal(err)
	}
	if _, err := later.Unread(t.Context()); err != nil {
		t.Fatal(err)
	}
	api.wantReads(t, "/v2/conversations after ", "/v2/notifications after 1")
}

// A write to a conversation may mark its notifications as read.
func TestWrite_ClearsUnread(t *testing.T) {
	t.Parallel()
	api := notified(t)
	loaders := api.loaders(t, "me")
	for range 2 {
		loaders.StartUnread(t.Context())
		if _, err := loaders.Unread(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := loaders.SetConversationStatus(t.Context(), idA, rest.StatusClosed); err != nil {
			t.Fatal(err)
		}
	}
	api.wantReads(t, "/v2/notifications after ", "/v2/notifications after ")
}

func TestMarkRead_Fails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		want   []Event
	}{"refused": {http.StatusForbidden, nil}, "unreadable": {http.StatusOK, []Event{{notifications, "7"}}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Etag", "7")
				respond(test.status, `[]`)(w, r)
			}))
			loaders := api.loaders(t, "me")
			unread := newUnread(&rest.UnreadNotifications{Rows: []*rest.Notification{{Reference: rest.NotificationReference{Domain: "d", Aggregate: "conversation", ID: idA}}}})
			if _, err := loaders.MarkRead(t.Context(), unread, idA); err == nil {
				t.Error("no error")
			}
			if diff := cmp.Diff(test.want, loaders.Written()); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

// Without all notifications, a conversation without any may be unread.
func TestMarkRead_Unknown(t *testing.T) {
	t.Parallel()
	loaders := newWritable(t).loaders(t, "me")
	if marked, err := loaders.MarkRead(t.Context(), newUnread(&rest.UnreadNotifications{}), idA); marked || !errors.Is(err, ErrUnreadUnknown) {
		t.Errorf("got %v, %v", marked, err)
	}
}
