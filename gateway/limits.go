package gateway

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// prepare returns an operation that may be executed: its document is valid and within the limits, its variables have
// the types it declares, and it does not need too many calls. If it returns errors, the operation is only there to
// report them with.
func (g *endpoint) prepare(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	document, errs := g.document(ctx, params.Query)
	if len(errs) > 0 {
		return &graphql.OperationContext{RawQuery: params.Query, Variables: params.Variables}, errs
	}
	g.persist(params)
	operation, errs := g.executor.CreateOperationContext(context.WithValue(ctx, checkedKey{}, document), params)
	if len(errs) > 0 {
		return operation, errs
	}
	if errs := refuseNullBooleans(operation); len(errs) > 0 {
		return operation, errs
	}
	if err := g.limits.CheckCoercion(operation.Operation, operation.Variables); err != nil {
		return operation, gqlerror.List{err}
	}
	if errs := g.refuseIntrospection(operation); len(errs) > 0 {
		return operation, errs
	}
	if errs := refuseMisusedFiles(ctx, operation); len(errs) > 0 {
		return operation, errs
	}
	estimates := g.documents.estimates(operation.RawQuery, operation.Doc)
	if refused := g.limits.CheckCost(estimates, operation.Operation, operation.Variables); refused != nil {
		return operation, gqlerror.List{gqlerror.Wrap(refused)}
	}
	return operation, nil
}

// document returns a checked document, from the cache if it is there.
func (g *endpoint) document(ctx context.Context, text string) (*ast.QueryDocument, gqlerror.List) {
	if kept, ok := g.documents.Get(ctx, text); ok {
		return kept, nil
	}
	checked, errs := g.limits.Parse(text)
	if len(errs) == 0 {
		g.documents.Add(ctx, text, checked)
	}
	return checked, errs
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
