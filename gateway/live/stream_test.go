package live_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/graph/watcher"
)

const (
	events = "Accept: text/event-stream"
	parts  = "Accept: multipart/mixed;subscriptionSpec=1.0"
)

// The bytes of streams, and how the access log describes them.
func TestServe(t *testing.T) {
	t.Parallel()
	const boundary, part = "\r\n--graphql", "\r\nContent-Type: application/json\r\n\r\n"
	errs := json.RawMessage(`[{"message":"Rejected."}]`)
	for name, test := range map[string]struct {
		accept string
		end    watcher.End
		want   []string // two results and the end

		transport, reason string
	}{
		"events": {events, watcher.End{}, []string{
			"event: next\ndata: {\"data\":1}\n\n", "event: next\ndata: {\"data\":2}\n\n", "event: complete\ndata:\n\n",
		}, "sse", "complete"},
		"events that fail": {events, watcher.End{Errors: errs, Unauthenticated: true}, []string{
			"event: next\ndata: {\"data\":1}\n\n", "event: next\ndata: {\"data\":2}\n\n",
			"event: next\ndata: {\"errors\":[{\"message\":\"Rejected.\"}]}\n\nevent: complete\ndata:\n\n",
		}, "sse", "unauthenticated"},
		// Clients deliver a part when they see the boundary of the next one.
		"parts": {parts, watcher.End{}, []string{
			boundary + part + "{\"payload\":{\"data\":1}}" + boundary, part + "{\"payload\":{\"data\":2}}" + boundary, "--\r\n",
		}, "multipart", "complete"},
		"parts that fail": {parts, watcher.End{Errors: errs}, []string{
			boundary + part + "{\"payload\":{\"data\":1}}" + boundary, part + "{\"payload\":{\"data\":2}}" + boundary,
			part + "{\"payload\":null,\"errors\":[{\"message\":\"Rejected.\"}]}" + boundary + "--\r\n",
		}, "multipart", "complete"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := broadcast(t, usual)
			r := b.open(t, test.accept)
			size := 0
			for i, add := range []func(){
				func() { r.source.add(nil, `{"data":1}`) }, func() { r.source.add(nil, `{"data":2}`) }, func() { r.source.add(&test.end) },
			} {
				add()
				r.expect(test.want[i])
				size += len(test.want[i])
			}
			r.expectEnd(true)
			b.expectLine(t, fmt.Sprintf("requestId=request method=GET route=none status=200 bytes=%d caller=\"\" clientAddress=127.0.0.1 "+
				"operation=\"\" upstreamCalls=0 errors=0 transport=%s events=2 reason=%s", size, test.transport, test.reason))
			if !r.source.closed.Load() {
				t.Error("the source is open")
			}
			if open := b.gathered(t, "live_streams"); open != 0 {
				t.Errorf("%v streams are counted", open)
			}
		})
	}
}

