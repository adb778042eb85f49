package rest

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// rateLimited returns a handler that responds with 429 and a wait in seconds.
func rateLimited(seconds string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-RateLimit-Reset", seconds)
		respond(http.StatusTooManyRequests, `{"type":"RateLimitError","message":"too many requests"}`)(w, r)
	}
}

// reset is a handler that closes the connection without a response.
func reset(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// The cases follow the retry contract in the package documentation. An unused step and an extra request both fail.
func TestRetry_FollowsContract(t *testing.T) {
	t.Parallel()
	ok := respond(http.StatusOK, `{"title":"read"}`)
	status := func(status int) http.HandlerFunc { return respond(status, `{}`) }
	tests := map[string]struct {
		steps    []http.HandlerFunc
		deadline time.Duration
		code     Code
		// The waits are random if atLeast and atMost differ.
		atLeast, atMost time.Duration
	}{
		"503 twice":              {steps: []http.HandlerFunc{status(503), status(503), ok}, atMost: 300 * time.Millisecond},
		"502 and 504":            {steps: []http.HandlerFunc{status(502), status(504), ok}, atMost: 300 * time.Millisecond},
		"503 three times":        {steps: repeat(3, status(503)), code: Unavailable, atMost: 300 * time.Millisecond},
		"500":                    {steps: []http.HandlerFunc{status(500)}, code: Unavailable},
		"501":                    {steps: []http.HandlerFunc{status(501)}, code: Unavailable},
		"505":                    {steps: []http.HandlerFunc{status(505)}, code: Unavailable},
		"503, then 404":          {steps: []http.HandlerFunc{status(503), status(404)}, code: NotFound, atMost: 100 * time.Millisecond},
		"503, then not JSON":     {steps: []http.HandlerFunc{status(503), respond(200, "[")}, code: BadResponse, atMost: 100 * time.Millisecond},
		"400":                    {steps: []http.HandlerFunc{status(400)}, code: BadResponse},
		"401":                    {steps: []http.HandlerFunc{status(401)}, code: Unauthorized},
		"403":                    {steps: []http.HandlerFunc{status(403)}, code: Forbidden},
		"404":                    {steps: []http.HandlerFunc{status(404)}, code: NotFound},
		"412":                    {steps: []http.HandlerFunc{status(412)}, code: TimedOut},
		"no response":            {steps: []http.HandlerFunc{reset, ok}, atMost: 100 * time.Millisecond},
		"body cut off":           {steps: []http.HandlerFunc{cutOff, cutOff, ok}, atMost: 300 * time.Millisecond},
		"429 with a short wait":  {steps: []http.HandlerFunc{rateLimited("1"), ok}, atLeast: time.Second, atMost: time.Second},
		"429 with longest wait":  {steps: []http.HandlerFunc{rateLimited("2"), ok}, atLeast: 2 * time.Second, atMost: 2 * time.Second},
		"429 twice":              {steps: []http.HandlerFunc{rateLimited("1"), rateLimited("2"), ok}, atLeast: 3 * time.Second, atMost: 3 * time.Second},
		"429 with a long wait":   {steps: []http.HandlerFunc{rateLimited("3")}, code: RateLimited},
		"429 with a minute":      {steps: []http.HandlerFunc{rateLimited("60")}, code: RateLimited},
		"429 without a wait":     {steps: []http.HandlerFunc{status(429)}, code: RateLimited},
		"429 past the deadline":  {steps: []http.HandlerFunc{rateLimited("2")}, deadline: 2 * time.Second, code: RateLimited},
		"429 before deadline":    {steps: []http.HandlerFunc{rateLimited("2"), ok}, deadline: 2100 * time.Millisecond, atLeast: 2 * time.Second, atMost: 2 * time.Second},
		"timeout, time left":     {steps: []http.HandlerFunc{hang, ok}, deadline: 6 * time.Second, atLeast: 4500 * time.Millisecond, atMost: 4600 * time.Millisecond},
		"timeout, no time left":  {steps: []http.HandlerFunc{hang}, deadline: 5 * time.Second, code: TimedOut, atLeast: 4500 * time.Millisecond, atMost: 4500 * time.Millisecond},
		"timeout, no deadline":   {steps: repeat(3, hang), code: TimedOut, atLeast: 13500 * time.Millisecond, atMost: 13800 * time.Millisecond},
		"timeout, then deadline": {steps: []http.HandlerFunc{hang, hang}, deadline: 6 * time.Second, code: Expired, atLeast: 6 * time.Second, atMost: 6 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := newPipeUpstream(t, script(t, test.steps...))
				client := u.client(t, Config{}).WithLimits(Limits{})
				ctx, cancel := withTimeout(t, test.deadline)
				defer cancel()
				start := time.Now()
				conversation, err := client.Conversation(ctx, conversationID)
				if test.code != "" {
					wantCode(t, err, test.code)
				} else if err != nil || conversation.Title != "read" {
					t.Errorf("want the conversation, got %v, %v", conversation, err)
				}
				if elapsed := time.Since(start); elapsed < test.atLeast || elapsed > test.atMost {
					t.Errorf("elapsed: want %s to %s, got %s", test.atLeast, test.atMost, elapsed)
				}
				u.wantCalls(t, len(test.steps))
				wantEqual(t, "counted calls", 1, client.Calls())
			})
		})
	}
}

