package gateway

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/telemetry/drift"
	"mstudio-graphql/gateway/telemetry/metrics"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// callWatch is told of a call that begins, and returns who is to be told that it has ended.
type callWatch func(ctx context.Context, op string) (context.Context, func(rest.CallResult))

// beside makes one watch of two; nil stands for none. The second is told with the context of the first.
func (w callWatch) beside(other callWatch) callWatch {
	switch {
	case w == nil:
		return other
	case other == nil:
		return w
	}
	return func(ctx context.Context, op string) (context.Context, func(rest.CallResult)) {
		ctx, ended := w(ctx, op)
		ctx, othersEnd := other(ctx, op)
		return ctx, func(result rest.CallResult) {
			othersEnd(result)
			ended(result)
		}
	}
}

// splitOp divides method and path template.
func splitOp(op string) (method, route string) {
	method, route, _ = strings.Cut(op, " ")
	return method, route
}

// watchUpstream makes what is told of all calls of mStudio, whatever they are made for.
func (g *Gateway) watchUpstream() *rest.Watch {
	var calls callWatch
	var countDrift func(field, value string)
	if counted := g.config.Metrics; counted != nil {
		countDrift = counted.Drift
		calls = func(ctx context.Context, op string) (context.Context, func(rest.CallResult)) {
			return ctx, counted.CallStarted(splitOp(op))
		}
	}
	if g.tracer != nil {
		calls = calls.beside(g.traceCall)
	}
	if calls != nil { // names are of use only to those above
		calls = calls.beside(noteAccepted)
	}
	return &rest.Watch{Call: calls, Document: drift.New(g.config.Log, countDrift).Document}
}

// countRequest counts a request that begins; what it returns, that it has been answered.
func (g *Gateway) countRequest(r *http.Request, seen *record, w *statusWriter, start time.Time) func() {
	counted := g.config.Metrics
	if counted == nil {
		return func() {}
	}
	ended := counted.RequestStarted()
	return func() {
		ended()
		counted.Answered(metrics.Request{
			Route: r.Pattern, Method: knownMethod(r.Method), Status: w.code(), Duration: time.Since(start), Codes: seen.codes,
		})
	}
}

// noteErrors remembers what the log and the metrics say of an answer's errors.
func (r *record) noteErrors(errs gqlerror.List) {
	r.errors = len(errs)
	for _, err := range errs {
		r.codes = append(r.codes, fmt.Sprint(err.Extensions["code"]))
	}
}

// follow executes an operation for everybody who wants to know what it does, or says what that would be.
func (g *endpoint) follow(ctx context.Context, operation *graphql.OperationContext, token rest.Token, explain explainMode) (response *graphql.Response) {
	if explain == explainDryRun {
		return g.dryRun(operation)
	}
	run := func(ctx context.Context) *graphql.Response { return g.execute(ctx, operation, token) }
	if g.tracer != nil {
		traced, ended := g.traceOperation(ctx, operation)
		ctx = traced
		defer func() { ended(response) }()
	}
	start, loads := time.Now(), &loader.Stats{}
	if g.config.Metrics != nil {
		loads.Batch = g.config.Metrics.Batch
		ctx = loader.WithStats(ctx, loads)
		defer func() { g.countOperation(ctx, operation, response, loads, time.Since(start)) }()
	}
	if explain == explainCalls {
		return g.explained(loader.WithStats(ctx, loads), loads, run)
	}
	return run(ctx)
}

func (g *Gateway) countOperation(ctx context.Context, operation *graphql.OperationContext, response *graphql.Response, loads *loader.Stats, duration time.Duration) {
	g.config.Metrics.Executed(metrics.Operation{
		Name: g.nameOf(ctx, operation, response), Type: string(operation.Operation.Operation),
		Duration: duration, Failed: failed(response), Calls: recordOf(ctx).calls,
		Asked: loads.Loads.Load(), Fetched: loads.Fetches.Load(), Kept: loads.CategoryHits.Load(),
	})
}
