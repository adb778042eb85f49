package gateway

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/graph/model"
)

// prepare returns an operation that may be executed: its document is valid and within the limits, its variables have
// the types it declares, and it does not need too many calls. If it returns errors, the operation is only there to
// report them with.
func (e *endpoint) prepare(ctx context.Context, asked *request) (*graphql.OperationContext, gqlerror.List) {
	params := asked.params
	document, errs := e.document(ctx, params.Query)
	if len(errs) > 0 {
		return &graphql.OperationContext{RawQuery: params.Query, Variables: params.Variables}, errs
	}
	e.persist(params)
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
	estimates := e.documents.estimates(operation.RawQuery, operation.Doc)
	if refused := e.limits.CheckCost(estimates, operation.Operation, operation.Variables); refused != nil {
		return operation, gqlerror.List{gqlerror.Wrap(refused)}
	}
	return operation, nil
}

// document returns a checked document, from the cache if it is there.
func (e *endpoint) document(ctx context.Context, text string) (*ast.QueryDocument, gqlerror.List) {
	if kept, ok := e.documents.Get(ctx, text); ok {
		return kept, nil
	}
	checked, errs := e.limits.Parse(text)
	if len(errs) == 0 {
		e.documents.Add(ctx, text, checked)
	}
	return checked, errs
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
