package markdown

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// Cut shortens a text to a number of Unicode code points, of which "…" is the last. It does not cut within what readers see as
// one character, such as an emoji of several code points.
func Cut(text string, maxLength int) string {
	if utf8.RuneCountInString(text) <= maxLength {
		return text
	}
	room, end := maxLength-1, 0
	for characters := graphemes.FromString(text); characters.Next(); end = characters.End() {
		if room -= utf8.RuneCountInString(characters.Value()); room < 0 {
			break
		}
	}
	return strings.TrimRightFunc(text[:end], unicode.IsSpace) + "…"
}
