package loader

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"mstudio-graphql/rest"
)

// Public caches for all callers what mStudio shows without a token: the conversation categories and the rules for uploads.
// No other data of mStudio is shared between callers.
type Public struct {
	categories  publicValue[[]*rest.ConversationCategory]
	uploadRules publicValue[*rest.FileRules]
}

// NewPublic returns an empty cache. It fetches each value on first use and again once it is older than keep; with a keep of
// zero, on each use. The client must not have a token.
func NewPublic(client *rest.Client, keep time.Duration) *Public {
	p := &Public{}
	p.categories.get, p.categories.keep = client.ConversationCategories, keep
	p.uploadRules.get, p.uploadRules.keep = client.UploadRules, keep
	return p
}

// publicValue is one cached value.
type publicValue[T any] struct {
	get      func(context.Context) (T, error)
	keep     time.Duration
	fetching singleflight.Group

	mu      sync.Mutex
	value   T
	expires time.Time
}

// load returns the value. Errors are not cached.
func (p *publicValue[T]) load(ctx context.Context, _ struct{}) (T, error) {
	if value, ok := p.cached(time.Now()); ok {
		statsOf(ctx).PublicHits.Add(1)
		return value, nil
	}
	// All callers share one fetch, so it must not end with the caller that started it.
	detached := context.WithoutCancel(ctx)
	result := p.fetching.DoChan("", func() (any, error) { return recovering(detached, p.fetch, struct{}{}) })
	select {
	case got := <-result:
		value, _ := got.Val.(T)
		return value, got.Err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

func (p *publicValue[T]) cached(now time.Time) (T, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.value, now.Before(p.expires)
}

// maxFetch limits the shared fetch, because it has no caller's deadline.
const maxFetch = 15 * time.Second

func (p *publicValue[T]) fetch(ctx context.Context, _ struct{}) (value T, err error) {
	// Another fetch may have ended after load checked the cache and before this one began.
	if value, ok := p.cached(time.Now()); ok {
		return value, nil
	}
	ctx, cancel := context.WithTimeout(ctx, maxFetch)
	defer cancel()
	if value, err = p.get(ctx); err != nil {
		return value, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.value, p.expires = value, time.Now().Add(p.keep)
	return value, nil
}
