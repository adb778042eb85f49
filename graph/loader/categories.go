package loader

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"mstudio-graphql/rest"
)

// Categories caches the list of conversation categories for all callers. Nothing else is shared between callers: mStudio
// shows this list without a token, and it is fetched without one.
type Categories struct {
	client   *rest.Client
	keep     time.Duration
	fetching singleflight.Group

	mu      sync.Mutex
	list    []*rest.ConversationCategory
	expires time.Time
}

// NewCategories returns an empty cache. It fetches the list on first use and again once it is older than keep; with a keep
// of zero, on each use. The client must not have a token.
func NewCategories(client *rest.Client, keep time.Duration) *Categories {
	return &Categories{client: client, keep: keep}
}

// List returns the categories. Errors are not cached.
func (c *Categories) List(ctx context.Context) ([]*rest.ConversationCategory, error) {
	if list, ok := c.cached(time.Now()); ok {
		if stats := statsOf(ctx); stats != nil {
			stats.CategoryHits.Add(1)
		}
		return list, nil
	}
	// All callers share one fetch, so it must not end with the caller that started it.
	detached := context.WithoutCancel(ctx)
	result := c.fetching.DoChan("", func() (any, error) { return recovering(detached, c.fetch, struct{}{}) })
	select {
	case got := <-result:
		list, _ := got.Val.([]*rest.ConversationCategory)
		return list, got.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *Categories) cached(now time.Time) ([]*rest.ConversationCategory, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.list, now.Before(c.expires)
}

// maxFetch limits the shared fetch, because it has no caller's deadline.
const maxFetch = 15 * time.Second

func (c *Categories) fetch(ctx context.Context, _ struct{}) ([]*rest.ConversationCategory, error) {
	// Another fetch may have ended after List checked the cache and before this one began.
	if list, ok := c.cached(time.Now()); ok {
		return list, nil
	}
	ctx, cancel := context.WithTimeout(ctx, maxFetch)
	defer cancel()
	list, err := c.client.ConversationCategories(ctx)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list, c.expires = list, time.Now().Add(c.keep)
	return list, nil
}
