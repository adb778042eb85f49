package budget

import "time"

// Rate describes the caller's window at the time of a response.
type Rate struct {
	Limit     int
	Remaining int
	Reset     time.Duration // whole seconds; mStudio does not document whether it rounds up or down
}

const (
	// leastLimit is the least limit that is believed.
	leastLimit = 2
	// longestReset is the longest time until the end of a window that is believed.
	longestReset = 10 * time.Minute
)

// isPlausible reports whether the values can be true. A response with others is ignored.
func (r Rate) isPlausible() bool {
	return r.Limit >= leastLimit && r.Remaining >= 0 && r.Remaining <= r.Limit && r.Reset >= 0 && r.Reset <= longestReset
}
