package rest

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const canary = "canary-7Kq2"

// holdsCanary reports whether text contains the canary, plain or as a formatting verb encodes it.
func holdsCanary(text string) bool {
	for _, form := range []string{canary, hex.EncodeToString([]byte(canary)), fmt.Sprintf("% x", canary), fmt.Sprintf("%d", []byte(canary))} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(form)) {
			return true
		}
	}
	return false
}

// hidden has a token or secret in every kind of field.
type hidden struct {
	Token     Token
	token     Token
	pointer   *Token
	secret    *Secret
	Secret    *Secret
	value     Secret
	List      []Token
	Secrets   []*Secret
	Map       map[string]Token
	Any       any
	unwrapped struct{ inner Token }
	Client    *Client
}

func hiddenValues(t *testing.T) map[string]any {
	t.Helper()
	token, secret := newToken(t, canary), NewSecret(canary)
	client, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	client = client.WithToken(token)
	all := hidden{
		Token: token, token: token, pointer: &token, secret: secret, Secret: secret, value: *secret,
		List: []Token{token}, Secrets: []*Secret{secret}, Map: map[string]Token{"a": token}, Any: token,
		unwrapped: struct{ inner Token }{token}, Client: client,
	}
	return map[string]any{
		"token": token, "pointer to a token": &token, "secret": secret, "secret itself": *secret,
		"file token": FileToken{redact(canary)}, "upload token": UploadToken{redact(canary)},
		"list": []Token{token}, "list of pointers": []*Token{&token}, "array": [1]Secret{*secret}, "list of any": []any{token, secret},
		"map": map[string]Token{"a": token}, "map of secrets": map[string]*Secret{"a": secret}, "map by token": map[Token]int{token: 1},
		"struct": all, "pointer to a struct": &all, "list of structs": []hidden{all},
		"client": client, "client itself": *client,
		"service request": &ServiceRequest{Payload: &Relocation{
			Source:              &RelocationSource{ProviderPassword: secret},
			RelocationDomains:   RelocationDomains{Domains: []*RelocationDomain{{AuthCode: secret}}},
			RelocationMailboxes: RelocationMailboxes{[]*RelocationMailbox{{Password: secret}}},
		}},
		"source":  RelocationSource{ProviderPassword: secret},
		"mailbox": RelocationMailbox{Password: secret},
	}
}

func TestRedacted_IsNeverPrinted(t *testing.T) {
	t.Parallel()
	verbs := []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%c", "%U", "%t", "%f", "%p", "%T", "%w", "%10.3v", "%z"}
	for name, value := range hiddenValues(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			printed := map[string]string{
				"Sprint": fmt.Sprint(value), "Sprintln": fmt.Sprintln(value), "panic": panicText(value),
				"Errorf":    fmt.Errorf("failed with %v: %w", value, errors.New("x")).Error(),
				"JSON":      encoded(json.Marshal(value)),
				"XML":       encoded(xml.Marshal(value)),
				"slog text": logRecord(value, func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) }),
				"slog JSON": logRecord(value, func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) }),
			}
			for _, verb := range verbs {
				printed[verb] = fmt.Sprintf(verb, value)
			}
			for way, got := range printed {
				if got == "" || holdsCanary(got) {
					t.Errorf("%s: got %q", way, got)
				}
			}
		})
	}
}

// encoded returns the output and the error of an encoder, because either can end up in a log.
func encoded(output []byte, err error) string { return fmt.Sprint(string(output), err) }

func logRecord(value any, handler func(*bytes.Buffer) slog.Handler) string {
	var output bytes.Buffer
	slog.New(handler(&output)).With("with", value).Info("message", "value", value, slog.Group("group", "inner", value))
	return output.String()
}

func panicText(value any) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	panic(value)
}

func TestRedacted_PrintsPlaceholder(t *testing.T) {
	t.Parallel()
	token, secret := newToken(t, canary), NewSecret(canary)
	for _, got := range []string{
		fmt.Sprint(token), fmt.Sprintf("%s", secret), fmt.Sprintf("%#v", token), fmt.Sprintf("%x", secret), fmt.Sprintf("%d", *secret),
	} {
		if got != redactedText {
			t.Errorf("want %s, got %s", redactedText, got)
		}
	}
	if got, want := encoded(json.Marshal(map[string]any{"token": token, "secret": secret})), `{"secret":"[redacted]","token":"[redacted]"}<nil>`; got != want {
		t.Errorf("want %s, got %s", want, got)
	}
}

func TestSecret_Reveal(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		secret *Secret
		text   string
		isSet  bool
	}{
		"set":   {NewSecret(canary), canary, true},
		"empty": {NewSecret(""), "", false},
		"zero":  {&Secret{}, "", false},
		"nil":   {nil, "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.secret.Reveal(); got != test.text {
				t.Errorf("Reveal: want %q, got %q", test.text, got)
			}
			if got := test.secret.IsSet(); got != test.isSet {
				t.Errorf("IsSet: want %t, got %t", test.isSet, got)
			}
		})
	}
}
