package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// failure is an error response of the API.
type failure struct {
	status  int
	Type    string         `json:"type"`
	Message string         `json:"message"`
	Invalid []invalidField `json:"validationErrors,omitempty"`
}

// invalidField is one validation error, in the wording of mStudio's JSON schema validator.
type invalidField struct {
	Message string            `json:"message"`
	Path    string            `json:"path"`
	Type    string            `json:"type"`
	Context map[string]string `json:"context,omitempty"`
}

// The failures without details. They are read-only.
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

// invalid returns a 400 with validation errors.
func invalid(fields ...invalidField) error {
	return invalidAs(http.StatusBadRequest, fields...)
}

// invalidAs returns validation errors with another status.
func invalidAs(status int, fields ...invalidField) error {
	f := newFailure(status, "ValidationError", "Validation failed")
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

// validation collects the validation errors of a request.
type validation struct{ problems []invalidField }

func (v *validation) reject(path, kind, message string, context map[string]string) {
	v.problems = append(v.problems, invalidField{Message: message, Path: path, Type: kind, Context: context})
}

// checkEnum rejects a value that is not allowed.
func (v *validation) checkEnum(path, value string, allowed []string) {
	if !slices.Contains(allowed, value) {
		v.reject(path, "enum", "should be equal to one of the allowed values", map[string]string{"allowedValues": strings.Join(allowed, ", ")})
	}
}

// checkEnums rejects every value of a list that is not allowed.
func (v *validation) checkEnums(name string, values, allowed []string) {
	for i, value := range values {
		v.checkEnum(fmt.Sprintf(".%s[%d]", name, i), value, allowed)
	}
}

// err returns a 400 with all validation errors, or nil.
func (v *validation) err() error {
	if v.problems == nil {
		return nil
	}
	return invalid(v.problems...)
}

// writeFailure writes an error response. An error that is not a failure is a bug in the sandbox and becomes a 500.
func writeFailure(w http.ResponseWriter, err error) {
	f := errInternal
	_ = errors.As(err, &f)
	body, err := encode(f)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writeJSON(w, f.status, body)
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // an error means that the client is gone
}
