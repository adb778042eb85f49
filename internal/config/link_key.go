package config

import (
	"encoding/base64"
	"fmt"

	"mstudio-graphql/gateway/downloads/filelink"
)

// linkKey is a key that seals links to files. It is empty if the flag was invalid. Formatting does not print it.
type linkKey []byte

// UnmarshalText reads base64. It returns no error, because kong adds the whole variable to an error, including the other
// keys. checkLinkKeys reports invalid keys instead.
func (k *linkKey) UnmarshalText(text []byte) error {
	decoded, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil || len(decoded) != filelink.KeySize {
		decoded = nil
	}
	*k = decoded
	return nil
}

// checkLinkKeys returns an error that names the first invalid key by its position, not by its text.
func checkLinkKeys(keys []linkKey) error {
	for i, key := range keys {
		if len(key) == 0 {
			return fmt.Errorf("--link-key: key %d of %d must be %d bytes in base64; create one with \"openssl rand -base64 32\"", i+1, len(keys), filelink.KeySize)
		}
	}
	return nil
}

// String hides the key wherever settings are printed.
func (linkKey) String() string { return "[redacted]" }

func linkKeys(keys []linkKey) [][]byte {
	var plain [][]byte
	for _, key := range keys {
		plain = append(plain, key)
	}
	return plain
}
