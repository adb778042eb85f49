package rest

import (
	"math"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"mstudio-graphql/rest/budget"
)

// Limits limits the calls of one operation, because the API limits the rate of each user.
type Limits struct {
	// Calls is the maximum number of calls. Further ones fail with BudgetExceeded. Zero means no limit.
	Calls int
	// Parallel is the maximum number of calls in flight. Further ones wait. Zero means no limit.
	Parallel int
	// Memory counts the bytes of responses and of what is decoded from them. A call for which none are left fails with Canceled.
	// Nil means no limit.
	Memory Memory
	// Batch lets the calls of the caller's other operations go first when the rate limit is short.
	Batch bool
	// Live is for polls: they go before batches, and spend at most a part of the rate limit.
	Live bool
}

type limiter struct {
	limits Limits
	used   atomic.Int64
	shared atomic.Int64 // calls that another operation made
	slots  *semaphore.Weighted
}

func newLimiter(limits Limits) *limiter {
	l := &limiter{limits: limits}
	if limits.Memory == nil {
		l.limits.Memory = noMemory{}
	}
	if limits.Parallel > 0 {
		l.slots = semaphore.NewWeighted(int64(limits.Parallel))
	}
	return l
}

func newOperation(limits Limits) *budget.Operation {
	switch {
	case limits.Batch:
		return budget.NewBatch()
	case limits.Live:
		return budget.NewPoll()
	}
	return budget.NewOperation()
}

// left returns the number of remaining calls.
func (l *limiter) left() int {
	if l.limits.Calls <= 0 {
		return math.MaxInt
	}
	return max(l.limits.Calls-int(l.used.Load()), 0)
}
