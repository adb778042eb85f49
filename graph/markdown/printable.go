package markdown

import (
	"strings"
	"unicode"
)

// printable returns a text without control characters other than line feed and tab, and without those that change the
// direction of the text behind them, which may be a part of the page around it.
func printable(text string) string {
	text = strings.ToValidUTF8(text, string(unicode.ReplacementChar))
	if strings.Contains(text, "\r") {
		text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	}
	return strings.Map(visible, text)
}

// visible returns -1 for the characters to remove.
func visible(r rune) rune {
	switch isControl := unicode.IsControl(r) && r != '\n' && r != '\t'; {
	case isControl, r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return -1
	}
	return r
}
