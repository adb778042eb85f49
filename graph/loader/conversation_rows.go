package loader

import (
	"slices"
	"strings"
	"sync"

	"mstudio-graphql/rest"
)

// conversationRows holds the rows of the pages that an operation has fetched. Few operations load a row again, so find
// searches the pages instead of indexing each row.
type conversationRows struct {
	mu    sync.Mutex
	pages [][]*rest.Conversation
}

// add adds the rows of a page. It ignores a page that it already has.
func (c *conversationRows) add(page []*rest.Conversation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.ContainsFunc(c.pages, func(rows []*rest.Conversation) bool { return sameRows(rows, page) }) {
		c.pages = append(c.pages, page)
	}
}

// sameRows reports whether two slices share their memory.
func sameRows(a, b []*rest.Conversation) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// find returns the row with a canonical ID.
func (c *conversationRows) find(id string) (row *rest.Conversation, found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, page := range c.pages {
		for _, row := range page {
			if row != nil && strings.EqualFold(row.ID, id) {
				return row, true
			}
		}
	}
	return nil, false
}

func (c *conversationRows) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pages = nil
}
