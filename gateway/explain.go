package gateway

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/gateway/httpapi"
	"mstudio-graphql/gateway/limits"
)

// explainMode is the value of X-Explain.
type explainMode string

const (
	explainOff explainMode = ""
	// explainCalls runs the operation and reports its upstream calls.
	explainCalls explainMode = "true"
	// explainDryRun reports an estimate without running the operation.
	explainDryRun explainMode = "dry-run"
)

func explainModeOf(header http.Header) (explainMode, *httpapi.Error) {
	switch text := header.Get(httpapi.ExplainHeader); text {
	case "", "false":
		return explainOff, nil
	case string(explainCalls), string(explainDryRun):
		return explainMode(text), nil
	}
	return explainOff, httpapi.BadRequest("`X-Explain` must be true, false or dry-run.")
}

// estimation is the extensions.upstream of a dry run.
type estimation struct {
	DryRun bool `json:"dryRun"`
	limits.Estimate
}

// dryRun returns a response with the estimated cost of an operation. If authenticates is true, the gateway calls mStudio
// to check the token before it runs the operation.
func dryRun(checker *limits.Checker, authenticates bool, operation *graphql.OperationContext) *graphql.Response {
	estimate := checker.Estimate(operation.Doc, operation.Operation, operation.Variables)
	if authenticates { // the only call if mStudio rejects the token
		estimate.MinCalls, estimate.TypicalCalls, estimate.MaxCalls = 1, estimate.TypicalCalls+1, estimate.MaxCalls+1
	}
	return &graphql.Response{
		Data:       []byte("null"),
		Extensions: map[string]any{"upstream": estimation{true, estimate}},
	}
}
