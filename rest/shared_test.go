package rest

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// sharedRates is a store in memory. It keeps what was written last.
type sharedRates struct {
	mu    sync.Mutex
	rates map[SharedCaller]SharedRate
	told  func(SharedCaller, time.Duration)
	finds int
}

func (s *sharedRates) Find(_ context.Context, caller SharedCaller) (SharedRate, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finds++
	rate, ok := s.rates[caller]
	return rate, ok
}

func (s *sharedRates) Claim(ctx context.Context, caller SharedCaller, _ int) (SharedRate, bool) {
	return s.Find(ctx, caller)
}

func (s *sharedRates) Saw(caller SharedCaller, rate SharedRate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rates[caller] = rate
}

func (s *sharedRates) Refused(caller SharedCaller, wait time.Duration) { s.told(caller, wait) }

// Two replicas: what one of them meets stops the other, whether it knows the caller or not, and no other caller.
func TestSharedRates_Refused(t *testing.T) {
	t.Parallel()
	for name, ignoresRate := range map[string]bool{"with a budget": false, "without": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				isBusy := false
				u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
					if isBusy {
						rateLimitCaller("busy", "60")(w, r)
						return
					}
					respond(http.StatusOK, `{}`)(w, r)
				})
				shared := &sharedRates{rates: map[SharedCaller]SharedRate{}}
				config := Config{CallerKey: []byte("key"), SharedRates: shared, NoRateBudget: ignoresRate}
				a, b, late := u.client(t, config), u.client(t, config), u.client(t, config)
				shared.told = func(caller SharedCaller, wait time.Duration) {
					b.Refuse(caller, wait)
					late.Refuse(caller, wait)
				}
				read := func(client *Client, token string) error {
					_, err := client.WithToken(newToken(t, token)).Conversation(t.Context(), conversationID)
					return err
				}
				for _, token := range []string{"busy", "other"} { // b knows both of them
					if err := read(b, token); err != nil {
						t.Fatal(err)
					}
				}
				isBusy = true
				wantCode(t, read(a, "busy"), RateLimited)
				u.wantCalls(t, 3)
				for _, client := range []*Client{b, late} {
					err := read(client, "busy")
					wantCode(t, err, RateLimited)
					if failure, _ := errors.AsType[*Error](err); failure.RetryAfter != time.Minute+resetMargin {
						t.Errorf("retry after %s", failure.RetryAfter)
					}
					if err := read(client, "other"); err != nil {
						t.Errorf("another caller: %v", err)
					}
				}
				u.wantCalls(t, 5)
			})
		})
	}
}

// Without a rate budget, calls are sent whatever replicas with one have seen.
func TestSharedRates_NoRateBudget(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, respond(http.StatusOK, `{}`))
	shared := &sharedRates{rates: map[SharedCaller]SharedRate{}}
	client := u.client(t, Config{SharedRates: shared, NoRateBudget: true})
	shared.rates[client.SharedCaller()] = SharedRate{Limit: 300, Latest: time.Minute}
	if _, err := client.Conversation(t.Context(), conversationID); err != nil {
		t.Error(err)
	}
	u.wantCalls(t, 1)
}
