package gateway

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/documents"
	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/validation"
	"mstudio-graphql/graph/model"
)

// prepare returns an operation that may be executed: the document and the variables are valid, and the operation is within
// the limits. If it returns errors, the operation serves only to report them.
func (e *endpoint) prepare(ctx context.Context, req *request) (*graphql.OperationContext, gqlerror.List) {
	params := req.params
	document, errs := e.documents.Parsed(params.Query, e.limits.Parse)
	if len(errs) > 0 {
		return &graphql.OperationContext{RawQuery: params.Query, Variables: params.Variables}, errs
	}
	if errs := e.coerce(params, document); len(errs) > 0 {
		return &graphql.OperationContext{RawQuery: params.Query, Variables: params.Variables, Doc: document}, errs
	}
	operation, errs := e.executorOf(req).CreateOperationContext(context.WithValue(ctx, checkedKey{}, document), params)
	if len(errs) > 0 {
		return operation, errs
	}
	if errs := e.checkIntrospection(operation); len(errs) > 0 {
		return operation, errs
	}
	accepted := e.documents.Accepted(params.Query, document)
	if exceeded := accepted.CheckCost(e.limits, document, operation.Operation, operation.Variables); exceeded != nil {
		return operation, gqlerror.List{gqlerror.Wrap(exceeded)}
	}
	return operation, req.form.Check(operation) // last, because it waits for the client
}

// resolveDocument sets the text of params if the client sent only its ID.
func (e *endpoint) resolveDocument(ctx context.Context, params *graphql.RawParams, client string) *httpapi.Error {
	if httpapi.UnknownPersistedQueryVersion(params) {
		return httpapi.NewError(0, model.CodeBadUserInput, "The version of `persistedQuery` must be 1.")
	}
	text, err := e.documents.Resolve(ctx, documents.Request{Text: params.Query, ID: httpapi.DocumentID(params), Client: client})
	if err != nil {
		return &httpapi.Error{Err: err}
	}
	params.Query = text
	return nil
}

// coerce replaces the variables by their coerced values.
func (e *endpoint) coerce(params *graphql.RawParams, document *ast.QueryDocument) gqlerror.List {
	operation := document.Operations.ForName(params.OperationName)
	if operation == nil {
		return gqlerror.List{validation.Invalid("`operationName` must name an operation in the document. It is required if the document has several.")}
	}
	values, errs := e.limits.Variables(operation, params.Variables)
	if len(errs) > 0 {
		return errs
	}
	if err := validation.NullCondition(operation, values); err != nil {
		return gqlerror.List{err}
	}
	params.Variables = values
	return nil
}
