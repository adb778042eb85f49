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

// SharedCaller returns the caller's identity on all replicas.
func (c *Client) SharedCaller() SharedCaller { return sharedCaller(c.caller()) }

func sharedCaller(caller callerKey) SharedCaller { return SharedCaller(caller[:len(SharedCaller{})]) }

// Refuse makes the caller's calls wait, because another replica has met a 429. It does nothing for a caller without calls here.
func (c *Client) Refuse(caller SharedCaller, wait time.Duration) {
	if known := c.budgets.find(caller); known != nil {
		known.Refuse(wait)
	}
}

// newBudget returns the rate limit of a caller.
func (c Config) newBudget(caller SharedCaller) *budget.Budget {
	if c.SharedRates == nil {
		return &budget.Budget{}
	}
	return budget.New(sharedRate{rates: c.SharedRates, caller: caller, ignoresRate: c.NoRateBudget})
}

// sharedRate is a caller's part of SharedRates.
type sharedRate struct {
	rates  SharedRates
	caller SharedCaller
	// ignoresRate hides what replicas with a rate budget have seen.
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
