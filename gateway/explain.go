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
	// Minimum is the number of upstream calls in any case, unless an argument is rejected.
	Minimum int `json:"minimum"`
	// Typical is the number of upstream calls of a typical account if requested pages are full.
	Typical int `json:"typical"`
	// Maximum is the number of upstream calls if every page is full and no other list exceeds its assumed size.
	Maximum int `json:"maximum"`
	// Costliest is the path of the field with most of the typical calls.
	Costliest string `json:"costliest,omitempty"`
	// Hints name the filters that would make a field cheaper.
	Hints []string `json:"hints,omitempty"`
}

// dryRun returns a response with the estimated cost of an operation. If authenticates is true, the gateway calls mStudio
// to check the token before it runs the operation.
func dryRun(checker *limits.Checker, authenticates bool, operation *graphql.OperationContext) *graphql.Response {
	estimate := checker.Estimate(operation.Doc, operation.Operation, operation.Variables)
	said := estimation{true, estimate.MinCalls, estimate.TypicalCalls, estimate.MaxCalls, estimate.Costliest, estimate.Hints}
	if authenticates { // the only call if mStudio rejects the token
		said.Minimum, said.Typical, said.Maximum = 1, said.Typical+1, said.Maximum+1
	}
	return &graphql.Response{
		Data:       []byte("null"),
		Extensions: map[string]any{"upstream": said},
	}
}
