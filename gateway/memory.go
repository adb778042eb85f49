package gateway

import (
	"cmp"
	"errors"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/internal/memory"
)

// operationBytes is reserved for each operation in addition to its data and its response: buffers, goroutines, the connection,
// and the zstd encoder, which alone takes 350 KB until the client has read the response.
const operationBytes = 448 << 10

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
