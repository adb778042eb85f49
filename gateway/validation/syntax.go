package validation

import (
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/graph/model"
)

// SyntaxError returns the client's error for an error of gqlparser's parser.
func SyntaxError(err *gqlerror.Error) *gqlerror.Error {
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
