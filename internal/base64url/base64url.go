// Package base64url encodes data so that each text has one spelling: base64 for URLs without padding.
package base64url

import "encoding/base64"

// Encode returns the text of data.
func Encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// Decode returns the data of a text from [Encode], or an error for any other text.
func Decode(text string) ([]byte, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err == nil && len(text) != base64.RawURLEncoding.EncodedLen(len(data)) { // the decoder skips line breaks
		return nil, base64.CorruptInputError(len(text))
	}
	return data, err
}
