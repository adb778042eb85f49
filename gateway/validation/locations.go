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
// a directive or a spread at its name, and an unknown argument or type before its name.
func correct(text string, errs ...*gqlerror.Error) {
	scanner := lexer.New(&ast.Source{Input: text})
	var last, token lexer.Token
	var searches []*search
	for token.Kind != lexer.EOF {
		last = token
		var err error
		if token, err = scanner.ReadToken(); err != nil {
			return
		}
		started := searches
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
				searches = append(searches, searchFor(err, i, token))
			}
		}
		for _, search := range started {
			search.read(text, token)
		}
	}
}

// search looks for the name that an error is about, behind the location of what contains it.
type search struct {
	kind, name string
	location   *gqlerror.Location // nil after the name was found
	last       lexer.Token
	depth      int // of parentheses and braces
}

func searchFor(err *gqlerror.Error, at int, last lexer.Token) *search {
	kind, rest, _ := strings.Cut(err.Message, ` "`)
	name, _, _ := strings.Cut(rest, `"`)
	return &search{kind: kind, name: name, location: &err.Locations[at], last: last}
}

func (s *search) read(text string, token lexer.Token) {
	switch token.Kind { //nolint:exhaustive // other tokens do not nest
	case lexer.ParenL, lexer.BraceL:
		s.depth++
	case lexer.ParenR, lexer.BraceR:
		s.depth--
	}
	last := s.last
	s.last = token
	found := token
	switch s.kind {
	case "Unknown argument": // a name before a colon
		if found = last; token.Kind != lexer.Colon || s.depth != 1 {
			return
		}
	case "Unknown type": // of a variable or a fragment
		if isName := last.Kind == lexer.Name && last.Value == "on"; !isName && last.Kind != lexer.Colon && last.Kind != lexer.BracketL {
			return
		}
	default:
		return
	}
	if found.Kind == lexer.Name && found.Value == s.name && s.location != nil {
		*s.location, s.location = locationOf(text, found.Pos.Start), nil
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
