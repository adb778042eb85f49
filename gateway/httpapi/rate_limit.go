package httpapi

import (
	"fmt"
	"net/http"

	"mstudio-graphql/rest/budget"
)

// SetRateLimit adds the caller's rate limit at mStudio to a response, with the headers of the IETF's draft. A nil state is
// unknown.
func SetRateLimit(w http.ResponseWriter, state *budget.State) {
	if state == nil {
		return
	}
	w.Header().Set("RateLimit-Policy", fmt.Sprintf(`"mstudio";q=%d;w=%d`, state.Limit, int(state.Length.Seconds())))
	w.Header().Set("RateLimit", fmt.Sprintf(`"mstudio";r=%d;t=%d`, state.Remaining, int(state.ResetAfter.Seconds())))
}
