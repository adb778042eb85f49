package watcher

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// conversation is a conversation of the upstream.
type conversation struct {
	ID       string
	Title    string
	Status   string
	At       time.Time // of the newest message; zero without one
	messages []map[string]any
}

func (c *conversation) json() map[string]any {
	row := map[string]any{"conversationId": c.ID, "shortId": "s", "title": c.Title, "status": c.Status, "visibility": "private", "createdAt": "2026-01-01T00:00:00Z"}
	if !c.At.IsZero() {
		row["lastMessage"] = map[string]any{"createdAt": c.At.Format(time.RFC3339Nano)}
	}
	return row
}

// upstream is the conversations of one caller behind a real server with in-memory connections.
type upstream struct {
	client *rest.Client

	mu            sync.Mutex
	conversations []*conversation
	calls         []string
	latency       time.Duration
	status        int                                // of all responses, 0 means OK
	hidden        map[string]int                     // status by conversation
	header        func(http.Header)                  // adds headers
	noTotal       bool                               // without X-Pagination-TotalCount
	broken        func(r *http.Request) (status int) // status of a response, 0 means OK
	older         func() []*conversation             // a state from before, or nil
}

const token = "token-of-the-test"

func newUpstream(t *testing.T, conversations ...*conversation) *upstream {
	t.Helper()
	u := &upstream{conversations: conversations, hidden: map[string]int{}}
	u.client = newClient(t, u)
	return u
}

