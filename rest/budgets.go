package rest

import (
	"mstudio-graphql/internal/lru"
	"mstudio-graphql/rest/budget"
)

// maxBudgets is the maximum number of callers whose rate limit is known.
const maxBudgets = 10_000

// budgets holds the rate limits of the callers.
type budgets struct {
	known *lru.Cache[callerKey, *budget.Budget]
}

func newBudgets() *budgets {
	return &budgets{known: lru.New(maxBudgets, func(callerKey, *budget.Budget) int { return 1 })}
}

// of returns the budget of a caller.
func (b *budgets) of(caller callerKey) *budget.Budget {
	if known, ok := b.known.Get(caller); ok {
		return known
	}
	b.known.Add(caller, &budget.Budget{}, nil)
	known, _ := b.known.Get(caller)
	return known
}
