package rest

import (
	"strings"
	"unicode/utf8"

	"mstudio-graphql/internal/jsonscan"
)

// Text is a possibly long string. It stays JSON-encoded if mStudio encodes it like gqlgen, so that it does not have to
// be decoded and encoded again.
type Text struct {
	value string
	// json reports whether value is JSON without the quotes, is valid UTF-8 and has no jsonscan.Token.Foreign escapes.
	json bool
}

// NewText returns the Text of a plain string.
func NewText(value string) Text { return Text{value: value} }

// JSON returns the text as a JSON string without the quotes. If ok is false, the text is a plain string that still has
// to be encoded.
func (t Text) JSON() (json string, ok bool) { return t.value, t.json }

// String returns the decoded string.
func (t Text) String() string {
	if !t.json || !strings.Contains(t.value, `\`) {
		return t.value
	}
	return unsafeString(jsonscan.Unescape([]byte(t.value)))
}

// text reads a string, or a value that anyText converts to one.
func (d *decoder) text() (text Text, ok bool) {
	if d.Err != nil || d.Next() != jsonscan.String {
		value, ok := d.anyText()
		return Text{value: value}, ok
	}
	token := d.Token()
	if token.Foreign || !token.ASCII && !utf8.Valid(token.Raw) {
		return Text{value: tokenText(token)}, true
	}
	return Text{value: unsafeString(token.Raw), json: true}, d.Err == nil
}
