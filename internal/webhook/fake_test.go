package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"go.uber.org/goleak"

	"mstudio-graphql/gateway/live"
	"mstudio-graphql/graph/watcher"
	"mstudio-graphql/internal/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// object is a JSON object.
type object = map[string]any

// inbox answers the operations of a watch as a gateway does, with conversations that a test changes.
type inbox struct {
	mu            sync.Mutex
	conversations []object
	stale         bool   // histories lack the newest message
	failing       bool   // histories and lists fail
	noHistory     string // the code with which histories fail; "" if they do not
	stream        *source
	operations    []string // "subscribe after", "list" and "history" in their order
}

// source is a subscription, or a query with its result.
type source struct {
	mu      sync.Mutex
	notify  func()
	results [][]byte
	end     *watcher.End
}

func (s *source) Notify(ready func()) {
	s.mu.Lock()
	s.notify = ready
	waits := len(s.results) > 0 || s.end != nil
	s.mu.Unlock()
	if waits {
		ready()
	}
}

func (s *source) Take() (results [][]byte, end *watcher.End) {
	s.mu.Lock()
	defer s.mu.Unlock()
	results, s.results = s.results, nil
	return results, s.end
}

func (s *source) Close() {}

func (s *source) push(end *watcher.End, results ...object) {
	s.mu.Lock()
	for _, result := range results {
		text, _ := json.Marshal(result)
		s.results = append(s.results, text)
	}
	s.end = end
	notify := s.notify
	s.mu.Unlock()
	if notify != nil {
		notify()
	}
}

// Start runs an operation.
func (i *inbox) Start(_ context.Context, params *graphql.RawParams) live.Source {
	i.mu.Lock()
	defer i.mu.Unlock()
	s := &source{}
	after, _ := params.Variables["after"].(string)
	switch {
	case strings.HasPrefix(params.Query, "subscription"):
		i.operations, i.stream = append(i.operations, strings.TrimSpace("subscribe "+after)), s
		s.push(nil, change("SYNCED", "c1", nil))
	case i.failing:
		s.push(nil, failure("UPSTREAM_UNAVAILABLE"))
	case strings.Contains(params.Query, "WatchList"):
		i.operations = append(i.operations, "list")
		s.push(nil, i.page(after))
	case i.noHistory != "":
		i.operations = append(i.operations, "history")
		s.push(&watcher.End{Errors: []byte(`[{"message": "It failed.", "extensions": {"code": "` + i.noHistory + `"}}]`)})
	default:
		i.operations = append(i.operations, "history")
		id, _ := params.Variables["id"].(string)
		s.push(nil, object{"data": object{"conversation": i.find(id)}})
	}
	return s
}

// page returns a page of 100 rows. The cursor is their position.
func (i *inbox) page(after string) object {
	start, _ := strconv.Atoi(after)
	end := min(start+100, len(i.conversations))
	return object{"data": object{"conversations": object{
		"pageInfo": object{"hasNextPage": end < len(i.conversations), "endCursor": strconv.Itoa(end)},
		"nodes":    rowsOf(i.conversations[start:end]),
	}}}
}

