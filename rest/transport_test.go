package rest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// The test compares all headers, so that no header of a client's request can reach the API by accident.
func TestTransport_SendsOnlyKnownHeaders(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `[]`))
	client := u.client(t, Config{UserAgent: "gateway/1.2"}).WithRequestID("request-7")
	if _, err := client.Conversations(t.Context(), ConversationList{}); err != nil {
		t.Fatal(err)
	}
	want := http.Header{
		"Accept":          {"application/json"},
		"Accept-Encoding": {"gzip"},
		"User-Agent":      {"gateway/1.2"},
		"X-Access-Token":  {"token-of-the-test"},
		"X-Request-Id":    {"request-7"},
	}
	request := u.requests()[0]
	wantEqual(t, "headers", want, request.Header)
	if want := strings.TrimPrefix(u.url, "http://"); request.Host != want {
		t.Errorf("host: want %s, got %s", want, request.Host)
	}
	if request.Method != http.MethodGet || request.ContentLength != 0 || request.RequestURI != "/v2/conversations?limit=100" {
		t.Errorf("unexpected request: %s %s with %d bytes", request.Method, request.RequestURI, request.ContentLength)
	}
}

func TestTransport_SendsNoTokenWithoutOne(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `[]`))
	client := u.client(t, Config{}).WithToken(Token{})
	if _, err := client.ConversationCategories(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"Accept", "Accept-Encoding", "User-Agent"}
	wantEqual(t, "headers", want, slices.Sorted(maps.Keys(u.requests()[0].Header)))
}

// net/http would send X-Access-Token to the host in the Location.
func TestTransport_FollowsNoRedirect(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, location := range []string{"/v2/elsewhere", "", "http://[broken", "//%zz"} {
			t.Run(fmt.Sprint(status, " ", location), func(t *testing.T) {
				t.Parallel()
				second := newUpstream(t, respond(http.StatusOK, `{}`))
				u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
					if location == "/v2/elsewhere" {
						w.Header().Set("Location", second.url+location)
					} else {
						w.Header().Set("Location", location)
					}
					w.WriteHeader(status)
				})
				_, err := u.client(t, Config{}).Conversation(t.Context(), conversationID)
				wantCode(t, err, BadResponse)
				u.wantCalls(t, 1)
				second.wantCalls(t, 0)
			})
		}
	}
}

// A rejected call is the caller's fault only if it carries input of the caller. A 400 that is not JSON is not from the API.
func TestTransport_BlamesInputForInput(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status      int
		contentType string
		input       Code
	}{
		{400, "application/json", BadInput},
		{400, "application/problem+json", BadInput},
		{400, "text/html", BadResponse},
		{400, "text/plain; charset=utf-8", BadResponse},
		{400, "", BadResponse},
		{422, "application/json", BadInput},
		{422, "text/html", BadInput},
	} {
		client := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header()["Content-Type"] = []string{test.contentType}
			w.WriteHeader(test.status)
			_, _ = io.WriteString(w, `{"type":"ValidationError"}`)
		}).client(t, Config{})
		_, err := client.SendMessage(t.Context(), conversationID, NewMessage{Content: "a"})
		wantCode(t, err, test.input)
		_, err = client.Conversations(t.Context(), ConversationList{Search: "a"})
		wantCode(t, err, test.input)
		_, err = client.Upload(t.Context(), uploadToken(t), NewFile{Content: strings.NewReader("a")})
		wantCode(t, err, test.input)
		if errors.Is(err, ErrFileRejected) != (test.input == BadInput) {
			t.Errorf("%+v: got %v", test, err)
		}
		_, err = client.Messages(t.Context(), conversationID)
		wantCode(t, err, BadResponse)
	}
}

