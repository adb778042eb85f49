package telemetry

import (
	"context"
	"math"
	"sync"
	"time"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
	"mstudio-graphql/rest/budget"
)

// Explain collects the upstream calls of an operation that runs with the returned context. report returns them for
// extensions.upstream of the response.
func (t *Telemetry) Explain(ctx context.Context, stats *loader.Stats) (observed context.Context, report func(rest.Usage, *budget.State) any) {
	e := &explainer{start: time.Now(), stats: stats}
	calls := callObserver(e.observe).and(t.upstream.Call)
	observed = rest.WithTrace(loader.WithStats(ctx, stats), &rest.Trace{Call: calls, Failed: t.upstream.Failed, Drift: t.upstream.Drift})
	return observed, func(usage rest.Usage, rate *budget.State) any { return e.explanation(usage, rate) }
}

// explanation is the extensions.upstream of an operation that ran. It contains routes but no arguments.
type explanation struct {
	// Calls is the number of upstream calls that this operation started. A fetch of the shared category list counts for
	// the operation that started it.
	Calls int `json:"calls"`
	// Deduplicated is the number of calls saved because the operation had already loaded the same object.
	Deduplicated int `json:"deduplicated"`
	// Cached is the number of calls saved by the cache shared by all callers.
	Cached int `json:"cached"`
	// Shared is the number of calls saved because another operation of the caller was making the same call.
	Shared int `json:"shared"`
	// DurationMs is the duration of the operation.
	DurationMs milliseconds `json:"durationMs"`
	// WaitedMs is the time that its calls have waited for the caller's rate limit, all together.
	WaitedMs milliseconds `json:"waitedMs"`
	// RateLimit is the caller's rate limit after the operation, nil if it is unknown.
	RateLimit *rateLimit `json:"rateLimit,omitempty"`
	// Plan lists the routes in the order of their first calls.
	Plan []*routeCalls `json:"plan"`
}

// rateLimit is a caller's rate limit: calls per window, those left, and the seconds until the window ends.
type rateLimit struct {
	Limit      int `json:"limit"`
	Remaining  int `json:"remaining"`
	ResetAfter int `json:"resetAfter"`
}

func rateLimitOf(state *budget.State) *rateLimit {
	if state == nil {
		return nil
	}
	return &rateLimit{state.Limit, state.Remaining, int(state.ResetAfter.Seconds())}
}

// shareOf returns the part of a rate limit that calls take, to three decimal places, or 0 if the limit is unknown.
func shareOf(state *budget.State, calls int) float64 {
	if state == nil {
		return 0
	}
	return math.Round(float64(calls)/float64(state.Limit)*1000) / 1000
}

// routeCalls are the upstream calls of one route.
type routeCalls struct {
	Op    string `json:"op"`
	Count int    `json:"count"`
	// Ms is the time from the start of the first call to the end of the last call, or of the operation if that was
	// earlier.
	Ms milliseconds `json:"ms"`
	// StartedAt is the start of the first call, relative to the operation's start.
	StartedAt milliseconds `json:"startedAt"`
	// ShareOfLimit is the part of the caller's rate limit that the calls take, absent if the limit is unknown.
	ShareOfLimit float64 `json:"shareOfLimit,omitempty"`

	running     int
	first, last time.Duration
}

// milliseconds is a duration in milliseconds with one decimal place.
type milliseconds float64

func inMilliseconds(d time.Duration) milliseconds {
	return milliseconds(math.Round(float64(d)/float64(time.Millisecond)*10) / 10)
}

// explainer collects the calls of one operation.
type explainer struct {
	start time.Time
	stats *loader.Stats

	mu   sync.Mutex
	plan []*routeCalls
}

// observe is a callObserver.
func (e *explainer) observe(ctx context.Context, op string) (context.Context, func(rest.CallResult)) {
	started := time.Since(e.start)
	e.mu.Lock()
	defer e.mu.Unlock()
	route := e.route(op, started)
	route.Count++
	route.running++
	return ctx, func(rest.CallResult) {
		ended := time.Since(e.start)
		e.mu.Lock()
		defer e.mu.Unlock()
		route.running--
		route.last = max(route.last, ended)
	}
}

func (e *explainer) route(op string, started time.Duration) *routeCalls {
	for _, known := range e.plan {
		if known.Op == op {
			return known
		}
	}
	added := &routeCalls{Op: op, StartedAt: inMilliseconds(started), first: started}
	e.plan = append(e.plan, added)
	return added
}

// explanation returns the calls made so far. Abandoned calls may still be running.
func (e *explainer) explanation(usage rest.Usage, rate *budget.State) explanation {
	now := time.Since(e.start)
	e.mu.Lock()
	defer e.mu.Unlock()
	result := explanation{
		Deduplicated: e.stats.Deduplicated(),
		Cached:       int(e.stats.PublicHits.Load()),
		Shared:       usage.Shared,
		DurationMs:   inMilliseconds(now),
		WaitedMs:     inMilliseconds(usage.Waited),
		RateLimit:    rateLimitOf(rate),
		Plan:         make([]*routeCalls, 0, len(e.plan)),
	}
	for _, route := range e.plan {
		copied := *route
		copied.ShareOfLimit = shareOf(rate, route.Count)
		if route.running > 0 {
			copied.last = now
		}
		copied.Ms = inMilliseconds(max(copied.last-copied.first, 0))
		result.Calls += route.Count
		result.Plan = append(result.Plan, &copied)
	}
	return result
}
