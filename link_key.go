package main

import (
	"encoding/base64"
	"fmt"

	"mstudio-graphql/gateway/filelink"
)

// linkKey is a key that seals links to files. It does not print.
type linkKey []byte

// UnmarshalText reads base64. The error does not repeat the text, which would be a key that is only a little wrong.
func (k *linkKey) UnmarshalText(text []byte) error {
	decoded, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil || len(decoded) != filelink.KeySize {
		return fmt.Errorf("a key must be %d bytes in base64: make one with \"openssl rand -base64 32\"", filelink.KeySize)
	}
	*k = decoded
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
