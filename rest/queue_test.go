package rest

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// holder is an upstream that holds each call for some time, and the most calls that it held at once, by token and by
// whether they wait for an event.
type holder struct {
	*upstream
	hold time.Duration

	mu        sync.Mutex
	now, most map[string]int
}

func newHolder(t *testing.T, hold time.Duration) *holder {
	t.Helper()
	h := &holder{hold: hold, now: map[string]int{}, most: map[string]int{}}
	h.upstream = newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("X-Access-Token")
		if r.Header.Get("If-Event-Reached") != "" {
			key += " after event"
		}
		h.count(key, 1)
		sleep(r.Context(), h.hold)
		h.count(key, -1)
		respond(http.StatusOK, `{"conversationId":"`+conversationID+`"}`)(w, r)
	})
	return h
}

func (h *holder) count(key string, by int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now[key] += by
	h.most[key] = max(h.most[key], h.now[key])
}

// caller returns a client whose token is known to be valid.
func (h *holder) caller(t *testing.T, client *Client, token string) *Client {
	t.Helper()
	client = client.WithToken(newToken(t, token))
	if err := read(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	return client
}

func read(ctx context.Context, client *Client) error {
	_, err := client.Conversation(ctx, conversationID)
	return err
}

// startReads makes count reads in the background.
func startReads(t *testing.T, count int, client *Client) *sync.WaitGroup {
	t.Helper()
	calls := &sync.WaitGroup{}
	for range count {
		calls.Go(func() {
			if err := read(t.Context(), client); err != nil {
				t.Error(err)
			}
		})
	}
	synctest.Wait()
	return calls
}

// A caller with many calls uses its share, and the calls of others start at once.
func TestQueue_SharePerCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHolder(t, time.Second)
		client := h.client(t, Config{MaxInFlight: 20})
		many, one := h.caller(t, client, "many"), h.caller(t, client, "one")
		start := time.Now()
		calls := startReads(t, 100, many)
		wantEqual(t, "waiting calls", 95, len(client.queue.turns[0].waiting))
		if err := read(t.Context(), one); err != nil {
			t.Error(err)
		}
		wantElapsed(t, start, time.Second)
		calls.Wait()
		wantElapsed(t, start, 20*time.Second)
		wantEqual(t, "most calls at once", 5, h.most["many"])
		wantEqual(t, "remembered callers", 0, len(client.queue.lines))
	})
}

// If all slots are in use, each caller gets one in turn.
func TestQueue_CallersTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHolder(t, time.Second)
		client := h.client(t, Config{MaxInFlight: 4, MaxInFlightPerCaller: 4})
		many, more, few := h.caller(t, client, "many"), h.caller(t, client, "more"), h.caller(t, client, "few")
		start := time.Now()
		calls := []*sync.WaitGroup{startReads(t, 40, many), startReads(t, 40, more)}
		startReads(t, 2, few).Wait()
		wantElapsed(t, start, 3*time.Second) // one slot of 4 in each of two rounds, after the calls in flight
		for _, group := range calls {
			group.Wait()
		}
		wantElapsed(t, start, 21*time.Second) // 82 calls, of which 4 are in flight
	})
}

// Calls that wait for an event use a quarter of the caller's share and do not delay its other calls.
func TestQueue_ShareOfEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHolder(t, time.Second)
		client := h.caller(t, h.client(t, Config{MaxInFlight: 32}), "caller")
		start := time.Now()
		waits := startReads(t, 20, client.AfterEvent("276638689419853824", func() {}))
		if err := read(t.Context(), client); err != nil {
			t.Error(err)
		}
		wantElapsed(t, start, time.Second)
		waits.Wait()
		wantElapsed(t, start, 10*time.Second)
		wantEqual(t, "most waits at once", 2, h.most["caller after event"])
	})
}

// Of a token of which nothing is known, few calls are sent before the first result.
func TestQueue_UnknownToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHolder(t, unknownTime/2)
		client := h.client(t, Config{}).WithToken(newToken(t, "new"))
		start := time.Now()
		calls := startReads(t, 50, client)
		h.wantCalls(t, unknownReads)
		calls.Wait()
		wantElapsed(t, start, unknownTime)
		h.wantCalls(t, 50)
	})
}

// The calls with an unknown token do not wait long for one that hangs.
func TestQueue_UnknownTokenWhileCallsHang(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHolder(t, 4*time.Second)
		client := h.client(t, Config{}).WithToken(newToken(t, "new"))
		start := time.Now()
		startReads(t, 50, client).Wait()
		wantElapsed(t, start, unknownTime+4*time.Second)
	})
}

// A call that is canceled while it waits leaves the queue.
func TestQueue_WaitEndsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHolder(t, time.Second)
		client := h.caller(t, h.client(t, Config{MaxInFlight: 1}), "caller")
		calls := startReads(t, 1, client)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		wantCode(t, read(ctx, client), Expired)
		wantEqual(t, "callers that wait", 0, len(client.queue.turns))
		calls.Wait()
		wantEqual(t, "remembered callers", 0, len(client.queue.lines))
		h.wantCalls(t, 2)
	})
}
