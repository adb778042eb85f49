package gateway_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mstudio-graphql/gateway/gatewaytest"
	"mstudio-graphql/graph/model"
)

// responseError is an entry of errors in a response.
type responseError struct {
	Message    string         `json:"message"`
	Path       []any          `json:"path"`
	Extensions map[string]any `json:"extensions"`
}

func (e responseError) code() string { return fmt.Sprint(e.Extensions["code"]) }

// path returns the path of the error, such as "conversation.messages".
func (e responseError) path() string {
	var parts []string
	for _, part := range e.Path {
		parts = append(parts, fmt.Sprint(part))
	}
	return strings.Join(parts, ".")
}

// closedCodes lists all error codes of the documentation. Responses must have no other code.
func closedCodes() []model.Code {
	return []model.Code{
		model.CodeUnauthenticated, model.CodeForbidden, model.CodeNotFound, model.CodeBadUserInput, model.CodeConflict,
		model.CodeRateLimited, model.CodeUpstreamTimeout, model.CodeUpstreamUnavailable, model.CodeUpstreamBadResponse,
		model.CodeUpstreamBudgetExceeded, model.CodeSecretRedacted, model.CodeTimeout, model.CodeOverloaded,
		model.CodeOperationLimit, model.CodeComplexityLimitExceeded, model.CodeRequestTooLarge, model.CodeParseFailed,
		model.CodeValidationFailed, model.CodePersistedQueryNotFound, model.CodePersistedQueryUnsupported, model.CodeInternal,
	}
}

var uuidPattern = regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-`)

// checkErrors checks rules that apply to every error: a documented code and documented extensions, and a message
// without IDs, URLs and tokens.
func checkErrors(t *testing.T, response gatewaytest.Response) []responseError {
	t.Helper()
	errs := decode[struct{ Errors []responseError }](t, response.Body).Errors
	for _, err := range errs {
		if !slices.Contains(closedCodes(), model.Code(err.code())) {
			t.Errorf("%s: code %q is not on the list", err.path(), err.code())
		}
		for key := range err.Extensions {
			if !slices.Contains([]string{"code", "retryAfter", "need", "remaining", "requestId", "limit", "max", "actual", "costliest", "pageSize", "outcome"}, key) {
				t.Errorf("%s: unknown extension %q", err.path(), key)
			}
		}
		if err.Message == "" || uuidPattern.MatchString(err.Message) || strings.Contains(err.Message, "sandbox-") ||
			strings.Contains(err.Message, "http") {
			t.Errorf("%s: message %q", err.path(), err.Message)
		}
	}
	return errs
}

// summary returns the errors as "path: CODE", sorted.
func summary(errs []responseError) []string {
	lines := make([]string, 0, len(errs))
	for _, err := range errs {
		lines = append(lines, err.path()+": "+err.code())
	}
	slices.Sort(lines)
	return lines
}

func wantErrors(t *testing.T, response gatewaytest.Response, want ...string) {
	t.Helper()
	diff(t, "errors", append([]string{}, want...), summary(checkErrors(t, response)))
}

// wantData compares the data of a response with JSON.
func wantData(t *testing.T, response gatewaytest.Response, want string) {
	t.Helper()
	got := decode[struct{ Data any }](t, response.Body).Data
	diff(t, "data", decode[any](t, []byte(want)), got)
}

func diff[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if difference := cmp.Diff(want, got); difference != "" {
		t.Errorf("%s (-want +got):\n%s", what, difference)
	}
}

func decode[T any](t *testing.T, data []byte) T {
	t.Helper()
	var value T
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatalf("not the JSON that was expected: %v\n%s", err, data)
	}
	return value
}
