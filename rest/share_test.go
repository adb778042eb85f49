package rest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mstudio-graphql/rest/budget"
)

// slow answers after 100 ms.
func slow(w http.ResponseWriter, r *http.Request) {
	time.Sleep(100 * time.Millisecond)
	respond(http.StatusOK, `{"title":"read"}`)(w, r)
}

// readShared reads one conversation in an operation of its own and returns what it used.
func readShared(ctx context.Context, t *testing.T, client *Client) Usage {
	t.Helper()
	operation := client.WithLimits(Limits{Calls: 1, Parallel: 1})
	if got, err := operation.Conversation(ctx, conversationID); err != nil || got.Title != "read" {
		t.Errorf("got %v, %v", got, err)
	}
	return operation.Usage()
}

func TestShare_EqualReadsOfOneCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, slow)
		client := u.sharingClient(t, Config{MaxInFlight: 4})
		anna, bert := client.WithToken(newToken(t, "anna")), client.WithToken(newToken(t, "bert"))
		var calls sync.WaitGroup
		var lock sync.Mutex
		used := Usage{}
		for range 10 {
			for _, caller := range []*Client{anna, bert} {
				calls.Go(func() {
					got := readShared(t.Context(), t, caller)
					lock.Lock()
					defer lock.Unlock()
					used.Calls += got.Calls
					used.Shared += got.Shared
				})
			}
			synctest.Wait() // a call that waits for a slot cannot be joined
		}
		start := time.Now()
		calls.Wait()
		wantElapsed(t, start, 100*time.Millisecond)
		u.wantCalls(t, 2)
		wantEqual(t, "usage", Usage{Calls: 2, Shared: 18}, used)
		readShared(t.Context(), t, anna)
		u.wantCalls(t, 3)
	})
}

// A read that begins after a write has ended does not get a response to a read from before.
func TestShare_NotAcrossWrites(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				slow(w, r)
				return
			}
			respond(http.StatusOK, `{"conversationId":"`+conversationID+`","status":"closed"}`)(w, r)
		})
		client := u.sharingClient(t, Config{})
		var calls sync.WaitGroup
		calls.Go(func() { readShared(t.Context(), t, client) })
		synctest.Wait()
		if _, err := client.SetConversationStatus(t.Context(), conversationID, StatusClosed); err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "usage", Usage{Calls: 1, Lane: budget.Interactive}, readShared(t.Context(), t, client))
		calls.Wait()
		u.wantCalls(t, 3)
	})
}

// Whatever reads and writes of a caller run at the same time, a read that begins after a write has ended sees it.
func TestShare_ReadsSeeWrites(t *testing.T) {
	t.Parallel()
	const schedules, workers, steps = 200, 5, 10
	shared := 0
	for seed := range uint64(schedules) {
		synctest.Test(t, func(t *testing.T) {
			var version atomic.Int64 // of the conversation
			random := rand.New(rand.NewPCG(seed, 0))
			pause := make([]time.Duration, workers*steps*3)
			for i := range pause {
				pause[i] = time.Duration(random.IntN(300)) * time.Millisecond
			}
			var next atomic.Int64
			wait := func() { time.Sleep(pause[int(next.Add(1))%len(pause)]) }
			u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					read := version.Load()
					wait()
					respond(http.StatusOK, fmt.Sprintf(`{"title":"%d"}`, read))(w, r)
					return
				}
				wait()
				version.Add(1)
				respond(http.StatusOK, `{"conversationId":"`+conversationID+`","status":"closed"}`)(w, r)
			})
			client := u.sharingClient(t, Config{}).WithLimits(Limits{})
			var written atomic.Int64 // writes that have ended
			var all sync.WaitGroup
			for worker := range workers {
				all.Go(func() {
					for step := range steps {
						wait()
						if worker == 0 && step%2 == 0 {
							if _, err := client.SetConversationStatus(t.Context(), conversationID, StatusClosed); err != nil {
								t.Error(err)
							}
							written.Add(1)
							continue
						}
						before := written.Load()
						got, err := client.Conversation(t.Context(), conversationID)
						if err != nil {
							t.Error(err)
							return
						}
						if seen, _ := strconv.ParseInt(got.Title, 10, 64); seen < before {
							t.Errorf("seed %d: saw %d of %d writes", seed, seen, before)
						}
					}
				})
			}
			all.Wait()
			shared += client.Usage().Shared
		})
	}
	if shared == 0 {
		t.Error("no call was shared")
	}
	t.Logf("%d reads, %d of them shared", schedules*(workers*steps-steps/2), shared)
}

// If the operation that made the call is canceled, another one makes it.
func TestShare_CallerOfTheCallLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, slow)
		client := u.sharingClient(t, Config{})
		ctx, cancel := context.WithCancel(t.Context())
		var calls sync.WaitGroup
		calls.Go(func() {
			_, err := client.Conversation(ctx, conversationID)
			wantCode(t, err, Canceled)
		})
		synctest.Wait()
		for range 10 {
			calls.Go(func() { readShared(t.Context(), t, client) })
		}
		synctest.Wait()
		cancel()
		calls.Wait()
		u.wantCalls(t, 2)
	})
}

// Only a call that was sent shortly before is joined.
func TestShare_NotLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second)
			respond(http.StatusOK, `{"title":"read"}`)(w, r)
		})
		client := u.sharingClient(t, Config{})
		var calls sync.WaitGroup
		for range 3 {
			calls.Go(func() { readShared(t.Context(), t, client) })
			time.Sleep(300 * time.Millisecond)
		}
		calls.Wait()
		u.wantCalls(t, 2)
	})
}

// A read that waits for an event has a response of its own.
func TestShare_NotWithEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newPipeUpstream(t, slow)
		client := u.sharingClient(t, Config{})
		var calls sync.WaitGroup
		for range 3 {
			calls.Go(func() { readShared(t.Context(), t, client.AfterEvent("event", func() {})) })
		}
		calls.Wait()
		u.wantCalls(t, 3)
	})
}
