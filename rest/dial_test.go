package rest

import (
	"errors"
	"testing"
)

// Cloud metadata services serve credentials at link-local addresses.
func TestDial_RejectsLinkLocalAddresses(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"http://169.254.169.254", "http://[fe80::1]", "http://[::ffff:169.254.169.254]", "http://0.0.0.0", "http://[::]", "http://224.0.0.1"} {
		client, err := New(Config{BaseURL: base, AllowHTTP: true})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.ConversationCategories(t.Context())
		wantCode(t, err, Unavailable)
		if !errors.Is(err, errLinkLocal) {
			t.Errorf("%s: %v", base, errors.Unwrap(err))
		}
	}
	for _, address := range []string{"127.0.0.1:80", "10.0.0.1:443", "[::1]:80", "[2001:db8::1]:443"} {
		if err := rejectLinkLocal("", address, nil); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}
