package gateway

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/admission"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/live"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/gateway/uploads"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/internal/memory"
	"mstudio-graphql/rest"
	"mstudio-graphql/rest/budget"
)

// writeTime is added to the timeout of a mutation, because mStudio delays reads until they include a write.
const writeTime = 5 * time.Second

// request is one GraphQL request.
type request struct {
	token   rest.Token // zero for an anonymous request
	params  *graphql.RawParams
	form    *uploads.Form // nil without files
	explain explainMode
	batch   bool // X-Priority
	awaited awaited
	slot    *slot

	header   http.Header // which the operation depends on
	isGet    bool
	ofSocket bool
	stream   string // the media type of a subscription's stream, or "" if the client accepts none
	respond  string // the media type of the response

	rate   *budget.State // after the operation; nil if it is unknown
	source live.Source   // of a subscription that has started, in this place
	place  *live.Place
}

// admit runs the operation in a slot. The slot is released before the response is written, so that a client that reads
// slowly does not hold one.
func (e *endpoint) admit(ctx context.Context, body io.Reader, req *request) (*graphql.Response, *httpapi.Error) {
	ctx = graphql.StartOperationTrace(ctx)
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
	if rejected := e.resolveDocument(ctx, req.params); rejected != nil {
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
	if e.isAccepted(telemetry.RecordOf(ctx)) {
		e.documents.Keep(operation.RawQuery, httpapi.DocumentID(req.params), operation.Doc)
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
	report(response, telemetry.RecordOf(ctx).Usage, req.rate)
	return response
}

// execute runs the operation with its own client, loaders and deadline. When it returns, calls that are still running are
// canceled.
func (e *endpoint) execute(ctx context.Context, operation *graphql.OperationContext, req *request) *graphql.Response {
	ctx, cancel := context.WithTimeout(ctx, e.timeout(operation, req.form))
	defer cancel()
	account := memory.From(ctx)
	account.OnExceeded(cancel)
	record := telemetry.RecordOf(ctx)
	client := e.config.Client.WithToken(req.token).WithRequestID(record.RequestID).
		WithLimits(rest.Limits{Calls: e.maxCalls, Parallel: e.config.MaxParallelCalls, Memory: account, Batch: req.batch})
	if e.config.Pictures != nil {
		client = client.WithPictures(e.links.Base(ctx) + "/pictures/")
	}
	defer func() {
		record.Usage, req.rate = client.Usage(), client.RateLimit()
	}()
	loaders := loader.New(client, e.public)
	loaders.BulkThreshold, loaders.Claims = e.config.BulkThreshold, e.claims
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
	response := e.dispatch(ctx, operation)
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

// byPath orders errors by path, so that their order does not depend on timing.
func byPath(a, b *gqlerror.Error) int { return cmp.Compare(a.Path.String(), b.Path.String()) }

// reportLists adds the rows and calls that a query does not show: extensions.scan has each list that was read to its end,
// extensions.paging each page that needed more than one call.
func reportLists(response *graphql.Response, loaders *loader.Loaders) {
	if lists := loaders.FullLists(); len(lists) > 0 {
		extend(response, "scan", lists)
	}
	if searches := loaders.Searches(); len(searches) > 0 {
		extend(response, "paging", searches)
	}
}

// extend sets an extension of a response.
func extend(response *graphql.Response, name string, value any) {
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	response.Extensions[name] = value
}