func TestTransport_MapsStatusToCode(t *testing.T) {
	t.Parallel()
	tests := map[int]Code{
		400: BadResponse, 401: Unauthorized, 403: Forbidden, 404: NotFound, 409: Conflict, 412: TimedOut, 422: BadResponse,
		429: RateLimited, 500: Unavailable, 501: Unavailable, 599: Unavailable,
		304: BadResponse, 402: BadResponse, 405: BadResponse, 410: BadResponse, 418: BadResponse,
	}
	for status, code := range tests {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			// net/http sends no body with a 304.
			u := newUpstream(t, respond(status, `{"type":"Error","message":"canary-of-the-error"}`))
			_, err := u.client(t, Config{}).Conversation(t.Context(), conversationID)
			wantCode(t, err, code)
			var failure *Error
			if errors.As(err, &failure) && failure.Status != status {
				t.Errorf("status: want %d, got %d", status, failure.Status)
			}
			if IsNotFound(err) != (status == http.StatusNotFound) {
				t.Errorf("IsNotFound: got %t", IsNotFound(err))
			}
			u.wantCalls(t, 1)
		})
	}
}

// The body of a 101 is the bare connection, which no timeout ends.
func TestTransport_DoesNotReadBodyOf101(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		done := make(chan struct{})
		defer close(done)
		u := newPipeUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
			<-done
			_ = conn.Close()
		})
		result := startCall(t.Context(), u.client(t, Config{}))
		synctest.Wait()
		select {
		case err := <-result:
			wantCode(t, err, BadResponse)
		default:
			t.Error("the call did not return")
		}
	})
}

func TestTransport_RequiresJSON(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"application/json":                      true,
		"application/json; charset=utf-8":       true,
		"Application/JSON;charset=\"UTF-8\"":    true,
		"application/hal+json":                  true,
		"application/vnd.mittwald.v3+json; x=y": true,
		"application/problem+json":              true,
		"text/json":                             true,
		"":                                      true,
		"text/html":                             false,
		"application/xhtml+xml":                 false,
		"application/json5":                     false,
		"application/+jsonx":                    false,
		"text/plain; charset=utf-8":             false,
		"application/json+x":                    false,
		"application/octet-stream":              false,
		"application":                           false,
	}
	for contentType, ok := range tests {
		t.Run(contentType, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
				// Unlike Set, the assignment prevents the server from guessing a type for "".
				w.Header()["Content-Type"] = []string{contentType}
				_, _ = fmt.Fprint(w, `{}`)
			})
			_, err := u.client(t, Config{}).Conversation(t.Context(), conversationID)
			if ok && err != nil {
				t.Fatal(err)
			}
			if !ok {
				wantCode(t, err, BadResponse)
			}
			u.wantCalls(t, 1)
		})
	}
}

func TestTransport_RejectsInvalidBody(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		body   string
	}{
		"empty":               {200, ""},
		"byte order mark":     {200, "\ufeff"},
		"two marks":           {200, "\ufeff\ufeff{}"},
		"mark in the middle":  {200, "{\ufeff}"},
		"UTF-16":              {200, "\xff\xfe{\x00}\x00"},
		"white space":         {200, " \n "},
		"no content":          {204, ""},
		"HTML":                {200, "<html>maintenance</html>"},
		"cut off":             {200, `{"title":"half`},
		"trailing HTML":       {200, `{"title":"whole"}<html>`},
		"trailing document":   {200, `{"title":"whole"} {}`},
		"trailing garbage":    {200, `{"title":"whole"}` + "\x00"},
		"trailing half value": {200, `{"title":"whole"}-`},
		"list":                {200, `[{"title":"in a list"}]`},
		"text":                {200, `"text"`},
		"number":              {200, `4711`},
		"null":                {200, `null`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(test.status)
				_, _ = fmt.Fprint(w, test.body)
			})
			conversation, err := u.client(t, Config{}).Conversation(t.Context(), conversationID)
			wantCode(t, err, BadResponse)
			if conversation != nil {
				t.Errorf("want no conversation, got %v", conversation)
			}
			// A retry would return the same.
			u.wantCalls(t, 1)
		})
	}
}

