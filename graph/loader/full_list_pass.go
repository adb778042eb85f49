package loader

import (
	"iter"
	"strings"

	"mstudio-graphql/rest"
)

// pass is one reading of a list.
type pass struct{ pages []*rest.ConversationPage }

// newPass leaves out the empty pages at the end: mStudio may reckon with rows that the caller does not get to see.
func newPass(pages []*rest.ConversationPage) pass {
	for len(pages) > 1 && len(pages[len(pages)-1].Conversations) == 0 {
		pages = pages[:len(pages)-1]
	}
	return pass{pages}
}

// rows goes through what could be read.
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

// settled reports whether nothing says that rows have moved from one page to another: all pages agree on how long the
// list is, none but the last has room left, and no row is there twice.
func (p pass) settled() bool {
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

// hasGap reports whether rows are missing between two pages, or behind the last although it is full.
func (p pass) hasGap() bool {
	last := len(p.pages) - 1
	for _, page := range p.pages[:last] {
		if !isFull(page) {
			return true
		}
	}
	return isFull(p.pages[last]) && p.pages[last].Total > pageSize*len(p.pages)
}
