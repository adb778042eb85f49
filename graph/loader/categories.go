package loader

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"mstudio-graphql/rest"
)

// Categories keeps the list of conversation categories for all callers. It is the only thing that callers share:
// mStudio shows the list to everybody, even without a token, and none is used to fetch it.
type Categories struct {
	client   *rest.Client
	keep     time.Duration
	fetching singleflight.Group

	mu      sync.Mutex
	list    []*rest.ConversationCategory
	expires time.Time
}

// NewCategories returns an empty list that is fetched when it is first asked for, and again when it is older than
// keep; each time if keep is 0. The client must have no token.
func NewCategories(client *rest.Client, keep time.Duration) *Categories {
	return &Categories{client: client, keep: keep}
}

// List returns the categories. Errors are not kept.
func (c *Categories) List(ctx context.Context) ([]*rest.ConversationCategory, error) {
	if list, ok := c.kept(time.Now()); ok {
		if stats := statsOf(ctx); stats != nil {
			stats.CategoryHits.Add(1)
		}
		return list, nil
	}
	// One fetch serves everybody who waits, so it must not end when the caller who happened to start it leaves.
	detached := context.WithoutCancel(ctx)
	result := c.fetching.DoChan("", func() (any, error) { return safely(detached, c.fetch, struct{}{}) })
	select {
	case got := <-result:
		list, _ := got.Val.([]*rest.ConversationCategory)
		return list, got.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *Categories) kept(now time.Time) ([]*rest.ConversationCategory, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.list, now.Before(c.expires)
}

// maxFetch bounds a fetch that has no caller's deadline.
const maxFetch = 15 * time.Second

func (c *Categories) fetch(ctx context.Context, _ struct{}) ([]*rest.ConversationCategory, error) {
	// Another fetch may have ended after the caller looked, and before this one began.
	if list, ok := c.kept(time.Now()); ok {
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
