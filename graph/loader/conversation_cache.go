package loader

import (
	"context"
	"slices"
	"strings"

	"github.com/graph-gophers/dataloader/v7"

	"mstudio-graphql/rest"
)

// conversationCache caches single conversations: those that were fetched by ID, and the rows of fetched pages. Few
// operations load a row again, so Get searches the pages instead of indexing each row. Keys are canonical IDs. It is not
// safe for concurrent use: its onceLoader locks it.
type conversationCache struct {
	fetched map[string]dataloader.Thunk[*rest.Conversation]
	pages   [][]*rest.Conversation
}

// add caches the rows of a page. It ignores a page that it already has.
func (c *conversationCache) add(page *rest.ConversationPage) {
	if !slices.ContainsFunc(c.pages, func(rows []*rest.Conversation) bool { return sameRows(rows, page.Conversations) }) {
		c.pages = append(c.pages, page.Conversations)
	}
}

// sameRows reports whether two slices share their memory.
func sameRows(a, b []*rest.Conversation) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// Get returns a conversation.
func (c *conversationCache) Get(_ context.Context, id string) (dataloader.Thunk[*rest.Conversation], bool) {
	if thunk, ok := c.fetched[id]; ok {
		return thunk, true
	}
	for _, page := range c.pages {
		for _, row := range page {
			if row != nil && strings.EqualFold(row.ID, id) {
				return func() (*rest.Conversation, error) { return row, nil }, true
			}
		}
	}
	return nil, false
}

// Set caches a conversation that is being fetched.
func (c *conversationCache) Set(_ context.Context, id string, thunk dataloader.Thunk[*rest.Conversation]) {
	if c.fetched == nil {
		c.fetched = map[string]dataloader.Thunk[*rest.Conversation]{}
	}
	c.fetched[id] = thunk
}

// Delete removes a conversation, also from pages, and reports whether it was cached.
func (c *conversationCache) Delete(_ context.Context, id string) bool {
	_, found := c.fetched[id]
	delete(c.fetched, id)
	matches := func(row *rest.Conversation) bool { return row != nil && strings.EqualFold(row.ID, id) }
	for i, page := range c.pages {
		if slices.ContainsFunc(page, matches) {
			found = true
			c.pages[i] = slices.DeleteFunc(slices.Clone(page), matches) // callers share the page itself
		}
	}
	return found
}

// Clear removes everything.
func (c *conversationCache) Clear() {
	c.fetched, c.pages = nil, nil
}
