package rest

import (
	"errors"
	"net/http"
	"strconv"
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

func TestBackoff_AppliesToOneCaller(t *testing.T) {
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
func TestBackoff_DelaysAllCallsOfTheCaller(t *testing.T) {
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

func TestBackoff_SparesTheSharedRetryBudget(t *testing.T) {
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

func TestBackoffs_AreBounded(t *testing.T) {
	t.Parallel()
	b, now := newBackoffs(), time.Now()
	hash := callerHash()
	caller := func(number int) callerKey { return hash(newToken(t, "caller-"+strconv.Itoa(number))) }
	first, last := caller(0), caller(maxBackoffs)
	for i := range maxBackoffs + 1 {
		b.remember(caller(i), now, time.Hour)
	}
	if got := b.until.Cost(); got != maxBackoffs {
		t.Errorf("callers: want %d, got %d", maxBackoffs, got)
	}
	if got := b.left(first, now); got != 0 {
		t.Errorf("the first caller was not evicted: it must wait %s", got)
	}
	if got := b.left(last, now); got != maxBackoff {
		t.Errorf("the last caller: want a wait of %s, got %s", maxBackoff, got)
	}
	b.remember(last, now, time.Second)
	if got := b.left(last, now); got != maxBackoff {
		t.Errorf("a shorter wait replaced a longer one: %s", got)
	}
	if got := b.left(first, now.Add(maxBackoff)); got != 0 || b.until.Cost() != 0 {
		t.Errorf("%d expired waits were not removed", b.until.Cost())
	}
}
