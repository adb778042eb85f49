package validation

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"

	"mstudio-graphql/graph/model"
)

// SyntaxError returns the client's error for an error of gqlparser's parser.
func SyntaxError(text string, err *gqlerror.Error) *gqlerror.Error {
	correct(text, err)
	return &gqlerror.Error{
		Message: parseMessage(err.Message), Locations: err.Locations,
		Extensions: map[string]any{"code": string(model.CodeParseFailed)},
	}
}

// parseMessage reduces gqlparser's message to the kind of the unexpected token, without its text.
func parseMessage(message string) string {
	const unexpected, found, nested = "Unexpected ", ", found ", "exceeded maximum nesting depth"
	head, tail, ok := strings.Cut(message, found)
	switch {
	case strings.HasPrefix(message, nested):
		return message
	case strings.HasPrefix(message, unexpected) && !strings.HasSuffix(message, invalidToken):
		kind, _, _ := strings.Cut(message, ` "`)
		return kind
	case ok && tail != invalidToken:
		kind, _, _ := strings.Cut(tail, ` "`)
		return head + found + kind
	}
	return "The document contains a malformed string or number, or a character that GraphQL does not allow."
}

// invalidToken is gqlparser's name for text that is not a token.
const invalidToken = "<Invalid>"

// CheckSyntax rejects a document that gqlparser has parsed although the grammar does not allow it.
func CheckSyntax(text string, document *ast.QueryDocument) *gqlerror.Error {
	if len(document.Operations)+len(document.Fragments) == 0 {
		return SyntaxError(text, gqlerror.Errorf("Unexpected <EOF>"))
	}
	for _, fragment := range document.Fragments {
		if len(fragment.VariableDefinition) > 0 {
			return SyntaxError(text, gqlerror.ErrorPosf(fragment.VariableDefinition[0].Position, `Expected "on", found (`))
		}
	}
	for _, operation := range document.Operations {
		for _, variable := range operation.VariableDefinitions {
			for _, directive := range variable.Directives {
				if slices.ContainsFunc(directive.Arguments, func(a *ast.Argument) bool { return varies(a.Value) }) {
					return SyntaxError(text, gqlerror.ErrorPosf(directive.Position, "Unexpected $"))
				}
			}
		}
	}
	return checkTokens(text)
}

// varies reports whether a value contains a variable.
func varies(value *ast.Value) bool {
	return value.Kind == ast.Variable || slices.ContainsFunc(value.Children, func(child *ast.ChildValue) bool { return varies(child.Value) })
}

// checkTokens rejects tokens that gqlparser's lexer splits or reads differently.
func checkTokens(text string) *gqlerror.Error {
	scanner, source := lexer.New(&ast.Source{Input: text}), reader{text: text}
	var last lexer.Token
	for {
		token, _ := scanner.ReadToken() // the parser has reported errors
		if token.Kind == lexer.EOF || token.Kind == lexer.Invalid {
			return nil
		}
		isNumber, follows := last.Kind == lexer.Int || last.Kind == lexer.Float, last.Pos.End == token.Pos.Start
		isText := token.Kind == lexer.String || token.Kind == lexer.BlockString
		switch {
		case isNumber && follows && (token.Kind == lexer.Name || token.Kind == lexer.Spread), isText && isMalformed(source.read(token.Pos), source.text):
			return SyntaxError(text, gqlerror.ErrorPosf(&token.Pos, ""))
		case last.Kind == lexer.Spread && isText:
			return SyntaxError(text, gqlerror.ErrorPosf(&token.Pos, "Expected {, found %s", token.Kind))
		}
		last = token
	}
}

// reader finds tokens in a text. Positions count characters, and increase.
type reader struct {
	text       string
	characters int // read
}

func (r *reader) read(at ast.Position) string {
	r.skip(at.Start - r.characters)
	return r.skip(at.End - at.Start)
}

func (r *reader) skip(characters int) (skipped string) {
	length := 0
	for range characters {
		_, size := utf8.DecodeRuneInString(r.text[length:])
		length += size
	}
	skipped, r.text, r.characters = r.text[:length], r.text[length:], r.characters+characters
	return skipped
}

// surrogates matches the escapes of a string: the first group is a surrogate without its other half.
var surrogates = regexp.MustCompile(`(?i)\\u(?:d[89ab][0-9a-f]{2})\\u(?:d[c-f][0-9a-f]{2})|(\\ud[89a-f][0-9a-f]{2})|\\.`)

// isMalformed reports whether a string in quotes has half of a surrogate pair, or a block string ends with four quotes.
func isMalformed(quoted, following string) bool {
	if strings.HasPrefix(quoted, `"""`) {
		return strings.HasPrefix(following, `"`)
	}
	return slices.ContainsFunc(surrogates.FindAllStringSubmatch(quoted, -1), func(match []string) bool { return match[1] != "" })
}
