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
	newBudget        func(SharedCaller) *budget.Budget
	known, strangers *lru.Cache[SharedCaller, *budget.Budget]
}

func newBudgets(isAccepted func(callerKey) bool, newBudget func(SharedCaller) *budget.Budget) *budgets {
	one := func(SharedCaller, *budget.Budget) int { return 1 }
	return &budgets{isAccepted: isAccepted, newBudget: newBudget, known: lru.New(maxBudgets, one), strangers: lru.New(maxBudgets, one)}
}

// of returns the budget of a caller.
func (b *budgets) of(caller callerKey) *budget.Budget {
	key := sharedCaller(caller)
	if known, ok := b.known.Get(key); ok {
		return known
	}
	stranger := getOrAdd(b.strangers, key, func() *budget.Budget { return b.newBudget(key) })
	if !b.isAccepted(caller) {
		return stranger
	}
	return getOrAdd(b.known, key, func() *budget.Budget { return stranger })
}

// find returns the budget of a caller, or nil if there is none.
func (b *budgets) find(caller SharedCaller) *budget.Budget {
	if known, ok := b.known.Peek(caller); ok {
		return known
	}
	stranger, _ := b.strangers.Peek(caller)
	return stranger
}

// getOrAdd returns the value of a key, which is added if there is none.
func getOrAdd(cache *lru.Cache[SharedCaller, *budget.Budget], caller SharedCaller, newBudget func() *budget.Budget) *budget.Budget {
	if found, ok := cache.Get(caller); ok {
		return found
	}
	added := newBudget()
	cache.Add(caller, added, nil)
	if found, ok := cache.Get(caller); ok {
		return found
	}
	return added // pushed out meanwhile
}
