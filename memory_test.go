//go:build linux && !race

// These tests measure the memory of the program in a process with a limit.

package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const (
	// maxRSS is the peak of the resident memory of the measured process, in bytes.
	maxRSS = 256 << 20
	// atOnce is how many requests of each kind are sent at once.
	atOnce = 32
)

// history is what the upstream of these tests sends for the messages of a conversation.
type history struct {
	messages, length int // of each text
	zipped           bool
}

// conversationOf returns the ID of a conversation with a history.
func (h history) conversationOf(number int) string {
	return fmt.Sprintf("%08d-%04d-4000-8%03d-%012d", h.length, h.messages, count(h.zipped), number)
}

func count(holds bool) int {
	if holds {
		return 1
	}
	return 0
}

func historyOf(id string) (h history) {
	h.length, _ = strconv.Atoi(id[:8])
	h.messages, _ = strconv.Atoi(id[9:13])
	h.zipped = id[20:23] == "001"
	return h
}

// largeUpstream sends a conversation with its messages for each ID.
func largeUpstream(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	var texts sync.Map
	mux.HandleFunc("GET /v2/users/self", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"userId":"6bf6b084-c8ef-5bb4-a644-37d2fb678280","email":"a@example.com"}`)
	})
	mux.HandleFunc("GET /v2/conversations/{id}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"conversationId":%q,"shortId":"a","title":"b","status":"open","createdAt":"2026-01-01T00:00:00Z"}`, r.PathValue("id"))
	})
	mux.HandleFunc("GET /v2/conversations/{id}/messages", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		historyOf(r.PathValue("id")).send(w, &texts)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// send sends the messages of a conversation. Their IDs are the same in all histories, so that the text is built once.
func (h history) send(w http.ResponseWriter, texts *sync.Map) {
	built, _ := texts.LoadOrStore(h, sync.OnceValue(h.text))
	if h.zipped {
		w.Header().Set("Content-Encoding", "gzip")
	}
	text, _ := built.(func() []byte)
	_, _ = w.Write(text())
}

func (h history) text() []byte {
	var text bytes.Buffer
	content := strings.Repeat("a", h.length)
	for i := range h.messages {
		_, _ = fmt.Fprintf(&text, `,{"type":"MESSAGE","messageId":"aaaaaaaa-0000-4000-8000-%012d","createdAt":"2026-01-01T00:00:00Z","messageContent":%q}`, i, content)
	}
	text.Bytes()[0] = '['
	text.WriteByte(']')
	if !h.zipped {
		return text.Bytes()
	}
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	_, _ = zip.Write(text.Bytes())
	_ = zip.Close()
	return zipped.Bytes()
}

// startChild starts the program in front of an upstream with large responses. It ends with the test.
func startChild(t *testing.T, arguments ...string) *child {
	t.Helper()
	// Requests end because of their size, never because of their time, on however busy a machine.
	patient := []string{"--subgraph", "--log-level=error", "--operation-timeout=2m", "--upstream-url=" + largeUpstream(t)}
	return runChild(t, append(patient, arguments...)...)
}

// peak returns the peak of the resident memory in bytes.
func (c *child) peak(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.command.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		t.Fatalf("the process has ended: %v", err)
	}
	return kilobytes << 10
}

// wantSmall reports an error unless the process is alive and has never been large.
func (c *child) wantSmall(t *testing.T) {
	t.Helper()
	if seen := c.outcome(t, c.request(t, "/graphql", viewerID, "token")); seen != "data" {
		_ = c.command.Process.Kill()
		_ = c.command.Wait()
		t.Fatalf("afterwards: %s\n%.3000s", seen, c.stderr.Bytes())
	}
	peak := c.peak(t)
	t.Logf("peak: %d MB", peak>>20)
	if peak > maxRSS {
		t.Errorf("peak: %d MB of at most %d", peak>>20, maxRSS>>20)
	}
}

const viewerID = `{"query": "{ viewer { id } }"}`

// ids returns the IDs of conversations with a history: the same one, or different ones.
func ids(h history, number int, same bool) []string {
	list := make([]string, number)
	for i := range list {
		list[i] = h.conversationOf(i * (1 - count(same)))
	}
	return list
}

// result is what a client sees of a response.
type result struct {
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Extensions map[string]any
	}
}

// outcome sends a request. It returns "data" for a complete response, and the code of the only error otherwise.
func (c *child) outcome(t *testing.T, request *http.Request) string {
	t.Helper()
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		t.Error(err)
		return "none"
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	var read result
	if invalid := json.Unmarshal(body, &read); err != nil || invalid != nil {
		t.Errorf("%s, %v, %v: %.300s", response.Status, err, invalid, body)
		return "unreadable"
	}
	if len(read.Errors) == 0 {
		return "data"
	}
	if read.Data != nil || len(read.Errors) > 1 {
		t.Errorf("%d bytes of data beside %d errors: %.300s", len(read.Data), len(read.Errors), body)
	}
	code := fmt.Sprint(read.Errors[0].Extensions["code"])
	most, _ := read.Errors[0].Extensions["max"].(float64)
	actual, _ := read.Errors[0].Extensions["actual"].(float64)
	if code == "OPERATION_LIMIT" && (read.Errors[0].Extensions["limit"] != "memory" || most == 0 || actual <= most) {
		t.Errorf("no figures: %.300s", body)
	}
	return code
}

