// Package guard decides whether an operation is run at all, before it makes a call. A document is measured when it has
// been parsed, and before it is validated, because validation is what an attacker can make slow; what a valid operation
// may cost is estimated from the schema's @cost and @listSize.
//
// Whatever is counted here is counted in time that grows with the length of the text, never with what its fragments
// expand to, and no sum overflows.
package limits

import (
	"fmt"

	"mstudio-graphql/graph/model"
)

// Limits is what a document and an operation may ask for. A limit of zero or less is its default.
type Limits struct {
	// Bytes is how long the text of a document may be. Default: 16 KiB.
	Bytes int
	// Tokens is how many words and signs it may have. Default: 1000.
	Tokens int
	// Depth is how deep its fields may be nested; what is below __schema and __type is not counted. Default: 12.
	Depth int
	// Fields is how many fields it may have, those of a fragment counted wherever it is spread. Default: 2000.
	Fields int
	// Aliases is how many of them may have another name in the answer. Default: 30.
	Aliases int
	// RootFields is how many fields an operation may start with. Default: 20.
	RootFields int
	// RootMutations is the same for a mutation, whose fields run one after another. Default: 5.
	RootMutations int
	// Directives is how many directives a document may have, those of a fragment counted wherever it is spread.
	// Default: 30.
	Directives int
	// Fragments is how many fragments a document may define. Default: 40.
	Fragments int
	// Operations is how many operations it may define. Default: 10.
	Operations int
	// Variables is how many variables an operation may declare. Default: 50.
	Variables int
	// Cost is how many calls of mStudio an operation may need if every page is full. Default: 1000.
	Cost int
	// Nodes is how many objects its answer may have if every page is full. Default: 500 000.
	Nodes int
	// Errors is how many of a document's mistakes are reported. Default: 5.
	Errors int
	// HideSuggestions leaves out of errors which names of the schema the client may have meant.
	HideSuggestions bool
}

func (l Limits) withDefaults() Limits {
	for _, limit := range []struct {
		value        *int
		defaultValue int
	}{
		{&l.Bytes, 16 << 10},
		{&l.Tokens, 1000},
		{&l.Depth, 12},
		{&l.Fields, 2000},
		{&l.Aliases, 30},
		{&l.RootFields, 20},
		{&l.RootMutations, 5},
		{&l.Directives, 30},
		{&l.Fragments, 40},
		{&l.Operations, 10},
		{&l.Variables, 50},
		{&l.Cost, 1000},
		{&l.Nodes, 500_000},
		{&l.Errors, 5},
	} {
		if *limit.value <= 0 {
			*limit.value = limit.defaultValue
		}
	}
	return l
}

// Limit names a limit in the extensions of an error.
type Limit string

// The limits.
const (
	LimitBody          Limit = "body" // of the request, which the gateway looks after
	LimitUploadFiles   Limit = "uploadFiles"
	LimitUploadBytes   Limit = "uploadBytes" // of all files of a request
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

// Refusal says that a document or an operation exceeds a limit. It repeats nothing of it.
type Refusal struct {
	Limit Limit
	// Max is the limit, and Actual what was measured instead. Counting stops at about a billion.
	Max, Actual int
}

// Error is the sentence for the client.
func (r *Refusal) Error() string { return fmt.Sprintf(r.sentence(), r.Actual, r.Max) }

func (r *Refusal) sentence() string {
	switch r.Limit {
	case LimitBody:
		return "The body of the request has at least %d bytes; at most %d are accepted."
	case LimitUploadFiles:
		return "The request has %d files; at most %d are accepted."
	case LimitUploadBytes:
		return "The files of the request have at least %d bytes together; at most %d are accepted."
	case LimitBytes:
		return "The document has %d bytes; at most %d are accepted."
	case LimitTokens:
		return "The document has %d tokens; at most %d are accepted."
	case LimitDepth:
		return "Fields are nested %d levels deep; at most %d are accepted."
	case LimitFields:
		return "The document has %d fields, those of fragments counted wherever they are spread; at most %d are accepted."
	case LimitAliases:
		return "The document has %d aliases, those of fragments counted wherever they are spread; at most %d are accepted."
	case LimitRootFields:
		return "The operation has %d fields at its root; at most %d are accepted."
	case LimitRootMutations:
		return "The mutation has %d fields at its root; at most %d are accepted."
	case LimitDirectives:
		return "The document has %d directives, those of fragments counted wherever they are spread; at most %d are accepted."
	case LimitFragments:
		return "The document defines %d fragments; at most %d are accepted."
	case LimitOperations:
		return "The document defines %d operations; at most %d are accepted."
	case LimitVariables:
		return "The operation declares %d variables; at most %d are accepted."
	case LimitCost:
		return "The operation may need %d calls of mStudio if all pages are full; at most %d are accepted: ask for smaller pages or fewer fields that make calls."
	case LimitNodes:
		return "The answer may have %d objects if all pages are full; at most %d are accepted: ask for smaller pages."
	}
	return "Something is counted %d times; at most %d are accepted."
}

// Code is the one for extensions.code.
func (r *Refusal) Code() model.Code {
	switch r.Limit {
	case LimitBody, LimitBytes, LimitUploadFiles, LimitUploadBytes:
		return model.CodeRequestTooLarge
	case LimitCost, LimitNodes:
		return model.CodeComplexityLimitExceeded
	default:
		return model.CodeOperationLimit
	}
}

// within returns nil if actual is no more than most.
func within(limit Limit, most, actual int) *Refusal {
	if actual <= most {
		return nil
	}
	return &Refusal{Limit: limit, Max: most, Actual: actual}
}
