package sandbox

import (
	"slices"
	"strings"
	"unicode"
)

// search holds the folded keywords and phrases of a full text search. All of them must occur.
type search []string

// parseSearch splits a search into keywords and "quoted phrases". An unclosed quote runs to the end.
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

// fold makes texts comparable: case does not matter, nor where lines break.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return unicode.ToLower(r)
	}, text)
}

// matches says whether every term occurs in the title or in one of the messages.
func (s search) matches(c *conversation) bool {
	if len(s) == 0 {
		return true
	}
	missing := s.missingFrom(c.Title, slices.Clone(s))
	for _, m := range c.messages {
		if len(missing) == 0 {
			break
		}
		if m.Type == typeMessage {
			missing = s.missingFrom(m.Content, missing)
		}
	}
	return len(missing) == 0
}

// missingFrom returns the terms that do not occur in the text; it reuses the given slice.
func (search) missingFrom(text string, terms search) search {
	folded := fold(text)
	return slices.DeleteFunc(terms, func(term string) bool { return strings.Contains(folded, term) })
}
