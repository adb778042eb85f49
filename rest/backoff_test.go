package rest

import (
	"errors"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// limitedCaller answers one token with 429, and all others well.
func limitedCaller(token, seconds string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Access-Token") == token {
			limitedTo(seconds)(w, r)
			return
		}
		respond(http.StatusOK, `{}`)(w, r)
	}
}

// A caller whom the API has told to wait is not asked for again before, and learns how long it still is. Nobody else
// notices.
func TestCallersWaitByThemselves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, limitedCaller("busy", "60"))
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
		wantWait(time.Minute, 1)
		time.Sleep(10 * time.Second)
		wantWait(50*time.Second, 1)
		start := time.Now()
		for range 20 {
			if _, err := other.Conversation(t.Context(), conversationID); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("the other caller had to wait for %s", took)
		}
		u.wantCalls(t, 21)
		time.Sleep(50 * time.Second)
		wantWait(time.Minute, 22)
	})
}

// A short wait is waited out, by calls that were not refused themselves too.
func TestShortWaitIsWaitedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, script(t, limitedTo("2"), respond(http.StatusOK, `{}`), respond(http.StatusOK, `{}`)))
		client := u.client(t, Config{})
		start := time.Now()
		done := startCall(t.Context(), client)
		synctest.Wait()
		time.Sleep(time.Second)
		_, err := client.Conversation(t.Context(), conversationID)
		if err := errors.Join(err, <-done); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("took: want 2s, got %s", took)
		}
		u.wantCalls(t, 3)
	})
}

// Retries after a 429 are not taken from the stock that all callers share.
func TestWaitingTakesNoRetriesFromOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fail := true
		u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Access-Token") == "other" && fail {
				fail = false
				respond(http.StatusServiceUnavailable, `{}`)(w, r)
				return
			}
			limitedCaller("busy", "1")(w, r)
		})
		client := u.client(t, Config{})
		busy, other := client.WithToken(newToken(t, "busy")), client.WithToken(newToken(t, "other"))
		for range 30 {
			_, err := busy.Conversation(t.Context(), conversationID)
			wantCode(t, err, RateLimited)
		}
		if _, err := other.Conversation(t.Context(), conversationID); err != nil {
			t.Errorf("the other caller's failure was not bridged: %v", err)
		}
	})
}

// What is remembered of callers is bounded, ends by itself, and says nothing of their tokens.
func TestPacesAreBounded(t *testing.T) {
	t.Parallel()
	p, now := newBackoffs(), time.Now()
	first, last := newToken(t, "caller-0"), newToken(t, "caller-"+strconv.Itoa(maxBackoffs))
	for i := range maxBackoffs + 1 {
		p.remember(newToken(t, "caller-"+strconv.Itoa(i)), now, time.Hour)
	}
	if got := p.until.Cost(); got != maxBackoffs {
		t.Errorf("remembers %d callers", got)
	}
	if got := p.left(first, now); got != 0 {
		t.Errorf("the first is still remembered: %s", got)
	}
	if got := p.left(last, now); got != maxBackoff {
		t.Errorf("the last must wait for %s", got)
	}
	p.remember(last, now, time.Second)
	if got := p.left(last, now); got != maxBackoff {
		t.Errorf("a shorter wait has replaced the longer: %s", got)
	}
	if got := p.left(first, now.Add(maxBackoff)); got != 0 || p.until.Cost() != 0 {
		t.Errorf("%d callers are remembered after the end", p.until.Cost())
	}
}
