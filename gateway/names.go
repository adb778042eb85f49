package gateway

import (
	"context"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/rest"
)

const (
	// maxNames is how many names of operations are told apart.
	maxNames = 100
	// otherName stands for all further ones, and noName for operations without any.
	otherName, noName = "other", "unnamed"
)

// names decides which operations metrics and traces tell apart by their names. Clients choose them freely, so only so
// many are kept, and only those of operations that were answered without an error and for which mStudio has accepted the
// caller's token. A stranger cannot fill the places.
type names struct {
	mu   sync.RWMutex
	kept map[string]bool
}

// label returns the name to count an operation by.
func (n *names) label(name string, good bool) string {
	if name == "" {
		return noName
	}
	n.mu.RLock()
	known, full := n.kept[name], len(n.kept) >= maxNames
	n.mu.RUnlock()
	switch {
	case known:
		return name
	case full || !good || len(name) > maxLoggedName:
		return otherName
	}
	return n.keep(name)
}

func (n *names) keep(name string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.kept) >= maxNames && !n.kept[name] {
		return otherName
	}
	if n.kept == nil {
		n.kept = map[string]bool{}
	}
	n.kept[name] = true
	return name
}

// nameOf returns the name to count an operation by, once it is over.
func (g *Gateway) nameOf(ctx context.Context, operation *graphql.OperationContext, response *graphql.Response) string {
	return g.names.label(operation.Operation.Name, !failed(response) && recordOf(ctx).accepted.Load())
}

// noteAccepted remembers of a request that mStudio has answered a call, and so knows whose token it is. What there is
// about categories is told to everybody.
func noteAccepted(ctx context.Context, op string) (context.Context, func(rest.CallResult)) {
	_, route := splitOp(op)
	return ctx, func(result rest.CallResult) {
		if result.Code == "" && !strings.HasPrefix(route, "/conversation-categories") {
			recordOf(ctx).accepted.Store(true)
		}
	}
}
