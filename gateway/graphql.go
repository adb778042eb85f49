package gateway

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/admission"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// serveGraphQL answers one operation.
func (g *endpoint) serveGraphQL(w http.ResponseWriter, r *http.Request) {
	if httpapi.WantsPage(r) {
		writeEndpointPage(w)
		return
	}
	mediaType, ok := httpapi.Negotiate(r)
	if !ok {
		g.writeError(w, r, mediaType, httpapi.NewError(http.StatusNotAcceptable, model.CodeBadUserInput,
			"Accept application/graphql-response+json or application/json."))
		return
	}
	token, refused := httpapi.Token(r)
	if refused != nil && !g.askedWithout(refused) {
		g.writeError(w, r, mediaType, refused)
		return
	}
	if token.IsZero() { // a token's header is none that a browser sends unasked
		if refused := httpapi.RequirePreflight(r); refused != nil {
			g.writeError(w, r, mediaType, refused)
			return
		}
	}
	telemetry.RecordOf(r.Context()).Caller = token.Fingerprint(g.logKey)
	if isMultipart(r) {
		g.serveUpload(w, r, mediaType, token)
		return
	}
	params, refused := httpapi.ReadParams(w, r, g.config.MaxBody)
	if refused != nil {
		g.writeError(w, r, mediaType, refused)
		return
	}
	g.run(w, r, mediaType, token, params)
}

// acquire waits for a slot of the caller. The caller of acquire must call release when done.
func acquire(ctx context.Context, slots *admission.Limiter, caller string) (release func(), rejected *httpapi.Error) {
	release, err := slots.Acquire(ctx, caller)
	switch {
	case errors.Is(err, admission.ErrKeyBusy):
		return nil, httpapi.Overloaded("Too many operations of this caller are running: try again.")
	case err != nil:
		return nil, httpapi.Overloaded("Too many operations are running: try again.")
	}
	return release, nil
}

// run checks and executes an operation.
func (g *endpoint) run(w http.ResponseWriter, r *http.Request, mediaType string, token rest.Token, params *graphql.RawParams) {
	response, status, refused := g.answer(r, mediaType, token, params)
	if refused != nil {
		g.writeError(w, r, mediaType, refused)
		return
	}
	nameEvents(w, response)
	writeResponse(w, r, mediaType, status, response)
}

// answer takes one of the places for operations that run at once, and gives it back before the answer is written: a
// client that reads slowly occupies none.
func (g *endpoint) answer(r *http.Request, mediaType string, token rest.Token, params *graphql.RawParams) (*graphql.Response, int, *httpapi.Error) {
	ctx := graphql.StartOperationTrace(withOrigin(r))
	release, refused := acquire(ctx, g.limiter(ctx), telemetry.RecordOf(ctx).Caller)
	if refused != nil {
		return nil, 0, refused
	}
	defer release()
	if refused := g.findText(params, mediaType); refused != nil {
		return nil, 0, refused
	}
	operation, errs := g.prepare(ctx, params)
	if len(errs) == 0 && token.IsZero() && !g.asksOfItself(operation) { // only where somebody may do without
		return nil, 0, httpapi.MissingToken()
	}
	if len(errs) > 0 {
		return g.executor.DispatchError(graphql.WithOperationContext(ctx, operation), errs), httpapi.ErrorStatus(mediaType), nil
	}
	explain, refused := explainModeOf(r)
	if refused != nil {
		return nil, 0, refused
	}
	telemetry.RecordOf(ctx).SetOperation(operation.Operation.Name)
	if r.Method == http.MethodGet && operation.Operation.Operation != ast.Query {
		refused := httpapi.NewError(http.StatusMethodNotAllowed, model.CodeBadUserInput, "Use POST for anything but queries.")
		refused.Allow = http.MethodPost
		return nil, 0, refused
	}
	ctx, refused = awaiting(ctx, r)
	if refused != nil {
		return nil, 0, refused
	}
	return g.instrument(ctx, operation, token, explain), http.StatusOK, nil
}

// instrument executes an operation under observation, or estimates its cost in a dry run.
func (g *endpoint) instrument(ctx context.Context, operation *graphql.OperationContext, token rest.Token, explain explainMode) (response *graphql.Response) {
	if explain == explainDryRun {
		return dryRun(g.limits, g.asksWhoIntrospects(operation), operation)
	}
	ctx, stats, end := g.telemetry.Operation(ctx, operation)
	defer func() { end(response) }()
	if explain != explainCalls {
		return g.execute(ctx, operation, token)
	}
	ctx, report := g.telemetry.Explain(ctx, stats)
	response = g.execute(ctx, operation, token)
	report(response)
	return response
}

// refuseNullBooleans reports the Boolean variables that are null. The schema takes a Boolean only where null is not
// allowed. Validation lets a variable pass if it has a default, null can still be given for it, and the executor
// panics when it meets that in @skip or @include, wherever it is just then.
func refuseNullBooleans(operation *graphql.OperationContext) gqlerror.List {
	var errs gqlerror.List
	for _, variable := range operation.Operation.VariableDefinitions {
		value, given := operation.Variables[variable.Variable]
		if given && value == nil && variable.Type.NamedType == "Boolean" {
			errs = append(errs, gqlerror.Wrap(model.BadInput("A variable of the type Boolean must not be null.")))
		}
	}
	return errs
}

// execute gives the operation a client, loaders and a deadline of its own. When it returns, whatever the operation
// has started and not waited for is cancelled.
func (g *endpoint) execute(ctx context.Context, operation *graphql.OperationContext, token rest.Token) *graphql.Response {
	ctx, cancel := context.WithTimeout(ctx, g.timeout(ctx, operation))
	defer cancel()
	record := telemetry.RecordOf(ctx)
	client := g.config.Client.WithToken(token).WithRequestID(record.RequestID).
		WithLimits(rest.Limits{Calls: g.config.MaxCalls, Parallel: g.config.MaxParallelCalls})
	defer func() { record.Calls = client.Calls() }()
	loaders := loader.New(client, g.categories)
	loaders.BulkThreshold = g.config.BulkThreshold
	awaitEvents(ctx, loaders)
	ctx = loader.With(ctx, loaders)
	if err := g.mayIntrospect(ctx, operation); err != nil {
		return &graphql.Response{Errors: gqlerror.List{g.presentError(ctx, err)}}
	}
	respond, ctx := g.executor.DispatchOperation(ctx, operation)
	response := respond(ctx)
	if response == nil { // the executor's answer if the context has ended before it began
		response = &graphql.Response{Errors: gqlerror.List{g.presentError(ctx, context.DeadlineExceeded)}}
	}
	slices.SortStableFunc(response.Errors, byPath)
	addConsistency(response, loaders)
	reportFullLists(response, loaders)
	return response
}

// byPath gives errors an order that does not depend on which resolver was faster.
func byPath(a, b *gqlerror.Error) int { return cmp.Compare(a.Path.String(), b.Path.String()) }
