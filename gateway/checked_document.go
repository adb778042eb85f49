package gateway

import (
	"context"

	"github.com/vektah/gqlparser/v2/ast"
)

type checkedKey struct{}

// checkedDocument is a query cache that always has the document of prepare. The executor must not parse documents itself,
// because the limits apply between parsing and validation.
type checkedDocument struct{}

// Get returns the document of this operation.
func (checkedDocument) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	document, ok := ctx.Value(checkedKey{}).(*ast.QueryDocument)
	return document, ok
}

// Add is never called, because Get always has the document.
func (checkedDocument) Add(context.Context, string, *ast.QueryDocument) {}
