package rest

import (
	"net/http"
	"strconv"
	"time"

	"mstudio-graphql/rest/budget"
)

// The headers of the rate limit, in the canonical form of net/http, which saves rewriting them for each response.
const (
	rateLimitHeader     = "X-Ratelimit-Limit"
	rateRemainingHeader = "X-Ratelimit-Remaining"
	rateResetHeader     = "X-Ratelimit-Reset"
	rateExemptHeader    = "X-Ratelimit-Exempt"
)

// rateOf reads the caller's rate limit, or returns nil. Calls that do not count against it lack the headers. A reset that
// is missing or absurd is not plausible, so the budget ignores it.
func rateOf(header http.Header) *budget.Rate {
	limit, limitErr := strconv.ParseUint(header.Get(rateLimitHeader), 10, 31)
	remaining, remainingErr := strconv.ParseUint(header.Get(rateRemainingHeader), 10, 31)
	if limitErr != nil || remainingErr != nil || remaining > limit {
		return nil
	}
	rate := &budget.Rate{Limit: int(limit), Remaining: int(remaining), Reset: -1}
	if reset, err := strconv.ParseUint(header.Get(rateResetHeader), 10, 31); err == nil {
		rate.Reset = time.Duration(reset) * time.Second
	}
	return rate
}

func isExempt(header http.Header) bool { return header.Get(rateExemptHeader) == "yes" }