func TestTransport_BoundsBody(t *testing.T) {
	t.Parallel()
	const mebibyte = 1 << 20
	start, end := `{"title":"`, `"}`
	filler := strings.Repeat("x", mebibyte)
	// The title fills the document up to the maximum.
	rest := filler[:maxBody-7*mebibyte-len(start)-len(end)]
	fits := append(append([]string{start}, slices.Repeat([]string{filler}, 7)...), rest, end)
	tests := map[string]struct {
		pieces []string
		ok     bool
	}{
		"maximum":       {fits, true},
		"one byte more": {append(slices.Clone(fits), " "), false},
		// 256 MiB, about 300 KB compressed.
		"bomb": {slices.Repeat([]string{strings.Repeat(" ", mebibyte)}, 256), false},
	}
	for name, test := range tests {
		for _, compressed := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", compressed ", compressed), func(t *testing.T) {
				t.Parallel()
				u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "application/json")
					if compressed {
						w.Header().Set("Content-Encoding", "gzip")
						_, _ = w.Write(compress(test.pieces))
						return
					}
					for _, piece := range test.pieces {
						if _, err := io.WriteString(w, piece); err != nil {
							return
						}
					}
				})
				conversation, err := u.client(t, Config{}).Conversation(t.Context(), conversationID)
				if test.ok {
					if err != nil {
						t.Fatal(err)
					}
					if want, got := maxBody-len(start)-len(end), len(conversation.Title); got != want {
						t.Errorf("length of the title: want %d, got %d", want, got)
					}
				} else {
					wantCode(t, err, BadResponse)
				}
				u.wantCalls(t, 1)
			})
		}
	}
}

// compress returns a multistream gzip file. Each piece is a separate stream, so that equal pieces are compressed once.
func compress(pieces []string) []byte {
	var all []byte
	streams := map[string][]byte{}
	for _, piece := range pieces {
		if streams[piece] == nil {
			var compressed bytes.Buffer
			writer := gzip.NewWriter(&compressed)
			_, _ = io.WriteString(writer, piece)
			_ = writer.Close()
			streams[piece] = compressed.Bytes()
		}
		all = append(all, streams[piece]...)
	}
	return all
}

// A transfer that broke is retried, unlike a complete body with invalid JSON.
func TestTransport_RetriesBrokenTransfer(t *testing.T) {
	t.Parallel()
	tests := map[string]http.HandlerFunc{
		"shorter than Content-Length": cutOff,
		"broken chunks": func(w http.ResponseWriter, r *http.Request) {
			respond(http.StatusOK, `{}`)(w, r)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"broken gzip": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			respond(http.StatusOK, `{}`)(w, r)
		},
	}
	for name, broken := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, script(t, repeat(3, broken)...))
			_, err := u.client(t, Config{}).Conversation(t.Context(), conversationID)
			wantCode(t, err, Unavailable)
			u.wantCalls(t, 3)
		})
	}
}

func TestTransport_FailsWithoutConnection(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	u := &upstream{url: "http://" + listener.Addr().String()}
	_, err = u.client(t, Config{}).Conversation(t.Context(), conversationID)
	wantCode(t, err, Unavailable)
}

func TestTransport_SendsNothingToUntrustedServer(t *testing.T) {
	t.Parallel()
	u := &upstream{}
	server := httptest.NewUnstartedServer(u.record(respond(http.StatusOK, `{}`)))
	server.Config.ErrorLog = discardLog()
	server.StartTLS()
	t.Cleanup(server.Close)
	u.url = server.URL
	_, err := u.client(t, Config{}).Conversation(t.Context(), conversationID)
	wantCode(t, err, Unavailable)
	u.wantCalls(t, 0)
}

// A proxy from the environment would see every token.
func TestTransport_IgnoresProxyVariables(t *testing.T) {
	t.Parallel()
	if newPool(Config{}).Proxy != nil {
		t.Error("want no proxy function")
	}
}

