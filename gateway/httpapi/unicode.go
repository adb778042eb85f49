package httpapi

import (
	"bytes"
	"strconv"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// notUnicode is the message for text that parsers would change silently: they replace what is not Unicode by U+FFFD.
const notUnicode = "The request must be valid UTF-8, without escapes of lone surrogates."

// isUnicode reports whether JSON is valid UTF-8 without escapes of lone surrogates.
func isUnicode(json []byte) bool {
	if !utf8.Valid(json) {
		return false
	}
	for {
		_, escape, found := bytes.Cut(json, []byte(`\`))
		if !found || len(escape) == 0 {
			return true
		}
		json = escape[1:]
		first := escapedUnit(escape)
		if !utf16.IsSurrogate(first) {
			continue
		}
		second, isEscape := bytes.CutPrefix(escape[5:], []byte(`\`))
		if !isEscape || utf16.DecodeRune(first, escapedUnit(second)) == unicode.ReplacementChar {
			return false
		}
		json = second[5:]
	}
}

// escapedUnit returns the code unit of an escape such as "u00fc", or 0 for other escapes.
func escapedUnit(escape []byte) rune {
	if len(escape) < 5 || escape[0] != 'u' {
		return 0
	}
	unit, _ := strconv.ParseUint(string(escape[1:5]), 16, 16) // 0 if it is invalid, which the parser rejects
	return rune(unit)
}
