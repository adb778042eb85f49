package rest

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	// minFailures is the number of consecutive failures of a route that open its breaker, and minOutage the least time
	// that they span. A restart of the API is shorter, and retries survive it.
	minFailures = 10
	minOutage   = 2 * time.Second
	// evidenceLifetime is the time after which a failure without a successor proves nothing anymore.
	evidenceLifetime = 10 * time.Second
	// probeInterval is the time between two attempts on a route with an open breaker.
	probeInterval = time.Second
	// maxSlow is the maximum number of slow attempts of a route: half of the operations that the gateway runs by default,
	// so that a route that hangs leaves the other half to all others.
	maxSlow = 64
	// An attempt is slow if it takes slowFactor times as long as usual, and at least minSlow.
	slowFactor = 4
	minSlow    = 250 * time.Millisecond
	// firstUsual is the usual time of a route that has not responded yet.
	firstUsual = 250 * time.Millisecond
)

// errBreakerOpen is the cause of an Unavailable error for a call that was not sent, because its route is known to fail or
// to hang.
var errBreakerOpen = errors.New("circuit breaker is open")

// BreakerState is the state of the circuit breakers.
type BreakerState string

// The states of the breakers.
const (
	BreakerClosed BreakerState = "closed" // calls reach the API
	BreakerOpen   BreakerState = "open"   // calls of at least one route fail without a request
)

// breakers has one breaker for each route, so that a route that fails or hangs costs only the fields that need it. No
// library fits: whether a breaker opens depends on the callers and the other routes, too.
//
// A failure is an attempt without a response, or with 502, 503 or 504. Every other response is a success, also a 500: one
// object of one caller may cause it. A canceled attempt and an unreadable upload are neither.
type breakers struct {
	log     *slog.Logger
	maxSlow int

	mu        sync.Mutex
	routes    map[routeKey]*breaker // as many as this package has routes
	succeeded time.Time             // last success on any route
}

type routeKey struct{ method, route string }

type breaker struct {
	key       routeKey
	succeeded time.Time

	// Evidence since the last success:
	failures int
	since    time.Time // start of the first failed attempt
	last     time.Time // end of the last one
	caller   callerKey // of the first one
	several  bool      // whether another caller failed, too

	open  bool
	probe time.Time // time of the next attempt while the breaker is open

	running []started     // attempts and calls that wait for them, oldest first
	usual   time.Duration // moving average of successful attempts
}

// started is an attempt that a breaker permitted.
type started struct {
	breaker *breaker
	caller  callerKey
	at      time.Time
	timed   bool // false if it waits for an event or a file, which may take long
}

// newBreakers returns the breakers for at most maxInFlight calls in flight, of which a route may have half.
func newBreakers(maxInFlight int, log *slog.Logger) *breakers {
	return &breakers{log: log, maxSlow: min(maxSlow, (maxInFlight+1)/2), routes: map[routeKey]*breaker{}}
}

// withBreaker rejects attempts on routes that fail or hang.
func withBreaker(next handler, b *breakers) handler {
	return func(ctx context.Context, c *call) (got *response, err error) {
		attempt, ok := b.begin(c, time.Now())
		if !ok {
			return nil, c.fail(Unavailable, errBreakerOpen)
		}
		err = c.fail(Canceled, nil) // if next panics
		defer func() { b.end(c, attempt, time.Now(), err) }()
		got, err = next(ctx, c)
		return got, err
	}
}

// begin records an attempt, or reports that it must not be made.
func (b *breakers) begin(c *call, now time.Time) (started, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.route(c)
	attempt := started{breaker: r, caller: c.session.caller(), at: now}
	switch {
	case r.open && now.Before(r.probe), r.hangs(b.maxSlow, now):
		return attempt, false
	case r.open:
		r.probe = now.Add(probeInterval)
	}
	if attempt.timed = c.upload == nil && c.session.event == ""; attempt.timed {
		r.running = append(r.running, attempt)
	}
	return attempt, true
}

