package loader

import (
	"context"
	"sync"

	"github.com/graph-gophers/dataloader/v7"
)

// lazy is a loader that is made when it is first used: most operations use one or two of all that there are.
type lazy[K comparable, V any] struct {
	fetch func(context.Context, K) (V, error)
	cache dataloader.Cache[K, V] // the library's own if nil
	once  sync.Once
	made  *dataloader.Loader[K, V]
}

func (l *lazy[K, V]) loader() *dataloader.Loader[K, V] {
	l.once.Do(func() {
		if l.cache == nil {
			l.cache = dataloader.NewCache[K, V]()
		}
		l.made = eachIn(l.cache, l.fetch)
	})
	return l.made
}

// has reports whether the key was asked for.
func (l *lazy[K, V]) has(ctx context.Context, key K) bool {
	l.loader()
	_, found := l.cache.Get(ctx, key)
	return found
}
