package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/internal/lru"
)

// Introspection is who may introspect the schema, by __schema and __type.
type Introspection string

// The values of Introspection.
const (
	// IntrospectionOn allows introspection for everyone, also without a token.
	IntrospectionOn Introspection = "on"
	// IntrospectionAuthenticated allows introspection for callers with a valid mStudio token, which takes one call.
	IntrospectionAuthenticated Introspection = "authenticated"
	// IntrospectionOff disables introspection, and removes suggestions of names from validation errors.
	IntrospectionOff Introspection = "off"
)

func (i Introspection) check() error {
	if !slices.Contains([]Introspection{IntrospectionOn, IntrospectionAuthenticated, IntrospectionOff}, i) {
		return fmt.Errorf("gateway: invalid introspection %q", string(i))
	}
	return nil
}

// policy decides what an endpoint may be asked without a token.
type policy struct {
	mode Introspection
	// open allows anonymous requests about the endpoint itself, which routers send when they start.
	open bool
}

// allowsAnonymous reports whether a request without a token is processed. One with an invalid token never is.
func (p policy) allowsAnonymous(rejected *httpapi.Error) bool {
	return rejected.Tokenless && (p.open || p.mode == IntrospectionOn)
}

// isPublic reports whether the operation needs no mStudio call and may be executed without a token: it selects the SDL of
// a subgraph, or introspects where everyone may.
func (p policy) isPublic(operation *graphql.OperationContext) bool {
	return !render.AnyRootField(operation, func(name string) bool {
		switch name {
		case "__typename":
			return false
		case "_service":
			return !p.open
		}
		return !strings.HasPrefix(name, "__") || !p.open && p.mode != IntrospectionOn
	})
}

// checkIntrospection rejects introspection if it is disabled.
func (p policy) checkIntrospection(operation *graphql.OperationContext) gqlerror.List {
	if p.mode != IntrospectionOff || !introspects(operation) {
		return nil
	}
	return gqlerror.List{gqlerror.Wrap(&model.Error{Code: model.CodeValidationFailed, Message: "Introspection is disabled."})}
}

// requiresAuth reports whether the operation introspects and must have a valid token. An open endpoint never requires
// one.
func (p policy) requiresAuth(operation *graphql.OperationContext) bool {
	return !p.open && p.mode == IntrospectionAuthenticated && introspects(operation)
}

// mayIntrospect fetches the token's owner if the operation requires it. An operation that selects viewer needs no further
// call for it.
func (p policy) mayIntrospect(ctx context.Context, operation *graphql.OperationContext) error {
	if !p.requiresAuth(operation) {
		return nil
	}
	_, err := loader.From(ctx).Viewer(ctx)
	return err
}

// introspectionBytes is the maximum memory of the introspection results of an endpoint, about twenty of a tool's query for the
// whole schema.
const introspectionBytes = 4 << 20

// introspections holds results of introspection by [introspectionKey]. They are the same for every caller.
type introspections = lru.Cache[string, string]

func newIntrospections() *introspections {
	return lru.New(introspectionBytes, func(key, result string) int { return len(key) + len(result) })
}

// introspectionKey identifies the result of an operation that only introspects. It is empty for all others.
func introspectionKey(operation *graphql.OperationContext) string {
	if !introspects(operation) || !render.IsIntrospection(operation) {
		return ""
	}
	variables, err := json.Marshal(operation.Variables)
	if err != nil {
		return ""
	}
	return strings.Join([]string{operation.RawQuery, operation.Operation.Name, string(variables)}, "\x00")
}

// introspects reports whether the operation introspects the schema. __typename alone does not.
func introspects(operation *graphql.OperationContext) bool {
	return render.AnyRootField(operation, func(name string) bool { return name == "__schema" || name == "__type" })
}
