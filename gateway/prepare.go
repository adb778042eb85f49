package gateway

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/graph/model"
)

// prepare returns an operation that may be executed: its document is valid and within the limits, its variables have
// the types it declares, and it does not need too many calls. If it returns errors, the operation is only there to
// report them with.
func (e *endpoint) prepare(ctx context.Context, asked *request) (*graphql.OperationContext, gqlerror.List) {
	params := asked.params
	document, errs := e.documents.Parsed(params.Query, e.limits.Parse)
	if len(errs) > 0 {
		return &graphql.OperationContext{RawQuery: params.Query, Variables: params.Variables}, errs
	}
	e.documents.Persist(httpapi.DocumentID(params), params.Query)
	operation, errs := e.executor.CreateOperationContext(context.WithValue(ctx, checkedKey{}, document), params)
	if len(errs) > 0 {
		return operation, errs
	}
	if errs := checkNullBooleans(operation); len(errs) > 0 {
		return operation, errs
	}
	if err := e.limits.CheckCoercion(operation.Operation, operation.Variables); err != nil {
		return operation, gqlerror.List{err}
	}
	if errs := e.policy.check(operation); len(errs) > 0 {
		return operation, errs
	}
	if errs := asked.form.Check(operation); len(errs) > 0 {
		return operation, errs
	}
	estimates := e.documents.Estimates(operation.RawQuery, operation.Doc)
	if refused := e.limits.CheckCost(estimates, operation.Operation, operation.Variables); refused != nil {
		return operation, gqlerror.List{gqlerror.Wrap(refused)}
	}
	return operation, nil
}

// resolveDocument sets the text of params if the client sent only its ID.
func (e *endpoint) resolveDocument(params *graphql.RawParams, mediaType string) *httpapi.Error {
	if httpapi.UnknownPersistedQueryVersion(params) {
		return httpapi.NewError(httpapi.ErrorStatus(mediaType), model.CodeBadUserInput, "The version of `persistedQuery` must be 1.")
	}
	text, err := e.documents.Resolve(params.Query, httpapi.DocumentID(params))
	if err != nil {
		return &httpapi.Error{Status: httpapi.ErrorStatus(mediaType), Err: err}
	}
	params.Query = text
	return nil
}

// checkNullBooleans rejects Boolean variables that are null. Validation accepts a variable with a default in a non-null
// position, but a client can still send null, and gqlgen's executor panics on null in @skip or @include.
func checkNullBooleans(operation *graphql.OperationContext) gqlerror.List {
	var errs gqlerror.List
	for _, variable := range operation.Operation.VariableDefinitions {
		value, given := operation.Variables[variable.Variable]
		if given && value == nil && variable.Type.NamedType == "Boolean" {
			errs = append(errs, gqlerror.Wrap(model.BadInput("A variable of the type Boolean must not be null.")))
		}
	}
	return errs
}

type checkedKey struct{}

// checkedDocument hands the executor, in place of a cache, the document that prepare has checked. The executor's own
// parsing and validation are never reached: nothing could be measured in between.
type checkedDocument struct{}

// Get returns the document of this operation.
func (checkedDocument) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	document, ok := ctx.Value(checkedKey{}).(*ast.QueryDocument)
	return document, ok
}

// Add is never called, because Get always has the document.
func (checkedDocument) Add(context.Context, string, *ast.QueryDocument) {}
