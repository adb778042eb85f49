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

// Secret is a third party's credential in a message, such as the password for the old provider of a relocation. It
// cannot be printed, logged or encoded; only [Secret.Reveal] returns it.
type Secret struct {
	redacted

	message *MessageHead
}

// NewSecret returns a secret that hides text.
func NewSecret(text string) *Secret { return &Secret{redacted: redact(text)} }

// Message returns the head of the message that contains the secret, for audit records. It is empty for a secret that is
// not from the API.
func (s *Secret) Message() MessageHead {
	if s == nil || s.message == nil {
		return MessageHead{}
	}
	return *s.message
}

// IsSet reports whether the secret is not empty.
func (s *Secret) IsSet() bool { return s != nil && s.reveal() != "" }

// Reveal returns the value, "" for a nil Secret. The caller is responsible for where it goes.
func (s *Secret) Reveal() string {
	if s == nil {
		return ""
	}
	return s.reveal()
}
