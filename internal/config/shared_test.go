package config

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"mstudio-graphql/internal/sharedstate"
)

// The share key is that of the file, of the variable, or made from the first link key: never the link key itself.
func TestShareKey(t *testing.T) {
	t.Setenv("LINK_KEYS", testKey+","+strings.Replace(testKey, "A", "B", 1))
	const address = "--valkey-url=redis://valkey"
	derived := mustParse(t, address).SharedConfig(nil).Key
	if !bytes.Equal(derived, sharedstate.ShareKey(make([]byte, 32))) || bytes.Equal(derived, make([]byte, 32)) {
		t.Errorf("made from the link key: %x", derived)
	}
	t.Setenv("SHARE_KEY", strings.Replace(testKey, "A", "C", 1))
	if got := mustParse(t, address).SharedConfig(nil).Key; got[0] != 8 {
		t.Errorf("of the variable: %x", got)
	}
	if got := mustParse(t, address, "--share-key-file=testdata/key").SharedConfig(nil).Key; !bytes.Equal(got, make([]byte, 32)) {
		t.Errorf("of the file: %x", got)
	}
}

// A file overrides a variable. Formatting the settings prints no password.
func TestValkeyPassword(t *testing.T) {
	t.Setenv("VALKEY_PASSWORD", "hunter3")
	for _, arguments := range [][]string{nil, {"--valkey-password-file=testdata/password"}} {
		settings := mustParse(t, arguments...)
		want := []string{"hunter3", "hunter2"}[len(arguments)]
		if got := settings.SharedConfig(nil).Password; got != want {
			t.Errorf("%v: %s", arguments, got)
		}
		text := &bytes.Buffer{}
		slog.New(slog.NewTextHandler(text, nil)).Info("settings", slog.Any("settings", settings))
		fmt.Fprintf(text, "%v %+v", settings, settings)
		if strings.Contains(text.String(), "hunter") {
			t.Error(text)
		}
	}
}
