package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// The status and the code of a failed call agree, because both come from model.CodeOf.
func TestUpstreamStatus(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err    error
		code   model.Code
		status int
	}{
		{context.Canceled, model.CodeTimeout, 504},
		{fmt.Errorf("wrapped: %w", context.DeadlineExceeded), model.CodeTimeout, 504},
		{&rest.Error{Code: rest.Canceled}, model.CodeTimeout, 504},
		{&rest.Error{Code: rest.TimedOut}, model.CodeUpstreamTimeout, 504},
		{&rest.Error{Code: rest.Unavailable}, model.CodeUpstreamUnavailable, 503},
		{&rest.Error{Code: rest.Unauthorized}, model.CodeUnauthenticated, 401},
		{&rest.Error{Code: rest.RateLimited}, model.CodeRateLimited, 429},
		{&rest.Error{Code: rest.BadInput, Op: "GET /users/{userId}"}, model.CodeUpstreamBadResponse, 502},
		{&rest.Error{Code: rest.BadInput, Op: "GET /users/{userId}", Status: 400}, model.CodeBadUserInput, 502},
		{errors.New("a bug"), model.CodeInternal, 500},
	} {
		if code, status := model.CodeOf(test.err), httpapi.UpstreamStatus(test.err); code != test.code || status != test.status {
			t.Errorf("%v: want %s and %d, got %s and %d", test.err, test.code, test.status, code, status)
		}
	}
}
