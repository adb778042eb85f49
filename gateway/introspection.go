package gateway

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/render"
)

// Introspection says who may ask for the schema, by __schema and __type.
type Introspection string

// Who may.
const (
	// IntrospectionOn lets anybody ask, also without a token.
	IntrospectionOn Introspection = "on"
	// IntrospectionAuthenticated lets those ask whose token mStudio accepts, which takes one call of it.
	IntrospectionAuthenticated Introspection = "authenticated"
	// IntrospectionOff lets nobody ask, and leaves out of errors which names of the schema the client may have meant.
	IntrospectionOff Introspection = "off"
)

func (i Introspection) check() error {
	if !slices.Contains([]Introspection{IntrospectionOn, IntrospectionAuthenticated, IntrospectionOff}, i) {
		return fmt.Errorf("gateway: there is no introspection %q", string(i))
	}
	return nil
}

// refuseIntrospection reports that the operation asks for the schema where nobody may.
func (g *Gateway) refuseIntrospection(operation *graphql.OperationContext) gqlerror.List {
	if g.config.Introspection != IntrospectionOff || !introspects(operation) {
		return nil
	}
	return gqlerror.List{gqlerror.Wrap(&model.Error{Code: model.CodeValidationFailed, Message: "Introspection is turned off."})}
}

// mayIntrospect asks mStudio for the owner of the token if the operation asks for the schema and only callers may. If
// the operation asks for the viewer too, that takes no further call. What an open endpoint is can be asked of it anyway.
func (g *endpoint) mayIntrospect(ctx context.Context, operation *graphql.OperationContext) error {
	if !g.asksWhoIntrospects(operation) {
		return nil
	}
	_, err := loader.From(ctx).Viewer(ctx)
	return err
}

func (g *endpoint) asksWhoIntrospects(operation *graphql.OperationContext) bool {
	return !g.open && g.config.Introspection == IntrospectionAuthenticated && introspects(operation)
}

// introspects reports whether the operation asks for the schema. __typename is not about the schema alone.
func introspects(operation *graphql.OperationContext) bool {
	return render.AnyRootField(operation, func(name string) bool { return name == "__schema" || name == "__type" })
}

// asksOfItself reports whether the operation needs nothing of mStudio and may be executed for somebody without a token:
// what a subgraph is, and what introspection tells if all may introspect.
func (g *endpoint) asksOfItself(operation *graphql.OperationContext) bool {
	return !render.AnyRootField(operation, func(name string) bool {
		switch name {
		case "__typename":
			return false
		case "_service":
			return !g.open
		}
		return !strings.HasPrefix(name, "__") || !g.open && g.config.Introspection != IntrospectionOn
	})
}
