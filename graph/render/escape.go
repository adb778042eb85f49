package render

const hexDigits = "0123456789ABCDEF"

// appendString appends a JSON string with the same escapes as gqlgen's executor, byte for byte. text must be valid
// UTF-8.
func appendString(buffer []byte, text string) []byte {
	buffer = append(buffer, '"')
	plain := 0 // start of the bytes that need no escape
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' {
			buffer = append(buffer, text[plain:i]...)
			buffer = appendEscape(buffer, c)
			plain = i + 1
		}
	}
	buffer = append(buffer, text[plain:]...)
	return append(buffer, '"')
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
