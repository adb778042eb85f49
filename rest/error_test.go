package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestError_Text(t *testing.T) {
	t.Parallel()
	tests := map[string]*Error{
		"bad user input": {Code: BadInput},
		"GET /conversations/{conversationId}: not found (status 404)": {
			Code: NotFound, Op: "GET /conversations/{conversationId}", Status: 404,
		},
		"GET /users/self: rate limited (status 429)": {Code: RateLimited, Op: "GET /users/self", Status: 429, RetryAfter: time.Minute},
		"GET /users/self: upstream unavailable":      {Code: Unavailable, Op: "GET /users/self", cause: errors.New(canary)},
	}
	for want, failure := range tests {
		if got := failure.Error(); got != want {
			t.Errorf("want %q, got %q", want, got)
		}
	}
}

func TestError_LogValue(t *testing.T) {
	t.Parallel()
	failure := &Error{Code: NotFound, Op: "GET /users/self", Status: 404, cause: errors.New(canary)}
	want := []slog.Attr{slog.String("code", "NOT_FOUND"), slog.String("op", "GET /users/self"), slog.Int("status", 404)}
	got := failure.LogValue().Group()
	if len(got) != len(want) {
		t.Fatalf("want %v, got %v", want, got)
	}
	for i := range want {
		if !want[i].Equal(got[i]) {
			t.Errorf("want %v, got %v", want[i], got[i])
		}
	}
}

func TestIsNotFound(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err  error
		want bool
	}{
		"not found":     {&Error{Code: NotFound}, true},
		"wrapped":       {fmt.Errorf("reading: %w", &Error{Code: NotFound}), true},
		"another code":  {&Error{Code: Forbidden}, false},
		"another error": {errors.New("not found"), false},
		"nil":           {nil, false},
	}
	for name, test := range tests {
		if got := IsNotFound(test.err); got != test.want {
			t.Errorf("%s: want %t, got %t", name, test.want, got)
		}
	}
}

// canaries is an upstream and a client whose errors and logs must contain no ID, address, token or text of a response.
type canaries struct {
	*upstream
	client *Client
	log    *bytes.Buffer
}

func newCanaries(t *testing.T, handle http.HandlerFunc) *canaries {
	t.Helper()
	c := &canaries{log: &bytes.Buffer{}}
	c.upstream = newUpstream(t, handle)
	text := slog.NewTextHandler(c.log, &slog.HandlerOptions{Level: slog.LevelDebug})
	c.client = c.upstream.client(t, Config{Log: slog.New(text)}).WithToken(newToken(t, canary)).WithRequestID("request-9")
	return c
}

// wantClean fails the test if text contains confidential data.
func (c *canaries) wantClean(t *testing.T, what, text string) {
	t.Helper()
	for _, secret := range []string{canary, conversationID, "127.0.0.1", "localhost", "/v2/", "http:", "canary"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s contains %q: %s", what, secret, text)
		}
	}
}

func (c *canaries) wantCleanError(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		t.Fatal("want an error")
	}
	var failure *Error
	if !errors.As(err, &failure) {
		t.Fatalf("want an *Error, got %T", err)
	}
	var logs bytes.Buffer
	slog.New(slog.NewTextHandler(&logs, nil)).Error("failed", "err", err)
	slog.New(slog.NewJSONHandler(&logs, nil)).Error("failed", "err", err)
	c.wantClean(t, "log of the error", logs.String())
	for _, verb := range []string{"%v", "%s", "%q"} {
		c.wantClean(t, verb, fmt.Sprintf(verb, err))
	}
	c.wantClean(t, "LogValue", failure.LogValue().String())
}

func TestError_ContainsNoData(t *testing.T) {
	t.Parallel()
	body := `{"type":"Error","message":"` + canary + `","title":"` + canary + `"}`
	failures := map[string]http.HandlerFunc{
		"400":         respond(400, body),
		"401":         respond(401, body),
		"404":         respond(404, body),
		"429":         rateLimited("60"),
		"500":         respond(500, body),
		"503":         respond(503, body),
		"not JSON":    respond(200, `{"title":`+canary),
		"two":         respond(200, body+body),
		"string":      respond(200, `"`+canary+`"`),
		"cut off":     cutOff,
		"no response": reset,
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1/"+canary, http.StatusFound)
		},
		"HTML": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; title="+canary)
			_, _ = fmt.Fprint(w, canary)
		},
		"bad header": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = fmt.Fprintf(conn, "HTTP/1.1 2%s\r\n%s\r\n\r\n", canary, canary)
				_ = conn.Close()
			}
		},
	}
	for name, handle := range failures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCanaries(t, handle)
			_, err := c.client.Conversation(t.Context(), conversationID)
			c.wantCleanError(t, err)
			_, err = c.client.Conversations(t.Context(), ConversationList{Search: canary})
			c.wantCleanError(t, err)
			c.wantClean(t, "debug log", c.log.String())
		})
	}
}

func TestError_WithoutResponseContainsNoData(t *testing.T) {
	t.Parallel()
	c := newCanaries(t, hang)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.client.Conversation(ctx, conversationID)
	c.wantCleanError(t, err)
	_, err = c.client.Conversation(t.Context(), canary)
	c.wantCleanError(t, err)
	_, err = ParseID(canary)
	c.wantCleanError(t, err)
}
