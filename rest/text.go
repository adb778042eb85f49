package rest

import (
	"strings"
	"unicode/utf8"
)

// Text is a string that may be long. It is kept as it was sent if that is how an answer writes it too: then nobody need
// resolve its escapes only to make them again.
type Text struct {
	value string
	// json says that the value is what stands between the quotes of a JSON string. It is valid UTF-8, and its escapes
	// are those of isTextEscape alone.
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
	return view(unescape([]byte(t.value)))
}

// Equal reports whether two texts are the same string, however they are kept.
func (t Text) Equal(other Text) bool { return t.String() == other.String() }

// isTextEscape reports whether an answer of gqlgen's has the short escape with this letter. It would write any other
// character as it is, or by its number in upper-case digits.
func isTextEscape(letter byte) bool {
	switch letter {
	case '"', '\\', 'n', 'r', 't':
		return true
	}
	return false
}

// text reads a string, or what anyText takes for one.
func (d *decoder) text() (text Text, ok bool) {
	if d.err != nil || d.next() != kindString {
		value, ok := d.anyText()
		return Text{value: value}, ok
	}
	sent := d.token()
	if sent.foreign || !sent.ascii && !utf8.Valid(sent.raw) {
		return Text{value: sent.string()}, true
	}
	return Text{value: view(sent.raw), json: true}, d.err == nil
}