// join records a call that waits for the attempt of another one, or reports that the route hangs. Calls that wait hold as
// much of the gateway as attempts do.
func (b *breakers) join(c *call, now time.Time) (leave func(), ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.route(c)
	if r.hangs(b.maxSlow, now) {
		return nil, false
	}
	waiting := started{breaker: r, caller: c.session.caller(), at: now, timed: true}
	r.running = append(r.running, waiting)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		r.leave(waiting)
	}, true
}

// leave forgets an attempt or a call that waits.
func (r *breaker) leave(ended started) {
	if i := slices.Index(r.running, ended); i >= 0 {
		r.running = slices.Delete(r.running, i, i+1)
	}
}

func (b *breakers) route(c *call) *breaker {
	key := routeKey{c.method, c.route}
	r := b.routes[key]
	if r == nil {
		r = &breaker{key: key, usual: firstUsual}
		b.routes[key] = r
	}
	return r
}

// hangs reports whether as many attempts are slow. Those of one caller are at most half of them, so that nobody closes a route
// for others.
func (r *breaker) hangs(limit int, now time.Time) bool {
	slow := max(minSlow, slowFactor*r.usual)
	if len(r.running) < limit || now.Sub(r.running[limit-1].at) <= slow {
		return false
	}
	total, callers := 0, map[callerKey]int{}
	for _, attempt := range r.running {
		if now.Sub(attempt.at) > slow && callers[attempt.caller] < (limit+1)/2 {
			callers[attempt.caller]++
			total++
		}
	}
	return total >= limit
}

// end records the result of an attempt.
func (b *breakers) end(c *call, attempt started, now time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := attempt.breaker
	if attempt.timed {
		r.leave(attempt)
	}
	switch proof := proofOf(err); {
	case proof == provesHealth:
		if attempt.timed {
			r.usual += (now.Sub(attempt.at) - r.usual) / 8
		}
		b.succeed(r, now)
	case proof == provesFailure && !attempt.at.Before(r.succeeded): // an older attempt is no news
		b.fail(r, attempt.at, now, c.session.caller())
	}
}

func (b *breakers) succeed(r *breaker, now time.Time) {
	r.succeeded, b.succeeded = now, now
	r.failures, r.several = 0, false
	if r.open {
		b.change(r, BreakerOpen, BreakerClosed)
	}
}

func (b *breakers) fail(r *breaker, began, now time.Time, caller callerKey) {
	if r.failures == 0 || now.Sub(r.last) > evidenceLifetime {
		r.failures, r.since, r.caller, r.several = 0, began, caller, false
	}
	r.failures++
	r.last = now
	r.several = r.several || caller != r.caller
	if !r.open && r.failures >= minFailures && now.Sub(r.since) >= minOutage && (r.several || b.isDown(r)) {
		r.probe = now.Add(probeInterval)
		b.change(r, BreakerClosed, BreakerOpen)
	}
}

// isDown reports whether another route fails as well and none works, so that the failures of a single caller are the API's.
func (b *breakers) isDown(r *breaker) bool {
	if b.succeeded.After(r.since) {
		return false
	}
	for _, other := range b.routes {
		if other != r && other.failures > 0 && r.last.Sub(other.last) <= evidenceLifetime {
			return true
		}
	}
	return false
}

func (b *breakers) change(r *breaker, from, to BreakerState) {
	r.open = to == BreakerOpen
	b.log.Warn("circuit breaker changed", slog.String("op", r.key.method+" "+r.key.route), slog.String("from", string(from)), slog.String("to", string(to)))
}

// state returns BreakerOpen if the breaker of any route is open.
func (b *breakers) state() BreakerState {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.routes {
		if r.open {
			return BreakerOpen
		}
	}
	return BreakerClosed
}

// proof is what the end of an attempt proves about its route.
type proof int

const (
	provesNothing proof = iota
	provesHealth
	provesFailure
)

func proofOf(err error) proof {
	failure, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return provesHealth
	case failure.Code == Canceled, failure.Code == Expired, failure.Code == BadInput && failure.Status == 0:
		return provesNothing
	case (failure.Code == Unavailable || failure.Code == TimedOut) && isTemporary(failure.Status):
		return provesFailure
	}
	return provesHealth
}
