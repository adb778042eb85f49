package rest

import (
	"strings"
	"unicode/utf8"

	"mstudio-graphql/internal/jsonscan"
)

// Text is a string that may be long. It is kept as it was sent if that is how an answer writes it too: then nobody need
// resolve its escapes only to make them again.
type Text struct {
	value string
	// json says that the value is what stands between the quotes of a JSON string. It is valid UTF-8, and its escapes
	// are those of jsonscan.IsAnswerEscape alone.
	json bool
}

// NewText returns a text for a string.
func NewText(value string) Text { return Text{value: value} }

// JSON returns what stands between the quotes of a JSON string, with the escapes of gqlgen's answers. ok is false if the
// text was not kept that way.
func (t Text) JSON() (json string, ok bool) { return t.value, t.json }

// String returns the string itself.
func (t Text) String() string {
	if !t.json || !strings.Contains(t.value, `\`) {
		return t.value
	}
	return unsafeString(jsonscan.Unescape([]byte(t.value)))
}

// Equal reports whether two texts are the same string, however they are kept.
func (t Text) Equal(other Text) bool { return t.String() == other.String() }

// text reads a string, or what anyText takes for one.
func (d *decoder) text() (text Text, ok bool) {
	if d.Err != nil || d.Next() != jsonscan.String {
		value, ok := d.anyText()
		return Text{value: value}, ok
	}
	sent := d.Token()
	if sent.Foreign || !sent.ASCII && !utf8.Valid(sent.Raw) {
		return Text{value: tokenText(sent)}, true
	}
	return Text{value: unsafeString(sent.Raw), json: true}, d.Err == nil
}
