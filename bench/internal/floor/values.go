package floor

import (
	"bytes"
	"encoding/json"
	"time"
	"unicode/utf8"

	"mstudio-graphql/bench/internal/wire"
)

// These functions append one value of a response. raw is the upstream's value, or nil if the member is missing.

func appendNullable(out, raw []byte) []byte {
	if raw == nil {
		return append(out, "null"...)
	}
	return append(out, raw...)
}

// appendText appends a string or null.
func appendText(out, raw []byte) []byte {
	if len(raw) == 0 || raw[0] != '"' {
		return append(out, "null"...)
	}
	if backslash := bytes.IndexByte(raw, '\\'); backslash >= 0 && !commonEscapes(raw[backslash:]) {
		return appendQuoted(out, unquoted(raw))
	}
	return append(out, raw...)
}

// appendString appends a non-null string.
func appendString(out, raw []byte) []byte {
	if len(raw) == 0 || raw[0] != '"' {
		return append(out, `""`...)
	}
	return appendText(out, raw)
}

// commonEscapes reports whether all escapes from here on are valid in the response without changes.
func commonEscapes(raw []byte) bool {
	for {
		backslash := bytes.IndexByte(raw, '\\')
		if backslash < 0 || backslash+1 >= len(raw) {
			return true
		}
		switch raw[backslash+1] {
		case '"', '\\', 'n', 'r', 't':
			raw = raw[backslash+2:]
		default:
			return false
		}
	}
}

// unquoted returns the content of a string, or "" for another value.
func unquoted(raw []byte) string {
	if raw == nil {
		return ""
	}
	if len(raw) >= 2 && raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var text string
	_ = json.Unmarshal(raw, &text)
	return text
}

// appendQuoted appends a string with the escapes of gqlgen.
func appendQuoted(out []byte, text string) []byte {
	const digits = "0123456789ABCDEF"
	out = append(out, '"')
	for _, c := range text {
		switch {
		case c == '\n':
			out = append(out, '\\', 'n')
		case c == '\r':
			out = append(out, '\\', 'r')
		case c == '\t':
			out = append(out, '\\', 't')
		case c == '"' || c == '\\':
			out = append(out, '\\', byte(c))
		case c < ' ':
			out = append(out, '\\', 'u', '0', '0', digits[c>>4], digits[c&0xf])
		default:
			out = utf8.AppendRune(out, c)
		}
	}
	return append(out, '"')
}

// utc is a time in UTC without quotes, Z and trailing zeros, so that text order is time order.
type utc []byte

// millisecondsLength is the length of "2026-08-21T09:30:00.125Z" with quotes, mStudio's usual form.
const millisecondsLength = 26

// newUTC removes trailing zeros of the fraction. It does not copy a time in the usual form.
func newUTC(raw []byte) utc {
	if len(raw) == millisecondsLength && raw[20] == '.' && raw[24] == 'Z' {
		return utc(bytes.TrimRight(bytes.TrimRight(raw[1:24], "0"), "."))
	}
	point, err := time.Parse(time.RFC3339, unquoted(raw))
	if err != nil {
		return utc("1970-01-01T00:00:00")
	}
	text := point.UTC().Format(time.RFC3339Nano)
	return utc(text[:len(text)-1])
}

// append appends the time with three digits of fraction.
func (t utc) append(out []byte) []byte {
	const form = "0000-00-00T00:00:00.000"
	out = append(append(out, '"'), form...)
	copy(out[len(out)-len(form):], t)
	return append(out, 'Z', '"')
}

// appendEnum appends the schema's spelling of an enum value.
func appendEnum(out, raw []byte, spelling func(string) string) []byte {
	out = append(out, '"')
	out = append(out, spelling(unquoted(raw))...)
	return append(out, '"')
}

// referenceType returns the __typename of a reference.
func referenceType(domain, aggregate []byte) string {
	return wire.ReferenceType(unquoted(domain), unquoted(aggregate))
}
