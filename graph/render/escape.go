package render

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

const hexDigits = "0123456789ABCDEF"

// appendString writes a JSON string with the same escapes as the executor, byte for byte. The text is valid UTF-8.
func appendString(buffer []byte, text string) []byte {
	buffer = append(buffer, '"')
	for {
		plain := plainPrefix(text)
		buffer = append(buffer, text[:plain]...)
		if plain == len(text) {
			return append(buffer, '"')
		}
		buffer = appendEscape(buffer, text[plain])
		text = text[plain+1:]
	}
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// plainPrefix returns how many bytes come before the first that needs an escape. It looks at eight at a time.
func plainPrefix(text string) int {
	at := 0
	for ; len(text)-at >= 8; at += 8 {
		word := binary.LittleEndian.Uint64(unsafe.Slice(unsafe.StringData(text[at:]), 8)) //nolint:gosec // only read
		quote, backslash := word^ones*'"', word^ones*'\\'
		// The high bit of the first byte found is right; what it says of later ones may be wrong.
		found := ((word-ones*' ')&^word | (quote-ones)&^quote | (backslash-ones)&^backslash) & highs
		if found != 0 {
			return at + bits.TrailingZeros64(found)/8
		}
	}
	for ; at < len(text); at++ {
		if c := text[at]; c < ' ' || c == '"' || c == '\\' {
			return at
		}
	}
	return at
}

func appendEscape(buffer []byte, c byte) []byte {
	switch c {
	case '\t':
		return append(buffer, '\\', 't')
	case '\r':
		return append(buffer, '\\', 'r')
	case '\n':
		return append(buffer, '\\', 'n')
	case '\\', '"':
		return append(buffer, '\\', c)
	}
	return append(buffer, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
}
