package budget

import (
	"fmt"
	"time"
)

// Reason says why an operation or a call was rejected. It is a label of a metric.
type Reason string

// The reasons.
const (
	TooLarge Reason = "too_large" // the calls do not fit into any window
	NoRoom   Reason = "no_room"   // too many operations wait
	Deadline Reason = "deadline"  // the window ends after the operation's deadline
)

// Rejection is the error of an operation or a call that was not sent.
type Rejection struct {
	Reason Reason
	Lane   Lane
	// Need is the number of calls that the operation makes, or 0 for a single call.
	Need, Remaining, Limit int
	// RetryAfter is the time until the window ends, or 0 if the calls do not fit into any window.
	RetryAfter time.Duration
}

func (r *Rejection) Error() string {
	switch {
	case r.Reason == TooLarge:
		return fmt.Sprintf("The operation needs %d calls, and mStudio's limit is %d. Request smaller pages.", r.Need, r.Limit)
	case r.Need > 0:
		return fmt.Sprintf("The operation needs %d calls; %d are left for %d s.", r.Need, r.Remaining, seconds(r.RetryAfter))
	default:
		return fmt.Sprintf("%d calls are left for %d s.", r.Remaining, seconds(r.RetryAfter))
	}
}

// seconds rounds up.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
