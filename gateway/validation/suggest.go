package validation

import (
	"strings"

	"github.com/vektah/gqlparser/v2/validator/core"
)

// maxWord is the maximum length of a word in bytes for which validation suggests names. Suggestions need the edit
// distance to every name in the schema, which is slow for long words.
const maxWord = 200

// hasLongWord reports whether text contains a word of maxWord bytes.
func hasLongWord(text string) bool {
	start := 0
	for i := range len(text) {
		if strings.IndexByte(nameLetters, text[i]) < 0 {
			start = i + 1
		} else if i-start >= maxWord {
			return true
		}
	}
	return false
}

// nameLetters are the characters of names.
const nameLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// suggest returns a question for the names that are similar to typed, or "".
func (v *Validator) suggest(typed string, names []string) string {
	if !v.suggests || len(typed) > maxWord {
		return ""
	}
	similar := core.SuggestionList(typed, names)
	if len(similar) == 0 {
		return ""
	}
	return " Did you mean " + core.QuotedOrList(similar...) + "?"
}
