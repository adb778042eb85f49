package project

const hexDigits = "0123456789ABCDEF"

// appendString writes a JSON string with the same escapes as the executor, byte for byte. The text is valid UTF-8.
func appendString(buffer []byte, text string) []byte {
	buffer = append(buffer, '"')
	start := 0
	for i := range len(text) {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		buffer = append(buffer, text[start:i]...)
		buffer = appendEscape(buffer, c)
		start = i + 1
	}
	buffer = append(buffer, text[start:]...)
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