// rowsOf returns conversations without their histories.
func rowsOf(conversations []object) []object {
	rows := make([]object, 0, len(conversations))
	for _, c := range conversations {
		row := object{}
		for name, value := range c {
			if name != "messages" {
				row[name] = value
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func (i *inbox) find(id string) object {
	for _, c := range i.conversations {
		if c["id"] == id {
			if i.stale {
				stale := rowsOf([]object{c})[0]
				stale["messages"] = object{"nodes": []any{}}
				return stale
			}
			return c
		}
	}
	return nil
}

func failure(code string) object {
	return object{"data": nil, "errors": []object{{"message": "It failed.", "extensions": object{"code": code}}}}
}

func change(kind, cursor string, c object) object {
	changed := object{"kind": kind, "cursor": cursor, "conversation": c}
	if c != nil {
		changed["conversationId"] = c["id"]
	}
	return object{"data": object{"inboxChanged": changed}}
}

// add adds a conversation without telling subscribers.
func (i *inbox) add(number int, title string) object {
	i.mu.Lock()
	defer i.mu.Unlock()
	c := object{
		"id": strconv.Itoa(number), "shortId": "c-" + strconv.Itoa(number), "title": title, "status": "OPEN", "rawStatus": "open", "rawVisibility": "private",
		"rawNotificationRoles": []string{}, "relatedTo": object{"id": "p-1"}, "messages": object{"nodes": []any{}},
	}
	i.conversations = append(i.conversations, c)
	return c
}

// write adds a message without telling subscribers.
func (i *inbox) write(c object, id, text string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	author := object{"id": "u-1", "isEmployee": true}
	at := time.Now().UTC()
	history, _ := c["messages"].(object)
	nodes, _ := history["nodes"].([]any)
	history["nodes"] = append(nodes, object{"type": "TextMessage", "id": id, "createdAt": at, "createdBy": author, "content": text})
	c["lastMessage"] = object{"createdAt": at, "createdBy": author}
}

// edit runs a change of the inbox.
func (i *inbox) edit(change func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change()
}

// ran returns the operations since the last time.
func (i *inbox) ran() []string {
	synctest.Wait()
	i.mu.Lock()
	defer i.mu.Unlock()
	ran := i.operations
	i.operations = nil
	return ran
}

// push sends results to the subscriber.
func (i *inbox) push(end *watcher.End, results ...object) {
	synctest.Wait()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.stream.push(end, results...)
}

// tell sends a change to the subscriber.
func (i *inbox) tell(kind string, c object) { i.push(nil, change(kind, "c2", c)) }

// received is a request to a receiver.
type received struct {
	after  time.Duration
	header http.Header
	body   string
	status int
}

// kind returns the type of the webhook and the ID of its message or conversation.
func (r received) kind() string {
	var body struct {
		Type string
		Data struct {
			ConversationID string
			Message        struct{ ID string }
		}
	}
	_ = json.Unmarshal([]byte(r.body), &body)
	if body.Data.Message.ID != "" {
		return body.Type + " " + body.Data.Message.ID
	}
	return body.Type + " " + body.Data.ConversationID
}

// receiver is a real server over pipes, in virtual time.
type receiver struct {
	conns chan net.Conn
	start time.Time

	mu       sync.Mutex
	handle   http.HandlerFunc // nil: 204
	requests []*received
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{conns: make(chan net.Conn), start: time.Now()}
	server := &http.Server{Handler: r, ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(r)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return r
}

func (r *receiver) Accept() (net.Conn, error) {
	conn, ok := <-r.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (r *receiver) Close() error {
	defer func() { _ = recover() }() // closed twice
	close(r.conns)
	return nil
}

func (*receiver) Addr() net.Addr { return &net.TCPAddr{} }

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	r.mu.Lock()
	got := &received{time.Since(r.start), request.Header, string(body), http.StatusNoContent}
	r.requests = append(r.requests, got)
	handle := r.handle
	r.mu.Unlock()
	if handle == nil {
		w.WriteHeader(got.status)
		return
	}
	handle(&statusWriter{w, got}, request)
}

// statusWriter records the status of a response.
type statusWriter struct {
	http.ResponseWriter

	of *received
}

func (w *statusWriter) WriteHeader(status int) {
	w.of.status = status
	w.ResponseWriter.WriteHeader(status)
}

// respond changes what the receiver does.
func (r *receiver) respond(handle http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.handle = handle
}

// take returns the requests since the last time.
func (r *receiver) take() []*received {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.requests
	r.requests = nil
	return taken
}

func (r *receiver) kinds() []string {
	var all []string
	for _, request := range r.take() {
		all = append(all, request.kind())
	}
	return all
}

// running is a watch in the background.
type running struct {
	stop  context.CancelFunc
	ended chan error
	log   *bytes.Buffer
}

// start runs a watch until stop or the end of the test.
func start(t *testing.T, i *inbox, r *receiver, change func(*webhook.Config)) *running {
	t.Helper()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		client, server := net.Pipe()
		select {
		case r.conns <- server:
			return client, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
	run := &running{ended: make(chan error, 1), log: &bytes.Buffer{}}
	config := webhook.Config{
		Session: i, URL: "http://localhost/secret-path", Keys: [][]byte{[]byte(firstKey)}, UserAgent: "mstudio-graphql/1.2.3",
		Transport: transport, Log: slog.New(slog.NewTextHandler(run.log, nil)),
	}
	if change != nil {
		change(&config)
	}
	ctx, cancel := context.WithCancel(t.Context())
	run.stop = cancel
	done := make(chan struct{})
	go func() {
		defer close(done)
		run.ended <- webhook.Run(ctx, config)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		transport.CloseIdleConnections()
	})
	synctest.Wait()
	return run
}

const firstKey = "first key of 32 bytes for tests!"
