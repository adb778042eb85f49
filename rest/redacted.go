package rest

import (
	"fmt"
	"log/slog"
)

// redactedText is what every way of printing shows instead of the value.
const redactedText = "[redacted]"

// redacted holds a string that no formatting verb, logger or encoder can print. The pointer matters: %+v and %#v
// follow the fields of a struct past its methods when it sits in an unexported field, but they print a nested
// pointer as an address.
type redacted struct{ text *string }

func redact(text string) redacted { return redacted{text: &text} }

// reveal returns the hidden string, or "" if there is none.
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

// Secret is a third party's credential inside a document, such as the password of a relocation's old provider. It
// does not print, log or encode: only [Secret.Reveal] gives it away.
type Secret struct{ redacted }

// NewSecret returns a secret that hides text.
func NewSecret(text string) *Secret { return &Secret{redact(text)} }

// IsSet reports whether mStudio sent a value that is not empty.
func (s *Secret) IsSet() bool { return s != nil && s.reveal() != "" }

// Reveal returns the value itself, "" for a nil Secret. Whoever calls it answers for where the value goes.
func (s *Secret) Reveal() string {
	if s == nil {
		return ""
	}
	return s.reveal()
}
