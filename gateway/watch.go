package gateway

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/drift"
	"mstudio-graphql/gateway/metrics"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// watchUpstream makes what is told of all calls of mStudio, whatever they are made for.
func (g *Gateway) watchUpstream() *rest.Watch {
	counted := g.config.Metrics
	if counted == nil {
		return &rest.Watch{Document: drift.New(g.config.Log, nil).Document}
	}
	return &rest.Watch{
		Document: drift.New(g.config.Log, counted.Drift).Document,
		Call: func(ctx context.Context, op string) (context.Context, func(rest.CallResult)) {
			return ctx, counted.CallStarted(op)
		},
	}
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
	start, loads := time.Now(), &loader.Watch{}
	if g.config.Metrics != nil {
		loads.Batch = g.config.Metrics.Batch
		ctx = loader.WithWatch(ctx, loads)
		defer func() { g.countOperation(ctx, operation, response, loads, time.Since(start)) }()
	}
	if explain == explainCalls {
		return g.explained(loader.WithWatch(ctx, loads), loads, run)
	}
	return run(ctx)
}

func (g *Gateway) countOperation(ctx context.Context, operation *graphql.OperationContext, response *graphql.Response, loads *loader.Watch, duration time.Duration) {
	g.config.Metrics.Executed(metrics.Operation{
		Name: operation.Operation.Name, Type: string(operation.Operation.Operation), Duration: duration,
		Failed: response == nil || len(response.Errors) > 0, Calls: recordOf(ctx).calls,
		Asked: loads.Asked.Load(), Fetched: loads.Fetched.Load(), Kept: loads.Kept.Load(),
	})
}