// sendAtOnce sends requests of as many callers and returns how often each outcome occurs.
func (c *child) sendAtOnce(t *testing.T, path, body string, requests, callers int) map[string]int {
	t.Helper()
	var mu sync.Mutex
	var running sync.WaitGroup
	outcomes := map[string]int{}
	for i := range requests {
		request := c.request(t, path, body, "token-"+strconv.Itoa(i%callers))
		running.Go(func() {
			seen := c.outcome(t, request)
			mu.Lock()
			defer mu.Unlock()
			outcomes[seen]++
		})
	}
	running.Wait()
	return outcomes
}

const (
	historyFragment = ` fragment T on TextMessage { content }`
	aliasedFragment = ` fragment T on TextMessage { content c0:content c1:content c2:content c3:content c4:content c5:content c6:content c7:content c8:content c9:content c10:content c11:content c12:content c13:content c14:content }`
	nodesQuery      = `query($v: [ID!]!) { nodes(ids: $v) { ... on Conversation { messages(first: 100) { nodes { ...T } } } } }`
	edgesQuery      = `query($v: [ID!]!) { nodes(ids: $v) { ... on Conversation { messages(first: 100) { nodes { ...T } edges { node { ...T } } } } } }`
	entitiesQuery   = `query($v: [_Any!]!) { _entities(representations: $v) { ... on Conversation { messages(first: 100) { nodes { ...T } } } } }`
)

// Requests that repeat texts, or that need much data, end with a complete response or an error. None ends the process.
//
//nolint:paralleltest // each part takes all processors
func TestLargeResponses(t *testing.T) {
	thousand := history{messages: 100, length: 1000}
	refused := []string{"OVERLOADED", "OPERATION_LIMIT"}
	var representations []map[string]any
	for _, id := range ids(thousand, 400, true) {
		representations = append(representations, map[string]any{"__typename": "Conversation", "id": id})
	}
	for name, test := range map[string]struct {
		path, query string
		variable    any
		outcomes    []string // in any number
		arguments   []string
	}{
		"an ID 100 times":       {"/graphql", nodesQuery + historyFragment, ids(thousand, 100, true), []string{"data", "OVERLOADED"}, nil},
		"with edges":            {"/graphql", edgesQuery + historyFragment, ids(thousand, 100, true), []string{"data", "OVERLOADED", "OPERATION_LIMIT"}, nil},
		"with edges, aliased":   {"/graphql", edgesQuery + aliasedFragment, ids(thousand, 100, true), refused, nil},
		"an entity 400 times":   {"/subgraph", entitiesQuery + historyFragment, representations, refused, nil},
		"100 conversations":     {"/graphql", nodesQuery + historyFragment, ids(history{messages: 100, length: 8000}, 100, false), refused, nil},
		"20 large histories":    {"/graphql", nodesQuery + historyFragment, ids(history{messages: 79, length: 100_000}, 20, false), refused, nil},
		"20 gzip bombs":         {"/graphql", nodesQuery + historyFragment, ids(history{messages: 79, length: 100_000, zipped: true}, 20, false), refused, nil},
		"100 medium histories":  {"/graphql", nodesQuery + historyFragment, ids(history{messages: 450, length: 1000}, 100, false), refused, nil},
		"executor, aliased":     {"/graphql", edgesQuery + aliasedFragment, ids(thousand, 100, true), refused, []string{"--no-renderer"}},
		"executor, an entity":   {"/subgraph", entitiesQuery + historyFragment, representations, refused, []string{"--no-renderer"}},
		"executor, an ID often": {"/graphql", nodesQuery + historyFragment, ids(thousand, 100, true), refused, []string{"--no-renderer"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := startChild(t, test.arguments...)
			for _, callers := range []int{1, atOnce} {
				seen := c.sendAtOnce(t, test.path, asked(test.query, map[string]any{"v": test.variable}), atOnce, callers)
				t.Logf("%d callers: %v", callers, seen)
				for _, allowed := range test.outcomes {
					delete(seen, allowed)
				}
				if len(seen) > 0 {
					t.Errorf("%d callers: also %v", callers, seen)
				}
			}
			c.wantSmall(t)
		})
	}
}

// Callers that do not read their responses hold only their shares. The other callers are served.
//
//nolint:paralleltest // it takes all processors
func TestUnreadResponses(t *testing.T) {
	const callers, each = 5, 25
	c := startChild(t)
	body := asked(nodesQuery+historyFragment, map[string]any{"v": ids(history{messages: 100, length: 1000}, 60, true)})
	statuses := map[int]int{}
	for i := range callers * each {
		statuses[c.leaveUnread(t, body, "token-"+strconv.Itoa(i%callers))]++
	}
	t.Logf("statuses: %v", statuses)
	if statuses[http.StatusOK] < callers || statuses[http.StatusServiceUnavailable] < callers*(each-5) || len(statuses) > 2 {
		t.Errorf("statuses: %v", statuses)
	}
	c.wantSmall(t)
}

// leaveUnread sends a request and returns the status of its response, whose body it does not read before the end of the test.
func (c *child) leaveUnread(t *testing.T, body, token string) int {
	t.Helper()
	request := c.request(t, "/graphql", body, token)
	request.Header.Set("Accept-Encoding", "identity")
	var unread http.Transport
	response, err := unread.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return response.StatusCode
}
