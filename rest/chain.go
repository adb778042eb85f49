package rest

import "net/http"

// newChain assembles the links of a call, innermost first. The order matters: each link sees the results of the links
// that it wraps.
func newChain(config Config, pool *http.Transport, breakers *breakers, queue *queue, known *tokens) handler {
	// Send one attempt, read the body, turn every failure into an *Error.
	chain := transport(pool, timeouts{read: config.ReadTimeout, other: config.AttemptTimeout})
	// Mark a failed write that may have happened nevertheless.
	chain = markOutcome(chain)
	// Reject calls of routes that fail or hang. Below retry, so that each attempt counts.
	chain = withBreaker(chain, breakers)
	// Count each attempt against the caller's rate limit. Below retry, whose attempts wait for room.
	chain = withRate(chain, config.NoRateBudget)
	// Write one debug record per attempt and report failures. Above the breaker, because operators also need its
	// rejections.
	chain = withLog(chain, config.Log)
	// Retry if that can help and repeats no write.
	chain = withRetry(chain, newRetryBudgets())
	// Drop If-Event-Reached if the event is not reached in time.
	chain = retryWithoutEvent(chain)
	// Report the call to the context's Trace. Below all waits, so that a call begins when it is sent.
	chain = withTrace(chain)
	// Count the call. Below everything that rejects calls of which nothing is sent, above retry.
	chain = withCount(chain)
	// Reject the calls of a token that the API has refused. Below the wait for a turn, in which that may become known.
	chain = withRefusal(chain, known)
	// Let equal calls of the caller's other operations get the response. Below all waits, because only a call that is sent
	// may be joined.
	group := newFlights(config.NoSharedCalls, breakers)
	chain = leadFlight(chain, group)
	// Share the calls in flight of all operations among their callers. A call keeps its slot between attempts.
	chain = withTurn(chain, queue, known.isAccepted)
	// Wait for room in the caller's rate limit. Above the turn, so that a waiting call holds no slot that others could use.
	chain = withRateLimit(chain)
	// Queue the calls of one operation. So the queue of all holds at most its parallel calls.
	chain = withLimit(chain)
	// Join an equal call that was sent shortly before, which needs no slot.
	return joinFlight(chain, group)
}
