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

// What a caller sent to the gateway must not get to the API by accident, so the set of headers is pinned as a whole.
func TestRequestHeaders(t *testing.T) {
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

func TestRequestHeadersOfAnonymousClient(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `[]`))
	client := u.client(t, Config{}).WithToken(Token{})
	if _, err := client.ConversationCategories(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"Accept", "Accept-Encoding", "User-Agent"}
	wantEqual(t, "headers", want, slices.Sorted(maps.Keys(u.requests()[0].Header)))
}

// Go would send X-Access-Token to whichever host is named.
func TestRedirectIsNotFollowed(t *testing.T) {
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

func TestStatusToCode(t *testing.T) {
	t.Parallel()
	tests := map[int]Code{
		400: BadInput, 401: Unauthorized, 403: Forbidden, 404: NotFound, 409: Conflict, 412: TimedOut, 422: BadInput,
		429: RateLimited, 500: Unavailable, 501: Unavailable, 599: Unavailable,
		304: BadResponse, 402: BadResponse, 405: BadResponse, 410: BadResponse, 418: BadResponse,
	}
	for status, code := range tests {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			// With 304, net/http sends no body.
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

// What follows on a 101 is bounded by nothing, so it is not waited for.
func TestSwitchingProtocols(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		over := make(chan struct{})
		defer close(over)
		u := newPipeUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
			<-over
			_ = conn.Close()
		})
		failed := startCall(t.Context(), u.client(t, Config{}))
		synctest.Wait()
		select {
		case err := <-failed:
			wantCode(t, err, BadResponse)
		default:
			t.Error("the call does not end")
		}
	})
}

func TestContentType(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"application/json":                   true,
		"application/json; charset=utf-8":    true,
		"Application/JSON;charset=\"UTF-8\"": true,
		"":                                   false,
		"text/html":                          false,
		"text/plain; charset=utf-8":          false,
		"application/json+x":                 false,
		"application/octet-stream":           false,
		"application":                        false,
	}
	for contentType, ok := range tests {
		t.Run(contentType, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
				// The assignment keeps the server from guessing a type where none is wanted.
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

func TestUnusableBody(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		body   string
	}{
		"empty":               {200, ""},
		"blanks":              {200, " \n "},
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
		"byte order mark":     {200, "\xef\xbb\xbf{}"},
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
			// A whole answer that makes no sense would not make more sense the next time.
			u.wantCalls(t, 1)
		})
	}
}

