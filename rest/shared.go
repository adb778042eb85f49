package rest

import (
	"context"
	"time"

	"mstudio-graphql/rest/budget"
)

// SharedCaller identifies the owner of a token on all replicas with the same Config.CallerKey.
type SharedCaller [16]byte

// SharedRate is what a replica knows about the window of a caller's rate limit.
type SharedRate = budget.SharedRate

// SharedRates is [budget.Shared] for all callers.
type SharedRates interface {
	Find(ctx context.Context, caller SharedCaller) (rate SharedRate, ok bool)
	Claim(ctx context.Context, caller SharedCaller, calls int) (rate SharedRate, ok bool)
	Saw(caller SharedCaller, rate SharedRate)
	Refused(caller SharedCaller, wait time.Duration)
}

func sharedCaller(caller callerKey) SharedCaller { return SharedCaller(caller[:len(SharedCaller{})]) }

// newBudget returns a function that returns the rate limit of a caller. ignoresRate hides what replicas with a rate budget have seen.
func newBudget(rates SharedRates, ignoresRate bool) func(SharedCaller) *budget.Budget {
	return func(caller SharedCaller) *budget.Budget {
		if rates == nil {
			return &budget.Budget{}
		}
		return budget.New(sharedRate{rates: rates, caller: caller, ignoresRate: ignoresRate})
	}
}

// sharedRate is a caller's part of SharedRates.
type sharedRate struct {
	rates       SharedRates
	caller      SharedCaller
	ignoresRate bool
}

// Find implements [budget.Shared].
func (s sharedRate) Find(ctx context.Context) (SharedRate, bool) {
	rate, ok := s.rates.Find(ctx, s.caller)
	return rate, ok && (rate.Limit == 0 || !s.ignoresRate)
}

// Claim implements [budget.Shared].
func (s sharedRate) Claim(ctx context.Context, calls int) (SharedRate, bool) {
	return s.rates.Claim(ctx, s.caller, calls)
}

// Saw implements [budget.Shared].
func (s sharedRate) Saw(rate SharedRate) { s.rates.Saw(s.caller, rate) }

// Refused implements [budget.Shared].
func (s sharedRate) Refused(wait time.Duration) { s.rates.Refused(s.caller, wait) }
