package loader

import (
	"iter"
	"strings"

	"mstudio-graphql/rest"
)

// pass is the result of reading all pages of a list once.
type pass struct{ pages []*rest.ConversationPage }

// newPass drops empty pages at the end: the total may count rows that the caller may not see.
func newPass(pages []*rest.ConversationPage) pass {
	for len(pages) > 1 && len(pages[len(pages)-1].Conversations) == 0 {
		pages = pages[:len(pages)-1]
	}
	return pass{pages}
}

// rows yields the readable rows.
func (p pass) rows() iter.Seq[*rest.Conversation] {
	return func(yield func(*rest.Conversation) bool) {
		for _, page := range p.pages {
			for _, row := range page.Conversations {
				if row != nil && !yield(row) {
					return
				}
			}
		}
	}
}

func (p pass) unreadable() int {
	count := 0
	for _, page := range p.pages {
		count += len(page.Conversations)
	}
	for range p.rows() {
		count--
	}
	return count
}

// stable reports whether no row seems to have moved between pages: all pages have the same total, only the last may be
// partly filled, and no row occurs twice.
func (p pass) stable() bool {
	for _, page := range p.pages {
		if page.Total != p.pages[0].Total {
			return false
		}
	}
	seen := map[string]bool{}
	for row := range p.rows() {
		id := strings.ToLower(row.ID)
		if seen[id] {
			return false
		}
		seen[id] = true
	}
	return !p.hasGap()
}

// hasGap reports whether rows are missing between two pages, or after the last one although it is full.
func (p pass) hasGap() bool {
	last := len(p.pages) - 1
	for _, page := range p.pages[:last] {
		if !isFull(page) {
			return true
		}
	}
	return isFull(p.pages[last]) && p.pages[last].Total > rest.DefaultLimit*len(p.pages)
}

func isFull(page *rest.ConversationPage) bool { return len(page.Conversations) >= rest.DefaultLimit }
