package rest

import (
	"fmt"
	"log/slog"
)

// redactedText is printed instead of the value.
const redactedText = "[redacted]"

// redacted holds a string that no formatting verb, logger or encoder can print. The pointer matters: %+v and %#v ignore
// the methods of a struct in an unexported field and print its fields, but they print a nested pointer as an address.
type redacted struct{ text *string }

func redact(text string) redacted { return redacted{text: &text} }

// reveal returns the hidden string, "" for a zero value.
func (r redacted) reveal() string {
	if r.text == nil {
		return ""
	}
	return *r.text
}

// Format prints the placeholder for every verb.
func (redacted) Format(state fmt.State, _ rune) { _, _ = fmt.Fprint(state, redactedText) }

// LogValue makes slog log the placeholder.
func (redacted) LogValue() slog.Value { return slog.StringValue(redactedText) }

// MarshalText makes encoders, JSON among them, write the placeholder.
func (redacted) MarshalText() ([]byte, error) { return []byte(redactedText), nil }