func TestServe_Header(t *testing.T) {
	t.Parallel()
	b := broadcast(t, usual)
	for accept, contentType := range map[string]string{
		events: "text/event-stream; charset=utf-8", parts: `multipart/mixed;boundary="graphql";subscriptionSpec=1.0`,
	} {
		r := b.open(t, accept)
		if r.header.Get("Date") == "" || r.closes {
			t.Errorf("closes the connection: %t, %v", r.closes, r.header)
		}
		r.header.Del("Date")
		want := http.Header{
			"Cache-Control": {"no-store"}, "Content-Type": {contentType}, "Vary": {"Accept-Encoding", "Accept, Authorization, X-Access-Token, Origin"},
			"X-Accel-Buffering": {"no"}, "X-Content-Type-Options": {"nosniff"}, "X-Request-Id": {"request"},
		}
		if d := cmp.Diff(want, r.header); d != "" {
			t.Errorf("%s (-want +got):\n%s", accept, d)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	config := usual
	config.MaxStreams, config.MaxStreamsPerCaller = 3, 2
	b := broadcast(t, config)
	expect := func(caller, status string) *reader {
		t.Helper()
		r := b.open(t, events, "X-Caller: "+caller)
		if r.status != status {
			t.Errorf("%s: want %s, got %s", caller, status, r.status)
		}
		return r
	}
	const full = "503 Service Unavailable"
	first := expect("a", "200 OK")
	expect("a", "200 OK")
	expect("a", full)
	expect("b", "200 OK")
	expect("c", full)
	_ = first.conn.Close()
	if !eventually(func() bool { return b.streams.Open() == 2 }) {
		t.Error("the place of a client that has left is not free")
	}
	expect("a", "200 OK")
}

// HTTP/1.0 has no chunks: the response ends with the connection.
func TestServe_HTTP10(t *testing.T) {
	t.Parallel()
	b := broadcast(t, usual)
	r := b.request(t, strings.Replace(head, "HTTP/1.1", "HTTP/1.0", 1)+events+"\r\n\r\n")
	if !r.closes {
		t.Error("the connection stays open")
	}
	r.source.add(completed(), "{}")
	r.expect("event: next\ndata: {}\n\nevent: complete\ndata:\n\n")
	r.expectEnd(true)
	b.expectNoStream(t)
}

// An idle stream costs the server one goroutine.
func TestServe_Goroutines(t *testing.T) { //nolint:paralleltest // counts all goroutines
	const count = 50
	config := usual
	config.MaxStreamsPerCaller = count
	b := broadcast(t, config)
	before := runtime.NumGoroutine()
	for range count {
		r := b.open(t, events)
		r.source.add(nil, "{}")
		r.expect("event: next\ndata: {}\n\n")
	}
	most := before + count
	if !eventually(func() bool { return runtime.NumGoroutine() <= most }) {
		t.Errorf("%d goroutines, want at most %d", runtime.NumGoroutine(), most)
	}
}

// Over HTTP/2, which does not give a connection away, the server keeps the response.
func TestServe_HTTP2(t *testing.T) {
	t.Parallel()
	config := usual
	config.StreamPing = 100 * time.Millisecond
	b := broadcast(t, config)
	server := httptest.NewUnstartedServer(b.server.Handler)
	server.EnableHTTP2, server.Config.ReadTimeout, server.Config.WriteTimeout = true, time.Second, time.Second
	server.StartTLS()
	defer server.Close()
	defer server.CloseClientConnections() // Close waits for streams
	open := func() (*http.Response, *queue) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept", "text/event-stream")
		response, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		return response, <-b.sources
	}
	response, source := open()
	heartbeats := strings.Repeat(":\n\n", 12)
	expectText(t, response.Body, heartbeats) // longer than the timeouts of the server
	source.add(nil, `{"data":1}`)
	source.add(completed())
	if rest, err := io.ReadAll(response.Body); err != nil || !strings.HasSuffix(string(rest), "event: complete\ndata:\n\n") || !strings.Contains(string(rest), "event: next\ndata: {\"data\":1}\n\n") {
		t.Errorf("%v: %q", err, rest)
	}
	_ = response.Body.Close()
	b.expectNoStream(t)

	response, source = open()
	_ = response.Body.Close()
	b.expectNoStream(t)
	if !source.closed.Load() {
		t.Error("the source is open")
	}

	response, _ = open()
	b.streams.Drain(t.Context(), 0)
	if _, err := io.Copy(io.Discard, response.Body); err == nil {
		t.Error("a response that was cut looks complete")
	}
	_ = response.Body.Close()
	for _, reason := range []string{"complete", "client", "drain"} {
		if count := strings.Count(b.log.String(), "reason="+reason); count != 1 {
			t.Errorf("%d ended with %s:\n%s", count, reason, b.log)
		}
	}
}

func expectText(t *testing.T, from io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(from, got); string(got) != want {
		t.Fatalf("%v: %q instead of %q", err, got[:n], want)
	}
}
