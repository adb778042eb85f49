// Package ftv1 records traces that a router of Apollo Federation requests from a subgraph: which fields an operation resolved, when,
// and which failed. Their format is the message Trace of Apollo's reports.proto.
package ftv1

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/internal/memory"
)

const (
	// Extension is the name of the response's extension with the trace.
	Extension = "ftv1"
	// MaxNodes is the maximum number of fields and list items of a trace. A larger operation gets no trace.
	MaxNodes = 10_000
	// nodeBytes is the memory that a node reserves, with its place in the map and in the encoded trace.
	nodeBytes = 512
)

// IsRequested reports whether a request's headers include the one for traces.
func IsRequested(header http.Header) bool {
	return header.Get("Apollo-Federation-Include-Trace") == "ftv1"
}

// Trace records the fields of one operation. It is safe for concurrent use.
type Trace struct {
	began time.Time

	mu    sync.Mutex
	root  node
	nodes map[*graphql.FieldContext]*node
	isCut bool // whether it has exceeded MaxNodes
}

// node is a field, or an item of a list. Times are nanoseconds since the trace began.
type node struct {
	at           ast.PathElement // name in the response or index
	field        string          // without its alias
	kind, parent string          // types
	start, end   time.Duration
	errors       gqlerror.List
	children     []*node
}

type traceKey struct{}

// With returns a context in which [Field] records a new trace.
func With(ctx context.Context) (context.Context, *Trace) {
	trace := &Trace{began: time.Now(), nodes: map[*graphql.FieldContext]*node{}}
	return context.WithValue(ctx, traceKey{}, trace), trace
}

// Field is a field middleware that records each field, if the context has a trace.
func Field(ctx context.Context, next graphql.Resolver) (any, error) {
	trace, _ := ctx.Value(traceKey{}).(*Trace)
	if trace == nil {
		return next(ctx)
	}
	defer trace.begin(ctx)()
	return next(ctx)
}

// begin records the start of a field, and returns a function that records its end.
func (t *Trace) begin(ctx context.Context) (end func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	field := graphql.GetFieldContext(ctx)
	added := t.of(ctx, field)
	added.start = time.Since(t.began)
	added.field, added.kind, added.parent = field.Field.Name, field.Field.Definition.Type.String(), field.Object
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		added.end = time.Since(t.began)
	}
}

// of returns the node of a field or an item. It adds those that are missing, with their parents. The caller must hold the lock.
func (t *Trace) of(ctx context.Context, field *graphql.FieldContext) *node {
	if field == nil || field.Parent == nil {
		return &t.root
	}
	if known := t.nodes[field]; known != nil {
		return known
	}
	added := &node{}
	if t.isCut = t.isCut || len(t.nodes) == MaxNodes || memory.From(ctx).Reserve(nodeBytes) != nil; t.isCut {
		return added
	}
	if field.Index != nil { // an item has no field
		added.at = ast.PathIndex(*field.Index)
	} else {
		added.at = ast.PathName(field.Field.Alias)
	}
	t.nodes[field] = added
	parent := t.of(ctx, field.Parent)
	parent.children = append(parent.children, added)
	return added
}
