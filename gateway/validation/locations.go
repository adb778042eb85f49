package validation

import (
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"

	"mstudio-graphql/graph/model"
)

// correct corrects locations of gqlparser in place. It locates a string behind its quotes, a block string at its last line,
// and a directive or a spread at its name.
func correct(text string, errs ...*gqlerror.Error) {
	scanner := lexer.New(&ast.Source{Input: text})
	var last, token lexer.Token
	for token.Kind != lexer.EOF {
		last = token
		var err error
		if token, err = scanner.ReadToken(); err != nil {
			return
		}
		for _, err := range errs {
			for i, found := range err.Locations {
				if found.Line != token.Pos.Line || found.Column != token.Pos.Column {
					continue
				}
				start := token.Pos.Start
				if startsBefore(last, err) {
					start = last.Pos.Start
				}
				err.Locations[i] = locationOf(text, start)
			}
		}
	}
}

// startsBefore reports whether an error about a name is about what starts with the token before it.
func startsBefore(last lexer.Token, err *gqlerror.Error) bool {
	isSyntax := err.Extensions["code"] != string(model.CodeValidationFailed)
	return !isSyntax && (last.Kind == lexer.At || last.Kind == lexer.Spread && strings.HasPrefix(err.Message, "Fragment "))
}

// locationOf returns the location of a character.
func locationOf(text string, index int) gqlerror.Location {
	before := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace((&reader{text: text}).skip(index))
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return gqlerror.Location{Line: 1 + strings.Count(before, "\n"), Column: 1 + utf8.RuneCountInString(line)}
}
