package httpapi

import (
	"math"
	"net/http"
	"time"

	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/graph/model"
)

// Error rejects a request before its operation is executed.
type Error struct {
	// Status is the HTTP status of the response. Zero means the status of an operation with this error and no data.
	Status int
	// Err is presented to the client.
	Err error
	// Allow lists the permitted methods, for status 405.
	Allow string
	// RetryAfter is the value of the Retry-After header in seconds. Zero means no header.
	RetryAfter int
	// Tokenless reports that the request has no token, as opposed to an invalid one.
	Tokenless bool
}

// Error returns the message of Err.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// NewError returns an Error with a message for the client.
func NewError(status int, code model.Code, message string) *Error {
	return &Error{Status: status, Err: &model.Error{Code: code, Message: message}}
}

// BadRequest returns an Error with status 400.
func BadRequest(message string) *Error {
	return NewError(http.StatusBadRequest, model.CodeBadUserInput, message)
}

// MissingToken returns the Error for a request without a token.
func MissingToken() *Error {
	missing := NewError(http.StatusUnauthorized, model.CodeUnauthenticated,
		"Send your mStudio API token as Authorization: Bearer or X-Access-Token.")
	missing.Tokenless = true
	return missing
}

// NotAcceptable returns the Error for a request that accepts none of the media types.
func NotAcceptable() *Error {
	return NewError(http.StatusNotAcceptable, model.CodeBadUserInput,
		"Accept application/graphql-response+json, application/json, text/event-stream or multipart/mixed;subscriptionSpec=1.0.")
}

// NotStreamable returns the Error for a subscription if the client accepts no stream.
func NotStreamable() *Error {
	return NewError(http.StatusNotAcceptable, model.CodeBadUserInput,
		"Accept text/event-stream or multipart/mixed;subscriptionSpec=1.0 for a subscription, or use a WebSocket.")
}

// BodyTooLarge returns the Error for a body over limit bytes. actual is a lower bound, because the rest is not read.
func BodyTooLarge(limit, actual int) *Error {
	return TooLarge(&limits.ExceededError{Limit: limits.LimitBody, Max: limit, Actual: actual})
}

// TooLarge returns an Error with status 413.
func TooLarge(err error) *Error { return &Error{Status: http.StatusRequestEntityTooLarge, Err: err} }

// overloadRetryAfter is how long a client should wait after status 503, in seconds.
const overloadRetryAfter = 1

// Overloaded returns the Error for a request that no slot is free for.
func Overloaded(message string) *Error {
	overloaded := NewError(http.StatusServiceUnavailable, model.CodeOverloaded, message)
	overloaded.RetryAfter = overloadRetryAfter
	return overloaded
}

// TooFrequent returns the Error for a request beyond a limit of requests per minute.
func TooFrequent(message string, retryAfter time.Duration) *Error {
	seconds := int(math.Ceil(retryAfter.Seconds()))
	return &Error{
		Status: http.StatusTooManyRequests, RetryAfter: seconds,
		Err: &model.Error{Code: model.CodeRateLimited, Message: message, RetryAfter: seconds},
	}
}

// UpstreamStatus returns the status for a failed call of mStudio.
func UpstreamStatus(err error) int {
	return statusOfCode(model.CodeOf(err), http.StatusBadGateway)
}

// statusOfCode returns the status for a code, or other if the code has none of its own.
func statusOfCode(code model.Code, other int) int {
	switch code {
	case model.CodeUnauthenticated:
		return http.StatusUnauthorized
	case model.CodeForbidden:
		return http.StatusForbidden
	case model.CodeRateLimited:
		return http.StatusTooManyRequests
	case model.CodeInternal:
		return http.StatusInternalServerError
	case model.CodeUpstreamBadResponse:
		return http.StatusBadGateway
	case model.CodeUpstreamUnavailable, model.CodeOverloaded:
		return http.StatusServiceUnavailable
	case model.CodeUpstreamTimeout, model.CodeTimeout:
		return http.StatusGatewayTimeout
	default:
		return other
	}
}
