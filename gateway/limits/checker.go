package limits

import (
	"errors"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"mstudio-graphql/graph/model"
)

// Guard checks documents and operations. It is safe for concurrent use and keeps nothing of them.
type Guard struct {
	limits Limits
	schema *ast.Schema
	rules  *rules.Rules
	quiet  *rules.Rules // the same, for documents with long words
	prices prices
}

// New returns a guard for a schema. It fails if a list of the schema says nothing of its size, because then nothing
// that is below it could be estimated.
func New(schema *ast.Schema, limits Limits) (*Guard, error) {
	limits = limits.withDefaults()
	found, err := readPrices(schema)
	if err != nil {
		return nil, err
	}
	return &Guard{
		limits: limits, schema: schema, prices: found,
		rules: validationRules(limits.HideSuggestions), quiet: validationRules(true),
	}, nil
}

// Document parses, measures and validates a document. If it returns errors, they are of the codes of a [Refusal],
// GRAPHQL_PARSE_FAILED or GRAPHQL_VALIDATION_FAILED, and there is no document. They repeat names that the client
// chose, and no value.
func (g *Guard) Document(text string) (*ast.QueryDocument, gqlerror.List) {
	document, err := g.parse(text)
	if err != nil {
		return nil, gqlerror.List{err}
	}
	refused, circular := g.limits.measure(document)
	switch {
	case refused != nil:
		return nil, gqlerror.List{gqlerror.Wrap(refused)}
	case circular:
		return nil, gqlerror.List{invalid("A fragment must not spread itself, not through others either.")}
	case len(document.Operations) == 0:
		return nil, gqlerror.List{invalid("no operation provided")}
	}
	dropRepeats(document)
	if errs := validator.ValidateWithRules(g.schema, document, g.rulesFor(text)); len(errs) > 0 {
		return nil, g.reported(errs)
	}
	return document, nil
}

func (g *Guard) parse(text string) (*ast.QueryDocument, *gqlerror.Error) {
	if refused := within(LimitBytes, g.limits.Bytes, len(text)); refused != nil {
		return nil, gqlerror.Wrap(refused)
	}
	source := &ast.Source{Input: text}
	document, err := parser.ParseQueryWithTokenLimit(source, g.limits.Tokens)
	if err == nil {
		return document, nil
	}
	located, ok := errors.AsType[*gqlerror.Error](err)
	if !ok {
		located = &gqlerror.Error{}
	}
	if strings.HasPrefix(located.Message, "exceeded token limit") {
		return nil, gqlerror.Wrap(within(LimitTokens, g.limits.Tokens, max(countTokens(source), g.limits.Tokens+1)))
	}
	return nil, &gqlerror.Error{
		Message: parseMessage(located.Message), Locations: located.Locations,
		Extensions: map[string]any{"code": string(model.CodeParseFailed)},
	}
}

// Tokens counts the words and signs of a document.
func Tokens(text string) int { return countTokens(&ast.Source{Input: text}) }

// countTokens counts the words and signs of a text that has too many, for the error. What follows something that is
// none is left out.
func countTokens(source *ast.Source) int {
	scanner := lexer.New(source)
	for count := 0; ; count++ {
		token, err := scanner.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return count
		}
	}
}

func invalid(message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": string(model.CodeValidationFailed)}}
}
