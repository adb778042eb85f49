// Package limits decides before the first upstream call whether an operation may run. It measures a document after
// parsing and before validation, because a hostile document can make validation slow. It estimates the cost of a valid
// operation from the schema's @cost and @listSize.
//
// Every count takes time linear in the length of the document, even if its fragments expand exponentially, and no sum
// overflows.
package limits

import (
	"fmt"

	"mstudio-graphql/graph/model"
)

// Limits limits documents and operations. The tags declare each limit as a flag. A limit below 1 means its default.
type Limits struct {
	Bytes         int `name:"max-query-bytes" default:"65536" min:"1" env:"MAX_QUERY_BYTES" help:"Maximum length of a document, in bytes."`
	Tokens        int `name:"max-tokens" default:"5000" min:"1" env:"MAX_TOKENS" help:"Maximum number of tokens in a document."`
	Depth         int `name:"max-depth" default:"25" min:"1" env:"MAX_DEPTH" help:"Maximum nesting of fields and of inline fragments with a type, not counting introspection."`
	Fields        int `name:"max-fields" default:"5000" min:"1" env:"MAX_FIELDS" help:"Maximum number of fields in a document. The fields of a fragment count once per spread."`
	Aliases       int `name:"max-aliases" default:"100" min:"1" env:"MAX_ALIASES" help:"Maximum number of fields with an alias, counted like --max-fields."`
	RootFields    int `name:"max-root-fields" default:"50" min:"1" env:"MAX_ROOT_FIELDS" help:"Maximum number of root fields of an operation."`
	RootMutations int `name:"max-root-mutations" default:"5" min:"1" env:"MAX_ROOT_MUTATIONS" help:"Maximum number of root fields of a mutation."`
	Directives    int `name:"max-directives" default:"100" min:"1" env:"MAX_DIRECTIVES" help:"Maximum number of directives, counted like --max-fields."`
	Fragments     int `name:"max-fragments" default:"100" min:"1" env:"MAX_FRAGMENTS" help:"Maximum number of fragments that a document defines."`
	Operations    int `name:"max-operations" default:"10" min:"1" env:"MAX_OPERATIONS" help:"Maximum number of operations in a document."`
	Variables     int `name:"max-variables" default:"100" min:"1" env:"MAX_VARIABLES" help:"Maximum number of variables of an operation."`
	Cost          int `name:"max-cost" default:"1000" min:"1" env:"MAX_COST" help:"Maximum number of mStudio calls of an operation, estimated for a typical account before its first call."`
	EventCalls    int `name:"max-calls-per-event" default:"10" min:"1" env:"MAX_CALLS_PER_EVENT" help:"Maximum number of mStudio calls for one event of a subscription, estimated like --max-cost."`
	Nodes         int `name:"max-nodes" default:"500000" min:"1" env:"MAX_NODES" help:"Maximum number of objects in a result, estimated with full pages."`
	// Values has a default with which a result fits into a caller's share of memory, at 16 bytes per value.
	Values int `name:"max-values" default:"2000000" min:"1" env:"MAX_VALUES" help:"Maximum number of scalar values in a result, estimated with full pages."`
	Errors int `name:"max-errors" default:"5" min:"1" env:"MAX_ERRORS" help:"Maximum number of validation errors reported for a document."`
	// HideSuggestions removes suggested names from validation errors.
	HideSuggestions bool `kong:"-"`
}

// Limit is the name of a limit in the extensions of an error.
type Limit string

// The limits. Package gateway checks the first four, which apply to requests and to operations that run.
const (
	LimitBody          Limit = "body"
	LimitUploadFiles   Limit = "uploadFiles"
	LimitUploadBytes   Limit = "uploadBytes" // of all files together
	LimitMemory        Limit = "memory"
	LimitBytes         Limit = "bytes"
	LimitTokens        Limit = "tokens"
	LimitDepth         Limit = "depth"
	LimitFields        Limit = "fields"
	LimitAliases       Limit = "aliases"
	LimitRootFields    Limit = "rootFields"
	LimitRootMutations Limit = "rootMutations"
	LimitDirectives    Limit = "directives"
	LimitFragments     Limit = "fragments"
	LimitOperations    Limit = "operations"
	LimitVariables     Limit = "variables"
	LimitCost          Limit = "cost"
	LimitEventCalls    Limit = "eventCalls"
	LimitNodes         Limit = "nodes"
	LimitValues        Limit = "values"
	LimitIntrospection Limit = "introspection"
)

