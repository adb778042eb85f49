package limits

import (
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// maxMessage is how long the message of a mistake may be, in bytes. A name in it may be as long as the document.
const maxMessage = 300

// suggestion is how the validator begins what the client may have meant.
const suggestion = " Did you mean "

// validationRules are those of the specification. Some come in two kinds: with the names that the client may have
// meant, and without.
func validationRules(hideSuggestions bool) *rules.Rules {
	chosen := rules.NewDefaultRules()
	if !hideSuggestions {
		return chosen
	}
	for _, silent := range []core.Rule{
		rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
		rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownTypeNamesRuleWithoutSuggestions,
		rules.ScalarLeafsRuleWithoutSuggestions,
		rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
	} {
		chosen.RemoveRule(strings.TrimSuffix(silent.Name, "WithoutSuggestions"))
		chosen.AddRule(silent.Name, silent.RuleFunc)
	}
	return chosen
}

// maxWord is how long a word may be of which it is worth to look for what it was meant to be, in bytes: the validator
// compares it with every name of the schema, letter by letter.
const maxWord = 200

// rulesFor leaves suggestions out for a text with a word that is no misspelt name.
func (g *Guard) rulesFor(text string) *rules.Rules {
	start := 0
	for i := range len(text) {
		if !isLetter(text[i]) {
			start = i + 1
		} else if i-start >= maxWord {
			return g.quiet
		}
	}
	return g.rules
}

// isLetter reports whether names can hold the byte.
func isLetter(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

// reported is what the client gets to see of a document's mistakes.
func (g *Guard) reported(mistakes gqlerror.List) gqlerror.List {
	var list gqlerror.List
	for _, mistake := range mistakes[:min(len(mistakes), g.limits.Errors)] {
		message := mistake.Message
		if strings.HasPrefix(mistake.Rule, rules.ValuesOfCorrectTypeRule.Name) {
			message = valueMessage(message)
		}
		shown := invalid(shortened(message))
		shown.Path, shown.Locations = mistake.Path, mistake.Locations
		list = append(list, shown)
	}
	return list
}

func shortened(message string) string {
	if len(message) <= maxMessage {
		return message
	}
	return strings.ToValidUTF8(message[:maxMessage], "") + " …"
}

// valueMessage says what is wrong with a value without the value, which may be a text that somebody wrote. The location
// says which one it is.
func valueMessage(message string) string {
	text, tail := cutSuggestion(message)
	switch {
	case strings.HasPrefix(text, `Value "`):
		if _, kind, ok := cutLast(text, `" does not exist in `); ok {
			return "The value does not exist in " + kind + tail
		}
	case strings.HasPrefix(text, "Expected value of type "):
		expected, _, _ := strings.Cut(text, ", found ")
		return expected + "." + tail
	}
	about, _, _ := strings.Cut(text, ": ")
	return strings.TrimSuffix(about, ".") + "." + tail
}

// cutSuggestion splits off a suggestion, which holds names of the schema alone. What looks like one inside the client's
// own text does not: there, quotes are escaped.
func cutSuggestion(message string) (text, tail string) {
	text, tail, ok := cutLast(message, suggestion)
	if !ok || !strings.HasSuffix(tail, "?") || strings.Trim(tail, plainLetters) != "" {
		return message, ""
	}
	return text, suggestion + tail
}

// plainLetters is what the names of a suggestion, and what stands between them, are made of.
const plainLetters = `abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"', ?`

func cutLast(text, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):], true
	}
	return text, "", false
}

// parseMessage says what the parser did not expect: which kind of word or sign, and never the word itself.
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
	return "A string or a number is malformed, or there is a character that GraphQL does not have."
}

// invalidToken is how the parser calls what the lexer could not read.
const invalidToken = "<Invalid>"
