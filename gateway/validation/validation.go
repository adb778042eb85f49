// Package validation refuses what the specification refuses before execution: documents and variables that do not match
// the schema. It corrects gqlparser where that is more lenient than the reference implementation. Messages contain names
// of the document and the schema, but no values, because those may be private text.
package validation

import (
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"mstudio-graphql/graph/model"
)

// Validator validates documents and variables against a schema. It is safe for concurrent use.
type Validator struct {
	schema    *ast.Schema
	types     []string // names, sorted
	maxErrors int
	suggests  bool
}

// New returns a Validator that reports at most maxErrors errors, with names that the client may have meant if suggests.
func New(schema *ast.Schema, maxErrors int, suggests bool) *Validator {
	return &Validator{schema: schema, types: slices.Sorted(maps.Keys(schema.Types)), maxErrors: maxErrors, suggests: suggests}
}

// Document validates a parsed document and completes it for execution.
func (v *Validator) Document(text string, document *ast.QueryDocument) gqlerror.List {
	checked := check{Validator: *v}
	checked.suggests = v.suggests && !hasLongWord(text)
	observers := &core.Events{}
	for _, rule := range checked.rules() {
		rule.RuleFunc(observers, func(options ...core.ErrorOption) {
			checked.report(rule.Name, options)
			if checked.isFull() {
				*observers = core.Events{} // ends the rules, which would compute suggestions for errors that are not reported
			}
		})
	}
	validator.Walk(v.schema, document, observers)
	if len(checked.errs) > 0 {
		correct(text, checked.errs...)
		return checked.errs
	}
	checked.complete()
	return nil
}

// check is the validation of one document.
type check struct {
	Validator

	errs      gqlerror.List
	variables []*ast.Value // uses of variables
	ids       []*ast.Value // literals of type ID
}

// rules returns the rules of the specification. gqlparser has some of them in two variants, with and without suggested
// names.
func (c *check) rules() []core.Rule {
	fields, arguments, leafs := rules.FieldsOnCorrectTypeRule, rules.KnownArgumentNamesRule, rules.ScalarLeafsRule
	if !c.suggests {
		fields, arguments = rules.FieldsOnCorrectTypeRuleWithoutSuggestions, rules.KnownArgumentNamesRuleWithoutSuggestions
		leafs = rules.ScalarLeafsRuleWithoutSuggestions
	}
	return []core.Rule{
		fields, rules.FragmentsOnCompositeTypesRule, arguments, rules.KnownDirectivesRule, rules.KnownFragmentNamesRule,
		rules.KnownRootTypeRule, rules.KnownTypeNamesRuleWithoutSuggestions, rules.LoneAnonymousOperationRule,
		rules.MaxIntrospectionDepth, rules.NoFragmentCyclesRule, rules.NoUndefinedVariablesRule, rules.NoUnusedFragmentsRule,
		rules.NoUnusedVariablesRule, rules.OverlappingFieldsCanBeMergedRule, rules.PossibleFragmentSpreadsRule,
		rules.ProvidedRequiredArgumentsRule, leafs,
		{Name: "SingleFieldSubscriptions", RuleFunc: singleField},
		rules.UniqueArgumentNamesRule, rules.UniqueDirectivesPerLocationRule, rules.UniqueFragmentNamesRule, rules.UniqueInputFieldNamesRule,
		rules.UniqueOperationNamesRule, rules.UniqueVariableNamesRule,
		{Name: "ValuesOfCorrectType", RuleFunc: c.values},
		rules.VariablesAreInputTypesRule, rules.VariablesInAllowedPositionRule,
	}
}

// isFull reports whether there are enough errors. The suggestions of each more would be expensive.
func (c *check) isFull() bool { return len(c.errs) >= c.maxErrors }

// report adds an error of a rule.
func (c *check) report(rule string, options []core.ErrorOption) {
	if c.isFull() {
		return
	}
	var err gqlerror.Error
	for _, option := range options {
		option(&err)
	}
	if name, found := strings.CutPrefix(err.Message, `Unknown type "`); found && rule == rules.KnownTypeNamesRuleWithoutSuggestions.Name {
		err.Message += c.suggest(strings.TrimSuffix(name, `".`), c.types) // gqlparser's are in random order
	}
	shown := Invalid(err.Message)
	shown.Locations = err.Locations
	c.errs = append(c.errs, shown)
}

// complete changes what gqlparser's methods would misread during execution.
func (c *check) complete() {
	for _, use := range c.variables {
		use.VariableDefinition = nil // in a fragment, it may be the definition of another operation, with another default
	}
	for _, id := range c.ids {
		id.Kind = ast.StringValue // a number may have more than 64 bits
	}
}

// Invalid returns a validation error.
func Invalid(message string) *gqlerror.Error {
	return &gqlerror.Error{Message: truncate(message), Extensions: map[string]any{"code": string(model.CodeValidationFailed)}}
}

// maxMessage is the maximum length of an error message in bytes. It may contain a name as long as the document.
const maxMessage = 300

func truncate(message string) string {
	if len(message) <= maxMessage {
		return message
	}
	return strings.ToValidUTF8(message[:maxMessage], "") + " …"
}
