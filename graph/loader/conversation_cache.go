package loader

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/graph-gophers/dataloader/v7"

	"mstudio-graphql/rest"
)

// known is what is known of single conversations: those that were fetched, and the rows of the pages that were. Few
// operations ask for a row again, so the rows are looked through when one does, instead of being entered one by one.
type known struct {
	mu      sync.Mutex
	fetched map[string]dataloader.Thunk[*rest.Conversation]
	pages   [][]*rest.Conversation
}

// add makes the rows of a page known. It does not matter if they are already.
func (k *known) add(page *rest.ConversationPage) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !slices.ContainsFunc(k.pages, func(rows []*rest.Conversation) bool { return sameRows(rows, page.Conversations) }) {
		k.pages = append(k.pages, page.Conversations)
	}
}

// sameRows reports whether two lists are one and the same in memory.
func sameRows(a, b []*rest.Conversation) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// Get returns a conversation by its canonical id.
func (k *known) Get(_ context.Context, id string) (dataloader.Thunk[*rest.Conversation], bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if thunk, ok := k.fetched[id]; ok {
		return thunk, true
	}
	for _, page := range k.pages {
		for _, row := range page {
			if row != nil && strings.EqualFold(row.ID, id) {
				return func() (*rest.Conversation, error) { return row, nil }, true
			}
		}
	}
	return nil, false
}

// Set remembers a conversation that is being fetched.
func (k *known) Set(_ context.Context, id string, thunk dataloader.Thunk[*rest.Conversation]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fetched == nil {
		k.fetched = map[string]dataloader.Thunk[*rest.Conversation]{}
	}
	k.fetched[id] = thunk
}

// Delete forgets a conversation, in every page too, and reports whether it was known.
func (k *known) Delete(_ context.Context, id string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, found := k.fetched[id]
	delete(k.fetched, id)
	is := func(row *rest.Conversation) bool { return row != nil && strings.EqualFold(row.ID, id) }
	for i, page := range k.pages {
		if slices.ContainsFunc(page, is) {
			found = true
			k.pages[i] = slices.DeleteFunc(slices.Clone(page), is) // the page itself belongs to whoever asked for it
		}
	}
	return found
}

// Clear forgets everything.
func (k *known) Clear() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fetched, k.pages = nil, nil
}
