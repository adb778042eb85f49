package sandbox

import (
	"iter"
	"slices"
	"strings"
	"unicode"
)

// search holds the folded keywords and phrases of a full-text search. A conversation must contain all of them.
type search []string

// parseSearch splits a search into keywords and "quoted phrases". An unclosed quote extends to the end.
func parseSearch(text string) search {
	var terms search
	for i, part := range strings.Split(text, `"`) {
		if quoted := i%2 == 1; quoted {
			if phrase := strings.Join(strings.Fields(fold(part)), " "); phrase != "" {
				terms = append(terms, phrase)
			}
			continue
		}
		terms = append(terms, strings.Fields(fold(part))...)
	}
	return terms
}

// fold converts text to lower case and every white space to a space.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return unicode.ToLower(r)
	}, text)
}

// matches reports whether every term occurs in one of the texts.
func (s search) matches(texts iter.Seq[string]) bool {
	if len(s) == 0 {
		return true
	}
	missing := slices.Clone(s)
	for text := range texts {
		folded := fold(text)
		missing = slices.DeleteFunc(missing, func(term string) bool { return strings.Contains(folded, term) })
		if len(missing) == 0 {
			return true
		}
	}
	return false
}
