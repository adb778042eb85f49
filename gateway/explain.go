package gateway

import (
	"context"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// explainMode is what a caller wants to know of an operation's calls.
type explainMode string

const (
	explainNothing explainMode = ""
	// explainCalls runs the operation and says which calls it has made.
	explainCalls explainMode = "true"
	// explainDryRun estimates the calls instead of making them.
	explainDryRun explainMode = "dry-run"
)

// explainModeOf reads the header.
func explainModeOf(r *http.Request) (explainMode, *httpapi.Error) {
	switch text := r.Header.Get(httpapi.ExplainHeader); text {
	case "", "false":
		return explainNothing, nil
	case string(explainCalls), string(explainDryRun):
		return explainMode(text), nil
	}
	return explainNothing, httpapi.BadRequest("X-Explain must be true, false or dry-run.")
}

// explanation is what an operation's calls of mStudio were, as it is told to the caller in extensions.upstream. It
// names routes, never what was asked for.
type explanation struct {
	// Calls is how many there were. Those that were made for all callers are counted where they were started.
	Calls int `json:"calls"`
	// Deduplicated is how many were spared because the operation had asked for the same before.
	Deduplicated int `json:"deduplicated"`
	// Cached is how many were spared by what is kept for all callers.
	Cached int `json:"cached"`
	// DurationMs is how long the operation took, in milliseconds.
	DurationMs milliseconds `json:"durationMs"`
	// Plan has the routes in the order in which they were first called.
	Plan []*plannedCalls `json:"plan"`
}

// plannedCalls are the calls of one route.
type plannedCalls struct {
	Op    string `json:"op"`
	Count int    `json:"count"`
	// Ms is from when the first began until the last ended, or until the answer, if that was earlier.
	Ms milliseconds `json:"ms"`
	// StartedAt is when the first began, counted from the operation's start.
	StartedAt milliseconds `json:"startedAt"`

	running     int
	first, last time.Duration
}

// milliseconds are written with one decimal place.
type milliseconds float64

func inMilliseconds(d time.Duration) milliseconds {
	return milliseconds(math.Round(float64(d)/float64(time.Millisecond)*10) / 10)
}

// explainer writes down the calls of one operation.
type explainer struct {
	start time.Time
	loads *loader.Stats

	mu   sync.Mutex
	plan []*plannedCalls
}

// call notes that a call begins; the function that it returns, that it has ended.
func (e *explainer) call(op string) func() {
	started := time.Since(e.start)
	e.mu.Lock()
	defer e.mu.Unlock()
	route := e.route(op, started)
	route.Count++
	route.running++
	return func() {
		ended := time.Since(e.start)
		e.mu.Lock()
		defer e.mu.Unlock()
		route.running--
		route.last = max(route.last, ended)
	}
}

func (e *explainer) route(op string, started time.Duration) *plannedCalls {
	for _, known := range e.plan {
		if known.Op == op {
			return known
		}
	}
	added := &plannedCalls{Op: op, StartedAt: inMilliseconds(started), first: started}
	e.plan = append(e.plan, added)
	return added
}

// explain returns what there is to say when the operation is over. Calls that nobody waited for may still be running.
func (e *explainer) explain() explanation {
	now := time.Since(e.start)
	e.mu.Lock()
	defer e.mu.Unlock()
	said := explanation{
		Deduplicated: e.loads.Deduplicated(),
		Cached:       int(e.loads.CategoryHits.Load()),
		DurationMs:   inMilliseconds(now),
		Plan:         make([]*plannedCalls, 0, len(e.plan)),
	}
	for _, route := range e.plan {
		copied := *route
		if route.running > 0 {
			copied.last = now
		}
		copied.Ms = inMilliseconds(max(copied.last-copied.first, 0))
		said.Calls += route.Count
		said.Plan = append(said.Plan, &copied)
	}
	return said
}

// estimation is what an operation is estimated to need, as it is told to the caller in extensions.upstream.
type estimation struct {
	DryRun bool `json:"dryRun"`
	// Minimum is how many calls there will be at least, if no argument is refused.
	Minimum int `json:"minimum"`
	// Maximum is how many there will be if every page is full, and no other list is longer than the schema assumes.
	Maximum int `json:"maximum"`
}

// dryRun answers an operation with what it would need. Nothing is executed.
func (g *endpoint) dryRun(operation *graphql.OperationContext) *graphql.Response {
	needs := g.limits.Estimate(operation.Doc, operation.Operation, operation.Variables)
	if g.asksWhoIntrospects(operation) {
		// If the token is not accepted, that is the only call.
		needs.MinCalls, needs.MaxCalls = 1, needs.MaxCalls+1
	}
	return &graphql.Response{
		Data:       []byte("null"),
		Extensions: map[string]any{"upstream": estimation{DryRun: true, Minimum: needs.MinCalls, Maximum: needs.MaxCalls}},
	}
}

// explained runs an operation and adds to its answer which calls it made.
func (g *Gateway) explained(ctx context.Context, loads *loader.Stats, run func(context.Context) *graphql.Response) *graphql.Response {
	seen := &explainer{start: time.Now(), loads: loads}
	response := run(rest.WithWatch(ctx, &rest.Watch{Call: callWatch(seen.watch).beside(g.upstream.Call), Document: g.upstream.Document}))
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	response.Extensions["upstream"] = seen.explain()
	return response
}

// watch notes a call.
func (e *explainer) watch(ctx context.Context, op string) (context.Context, func(rest.CallResult)) {
	ended := e.call(op)
	return ctx, func(rest.CallResult) { ended() }
}
