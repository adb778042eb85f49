package rest

import (
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Code says what kind of failure an [Error] is, in the words that the gateway gives its clients.
type Code string

// The codes that this package returns.
const (
	BadInput       Code = "BAD_USER_INPUT"           // an id is not a UUID, a file could not be read, or the API answered 400 or 422
	Unauthorized   Code = "UNAUTHENTICATED"          // 401: no token, or one that is unknown or expired
	Forbidden      Code = "FORBIDDEN"                // 403; right after a write it may also mean "not yet"
	NotFound       Code = "NOT_FOUND"                // 404; right after a write it may also mean "not yet"
	Conflict       Code = "CONFLICT"                 // 409
	RateLimited    Code = "RATE_LIMITED"             // 429, and the wait is longer than a call may wait
	TimedOut       Code = "UPSTREAM_TIMEOUT"         // one attempt took longer than Config.AttemptTimeout, or 412
	Unavailable    Code = "UPSTREAM_UNAVAILABLE"     // no connection, a broken one, 5xx, or the breaker is open
	BadResponse    Code = "UPSTREAM_BAD_RESPONSE"    // not JSON, too large, a redirect, an unexpected status or shape
	BudgetExceeded Code = "UPSTREAM_BUDGET_EXCEEDED" // more calls than Limits.Calls
	Expired        Code = "TIMEOUT"                  // the context's deadline has passed
	Canceled       Code = "CANCELED"                 // the context was cancelled: nobody waits for the answer
)

// Error is the one error type of this package.
type Error struct {
	Code Code
	// Op is method and path template, such as "GET /conversations/{conversationId}". It holds no id.
	Op string
	// Status is the HTTP status of the answer, 0 if there was none.
	Status int
	// RetryAfter is how long the API asks to wait, for RateLimited; 0 if it did not say.
	RetryAfter time.Duration
	// Outcome is OutcomeUnknown or OutcomeDone for a write that may have happened, or has, although it failed; "" for
	// one that has not, and for a read.
	Outcome Outcome
	// Event is what later reads wait for to see a write whose Outcome is OutcomeDone; "" otherwise.
	Event EventID
	// Invalid is what the API does not accept in the body of a write, if it said so; for BadInput.
	Invalid []InvalidField
	// cause is what the transport said. It may hold a URL, so it is reachable for errors.Is and never printed.
	cause error
}

// Error names the operation and what went wrong, and nothing that a caller or the API sent.
func (e *Error) Error() string {
	var text strings.Builder
	if e.Op != "" {
		text.WriteString(e.Op)
		text.WriteString(": ")
	}
	text.WriteString(strings.ToLower(strings.ReplaceAll(string(e.Code), "_", " ")))
	if e.Status != 0 {
		text.WriteString(" (status ")
		text.WriteString(strconv.Itoa(e.Status))
		text.WriteString(")")
	}
	return text.String()
}

// Unwrap gives errors.Is and errors.As the reason below, for example [context.Canceled].
func (e *Error) Unwrap() error { return e.cause }

// LogValue makes slog log the fields that are safe to log.
func (e *Error) LogValue() slog.Value {
	return slog.GroupValue(slog.String("code", string(e.Code)), slog.String("op", e.Op), slog.Int("status", e.Status))
}

// IsNotFound reports whether err is an [Error] with [NotFound].
func IsNotFound(err error) bool { return hasCode(err, NotFound) }

// IsBudgetExceeded reports whether err is an [Error] with [BudgetExceeded].
func IsBudgetExceeded(err error) bool { return hasCode(err, BudgetExceeded) }

// IsHidden reports whether err is an [Error] with [NotFound] or [Forbidden], which the API does not always tell apart.
func IsHidden(err error) bool { return hasCode(err, NotFound, Forbidden) }

// IsRefused reports whether err is an [Error] of a call that was answered in a way that is of no use, and would not be of
// more use if it were made again.
func IsRefused(err error) bool { return hasCode(err, NotFound, Forbidden, BadInput, BadResponse) }

func hasCode(err error, codes ...Code) bool {
	if err == nil {
		return false // nearly always, and errors.As would cost an allocation
	}
	var e *Error
	return errors.As(err, &e) && slices.Contains(codes, e.Code)
}
