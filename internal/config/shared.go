package config

import (
	"cmp"
	"log/slog"
	"os"
	"strings"

	"mstudio-graphql/internal/sharedstate"
)

// SharedConfig returns the configuration of what the replicas share. Its URL is empty if they share nothing.
func (s Serve) SharedConfig(log *slog.Logger) sharedstate.Config {
	config := s.Shared
	config.Log = log
	config.Key = s.shareKey()
	config.Password = string(cmp.Or(password(s.ValkeyPasswordFile), s.ValkeyPassword))
	return config
}

// shareKey returns the share key, or one made from the first link key, or nothing.
func (s Serve) shareKey() []byte {
	if keys := plain(s.ShareKeyFile, s.ShareKey); len(keys) > 0 {
		return keys[0]
	}
	if keys := plain(s.LinkKeyFile, s.LinkKeys); len(keys) > 0 {
		return sharedstate.ShareKey(keys[0])
	}
	return nil
}

// password is a password. Formatting does not print it.
type password string

// String hides the password wherever settings are printed.
func (password) String() string { return "[redacted]" }

// passwordFile holds the password in a file. Formatting does not print it.
type passwordFile password

// UnmarshalText reads the file called name.
func (f *passwordFile) UnmarshalText(name []byte) error {
	text, err := os.ReadFile(string(name))
	*f = passwordFile(strings.TrimSpace(string(text)))
	return err
}

// String hides the password wherever settings are printed.
func (passwordFile) String() string { return "[redacted]" }
