package config

import (
	"encoding/base64"
	"fmt"

	"mstudio-graphql/gateway/downloads/filelink"
)

// linkKey is a key that seals links to files, nothing if it was given wrongly. It does not print.
type linkKey []byte

// UnmarshalText reads base64. It never fails, because kong adds the whole variable to the error: a key that is only a
// little wrong, and those beside it. checkLinkKeys reports the mistake.
func (k *linkKey) UnmarshalText(text []byte) error { //nolint:unparam // the interface has it
	decoded, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil || len(decoded) != filelink.KeySize {
		decoded = nil
	}
	*k = decoded
	return nil
}

// checkLinkKeys reports a key that could not be read, by its place and not by its text.
func checkLinkKeys(keys []linkKey) error {
	for i, key := range keys {
		if len(key) == 0 {
			return fmt.Errorf("--link-key: key %d of %d must be %d bytes in base64: make one with \"openssl rand -base64 32\"", i+1, len(keys), filelink.KeySize)
		}
	}
	return nil
}

// String keeps keys out of whatever prints the settings.
func (linkKey) String() string { return "[redacted]" }

func linkKeys(keys []linkKey) [][]byte {
	var plain [][]byte
	for _, key := range keys {
		plain = append(plain, key)
	}
	return plain
}
