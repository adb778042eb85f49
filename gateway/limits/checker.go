package limits

import (
	"errors"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"

	"mstudio-graphql/gateway/validation"
	"mstudio-graphql/internal/defaults"
)

// Checker checks documents and operations against a schema and its limits. It is safe for concurrent use and stores no
// documents.
type Checker struct {
	*validation.Validator

	limits Limits
	schema *ast.Schema
	costs  costs
}

// New returns a Checker for schema. It returns an error if a list field has no @listSize, because the cost of its
// children cannot be estimated.
func New(schema *ast.Schema, limits Limits) (*Checker, error) {
	if err := defaults.Set(&limits); err != nil {
		return nil, err
	}
	found, err := readCosts(schema)
	if err != nil {
		return nil, err
	}
	return &Checker{
		Validator: validation.New(schema, limits.Errors, !limits.HideSuggestions),
		limits:    limits, schema: schema, costs: found,
	}, nil
}

// Parse parses, measures and validates a document. If it returns errors, their code is that of an [ExceededError],
// GRAPHQL_PARSE_FAILED or GRAPHQL_VALIDATION_FAILED, and the document is nil. Error messages may contain names from the
// document but no values.
func (c *Checker) Parse(text string) (*ast.QueryDocument, gqlerror.List) {
	text = strings.ReplaceAll(text, "\r\n", "\n") // the same document, but gqlparser counts a column too many after \r\n
	document, err := c.parse(text)
	if err != nil {
		return nil, gqlerror.List{err}
	}
	exceeded, circular := c.limits.measure(document)
	switch {
	case exceeded != nil:
		return nil, gqlerror.List{gqlerror.Wrap(exceeded)}
	case circular:
		return nil, gqlerror.List{validation.Invalid("A fragment must not spread itself, directly or through other fragments.")}
	case len(document.Operations) == 0: // only fragments
		return nil, gqlerror.List{validation.Invalid("no operation provided")}
	}
	dedupe(document)
	if errs := c.Document(text, document); len(errs) > 0 {
		return nil, errs
	}
	return document, nil
}

func (c *Checker) parse(text string) (*ast.QueryDocument, *gqlerror.Error) {
	if exceeded := check(LimitBytes, c.limits.Bytes, len(text)); exceeded != nil {
		return nil, gqlerror.Wrap(exceeded)
	}
	source := &ast.Source{Input: text}
	document, err := parser.ParseQueryWithTokenLimit(source, c.limits.Tokens)
	if err == nil {
		return document, validation.CheckSyntax(text, document)
	}
	located, ok := errors.AsType[*gqlerror.Error](err)
	if !ok {
		located = &gqlerror.Error{}
	}
	if strings.HasPrefix(located.Message, "exceeded token limit") {
		return nil, gqlerror.Wrap(check(LimitTokens, c.limits.Tokens, max(countTokens(source), c.limits.Tokens+1)))
	}
	return nil, validation.SyntaxError(text, located)
}

// CountTokens returns the number of tokens in a document.
func CountTokens(text string) int { return countTokens(&ast.Source{Input: text}) }

// countTokens stops at the first invalid token.
func countTokens(source *ast.Source) int {
	scanner := lexer.New(source)
	for count := 0; ; count++ {
		token, err := scanner.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return count
		}
	}
}
