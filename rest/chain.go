package rest

import (
	"net/http"

	"github.com/sony/gobreaker/v2"
)

// newChain assembles the links that every call walks through. The order is important: each link sees what the links
// below it return.
func newChain(config Config, pool *http.Transport, breaker *gobreaker.CircuitBreaker[*answer]) handler {
	// Send one attempt, read its body, turn every failure into an *Error.
	chain := transport(pool, config.AttemptTimeout)
	// Say of a write that failed whether it may have happened all the same.
	chain = markOutcome(chain)
	// Write one debug record per attempt.
	chain = withLog(chain, config.Log)
	// Stop asking an API that is down. Below retry, so that each attempt counts.
	chain = withBreaker(chain, breaker)
	// Do not ask for a caller whom the API has told to wait. Below retry, which waits if that is not for long.
	chain = withBackoff(chain, newBackoffs())
	// Try again where that can help, and cannot do anything twice.
	chain = withRetry(chain, newRetryBudget())
	// Do without the condition that an event is reached where it is not in time.
	chain = retryWithoutEvent(chain)
	// Tell whoever watches. Below the queue, so that a call begins when it is its turn.
	chain = withTrace(chain)
	// Count and queue. Above retry, so that a call is counted once and keeps its place while it is tried again.
	return withLimit(chain)
}
