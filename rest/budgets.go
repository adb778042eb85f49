package rest

import (
	"mstudio-graphql/internal/lru"
	"mstudio-graphql/rest/budget"
)

// maxBudgets is the maximum number of callers whose rate limit is known, and of strangers.
const maxBudgets = 10_000

// budgets holds the rate limits of the callers. Those of tokens that the API has not accepted yet are held apart, so that
// strangers push out no caller.
type budgets struct {
	isAccepted       func(callerKey) bool
	known, strangers *lru.Cache[callerKey, *budget.Budget]
}

func newBudgets(isAccepted func(callerKey) bool) *budgets {
	one := func(callerKey, *budget.Budget) int { return 1 }
	return &budgets{isAccepted: isAccepted, known: lru.New(maxBudgets, one), strangers: lru.New(maxBudgets, one)}
}

// of returns the budget of a caller.
func (b *budgets) of(caller callerKey) *budget.Budget {
	if known, ok := b.known.Get(caller); ok {
		return known
	}
	stranger := getOrAdd(b.strangers, caller, &budget.Budget{})
	if !b.isAccepted(caller) {
		return stranger
	}
	return getOrAdd(b.known, caller, stranger)
}

// getOrAdd returns the value of a key, which is added if there is none.
func getOrAdd(cache *lru.Cache[callerKey, *budget.Budget], caller callerKey, added *budget.Budget) *budget.Budget {
	if found, ok := cache.Get(caller); ok {
		return found
	}
	cache.Add(caller, added, nil)
	if found, ok := cache.Get(caller); ok {
		return found
	}
	return added // pushed out meanwhile
}
