package rest

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Code is the kind of a failure, spelled as the gateway's clients see it.
type Code string

// The codes of this package.
const (
	BadInput       Code = "BAD_USER_INPUT"           // an ID is not a UUID, a file could not be read, or the API rejected the input (400 or 422)
	Unauthorized   Code = "UNAUTHENTICATED"          // 401: the token is missing, unknown or expired
	Forbidden      Code = "FORBIDDEN"                // 403; right after a write it may also mean "not yet"
	NotFound       Code = "NOT_FOUND"                // 404; right after a write it may also mean "not yet"
	Conflict       Code = "CONFLICT"                 // 409
	RateLimited    Code = "RATE_LIMITED"             // 429 with a wait that is too long for a retry
	TimedOut       Code = "UPSTREAM_TIMEOUT"         // one attempt took longer than its timeout, or 412
	Unavailable    Code = "UPSTREAM_UNAVAILABLE"     // no connection, a connection that broke, 5xx, or an open breaker
	BadResponse    Code = "UPSTREAM_BAD_RESPONSE"    // not JSON, too large, a redirect, an unexpected status or shape
	BudgetExceeded Code = "UPSTREAM_BUDGET_EXCEEDED" // more calls than Limits.Calls
	Expired        Code = "TIMEOUT"                  // the context's deadline has passed
	Canceled       Code = "CANCELED"                 // the context was canceled
)

// Outcome describes a failed write.
type Outcome string

const (
	// OutcomeUnknown means that the write was sent and no response proves what happened.
	OutcomeUnknown Outcome = "unknown"
	// OutcomeDone means that the API reported success, but its response was unreadable.
	OutcomeDone Outcome = "done"
)

// Error is the only error type of this package.
type Error struct {
	Code Code
	// Op is method and path template, such as "GET /conversations/{conversationId}". It contains no ID.
	Op string
	// Status is the HTTP status of the response, 0 if there was none.
	Status int
	// RetryAfter is how long the caller must wait, for RateLimited: at most ten minutes, and never zero.
	RetryAfter time.Duration
	// Outcome is OutcomeUnknown or OutcomeDone for a failed write that may have happened or has happened, "" otherwise.
	Outcome Outcome
	// Event is the event of a write whose Outcome is OutcomeDone, "" if the API sent none.
	Event EventID
	// Invalid lists the fields of a write that the API rejected, if it named them, for BadInput.
	Invalid []InvalidField
	// cause is the transport's error. It may contain a URL, so it is reachable by errors.Is but never printed.
	cause error
}

// Error names the operation and the failure, and nothing that a caller or the API sent.
func (e *Error) Error() string {
	text := strings.ToLower(strings.ReplaceAll(string(e.Code), "_", " "))
	if e.Op != "" {
		text = e.Op + ": " + text
	}
	if e.Status != 0 {
		text += fmt.Sprintf(" (status %d)", e.Status)
	}
	return text
}

// Unwrap returns the cause, for example [context.Canceled].
func (e *Error) Unwrap() error { return e.cause }

// LogValue returns the fields that are safe to log.
func (e *Error) LogValue() slog.Value {
	return slog.GroupValue(slog.String("code", string(e.Code)), slog.String("op", e.Op), slog.Int("status", e.Status))
}

// IsNotFound reports whether err is an [Error] with [NotFound].
func IsNotFound(err error) bool { return hasCode(err, NotFound) }

// IsHidden reports whether err is an [Error] with [NotFound] or [Forbidden], which the API does not always distinguish.
func IsHidden(err error) bool { return hasCode(err, NotFound, Forbidden) }

// IsBudgetExceeded reports whether err is an [Error] with [BudgetExceeded].
func IsBudgetExceeded(err error) bool { return hasCode(err, BudgetExceeded) }

// IsRejected reports whether err is an [Error] of a call whose response is of no use and would be of no more use if the
// call were repeated.
func IsRejected(err error) bool { return hasCode(err, NotFound, Forbidden, BadInput, BadResponse) }

// IsServerError reports whether err is an [Error] of a call that the API answered with a status of 500 or more.
func IsServerError(err error) bool {
	failure, ok := errors.AsType[*Error](err)
	return ok && failure.Status >= http.StatusInternalServerError
}

// IsForCaller reports whether err is an [Error] that other calls of the caller or the operation would meet as well.
func IsForCaller(err error) bool { return hasCode(err, Unauthorized, RateLimited, Expired, Canceled) }

func hasCode(err error, codes ...Code) bool {
	if err == nil {
		return false // the usual case; errors.As would allocate
	}
	var e *Error
	return errors.As(err, &e) && slices.Contains(codes, e.Code)
}
