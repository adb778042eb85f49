// Package limits decides before the first upstream call whether an operation may run. It measures a document after
// parsing and before validation, because a hostile document can make validation slow. It estimates the cost of a valid
// operation from the schema's @cost and @listSize.
//
// Every count takes time linear in the length of the document, even if its fragments expand exponentially, and no sum
// overflows.
package limits

import (
	"fmt"
	"reflect"

	"mstudio-graphql/graph/model"
)

// Limits limits documents and operations. Zero or a negative value means the default, see [Defaults].
type Limits struct {
	// Bytes is the maximum length of a document in bytes. Default: 16 KiB.
	Bytes int
	// Tokens is the maximum number of tokens in a document. Default: 1000.
	Tokens int
	// Depth is the maximum nesting of fields, not counting fields below __schema and __type. Default: 12.
	Depth int
	// Fields is the maximum number of fields in a document. Fields of a fragment count once per spread. Default: 2000.
	Fields int
	// Aliases is the maximum number of aliased fields, counted like Fields. Default: 30.
	Aliases int
	// RootFields is the maximum number of root fields of an operation. Default: 20.
	RootFields int
	// RootMutations is the maximum number of root fields of a mutation, which run one after another. Default: 5.
	RootMutations int
	// Directives is the maximum number of directives, counted like Fields. Default: 30.
	Directives int
	// Fragments is the maximum number of fragment definitions in a document. Default: 40.
	Fragments int
	// Operations is the maximum number of operations in a document. Default: 10.
	Operations int
	// Variables is the maximum number of variables of an operation. Default: 50.
	Variables int
	// Cost is the maximum number of mStudio calls of an operation, estimated with full pages. Default: 1000.
	Cost int
	// Nodes is the maximum number of objects in a result, estimated with full pages. Default: 500 000.
	Nodes int
	// Errors is the maximum number of validation errors reported for a document. Default: 5.
	Errors int
	// HideSuggestions removes suggested names from validation errors.
	HideSuggestions bool
}

// Defaults returns the default limits.
func Defaults() Limits {
	return Limits{
		Bytes:         16 << 10,
		Tokens:        1000,
		Depth:         12,
		Fields:        2000,
		Aliases:       30,
		RootFields:    20,
		RootMutations: 5,
		Directives:    30,
		Fragments:     40,
		Operations:    10,
		Variables:     50,
		Cost:          1000,
		Nodes:         500_000,
		Errors:        5,
	}
}

func (l Limits) withDefaults() Limits {
	limits, defaults := reflect.ValueOf(&l).Elem(), reflect.ValueOf(Defaults())
	for i := range limits.NumField() {
		if limit := limits.Field(i); limit.CanInt() && limit.Int() <= 0 {
			limit.Set(defaults.Field(i))
		}
	}
	return l
}

// Limit is the name of a limit in the extensions of an error.
type Limit string

// The limits. Package gateway checks the first three, which apply to requests.
const (
	LimitBody          Limit = "body"
	LimitUploadFiles   Limit = "uploadFiles"
	LimitUploadBytes   Limit = "uploadBytes" // of all files together
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
	LimitNodes         Limit = "nodes"
)

// ExceededError reports an exceeded limit. It contains no part of the document.
type ExceededError struct {
	Limit Limit
	// Max is the limit and Actual the measured value. Counting stops at about a billion.
	Max, Actual int
}

// Error returns a message for the client.
func (e *ExceededError) Error() string { return fmt.Sprintf(e.format(), e.Actual, e.Max) }

func (e *ExceededError) format() string {
	switch e.Limit {
	case LimitBody:
		return "The request body has at least %d bytes; at most %d are accepted."
	case LimitUploadFiles:
		return "The request has %d files; at most %d are accepted."
	case LimitUploadBytes:
		return "The request's files have at least %d bytes together; at most %d are accepted."
	case LimitBytes:
		return "The document has %d bytes; at most %d are accepted."
	case LimitTokens:
		return "The document has %d tokens; at most %d are accepted."
	case LimitDepth:
		return "Fields are nested %d levels deep; at most %d are accepted."
	case LimitFields:
		return "The document has %d fields, counting fragments once per spread; at most %d are accepted."
	case LimitAliases:
		return "The document has %d aliases, counting fragments once per spread; at most %d are accepted."
	case LimitRootFields:
		return "The operation has %d root fields; at most %d are accepted."
	case LimitRootMutations:
		return "The mutation has %d root fields; at most %d are accepted."
	case LimitDirectives:
		return "The document has %d directives, counting fragments once per spread; at most %d are accepted."
	case LimitFragments:
		return "The document defines %d fragments; at most %d are accepted."
	case LimitOperations:
		return "The document defines %d operations; at most %d are accepted."
	case LimitVariables:
		return "The operation declares %d variables; at most %d are accepted."
	case LimitCost:
		return "The operation may need %d mStudio calls if every page is full; at most %d are accepted. Request smaller pages or fewer fields that make calls."
	case LimitNodes:
		return "The result may have %d objects if every page is full; at most %d are accepted. Request smaller pages."
	}
	return "A count is %d; at most %d are accepted."
}

// Code returns the value of extensions.code.
func (e *ExceededError) Code() model.Code {
	switch e.Limit {
	case LimitBody, LimitBytes, LimitUploadFiles, LimitUploadBytes:
		return model.CodeRequestTooLarge
	case LimitCost, LimitNodes:
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
