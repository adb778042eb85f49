package telemetry

import "strings"

// maxText is the maximum length of a name that a client chose, in bytes.
const maxText = 64

// shortText returns text that is safe in any log: at most maxText bytes of printable ASCII.
func shortText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '_'
		}
		return r
	}, text[:min(len(text), maxText)])
}