// ExceededError reports an exceeded limit. It contains no part of the document but names of fields.
type ExceededError struct {
	Limit Limit
	// Max is the limit and Actual the measured value. Counting stops at about a billion.
	Max, Actual int
	// Costliest is the path of the field that adds most to an estimate.
	Costliest string
	// PageSize is the largest page size with which the estimate would not exceed a limit, or 0.
	PageSize int
}

// Error returns a message for the client.
func (e *ExceededError) Error() string {
	message := fmt.Sprintf(e.format(), e.Actual, e.Max)
	if e.Costliest != "" {
		message += " `" + e.Costliest + "` adds most."
	}
	if e.PageSize > 0 {
		message += fmt.Sprintf(" Pages of at most %d items would be accepted.", e.PageSize)
	}
	return message
}

// Extensions returns the error's extensions, without its code.
func (e *ExceededError) Extensions() map[string]any {
	extensions := map[string]any{"limit": e.Limit, "max": e.Max, "actual": e.Actual}
	if e.Costliest != "" {
		extensions["costliest"] = e.Costliest
	}
	if e.PageSize > 0 {
		extensions["pageSize"] = e.PageSize
	}
	return extensions
}

func (e *ExceededError) format() string {
	return map[Limit]string{
		LimitBody:          "The request body has at least %d bytes; at most %d are accepted.",
		LimitUploadFiles:   "The request has %d files; at most %d are accepted.",
		LimitUploadBytes:   "The request's files have at least %d bytes together; at most %d are accepted.",
		LimitMemory:        "The operation needs at least %d bytes of memory for what it reads and for its response; at most %d are accepted. Request less at once.",
		LimitBytes:         "The document has %d bytes; at most %d are accepted.",
		LimitTokens:        "The document has %d tokens; at most %d are accepted.",
		LimitDepth:         "Fields are nested %d levels deep; at most %d are accepted.",
		LimitFields:        "The document has %d fields, counting fragments once per spread; at most %d are accepted.",
		LimitAliases:       "The document has %d aliases, counting fragments once per spread; at most %d are accepted.",
		LimitRootFields:    "The operation has %d root fields; at most %d are accepted.",
		LimitRootMutations: "The mutation has %d root fields; at most %d are accepted.",
		LimitDirectives:    "The document has %d directives, counting fragments once per spread; at most %d are accepted.",
		LimitFragments:     "The document defines %d fragments; at most %d are accepted.",
		LimitOperations:    "The document defines %d operations; at most %d are accepted.",
		LimitVariables:     "The operation declares %d variables; at most %d are accepted.",
		LimitCost:          "The operation typically needs %d mStudio calls; at most %d are accepted.",
		LimitEventCalls:    "Each event of the subscription typically needs %d mStudio calls; at most %d are accepted.",
		LimitNodes:         "The result may have %d objects; at most %d are accepted.",
		LimitValues:        "The result may have %d values; at most %d are accepted.",
		LimitIntrospection: "Introspection may return %d values; at most %d are accepted.",
	}[e.Limit]
}

// Code returns the value of extensions.code.
func (e *ExceededError) Code() model.Code {
	switch e.Limit {
	case LimitBody, LimitBytes, LimitUploadFiles, LimitUploadBytes:
		return model.CodeRequestTooLarge
	case LimitCost, LimitEventCalls, LimitNodes, LimitValues, LimitIntrospection:
		return model.CodeComplexityLimitExceeded
	default:
		return model.CodeOperationLimit
	}
}

// check returns an error if actual exceeds allowed, and nil otherwise.
func check(limit Limit, allowed, actual int) *ExceededError {
	if actual <= allowed {
		return nil
	}
	return &ExceededError{Limit: limit, Max: allowed, Actual: actual}
}
