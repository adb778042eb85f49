package rest

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// rateLimitCaller returns a handler that rejects one token with 429 and accepts all others.
func rateLimitCaller(token, seconds string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Access-Token") == token {
			rateLimited(seconds)(w, r)
			return
		}
		respond(http.StatusOK, `{}`)(w, r)
	}
}

func TestRateLimit_AppliesToOneCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, rateLimitCaller("busy", "60"))
		client := u.client(t, Config{})
		busy, other := client.WithToken(newToken(t, "busy")), client.WithToken(newToken(t, "other"))
		wantWait := func(want time.Duration, calls int) {
			t.Helper()
			_, err := busy.Conversation(t.Context(), conversationID)
			wantCode(t, err, RateLimited)
			if failure, _ := errors.AsType[*Error](err); failure.RetryAfter != want {
				t.Errorf("retry after: want %s, got %s", want, failure.RetryAfter)
			}
			u.wantCalls(t, calls)
		}
		wantWait(time.Minute+resetMargin, 1)
		time.Sleep(10 * time.Second)
		wantWait(50*time.Second+resetMargin, 1)
		start := time.Now()
		for range 20 {
			if _, err := other.Conversation(t.Context(), conversationID); err != nil {
				t.Fatal(err)
			}
		}
		wantElapsed(t, start, 0)
		u.wantCalls(t, 21)
		time.Sleep(50*time.Second + resetMargin)
		wantWait(time.Minute+resetMargin, 22)
	})
}

// The second call is not rejected itself, but also waits.
func TestRateLimit_DelaysAllCallsOfTheCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, script(t, rateLimited("2"), respond(http.StatusOK, `{}`), respond(http.StatusOK, `{}`)))
		client := u.client(t, Config{})
		start := time.Now()
		first := startCall(t.Context(), client)
		synctest.Wait()
		time.Sleep(time.Second)
		_, err := client.Conversation(t.Context(), conversationID)
		if err := errors.Join(err, <-first); err != nil {
			t.Error(err)
		}
		wantElapsed(t, start, 2*time.Second+resetMargin)
		u.wantCalls(t, 3)
	})
}

func TestRateLimit_SparesTheSharedRetryBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fail := true
		u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Access-Token") == "other" && fail {
				fail = false
				respond(http.StatusServiceUnavailable, `{}`)(w, r)
				return
			}
			rateLimitCaller("busy", "1")(w, r)
		})
		client := u.client(t, Config{})
		busy, other := client.WithToken(newToken(t, "busy")), client.WithToken(newToken(t, "other"))
		for range 30 {
			_, err := busy.Conversation(t.Context(), conversationID)
			wantCode(t, err, RateLimited)
		}
		if _, err := other.Conversation(t.Context(), conversationID); err != nil {
			t.Errorf("the other caller's call was not retried: %v", err)
		}
	})
}
