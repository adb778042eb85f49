package gateway

import (
	"context"
	"io"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway/admission"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/gateway/uploads"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/internal/memory"
)

// admit runs the operation in a slot. The slot is released before the response is written, so that a client that reads
// slowly does not hold one.
func (e *endpoint) admit(ctx context.Context, body io.Reader, req *request) (*graphql.Response, *httpapi.Error) {
	ctx = graphql.StartOperationTrace(ctx)
	if rejected := e.rates.allowCaller(ctx, req.token); rejected != nil {
		return nil, rejected
	}
	req.slot = &slot{limiter: e.limiter(req.form), caller: telemetry.RecordOf(ctx).Caller}
	if rejected := req.slot.enter(ctx); rejected != nil {
		return nil, rejected
	}
	defer req.slot.leave()
	if body, ok := body.(interface{ Received() }); ok { // files are streamed in the slot
		body.Received()
	}
	account := memory.From(ctx)
	if err := account.Reserve(operationBytes); err != nil {
		return nil, noMemory(err)
	}
	if rejected := e.resolveDocument(ctx, req.params, req.client); rejected != nil {
		return nil, rejected
	}
	operation, errs := e.prepare(ctx, req)
	if len(errs) > 0 {
		return e.executor.DispatchError(graphql.WithOperationContext(ctx, operation), errs), nil
	}
	if rejected := e.check(ctx, req, operation); rejected != nil {
		return nil, rejected
	}
	response, rejected := e.run(ctx, operation, req)
	if rejected != nil {
		return nil, rejected
	}
	switch text := operation.RawQuery; {
	case e.isAccepted(telemetry.RecordOf(ctx)):
		e.documents.Keep(text, httpapi.DocumentID(req.params), operation.Doc)
	case e.documents.Trusts(text): // of any caller, because there are only as many as the operator registered
		e.documents.Keep(text, "", operation.Doc)
	}
	if err := account.Err(); err != nil && operation.Operation.Operation == ast.Query {
		return nil, noMemory(err)
	}
	return response, nil
}

// run starts a subscription, or executes another operation.
func (e *endpoint) run(ctx context.Context, operation *graphql.OperationContext, req *request) (*graphql.Response, *httpapi.Error) {
	if operation.Operation.Operation == ast.Subscription && req.explain != explainDryRun {
		return e.subscribe(ctx, operation, req)
	}
	return e.instrument(ctx, operation, req), nil
}

// check reads the headers that depend on the operation. It rejects an anonymous operation that needs a token, a mutation by GET,
// and a subscription without a stream.
func (e *endpoint) check(ctx context.Context, req *request, operation *graphql.OperationContext) (rejected *httpapi.Error) {
	if req.token.IsZero() && !e.isPublic(operation) {
		return httpapi.MissingToken()
	}
	if req.explain, rejected = explainModeOf(req.header); rejected != nil {
		return rejected
	}
	if req.batch, rejected = isBatch(req.header); rejected != nil {
		return rejected
	}
	telemetry.RecordOf(ctx).SetOperation(operation.Operation.Name)
	switch kind := operation.Operation.Operation; {
	case req.isGet && kind == ast.Mutation:
		rejected := httpapi.NewError(http.StatusMethodNotAllowed, model.CodeBadUserInput, "GET does not allow mutations. Use POST.")
		rejected.Allow = http.MethodPost
		return rejected
	case kind == ast.Subscription && req.stream == "" && !req.ofSocket && req.explain != explainDryRun:
		return httpapi.NotStreamable()
	}
	req.awaited, rejected = e.readEvents(req.header)
	return rejected
}

// limiter returns the Limiter for an operation.
func (p *parts) limiter(form *uploads.Form) *admission.Limiter {
	if form != nil {
		return p.uploadSlots
	}
	return p.slots
}

// instrument executes an operation with metrics, traces and X-Explain, or estimates its cost in a dry run.
func (e *endpoint) instrument(ctx context.Context, operation *graphql.OperationContext, req *request) (response *graphql.Response) {
	if req.explain == explainDryRun {
		return dryRun(e.limits, e.requiresAuth(operation), operation)
	}
	ctx, stats, end := e.telemetry.Operation(ctx, operation)
	defer func() { end(response) }()
	if req.explain != explainCalls {
		return e.execute(ctx, operation, req)
	}
	ctx, report := e.telemetry.Explain(ctx, stats)
	response = e.execute(ctx, operation, req)
	extend(response, "upstream", report(telemetry.RecordOf(ctx).Usage, req.rate))
	return response
}
