package limits

import (
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// maxMessage is the maximum length of an error message in bytes. It may contain a name as long as the document.
const maxMessage = 300

// suggestion is how gqlparser introduces suggested names.
const suggestion = " Did you mean "

// validationRules returns the rules of the specification. gqlparser has some of them in two variants, with and without
// suggested names.
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

// maxWord is the maximum length of a word in bytes for which validation suggests names. Suggestions need the edit
// distance to every name in the schema, which is slow for long words.
const maxWord = 200

// rulesFor returns the rules without suggestions if text contains a word of maxWord bytes.
func (c *Checker) rulesFor(text string) *rules.Rules {
	start := 0
	for i := range len(text) {
		if !isLetter(text[i]) {
			start = i + 1
		} else if i-start >= maxWord {
			return c.quiet
		}
	}
	return c.rules
}

// isLetter reports whether b may occur in a GraphQL name.
func isLetter(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

// present returns the errors for the client: at most Limits.Errors, without values from the document.
func (c *Checker) present(errs gqlerror.List) gqlerror.List {
	var list gqlerror.List
	for _, err := range errs[:min(len(errs), c.limits.Errors)] {
		message := err.Message
		if strings.HasPrefix(err.Rule, rules.ValuesOfCorrectTypeRule.Name) {
			message = valueMessage(message)
		}
		shown := invalid(truncate(message))
		shown.Path, shown.Locations = err.Path, err.Locations
		list = append(list, shown)
	}
	return list
}

func truncate(message string) string {
	if len(message) <= maxMessage {
		return message
	}
	return strings.ToValidUTF8(message[:maxMessage], "") + " …"
}

// valueMessage removes the value from a message about a value, because it may be private text. The error's location
// still identifies the value.
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
	subject, _, _ := strings.Cut(text, ": ")
	return strings.TrimSuffix(subject, ".") + "." + tail
}

// cutSuggestion splits off the suggestion, which contains only names from the schema. A text inside the client's value
// cannot pass for a suggestion, because its quotes are escaped.
func cutSuggestion(message string) (text, tail string) {
	text, tail, ok := cutLast(message, suggestion)
	if !ok || !strings.HasSuffix(tail, "?") || strings.Trim(tail, plainLetters) != "" {
		return message, ""
	}
	return text, suggestion + tail
}

// plainLetters are the characters of a suggestion: names and separators.
const plainLetters = `abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"', ?`

func cutLast(text, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):], true
	}
	return text, "", false
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