func TestRetry_ReturnsRetryAfter(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, rateLimited("60"))
	_, err := u.client(t, Config{}).Conversation(t.Context(), conversationID)
	wantCode(t, err, RateLimited)
	var failure *Error
	if errors.As(err, &failure) && failure.RetryAfter != time.Minute {
		t.Errorf("retry after: want 1m0s, got %s", failure.RetryAfter)
	}
}

// Callers whose calls failed at the same time must not retry at the same time.
func TestRetry_WaitsAreRandom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var waits []time.Duration
		for range 20 {
			u := newPipeUpstream(t, script(t, respond(503, `{}`), respond(200, `{}`)))
			start := time.Now()
			if _, err := u.client(t, Config{}).Conversation(t.Context(), conversationID); err != nil {
				t.Fatal(err)
			}
			waits = append(waits, time.Since(start))
		}
		slices.Sort(waits)
		if distinct := len(slices.Compact(waits)); distinct < 15 {
			t.Errorf("want different waits, got %v", waits)
		}
	})
}

func TestRetry_WaitEndsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, script(t, rateLimited("2")))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		_, err := u.client(t, Config{}).Conversation(ctx, conversationID)
		wantCode(t, err, Canceled)
		wantElapsed(t, start, time.Second)
		u.wantCalls(t, 1)
	})
}

// The budget holds ten retries, each call adds a tenth of one, and all callers share it.
func TestRetry_RespectsSharedBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		failing := true
		u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			if failing {
				respond(http.StatusServiceUnavailable, `{}`)(w, r)
			} else {
				respond(http.StatusOK, `{}`)(w, r)
			}
		})
		client := u.client(t, Config{})
		read := func(count int) (upstreamCalls int) {
			before := len(u.requests())
			for i := range count {
				caller := client.WithToken(newToken(t, "caller-"+string(rune('a'+i%26))))
				_, err := caller.Conversation(t.Context(), conversationID)
				if failing {
					wantCode(t, err, Unavailable)
				} else if err != nil {
					t.Fatal(err)
				}
			}
			return len(u.requests()) - before
		}
		// Five calls spend ten retries and add 0.4. The first adds nothing, because the budget is full.
		if got := read(5); got != 15 {
			t.Errorf("upstream calls while the budget lasts: want 15, got %d", got)
		}
		if got := read(2); got != 2 {
			t.Errorf("upstream calls without a budget: want 2, got %d", got)
		}
		failing = false
		// These failures must leave the breaker's window.
		time.Sleep(25 * time.Second)
		if got := read(20); got != 20 {
			t.Errorf("upstream calls that succeed: want 20, got %d", got)
		}
		failing = true
		// The budget is 2.6: enough for two retries of the first call and none of the second.
		if got := read(2); got != 4 {
			t.Errorf("upstream calls with the regained budget: want 4, got %d", got)
		}
	})
}
