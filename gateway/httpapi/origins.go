package httpapi

import "strings"

// AllowsOrigin reports whether a request's Origin is one of the allowed ones. The first label of an allowed origin may contain
// one *, which matches a part of a label: a name cannot gain another domain through it.
func AllowsOrigin(allowed []string, origin string) bool {
	for _, pattern := range allowed {
		before, after, isPattern := strings.Cut(strings.ToLower(pattern), "*")
		given := strings.ToLower(origin)
		if !isPattern && given == before || isPattern && matches(before, after, given) {
			return true
		}
	}
	return false
}

func matches(before, after, origin string) bool {
	rest, ok := strings.CutPrefix(origin, before)
	part, ends := strings.CutSuffix(rest, after)
	return ok && ends && part != "" && strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
