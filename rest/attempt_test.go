package rest

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// shippedDeadline is the gateway's default timeout of an operation.
const shippedDeadline = 15 * time.Second

// everyRead returns one read of each route, and its response.
func everyRead() map[string]struct {
	read     func(ctx context.Context, c *Client) error
	response string
} {
	one := func(read func(ctx context.Context, c *Client) error, response string) struct {
		read     func(ctx context.Context, c *Client) error
		response string
	} {
		return struct {
			read     func(ctx context.Context, c *Client) error
			response string
		}{read, response}
	}
	const id = conversationID
	return map[string]struct {
		read     func(ctx context.Context, c *Client) error
		response string
	}{
		"conversation": one(func(ctx context.Context, c *Client) error { _, err := c.Conversation(ctx, id); return err }, `{}`),
		"conversations": one(func(ctx context.Context, c *Client) error {
			_, err := c.Conversations(ctx, ConversationList{})
			return err
		}, `[]`),
		"messages":      one(func(ctx context.Context, c *Client) error { _, err := c.Messages(ctx, id); return err }, `[]`),
		"members":       one(func(ctx context.Context, c *Client) error { _, err := c.Members(ctx, id); return err }, `[]`),
		"categories":    one(func(ctx context.Context, c *Client) error { _, err := c.ConversationCategories(ctx); return err }, `[]`),
		"category":      one(func(ctx context.Context, c *Client) error { _, err := c.ConversationCategory(ctx, id); return err }, `{}`),
		"notifications": one(func(ctx context.Context, c *Client) error { _, err := c.UnreadNotifications(ctx); return err }, `[]`),
		"self":          one(func(ctx context.Context, c *Client) error { _, err := c.Self(ctx); return err }, `{"userId":"`+id+`"}`),
		"user":          one(func(ctx context.Context, c *Client) error { _, err := c.User(ctx, id); return err }, `{}`),
		"project":       one(func(ctx context.Context, c *Client) error { _, err := c.Project(ctx, id); return err }, `{}`),
		"projects":      one(func(ctx context.Context, c *Client) error { _, err := c.Projects(ctx); return err }, `[]`),
		"customer":      one(func(ctx context.Context, c *Client) error { _, err := c.Customer(ctx, id); return err }, `{}`),
		"server":        one(func(ctx context.Context, c *Client) error { _, err := c.Server(ctx, id); return err }, `{}`),
		"file":          one(func(ctx context.Context, c *Client) error { _, err := c.FileAccess(ctx, id, fileID); return err }, `{"accessToken":"a"}`),
	}
}

// With the settings that are shipped, a read whose first attempt hangs succeeds with its second, and one whose first two
// attempts hang with its third.
func TestAttempt_SurvivesHangs(t *testing.T) {
	t.Parallel()
	for name, test := range everyRead() {
		for hangs := 1; hangs <= 2; hangs++ {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					u := newPipeUpstream(t, script(t, append(repeat(hangs, hang), respond(http.StatusOK, test.response))...))
					ctx, cancel := context.WithTimeout(t.Context(), shippedDeadline)
					defer cancel()
					if err := test.read(ctx, u.client(t, Config{}).WithLimits(Limits{})); err != nil {
						t.Error(err)
					}
					u.wantCalls(t, hangs+1)
				})
			})
		}
	}
}

// Only calls that wait for an event, and writes, may take longer than 10 s.
func TestAttempt_Timeout(t *testing.T) {
	t.Parallel()
	read := func(ctx context.Context, c *Client) error { _, err := c.Conversation(ctx, conversationID); return err }
	write := func(ctx context.Context, c *Client) error {
		_, err := c.SendMessage(ctx, conversationID, NewMessage{Content: "hallo"})
		return err
	}
	after := func(c *Client) *Client { return c.AfterEvent(eventID, func() {}) }
	for name, test := range map[string]struct {
		do     func(ctx context.Context, c *Client) error
		client func(c *Client) *Client
		config Config
		want   time.Duration
	}{
		"read":                       {do: read, want: 4500 * time.Millisecond},
		"read that waits for event":  {do: read, client: after, want: 12 * time.Second},
		"write":                      {do: write, want: 12 * time.Second},
		"read with a short timeout":  {do: read, config: Config{AttemptTimeout: 2 * time.Second}, want: 2 * time.Second},
		"read with another timeout":  {do: read, config: Config{ReadTimeout: time.Second}, want: time.Second},
		"write with another timeout": {do: write, config: Config{ReadTimeout: time.Second, AttemptTimeout: 3 * time.Second}, want: 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := newPipeUpstream(t, hang).client(t, test.config)
				if test.client != nil {
					client = test.client(client)
				}
				ctx, cancel := context.WithTimeout(t.Context(), test.want+minAttempt/2) // no time for a retry
				defer cancel()
				start := time.Now()
				wantCode(t, test.do(ctx, client), TimedOut)
				wantElapsed(t, start, test.want)
			})
		})
	}
}

// warm makes concurrent calls, so that the pool has one idle connection for each. The handler must be warmHandler's.
func warm(t *testing.T, client *Client, connections int) {
	t.Helper()
	var calls sync.WaitGroup
	for range connections {
		calls.Go(func() {
			if _, err := client.Self(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
}

// warmHandler returns a handler that responds to GET /users/self after a second, and otherwise like next.
func warmHandler(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/users/self") {
			time.Sleep(time.Second)
			respond(http.StatusOK, `{"userId":"`+conversationID+`"}`)(w, r)
			return
		}
		next(w, r)
	}
}

// net/http would send the request on each idle connection: 64 of them.
func TestAttempt_IsOneRequest(t *testing.T) {
	t.Parallel()
	const connections = 64
	start := map[string]func(*testing.T, http.HandlerFunc) *upstream{"HTTP/1.1": newPipeUpstream, "HTTP/2": newHTTP2Upstream}
	for protocol, newUpstream := range start {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := newUpstream(t, warmHandler(reset))
				client, log := u.client(t, Config{}), &traceLog{}
				warm(t, client, connections)
				_, err := client.Conversation(WithTrace(t.Context(), log.trace()), conversationID)
				wantCode(t, err, Unavailable)
				u.wantCalls(t, connections+3)
				wantEqual(t, "results", []CallResult{{Code: Unavailable, Attempts: 3}}, log.results)
				_, _, err = download(t, client, DownloadOptions{})
				wantCode(t, err, Unavailable)
				u.wantCalls(t, connections+4)
			})
		})
	}
}

// A server that closes all idle connections costs no call more than one attempt.
func TestAttempt_SurvivesClosedIdleConnections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, warmHandler(respond(http.StatusOK, `{}`)))
		client := u.client(t, Config{})
		warm(t, client, 64)
		u.network.breakAll(0)
		if _, err := client.Conversation(t.Context(), conversationID); err != nil {
			t.Error(err)
		}
		u.wantCalls(t, 65)
	})
}
