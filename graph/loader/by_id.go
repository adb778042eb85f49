package loader

import (
	"context"

	"mstudio-graphql/rest"
)

// byID fetches objects of one type by ID. It compares IDs in canonical form, so that no object is fetched twice under two
// spellings.
type byID[V any] struct {
	fetch func(context.Context, string) (V, error)
	once  onceLoader[string, V]
}

// Load returns the object with this ID. Callers must not change it. An invalid ID is mStudio's, because resolvers check
// arguments.
func (b *byID[V]) Load(ctx context.Context, id string) (V, error) {
	canonical, err := rest.ParseID(id)
	if err != nil {
		var zero V
		return zero, &rest.Error{Code: rest.BadResponse}
	}
	return b.once.load(ctx, canonical, b.fetch)
}

// Start fetches the object in the background for a later Load. It ignores an invalid ID, which Load rejects.
func (b *byID[V]) Start(ctx context.Context, id string) {
	if canonical, err := rest.ParseID(id); err == nil {
		b.once.start(ctx, canonical, b.fetch)
	}
}

// perConversation fetches one resource of each conversation. A fetch waits for the last event of the conversation, and a
// write to the conversation clears the resource.
type perConversation[V any] struct{ byID[V] }

// init sets how the resource is fetched, and registers it to be cleared after writes.
func (p *perConversation[V]) init(l *Loaders, fetch func(*rest.Client, context.Context, string) (V, error)) {
	p.fetch = func(ctx context.Context, id string) (V, error) { return fetch(l.clientFor(id), ctx, id) }
	l.clearOnWrite = append(l.clearOnWrite, p.once.clearKey)
}