func TestTransport_CancelsRequest(t *testing.T) {
	t.Parallel()
	arrived, canceled := make(chan struct{}), make(chan struct{})
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		hang(w, r)
		close(canceled)
	})
	ctx, cancel := context.WithCancel(t.Context())
	result := startCall(ctx, u.client(t, Config{}))
	<-arrived
	cancel()
	err := <-result
	wantCode(t, err, Canceled)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("want the cause %v, got %v", context.Canceled, errors.Unwrap(err))
	}
	<-canceled
	u.wantCalls(t, 1)
}

func TestTransport_SendsNothingAfterCancellation(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `{}`))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := u.client(t, Config{}).Conversation(ctx, conversationID)
	wantCode(t, err, Canceled)
	u.wantCalls(t, 0)
}

func TestTransport_DistinguishesTimeoutFromDeadline(t *testing.T) {
	t.Parallel()
	// trickle sends one byte per second without end.
	trickle := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for sleep(r.Context(), time.Second) {
			_, _ = fmt.Fprint(w, " ")
			_ = http.NewResponseController(w).Flush()
		}
	}
	tests := map[string]struct {
		handle            http.HandlerFunc
		deadline, attempt time.Duration
		code              Code
		calls             int
		elapsed           time.Duration
	}{
		"caller":                   {hang, 2 * time.Second, 0, Expired, 1, 2 * time.Second},
		"caller, during the body":  {trickle, 4 * time.Second, 0, Expired, 1, 4 * time.Second},
		"attempt":                  {hang, 5 * time.Second, 0, TimedOut, 1, 4500 * time.Millisecond},
		"attempt, during the body": {trickle, 5 * time.Second, 0, TimedOut, 1, 4500 * time.Millisecond},
		"short attempt":            {hang, 2500 * time.Millisecond, 2 * time.Second, TimedOut, 1, 2 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := newPipeUpstream(t, test.handle)
				client := u.client(t, Config{AttemptTimeout: test.attempt})
				start := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), test.deadline)
				defer cancel()
				_, err := client.Conversation(ctx, conversationID)
				wantCode(t, err, test.code)
				wantElapsed(t, start, test.elapsed)
				u.wantCalls(t, test.calls)
			})
		})
	}
}

// Otherwise each failure would cost an overloaded API another TLS handshake.
func TestTransport_ReusesConnectionAfterErrors(t *testing.T) {
	t.Parallel()
	var opened atomic.Int32
	u := &upstream{}
	server := httptest.NewUnstartedServer(u.record(script(t,
		respond(http.StatusNotFound, `{"type":"NotFound","message":"`+strings.Repeat("x", 1000)+`"}`),
		respond(http.StatusOK, `{}`),
		respond(http.StatusForbidden, `{}`),
		respond(http.StatusOK, `{}`))))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	u.url = server.URL
	client := u.client(t, Config{})
	for _, code := range []Code{NotFound, "", Forbidden, ""} {
		_, err := client.Conversation(t.Context(), conversationID)
		if code != "" {
			wantCode(t, err, code)
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if got := opened.Load(); got != 1 {
		t.Errorf("connections: want 1, got %d", got)
	}
}

// Some servers treat many stream resets as an attack and close the connection.
func TestTransport_DoesNotResetStreams(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]http.Header{
		"known length":   {"Content-Length": {"2"}},
		"unknown length": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := newHTTP2Upstream(t, func(w http.ResponseWriter, r *http.Request) {
					maps.Copy(w.Header(), header)
					respond(http.StatusOK, `{}`)(w, r)
					_ = http.NewResponseController(w).Flush()
					if !sleep(r.Context(), time.Second) { // puts the end of the stream into a separate frame
						t.Error("the stream was reset")
					}
				})
				if _, err := u.client(t, Config{}).Conversation(t.Context(), conversationID); err != nil {
					t.Error(err)
				}
				synctest.Wait()
			})
		})
	}
}
