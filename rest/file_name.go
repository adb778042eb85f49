package rest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// FileName returns text as a file name that is safe to display and to store: without a path, control characters, invalid
// UTF-8 and characters that change the direction of text, which hide an extension. It is "" if nothing remains, as of "..".
// A program that uploads a file chooses its name freely.
func FileName(text string) string {
	name := text[strings.LastIndexAny(text, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if isUnsafeInName(r) {
			return '_'
		}
		return r
	}, name)
	name = strings.TrimLeftFunc(name, unicode.IsSpace)
	return strings.TrimRightFunc(name, func(r rune) bool { return r == '.' || unicode.IsSpace(r) }) // Windows drops them
}

// isUnsafeInName reports whether r is not part of a name. The replacement character stands for invalid UTF-8.
func isUnsafeInName(r rune) bool {
	return r == utf8.RuneError || r == '\uFEFF' || unicode.IsControl(r) ||
		unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point)
}
