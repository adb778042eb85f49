package model

import (
	"context"
	"errors"

	"mstudio-graphql/rest"
)

// Code is the value of extensions.code in an error. Clients switch on it, so the set is closed.
type Code string

// The codes.
const (
	CodeUnauthenticated           Code = "UNAUTHENTICATED"
	CodeForbidden                 Code = "FORBIDDEN"
	CodeNotFound                  Code = "NOT_FOUND"
	CodeBadUserInput              Code = "BAD_USER_INPUT"
	CodeConflict                  Code = "CONFLICT"
	CodeRateLimited               Code = "RATE_LIMITED"
	CodeUpstreamTimeout           Code = "UPSTREAM_TIMEOUT"
	CodeUpstreamUnavailable       Code = "UPSTREAM_UNAVAILABLE"
	CodeUpstreamBadResponse       Code = "UPSTREAM_BAD_RESPONSE"
	CodeUpstreamBudgetExceeded    Code = "UPSTREAM_BUDGET_EXCEEDED"
	CodeSecretRedacted            Code = "SECRET_REDACTED"
	CodeTimeout                   Code = "TIMEOUT"
	CodeOverloaded                Code = "OVERLOADED"
	CodeOperationLimit            Code = "OPERATION_LIMIT"
	CodeComplexityLimitExceeded   Code = "COMPLEXITY_LIMIT_EXCEEDED"
	CodeRequestTooLarge           Code = "REQUEST_TOO_LARGE"
	CodeParseFailed               Code = "GRAPHQL_PARSE_FAILED"
	CodeValidationFailed          Code = "GRAPHQL_VALIDATION_FAILED"
	CodePersistedQueryNotFound    Code = "PERSISTED_QUERY_NOT_FOUND"
	CodePersistedQueryUnsupported Code = "PERSISTED_QUERY_NOT_SUPPORTED"
	CodeInternal                  Code = "INTERNAL_SERVER_ERROR"
)

// CodeOf returns the code for a failed call of mStudio. Most codes of package rest have the same text. A context that ended
// before the call is a timeout.
func CodeOf(err error) Code {
	failure, ok := errors.AsType[*rest.Error](err)
	switch {
	case !ok && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)):
		return CodeTimeout
	case !ok:
		return CodeInternal
	case failure.Code == rest.Canceled:
		return CodeTimeout
	case failure.Code == rest.BadInput && failure.Status == 0 && failure.Op != "":
		return CodeUpstreamBadResponse // an ID of mStudio, because the IDs of arguments are checked before any call
	}
	return Code(failure.Code)
}

// Message returns the sentence that clients are shown for the code.
func (c Code) Message() string {
	switch c {
	case CodeBadUserInput:
		return "An argument is invalid. IDs must be UUIDs."
	case CodeUnauthenticated:
		return "mStudio rejected the token."
	case CodeForbidden:
		return "The caller may not access this."
	case CodeNotFound:
		return "mStudio does not have this object."
	case CodeConflict:
		return "The object has changed in the meantime."
	case CodeRateLimited:
		return "The caller has exceeded mStudio's rate limit. Try again later."
	case CodeUpstreamTimeout:
		return "mStudio did not respond in time."
	case CodeUpstreamUnavailable:
		return "mStudio is unavailable."
	case CodeUpstreamBadResponse:
		return "mStudio returned an invalid response."
	case CodeUpstreamBudgetExceeded:
		return "The operation needs more mStudio calls than allowed. Request less at once."
	case CodeTimeout:
		return "The operation timed out."
	default:
		return "Internal error of the gateway."
	}
}

// Error is an error that is shown to the client. Its message never repeats input of the client or text of mStudio.
type Error struct {
	Code    Code
	Message string
	// RetryAfter is the time in seconds after which the client may try again. Zero means that it is unknown.
	RetryAfter int
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// BadInput returns an error about an argument that the client can fix.
func BadInput(message string) *Error { return &Error{Code: CodeBadUserInput, Message: message} }
