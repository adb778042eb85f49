package model

// Code is what extensions.code of an error may be. The list is closed: clients switch on it.
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

// Message returns the sentence that a client is shown for the code. It never repeats input.
func (c Code) Message() string {
	switch c {
	case CodeBadUserInput:
		return "An argument is not acceptable: an id must be a UUID."
	case CodeUnauthenticated:
		return "mStudio does not accept the token."
	case CodeForbidden:
		return "The caller may not see this."
	case CodeNotFound:
		return "mStudio does not have this."
	case CodeConflict:
		return "It has changed in the meantime."
	case CodeRateLimited:
		return "mStudio limits the caller's rate: try again later."
	case CodeUpstreamTimeout:
		return "mStudio did not answer in time."
	case CodeUpstreamUnavailable:
		return "mStudio cannot be reached at the moment."
	case CodeUpstreamBadResponse:
		return "mStudio gave an answer that cannot be understood."
	case CodeUpstreamBudgetExceeded:
		return "The operation needs more calls of mStudio than one operation may make: ask for less at once."
	case CodeTimeout:
		return "The operation took too long."
	default:
		return "Something went wrong inside the gateway."
	}
}

// Error is an error whose text is written for the client: it never repeats what the client or mStudio sent.
type Error struct {
	Code    Code
	Message string
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// BadInput makes the error for an argument that the client can correct.
func BadInput(message string) *Error { return &Error{Code: CodeBadUserInput, Message: message} }
