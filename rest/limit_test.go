package rest

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestLimits_BoundCalls(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `{}`))
	client := u.client(t, Config{}).WithLimits(Limits{Calls: 5})
	var succeeded, rejected atomic.Int32
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			switch _, err := client.Conversation(t.Context(), conversationID); {
			case err == nil:
				succeeded.Add(1)
			case hasCode(err, BudgetExceeded):
				rejected.Add(1)
			default:
				t.Errorf("unexpected %v", err)
			}
		})
	}
	group.Wait()
	if succeeded.Load() != 5 || rejected.Load() != 45 {
		t.Errorf("want 5 successes and 45 rejections, got %d and %d", succeeded.Load(), rejected.Load())
	}
	u.wantCalls(t, 5)
	wantEqual(t, "counted calls", 5, client.Calls())
}

func TestLimits_IgnoreCallsThatAreNotSent(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `{}`))
	client := u.client(t, Config{}).WithLimits(Limits{Calls: 1})
	_, err := client.Conversation(t.Context(), "..")
	wantCode(t, err, BadInput)
	wantEqual(t, "counted calls", 0, client.Calls())
	if _, err := client.Conversation(t.Context(), conversationID); err != nil {
		t.Fatal(err)
	}
	u.wantCalls(t, 1)
}

func TestLimits_BoundParallelCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var inFlight, peak atomic.Int32
		u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			now := inFlight.Add(1)
			for highest := peak.Load(); now > highest && !peak.CompareAndSwap(highest, now); {
				highest = peak.Load()
			}
			sleep(r.Context(), time.Second)
			inFlight.Add(-1)
			respond(http.StatusOK, `{}`)(w, r)
		})
		client := u.client(t, Config{}).WithLimits(Limits{Parallel: 4})
		start := time.Now()
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if _, err := client.Conversation(t.Context(), conversationID); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if got := peak.Load(); got != 4 {
			t.Errorf("peak of calls in flight: want 4, got %d", got)
		}
		wantElapsed(t, start, 5*time.Second)
		u.wantCalls(t, 20)
	})
}

// startTitle makes a call in the background. The returned channel receives the conversation's title.
func startTitle(t *testing.T, client *Client) <-chan string {
	t.Helper()
	title := make(chan string, 1)
	go func() {
		defer close(title)
		conversation, err := client.Conversation(t.Context(), conversationID)
		if err != nil {
			t.Error(err)
			return
		}
		title <- conversation.Title
	}()
	return title
}

func TestLimits_CallKeepsSlotDuringRetry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, script(t, rateLimited("2"), respond(200, `{"title":"first"}`), respond(200, `{"title":"second"}`)))
		client := u.client(t, Config{}).WithLimits(Limits{Parallel: 1})
		first := startTitle(t, client)
		synctest.Wait()
		second := startTitle(t, client)
		if got := <-first; got != "first" {
			t.Errorf("first call: want the first response, got %q", got)
		}
		if got := <-second; got != "second" {
			t.Errorf("second call: want the second response, got %q", got)
		}
	})
}

func TestLimits_WaitEndsWithContext(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		context func(ctx context.Context) (context.Context, context.CancelFunc)
		code    Code
	}{
		"canceled": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Second, cancel)
			return ctx, cancel
		}, Canceled},
		"deadline": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		}, Expired},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				u := newPipeUpstream(t, script(t, func(w http.ResponseWriter, r *http.Request) {
					<-release
					respond(http.StatusOK, `{}`)(w, r)
				}))
				client := u.client(t, Config{}).WithLimits(Limits{Parallel: 1})
				first := startCall(t.Context(), client)
				synctest.Wait()
				ctx, cancel := test.context(t.Context())
				defer cancel()
				start := time.Now()
				_, err := client.Conversation(ctx, conversationID)
				wantCode(t, err, test.code)
				wantElapsed(t, start, time.Second)
				wantEqual(t, "counted calls", 1, client.Calls())
				close(release)
				if err := <-first; err != nil {
					t.Errorf("first call: %v", err)
				}
			})
		})
	}
}

func TestLimits_AreSharedByDerivedClients(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `{}`))
	origin := u.client(t, Config{})
	one, two := origin.WithLimits(Limits{Calls: 1}), origin.WithLimits(Limits{Calls: 2})
	// Only WithLimits starts new counters.
	oneAgain := one.WithToken(newToken(t, "another")).WithRequestID("request-1")
	read := func(client *Client) error {
		_, err := client.Conversation(t.Context(), conversationID)
		return err
	}
	for _, client := range []*Client{one, two, two, origin, origin, origin} {
		if err := read(client); err != nil {
			t.Fatal(err)
		}
	}
	for _, client := range []*Client{one, oneAgain, two} {
		wantCode(t, read(client), BudgetExceeded)
	}
	wantEqual(t, "counted calls", []int{1, 1, 2, 3}, []int{one.Calls(), oneAgain.Calls(), two.Calls(), origin.Calls()})
	u.wantCalls(t, 6)
}
