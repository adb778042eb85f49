package render

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// Event returns the data of the response to an event of the subscription in ctx. resolve returns the event. gqlgen's executor
// would render it without the root field in the paths of errors.
func (e *Executor) Event(ctx context.Context, resolve graphql.Resolver) []byte {
	operation, name := graphql.GetOperationContext(ctx), e.Schema().Subscription.Name
	root := graphql.CollectFields(operation, operation.Operation.SelectionSet, []string{name})[0]
	w := NewWriter(ctx)
	w.Open()
	member := &Field{Key: append(appendString(nil, root.Alias), ':'), required: true}
	w.Key(0, member)
	w.Defer(member, func(ctx context.Context) graphql.Marshaler { return e.Writers.Event(ctx, root, resolve) })
	w.Close()
	return w.Data(graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: name}), nil)
}