// newClient returns a client with a token whose calls the handler answers.
func newClient(t testing.TB, handler http.Handler) *rest.Client {
	t.Helper()
	l := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: handler}
	served := make(chan error)
	go func() { served <- server.Serve(l) }()
	client, err := rest.New(rest.Config{BaseURL: "http://localhost", Dial: l.dial, CallerKey: []byte("the key of all replicas")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		_ = server.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return client.WithToken(tokenOf(t, token))
}

func tokenOf(t testing.TB, text string) rest.Token {
	t.Helper()
	made, err := rest.NewToken(text)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (*pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	defer u.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/v2/conversations")
	call := "list"
	id, isHistory := strings.CutSuffix(strings.TrimPrefix(path, "/"), "/messages")
	switch {
	case isHistory:
		call = "messages"
	case path != "":
		call = "conversation"
	case r.URL.Query().Get("skip") != "":
		call += " " + r.URL.Query().Get("skip")
	}
	if event := r.Header.Get("If-Event-Reached"); event != "" {
		call += " after " + event
	}
	u.calls = append(u.calls, call)
	if u.latency > 0 {
		latency := u.latency
		u.mu.Unlock()
		time.Sleep(latency)
		u.mu.Lock()
	}
	if u.header != nil {
		u.header(w.Header())
	}
	status := cmp.Or(u.status, u.hidden[id])
	if u.broken != nil {
		status = cmp.Or(u.broken(r), status)
	}
	if status > 0 {
		w.WriteHeader(status)
		return
	}
	u.answer(w, r, id, isHistory)
}

func (u *upstream) answer(w http.ResponseWriter, r *http.Request, id string, isHistory bool) {
	w.Header().Set("Content-Type", "application/json")
	found := u.find(id)
	switch {
	case id == "":
		u.list(w, r)
	case found == nil:
		w.WriteHeader(http.StatusNotFound)
	case isHistory:
		_ = json.NewEncoder(w).Encode(append([]map[string]any{}, found.messages...))
	default:
		_ = json.NewEncoder(w).Encode(found.json())
	}
}

func (u *upstream) find(id string) *conversation {
	i := slices.IndexFunc(u.conversations, func(c *conversation) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return u.conversations[i]
}

func (u *upstream) list(w http.ResponseWriter, r *http.Request) {
	sorted := slices.Clone(u.conversations)
	if u.older != nil {
		if older := u.older(); older != nil {
			sorted = slices.Clone(older)
		}
	}
	slices.SortFunc(sorted, newestFirst)
	if !u.noTotal {
		w.Header().Set("X-Pagination-TotalCount", strconv.Itoa(len(sorted)))
	}
	skip, _ := strconv.Atoi(r.URL.Query().Get("skip"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	skip = min(skip, len(sorted))
	rows := []any{}
	for _, c := range sorted[skip:min(skip+limit, len(sorted))] {
		rows = append(rows, c.json())
	}
	_ = json.NewEncoder(w).Encode(rows)
}

// change changes the upstream.
func (u *upstream) change(do func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	do()
}

// write adds a message to a conversation.
func (u *upstream) write(c *conversation, text string) {
	u.change(func() {
		c.At = time.Now().UTC()
		c.messages = append(c.messages, map[string]any{
			"type": "MESSAGE", "messageId": uuidOf(1000 + len(c.messages)), "conversationId": c.ID,
			"createdAt": c.At.Format(time.RFC3339Nano), "messageContent": text,
		})
	})
}

// take returns the calls since the last take.
func (u *upstream) take() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	calls := u.calls
	u.calls = nil
	return calls
}

func uuidOf(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// quiet returns conversations whose newest messages are three hours old.
func quietInbox(rows int) []*conversation {
	conversations := make([]*conversation, rows)
	for i := range conversations {
		conversations[i] = &conversation{ID: uuidOf(i), Title: fmt.Sprint("title ", i), Status: "open", At: time.Now().UTC().Add(-3*time.Hour - time.Duration(i)*time.Minute)}
	}
	return conversations
}

// newHub returns a hub that closes at the end of the test, which must have no goroutine left then.
func newHub(t testing.TB, config Config) *Hub {
	t.Helper()
	if config.Begin == nil {
		config.Begin = func(ctx context.Context, caller Caller, limits rest.Limits) (context.Context, *rest.Client, func(error) error) {
			client := caller.Client.WithLimits(limits)
			return loader.With(ctx, loader.New(client, loader.NewPublic(client, time.Minute))), client, func(err error) error { return err }
		}
	}
	h, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h
}

// event is a change as a client gets it.
type event struct {
	Kind, ID, Title, Status string
	New, Changed            []string `json:",omitempty"`
	cursor                  string
}

// tab is a client with one subscription.
type tab struct {
	*Subscriber

	t *testing.T
}

func subscription(client *rest.Client, target Target) Subscription {
	if target.Filter == nil && target.ConversationID == "" {
		target.Filter = all()
	}
	key := target.ConversationID
	if target.Filter != nil {
		key = target.Filter.Key
	}
	return Subscription{
		Caller: Caller{Key: "caller", Client: client}, Target: target, Key: key,
		Render: func(_ context.Context, change any) []byte {
			text, _ := json.Marshal(change)
			return text
		},
		Fail: func(err error) json.RawMessage { return json.RawMessage(strconv.Quote(err.Error())) },
	}
}

func all() *Filter { return &Filter{Key: "all", Match: func(*rest.Conversation) bool { return true }} }

func open() *Filter {
	return &Filter{Key: "open", Match: func(row *rest.Conversation) bool { return row.Status == rest.StatusOpen }}
}

func subscribe(t *testing.T, h *Hub, sub Subscription) *tab {
	t.Helper()
	s, err := h.Subscribe(t.Context(), sub)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &tab{s, t}
}

// events returns what has arrived, once the bubble is idle.
func (b *tab) events() (events []event) {
	b.t.Helper()
	synctest.Wait()
	for {
		results, _ := b.Take()
		if len(results) == 0 {
			return events
		}
		for _, result := range results {
			events = append(events, parse(b.t, result))
		}
	}
}

func parse(t *testing.T, result []byte) event {
	t.Helper()
	var read struct {
		Kind, Cursor    string
		ConversationID  *string
		Conversation    *rest.Conversation
		NewMessages     []struct{ ID string }
		ChangedMessages []struct{ ID string }
	}
	// The decoder cannot read interfaces.
	text := strings.NewReplacer(`"RelatedTo":null`, `"x":0`).Replace(string(result))
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		t.Fatal(err)
	}
	e := event{Kind: read.Kind, cursor: read.Cursor}
	if read.ConversationID != nil {
		e.ID = *read.ConversationID
	}
	if c := read.Conversation; c != nil {
		e.ID, e.Title, e.Status = c.ID, c.Title, string(c.Status)
	}
	for _, m := range read.NewMessages {
		e.New = append(e.New, m.ID)
	}
	for _, m := range read.ChangedMessages {
		e.Changed = append(e.Changed, m.ID)
	}
	return e
}

// kinds returns the kinds of what has arrived, separated by spaces.
func (b *tab) kinds() string {
	b.t.Helper()
	var kinds []string
	for _, e := range b.events() {
		kinds = append(kinds, e.Kind)
	}
	return strings.Join(kinds, " ")
}

func wantKinds(t *testing.T, b *tab, want string) {
	t.Helper()
	if got := b.kinds(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func wantCalls(t *testing.T, u *upstream, want ...string) {
	t.Helper()
	if got := u.take(); !slices.Equal(got, want) {
		t.Errorf("calls: got %q, want %q", got, want)
	}
}
