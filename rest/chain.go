package rest

import (
	"net/http"

	"github.com/sony/gobreaker/v2"
)

// newChain assembles the links of a call, innermost first. The order matters: each link sees the results of the links
// that it wraps.
func newChain(config Config, pool *http.Transport, breaker *gobreaker.CircuitBreaker[*response]) handler {
	// Send one attempt, read the body, turn every failure into an *Error.
	chain := transport(pool, timeouts{read: config.ReadTimeout, other: config.AttemptTimeout})
	// Mark a failed write that may have happened nevertheless.
	chain = markOutcome(chain)
	// Reject calls while the API is down. Below retry, so that each attempt counts.
	chain = withBreaker(chain, breaker)
	// Reject the calls of a caller that the API told to wait. Below retry, which waits if the wait is short.
	chain = withBackoff(chain, newBackoffs())
	// Write one debug record per attempt and report failures. Above breaker and backoff, because operators also need their
	// rejections.
	chain = withLog(chain, config.Log)
	// Retry if that can help and repeats no write.
	chain = withRetry(chain, newRetryBudget())
	// Drop If-Event-Reached if the event is not reached in time.
	chain = retryWithoutEvent(chain)
	// Report the call to the context's Trace. Below the limit, so that a call begins when it has a slot.
	chain = withTrace(chain)
	// Count and queue. Above retry, so that a call counts once and keeps its slot between attempts.
	return withLimit(chain)
}
