package gateway

import (
	"context"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/ftv1"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/gateway/uploads"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/internal/memory"
	"mstudio-graphql/rest"
)

// writeTime is added to the timeout of a mutation, because mStudio delays reads until they include a write.
const writeTime = 5 * time.Second

// callsEnd limits the wait for canceled calls.
const callsEnd = time.Second

// execute runs the operation with its own client, loaders and deadline. When it returns, calls that are still running are
// canceled.
func (e *endpoint) execute(ctx context.Context, operation *graphql.OperationContext, req *request) *graphql.Response {
	ctx, cancel := context.WithTimeout(ctx, e.timeout(operation, req.form))
	defer cancel()
	account := memory.From(ctx)
	account.OnExceeded(cancel)
	record := telemetry.RecordOf(ctx)
	client := e.client(ctx, req.token).WithRequestID(record.RequestID).
		WithLimits(rest.Limits{Calls: e.maxCalls, Parallel: e.config.MaxParallelCalls, Memory: account, Batch: req.batch})
	defer func() {
		record.Usage, req.rate = client.Usage(), client.RateLimit()
	}()
	loaders := e.loaders(client)
	req.awaited.addTo(loaders)
	ctx = loader.With(ctx, loaders)
	settle, err := e.reserve(ctx, client, operation, req)
	defer settle()
	if err == nil {
		err = e.mayIntrospect(ctx, operation)
	}
	if err != nil {
		return &graphql.Response{Errors: gqlerror.List{e.present(ctx, err)}}
	}
	response := e.dispatch(ctx, operation, req)
	if response == nil { // the executor returns nil if the context ended before it started
		response = &graphql.Response{Errors: gqlerror.List{e.present(ctx, context.DeadlineExceeded)}}
	}
	response = e.settle(ctx, operation, client, response)
	slices.SortStableFunc(response.Errors, byPath)
	e.addConsistency(response, loaders)
	e.wrote(record.Caller, client, loaders)
	reportLists(response, loaders)
	return response
}

// timeout returns the timeout of an operation.
func (p *parts) timeout(operation *graphql.OperationContext, form *uploads.Form) time.Duration {
	timeout := p.config.OperationTimeout
	if form != nil {
		timeout += p.config.Uploads.Timeout
	}
	if operation.Operation.Operation == ast.Mutation {
		timeout += writeTime
	}
	return timeout
}

// dispatch executes an operation, or returns the cached result of introspection.
func (e *endpoint) dispatch(ctx context.Context, operation *graphql.OperationContext, req *request) *graphql.Response {
	key := introspectionKey(operation)
	if result, found := e.introspections.Get(key); found {
		return &graphql.Response{Data: []byte(result)}
	}
	response := e.respond(ctx, operation, e.executorOf(req))
	if key != "" && response != nil && len(response.Errors) == 0 {
		e.introspections.Add(key, string(response.Data), nil)
	}
	return response
}

// respond executes an operation. The executor for routers' traces adds one to the response.
func (e *endpoint) respond(ctx context.Context, operation *graphql.OperationContext, by *executor.Executor) *graphql.Response {
	if by != e.traced {
		respond, ctx := by.DispatchOperation(ctx, operation)
		return respond(ctx)
	}
	ctx, trace := ftv1.With(ctx)
	respond, ctx := by.DispatchOperation(ctx, operation)
	response := respond(ctx)
	if response != nil {
		if text := trace.Encode(response.Errors); text != "" {
			extend(response, ftv1.Extension, text)
		}
	}
	return response
}

// settle releases the operation's memory except for its response. If the operation has exceeded its memory, settle returns an
// error in place of the response, which is incomplete. A mutation may have been executed.
func (e *endpoint) settle(ctx context.Context, operation *graphql.OperationContext, client *rest.Client, response *graphql.Response) *graphql.Response {
	account := memory.From(ctx)
	if account.Failed() {
		waiting, cancel := context.WithTimeout(context.WithoutCancel(ctx), callsEnd)
		defer cancel()
		client.Wait(waiting) // its calls are canceled, but still hold what they have read
	}
	trace, _ := response.Extensions[ftv1.Extension].(string)
	err := account.Settle(operationBytes + cap(response.Data) + len(trace))
	if err == nil {
		return response
	}
	presented := e.present(ctx, noMemory(err))
	if operation.Operation.Operation == ast.Mutation {
		presented.Extensions["outcome"] = rest.OutcomeUnknown
	}
	return &graphql.Response{Errors: gqlerror.List{presented}}
}
