package gateway

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/graph/model"
)

const (
	// maxWait is how long an operation waits for its turn. A burst of short ones passes; behind long ones, whoever
	// waits is told soon enough to go to another replica.
	maxWait = 50 * time.Millisecond
	// retryAfter is what a refused client is told to wait, in seconds.
	retryAfter = 1
)

// inFlight bounds how many operations run at once, in all and of one caller, so that none takes the places of all
// others. Downloads, which have no caller, are counted by their files instead.
type inFlight struct {
	all       *semaphore.Weighted
	perCaller int64

	mu      sync.Mutex
	callers map[string]*callerPlaces // those who have an operation running or waiting
}

type callerPlaces struct {
	free *semaphore.Weighted
	uses int
}

func newInFlight(all, perCaller int) *inFlight {
	return &inFlight{all: semaphore.NewWeighted(int64(all)), perCaller: int64(perCaller), callers: map[string]*callerPlaces{}}
}

// enter waits for a place. Whoever has got one must call leave.
func (f *inFlight) enter(ctx context.Context, caller string) (leave func(), refused *httpapi.Error) {
	until := time.Now().Add(maxWait)
	places := f.places(caller)
	// The caller's own place comes first: those who wait for it are not in the queue for the places of all.
	if !take(ctx, until, places.free) {
		f.forget(caller, places)
		return nil, overloaded("Too many operations of this caller are running: try again.")
	}
	leaveOwn := func() {
		places.free.Release(1)
		f.forget(caller, places)
	}
	if !take(ctx, until, f.all) {
		leaveOwn()
		return nil, overloaded("Too many operations are running: try again.")
	}
	return func() { f.all.Release(1); leaveOwn() }, nil
}

// take waits for a place. One that is free is taken even if the time to wait is over: the processor may have been busy
// with others for that long. Usually there is one, and then no timer is needed.
func take(ctx context.Context, until time.Time, places *semaphore.Weighted) bool {
	if places.TryAcquire(1) {
		return true
	}
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	return places.Acquire(ctx, 1) == nil
}

func (f *inFlight) places(caller string) *callerPlaces {
	f.mu.Lock()
	defer f.mu.Unlock()
	places := f.callers[caller]
	if places == nil {
		places = &callerPlaces{free: semaphore.NewWeighted(f.perCaller)}
		f.callers[caller] = places
	}
	places.uses++
	return places
}

// forget drops the places of a caller who has nothing running any more.
func (f *inFlight) forget(caller string, places *callerPlaces) {
	f.mu.Lock()
	defer f.mu.Unlock()
	places.uses--
	if places.uses == 0 {
		delete(f.callers, caller)
	}
}

func overloaded(message string) *httpapi.Error {
	refused := httpapi.NewError(http.StatusServiceUnavailable, model.CodeOverloaded, message)
	refused.RetryAfter = retryAfter
	return refused
}
