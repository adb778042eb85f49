package gateway

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/internal/memory"
	"mstudio-graphql/rest"
)

// operationBytes is reserved for each operation in addition to its data and its response: buffers, goroutines, the connection,
// and the zstd encoder, which alone takes 350 KB until the client has read the response.
const operationBytes = 448 << 10

// callsEnd limits the wait for canceled calls.
const callsEnd = time.Second

// newBudget returns the budget for the memory of all operations. limit is that of [debug.SetMemoryLimit].
func newBudget(config Config, limit int64) *memory.Budget {
	maximum := cmp.Or(max(config.MaxMemory, 0), memory.Default(limit))
	budget := memory.NewBudget(maximum, min(cmp.Or(max(config.MaxMemoryPerCaller, 0), memory.Share(maximum)), maximum))
	if config.Metrics != nil {
		config.Metrics.ObserveMemory(budget.Use)
	}
	return budget
}

// noMemory returns the error for a client whose operation needs more memory than it may use or than is left.
func noMemory(err error) *httpapi.Error {
	if exceeded, ok := errors.AsType[*memory.ExceededError](err); ok {
		return &httpapi.Error{Err: &limits.ExceededError{Limit: limits.LimitMemory, Max: exceeded.Max, Actual: exceeded.Actual}}
	}
	if errors.Is(err, memory.ErrCallerBusy) {
		return httpapi.Overloaded("Operations of this caller use too much memory. Try again.")
	}
	return httpapi.Overloaded("Operations use too much memory. Try again.")
}

// settle releases the operation's memory except for its response. If the operation has exceeded its memory, settle returns an
// error in place of the response, which is incomplete. A mutation may have been executed.
func (e *endpoint) settle(ctx context.Context, operation *graphql.OperationContext, client *rest.Client, response *graphql.Response) *graphql.Response {
	account := memory.From(ctx)
	if account.Failed() {
		waiting, cancel := context.WithTimeout(context.WithoutCancel(ctx), callsEnd)
		defer cancel()
		client.Wait(waiting) // its calls are canceled, but still hold what they have read
	}
	err := account.Settle(operationBytes + cap(response.Data))
	if err == nil {
		return response
	}
	presented := e.present(ctx, noMemory(err))
	if operation.Operation.Operation == ast.Mutation {
		presented.Extensions["outcome"] = rest.OutcomeUnknown
	}
	return &graphql.Response{Errors: gqlerror.List{presented}}
}
