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

func TestCallsLimit(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `{}`))
	client := u.client(t, Config{}).WithLimits(Limits{Calls: 5})
	var succeeded, refused atomic.Int32
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			switch _, err := client.Conversation(t.Context(), conversationID); {
			case err == nil:
				succeeded.Add(1)
			case hasCode(err, BudgetExceeded):
				refused.Add(1)
			default:
				t.Errorf("unexpected %v", err)
			}
		})
	}
	group.Wait()
	if succeeded.Load() != 5 || refused.Load() != 45 {
		t.Errorf("want 5 calls and 45 refusals, got %d and %d", succeeded.Load(), refused.Load())
	}
	u.wantCalls(t, 5)
	wantEqual(t, "counted calls", 5, client.Calls())
}

// A call that never left is not counted.
func TestCallsLimitCountsNoBadInput(t *testing.T) {
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

func TestParallelLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var inFlight, most atomic.Int32
		u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			now := inFlight.Add(1)
			for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); {
				seen = most.Load()
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
		if got := most.Load(); got != 4 {
			t.Errorf("most calls in flight: want 4, got %d", got)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("took: want 5s, got %s", took)
		}
		u.wantCalls(t, 20)
	})
}

// startTitle makes a call in the background and returns the title that it reads.
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

// A call keeps its place while it is tried again.
func TestParallelLimitHoldsDuringRetry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, script(t, rateLimited("2"), respond(200, `{"title":"first"}`), respond(200, `{"title":"second"}`)))
		client := u.client(t, Config{}).WithLimits(Limits{Parallel: 1})
		first := startTitle(t, client)
		synctest.Wait()
		second := startTitle(t, client)
		if got := <-first; got != "first" {
			t.Errorf("want the first answer for the first caller, got %q", got)
		}
		if got := <-second; got != "second" {
			t.Errorf("want the second answer for the second caller, got %q", got)
		}
	})
}

func TestWaitingForASlotIsGivenUp(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		wait func(ctx context.Context) (context.Context, context.CancelFunc)
		code Code
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
				goOn := make(chan struct{})
				u := newPipeUpstream(t, script(t, func(w http.ResponseWriter, r *http.Request) {
					<-goOn
					respond(http.StatusOK, `{}`)(w, r)
				}))
				client := u.client(t, Config{}).WithLimits(Limits{Parallel: 1})
				first := startCall(t.Context(), client)
				synctest.Wait()
				ctx, cancel := test.wait(t.Context())
				defer cancel()
				start := time.Now()
				_, err := client.Conversation(ctx, conversationID)
				wantCode(t, err, test.code)
				if took := time.Since(start); took != time.Second {
					t.Errorf("took: want 1s, got %s", took)
				}
				wantEqual(t, "counted calls", 1, client.Calls())
				close(goOn)
				if err := <-first; err != nil {
					t.Errorf("first call: %v", err)
				}
			})
		})
	}
}

func TestLimitsOfCopies(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `{}`))
	origin := u.client(t, Config{})
	one, two := origin.WithLimits(Limits{Calls: 1}), origin.WithLimits(Limits{Calls: 2})
	// Copies that change something else share the counters.
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
