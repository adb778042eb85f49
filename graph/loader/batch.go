package loader

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"mstudio-graphql/rest"
)

// DefaultBulkThreshold is the default of [Loaders.BulkThreshold]. It was measured: see docs/performance.md.
const DefaultBulkThreshold = 4

// batch fetches referenced objects of one type. Those of one step are fetched together: with one call each, or with one
// call for the type's list. IDs are canonical.
//
// All IDs of a step are known when it starts. So each step has its own dataloader. Its capacity is the number of IDs
// that the shared cache lacks, so its batch starts at once. Individual and listed objects have separate caches. With one
// cache, the number of calls would depend on which of two concurrent steps comes first.
type batch struct {
	fetch func(ctx context.Context, id string) (rest.Entity, error)
	list  finder // nil if mStudio cannot list the type

	mu         sync.Mutex // held from counting a step's IDs to loading them
	create     sync.Once  // creates the caches: most operations use only a few types
	individual dataloader.Cache[string, rest.Entity]
	listed     dataloader.Cache[string, rest.Entity]
}

func (b *batch) cache(fromList bool) dataloader.Cache[string, rest.Entity] {
	b.create.Do(func() {
		b.individual, b.listed = dataloader.NewCache[string, rest.Entity](), dataloader.NewCache[string, rest.Entity]()
	})
	if fromList {
		return b.listed
	}
	return b.individual
}

// start starts a batch for the IDs that are not cached yet.
func (b *batch) start(ctx context.Context, ids map[string]struct{}, fromList bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	cache, fetch := b.cache(fromList), b.fetchEach
	if fromList {
		fetch = b.fetchListed
	}
	isCached := func(id string, _ struct{}) bool {
		_, found := cache.Get(ctx, id)
		return found
	}
	missing := maps.Clone(ids)
	maps.DeleteFunc(missing, isCached)
	if len(missing) == 0 {
		return
	}
	loader := dataloader.NewBatchedLoader(fetch, dataloader.WithCache(cache), dataloader.WithTracer(tracer{}),
		dataloader.WithBatchCapacity[string, rest.Entity](len(missing)), dataloader.WithInputCapacity[string, rest.Entity](len(missing)),
		dataloader.WithWait[string, rest.Entity](time.Hour)) // the capacity ends the wait; the default of 16ms could split a batch
	for id := range missing {
		loader.Load(ctx, id)
	}
}

// load returns an object. It starts a batch of one if the object is not part of a batch yet.
func (b *batch) load(ctx context.Context, id string, fromList bool) (rest.Entity, error) {
	cache := b.cache(fromList)
	thunk, found := cache.Get(ctx, id)
	if !found {
		b.start(ctx, map[string]struct{}{id: {}}, fromList)
		thunk, _ = cache.Get(ctx, id)
	}
	return thunk()
}

// fetchEach is the batch function for individual objects. It recovers from panics, whose values the library would print.
func (b *batch) fetchEach(ctx context.Context, ids []string) []*dataloader.Result[rest.Entity] {
	results := make([]*dataloader.Result[rest.Entity], len(ids))
	var fetches sync.WaitGroup
	for i, id := range ids {
		statsOf(ctx).Fetches.Add(1)
		fetches.Go(func() {
			object, err := recovering(ctx, b.fetch, id)
			results[i] = &dataloader.Result[rest.Entity]{Data: object, Error: err}
		})
	}
	fetches.Wait()
	return results
}

// fetchListed is the batch function for objects of the list. Objects that the list lacks are fetched with one call each.
func (b *batch) fetchListed(ctx context.Context, ids []string) []*dataloader.Result[rest.Entity] {
	lookup, err := b.list.find(ctx)
	if rest.IsRejected(err) { // the caller may still read single objects
		lookup, err = func(string) (rest.Entity, bool) { return nil, false }, nil
	}
	results := make([]*dataloader.Result[rest.Entity], len(ids))
	missing := map[string]struct{}{}
	for i, id := range ids {
		results[i] = &dataloader.Result[rest.Entity]{Error: err}
		if err != nil {
			continue // single calls would fail, too
		}
		object, found := lookup(id)
		if results[i].Data = object; !found {
			missing[id] = struct{}{}
		}
	}
	b.start(ctx, missing, false)
	for i, id := range ids {
		if _, isMissing := missing[id]; isMissing {
			results[i].Data, results[i].Error = b.load(ctx, id, false)
		}
	}
	return results
}

// isIndividual reports whether an individual fetch of the object has started.
func (b *batch) isIndividual(ctx context.Context, id string) bool {
	_, found := b.cache(false).Get(ctx, id)
	return found
}

func newBatch[V rest.Entity](list finder, fetch func(context.Context, string) (V, error)) *batch {
	return &batch{list: list, fetch: func(ctx context.Context, id string) (rest.Entity, error) { return fetch(ctx, id) }}
}
