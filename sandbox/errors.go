package sandbox

import (
	"errors"
	"net/http"
)

// failure is an error answer of the API: its HTTP status and its body.
type failure struct {
	status  int
	Type    string         `json:"type"`
	Message string         `json:"message"`
	Invalid []invalidField `json:"validationErrors,omitempty"`
}

// invalidField is one finding of request validation, in the words of the original's JSON schema validator.
type invalidField struct {
	Message string            `json:"message"`
	Path    string            `json:"path"`
	Type    string            `json:"type"`
	Context map[string]string `json:"context,omitempty"`
}

// The failures that need no detail. Nothing writes to them after start-up.
var (
	errUnauthorized     = newFailure(http.StatusUnauthorized, "UnauthorizedError", "missing or invalid access token")
	errForbidden        = newFailure(http.StatusForbidden, "ForbiddenError", "access denied")
	errNotFound         = newFailure(http.StatusNotFound, "NotFoundError", "resource not found")
	errNoRoute          = newFailure(http.StatusNotFound, "NotFoundError", "route not found")
	errMethodNotAllowed = newFailure(http.StatusMethodNotAllowed, "MethodNotAllowedError", "method not allowed")
	errTooManyRequests  = newFailure(http.StatusTooManyRequests, "RateLimitError", "too many requests")
	errNotJSON          = invalid(invalidField{Message: "should be object", Type: "type", Context: map[string]string{"type": "object"}})
	errNoEvent          = invalid(invalidField{Message: `should match pattern "^[0-9]+$"`, Path: ".if-event-reached", Type: "pattern"})
	errEventNotReached  = newFailure(http.StatusPreconditionFailed, "PreconditionFailedError", "event was not reached in time")
	errInternal         = newFailure(http.StatusInternalServerError, "InternalServerError", "Something went wrong")
	errUploadToken      = newFailure(http.StatusUnauthorized, "UnauthorizedError", "missing or invalid upload token")
	errStopped          = newFailure(http.StatusServiceUnavailable, "ServiceUnavailableError", "request was cancelled")
)

func newFailure(status int, kind, message string) *failure {
	return &failure{status: status, Type: kind, Message: message}
}

func (f *failure) Error() string { return f.Type + ": " + f.Message }

// invalid makes the answer to a request with the given findings.
func invalid(fields ...invalidField) error {
	f := newFailure(http.StatusBadRequest, "ValidationError", "Validation failed")
	f.Invalid = fields
	return f
}

func notUUID(path string) invalidField {
	return invalidField{
		Message: `should match format "uuid"`,
		Path:    path,
		Type:    "format",
		Context: map[string]string{"format": "uuid"},
	}
}

func writeFailure(w http.ResponseWriter, err error) {
	f := errInternal
	_ = errors.As(err, &f) // anything that is not a failure is a defect of the sandbox and stays a 500
	body, err := encode(f)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	write(w, f.status, "application/json", body)
}
