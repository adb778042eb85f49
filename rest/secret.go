package rest

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

func (d *decoder) secret() *Secret {
	if text, ok := d.anyText(); ok {
		secret := NewSecret(text)
		secret.message = d.message
		return secret
	}
	return nil
}