func TestBodyBound(t *testing.T) {
	t.Parallel()
	const mebibyte = 1 << 20
	start, end := `{"title":"`, `"}`
	filler := strings.Repeat("x", mebibyte)
	// title is filler and a rest, so that the document is as long as may be.
	rest := filler[:maxBody-7*mebibyte-len(start)-len(end)]
	fits := append(append([]string{start}, slices.Repeat([]string{filler}, 7)...), rest, end)
	tests := map[string]struct {
		pieces []string
		ok     bool
	}{
		"at the bound":  {fits, true},
		"one byte more": {append(slices.Clone(fits), " "), false},
		// This is a quarter of a gibibyte, and some 300 KB when compressed.
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

// compress makes each piece a gzip stream of its own, which is allowed, so that equal pieces are compressed once.
func compress(pieces []string) []byte {
	var all []byte
	known := map[string][]byte{}
	for _, piece := range pieces {
		if known[piece] == nil {
			var packed bytes.Buffer
			writer := gzip.NewWriter(&packed)
			_, _ = io.WriteString(writer, piece)
			_ = writer.Close()
			known[piece] = packed.Bytes()
		}
		all = append(all, known[piece]...)
	}
	return all
}

// A body with the wrong length was broken on the way: unlike one that was sent cut off, it is worth another attempt.
func TestBrokenBody(t *testing.T) {
	t.Parallel()
	tests := map[string]http.HandlerFunc{
		"shorter than promised": cutOff,
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

func TestNoConnection(t *testing.T) {
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

// A certificate that nobody has signed is no connection, and nothing is sent.
func TestUntrustedCertificate(t *testing.T) {
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

// A proxy that the environment names would see every token.
func TestNoProxyOfTheEnvironment(t *testing.T) {
	t.Parallel()
	if newPool().Proxy != nil {
		t.Error("the transport must not ask for a proxy")
	}
}

func TestCallerIsGone(t *testing.T) {
	t.Parallel()
	arrived, noticed := make(chan struct{}), make(chan struct{})
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		hang(w, r)
		close(noticed)
	})
	ctx, cancel := context.WithCancel(t.Context())
	failed := startCall(ctx, u.client(t, Config{}))
	<-arrived
	cancel()
	err := <-failed
	wantCode(t, err, Canceled)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("want a cause context.Canceled, got %v", errors.Unwrap(err))
	}
	<-noticed
	u.wantCalls(t, 1)
}

func TestCallerIsGoneBeforeTheCall(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `{}`))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := u.client(t, Config{}).Conversation(ctx, conversationID)
	wantCode(t, err, Canceled)
	u.wantCalls(t, 0)
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	// trickle sends one byte each second, for ever.
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
		took              time.Duration
	}{
		"of the caller":               {hang, 2 * time.Second, 0, Expired, 1, 2 * time.Second},
		"of the caller, in the body":  {trickle, 5 * time.Second, 0, Expired, 1, 5 * time.Second},
		"of the attempt":              {hang, 14 * time.Second, 0, TimedOut, 1, 12 * time.Second},
		"of the attempt, in the body": {trickle, 14 * time.Second, 0, TimedOut, 1, 12 * time.Second},
		"of a short attempt":          {hang, 4 * time.Second, 2 * time.Second, TimedOut, 1, 2 * time.Second},
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
				if took := time.Since(start); took != test.took {
					t.Errorf("took: want %s, got %s", test.took, took)
				}
				u.wantCalls(t, test.calls)
			})
		})
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := at("2026-07-01T12:00:00Z")
	for name, test := range map[string]struct {
		header http.Header
		want   time.Duration
	}{
		"none":                   {http.Header{}, 0},
		"reset":                  {http.Header{"X-Ratelimit-Reset": {"60"}}, time.Minute},
		"reset of zero":          {http.Header{"X-Ratelimit-Reset": {"0"}}, 0},
		"seconds":                {http.Header{"Retry-After": {"2"}}, 2 * time.Second},
		"date":                   {http.Header{"Retry-After": {"Wed, 01 Jul 2026 12:01:30 GMT"}}, 90 * time.Second},
		"date in the past":       {http.Header{"Retry-After": {"Wed, 01 Jul 2026 11:00:00 GMT"}}, 0},
		"both":                   {http.Header{"Retry-After": {"5"}, "X-Ratelimit-Reset": {"60"}}, 5 * time.Second},
		"one of them is useless": {http.Header{"Retry-After": {"soon"}, "X-Ratelimit-Reset": {"60"}}, time.Minute},
		"negative":               {http.Header{"Retry-After": {"-5"}}, 0},
		"fraction":               {http.Header{"Retry-After": {"1.5"}}, 0},
		"too large":              {http.Header{"X-Ratelimit-Reset": {"99999999999999999999"}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantEqual(t, "wait", test.want, retryAfter(test.header, now))
		})
	}
}

// A connection is used again after a failure, so that a struggling API is not made to shake hands all the time.
func TestConnectionIsReused(t *testing.T) {
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

// Whoever resets many streams is taken for an attacker by some servers, and loses its connection.
func TestStreamIsNotReset(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]http.Header{
		"of known length":   {"Content-Length": {"2"}},
		"of unknown length": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := newHTTP2Upstream(t, func(w http.ResponseWriter, r *http.Request) {
					maps.Copy(w.Header(), header)
					respond(http.StatusOK, `{}`)(w, r)
					_ = http.NewResponseController(w).Flush()
					if !sleep(r.Context(), time.Second) { // so the end of the stream is a frame of its own
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
