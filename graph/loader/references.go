package loader

import (
	"cmp"
	"context"

	"mstudio-graphql/rest"
)

// References fetches what the result of one resolver refers to, by steps: first what it refers to itself, then what that
// refers to, and so on. At each step it chooses for each kind of object whether to fetch every one by its id, or a list of
// them in one call.
//
// It chooses by the result alone, and by what was chosen for the results that this one lies within. So the number of
// calls does not depend on which of two results that are resolved at the same time is faster. It is safe for concurrent
// use with few references at once; see [Loaders.Few].
type References struct {
	loaders *Loaders
	listed  map[source]bool
}

// StartReferences returns what fetches the references of a result. The key names the result, for those within it;
// parents are the keys of what it lies within, from the inside out.
func (l *Loaders) StartReferences(key any, parents func(yield func(key any) bool)) *References {
	started := &References{loaders: l, listed: map[source]bool{}}
	for parent := range parents {
		if above, found := l.references.Load(parent); found {
			for listed := range above.(*References).listed { //nolint:errcheck // nothing else is stored
				started.listed[listed] = true
			}
			break
		}
	}
	l.references.Store(key, started)
	return started
}

// wanted is a reference with where its object comes from.
type wanted struct {
	reference rest.Entity
	from      source
	id        string // canonical
	err       error  // of the reference itself
}

// Fetch fetches the objects of one step, and calls got for each, in order. If one cannot be fetched, got is called with
// the error and a bare object; a server of which mStudio does not know is bare without an error.
func (r *References) Fetch(ctx context.Context, references []rest.Entity, got func(index int, object rest.Entity, err error)) {
	all := make([]wanted, len(references))
	ids := map[source]map[string]struct{}{}
	for i, reference := range references {
		all[i] = r.loaders.want(reference)
		if all[i].err != nil {
			continue
		}
		if ids[all[i].from] == nil {
			ids[all[i].from] = map[string]struct{}{}
		}
		ids[all[i].from][all[i].id] = struct{}{}
	}
	r.choose(ids)
	r.start(ctx, ids)
	for i := range all {
		object, err := r.object(ctx, all[i])
		got(i, object, err)
	}
}

// want finds out where an object comes from. An id that is none was sent by mStudio.
func (l *Loaders) want(reference rest.Entity) wanted {
	id, err := rest.ParseID(reference.EntityID())
	if err != nil {
		return wanted{reference: reference, err: &rest.Error{Code: rest.BadResponse}}
	}
	return wanted{reference: reference, from: l.source(reference), id: id}
}

// choose decides for lists where there are more objects than is worth single calls.
func (r *References) choose(ids map[source]map[string]struct{}) {
	for from, wanted := range ids {
		if from.hasList() && !r.loaders.Few(len(wanted)) {
			r.listed[from] = true
		}
	}
}

// start starts everything, and then what the lists turn out to lack.
func (r *References) start(ctx context.Context, ids map[source]map[string]struct{}) {
	for from, wanted := range ids {
		if r.listed[from] {
			from.startList(ctx)
			continue
		}
		for id := range wanted {
			from.start(ctx, id)
		}
	}
	for from, wanted := range ids {
		if !r.listed[from] {
			continue
		}
		for id := range wanted {
			if isMissing(from.listed(ctx, id)) {
				from.start(ctx, id)
			}
		}
	}
}

// isMissing reports whether an object has to be fetched by its id although there is a list. A list that the caller may
// not see, or that cannot be read, lacks everything; one that does not come would not come by ids either.
func isMissing(_ rest.Entity, found bool, err error) bool {
	return err == nil && !found || rest.IsRefused(err)
}

func (r *References) object(ctx context.Context, w wanted) (rest.Entity, error) {
	if w.err != nil {
		return w.reference.Bare(), w.err
	}
	return settled(w.reference)(fetch(ctx, w, r.listed[w.from]))
}

func fetch(ctx context.Context, w wanted, fromList bool) (rest.Entity, error) {
	if fromList {
		object, found, err := w.from.listed(ctx, w.id)
		if !isMissing(object, found, err) {
			return object, err
		}
	}
	return w.from.get(ctx, w.id)
}

// settled makes a bare object of what could not be fetched.
func settled(reference rest.Entity) func(rest.Entity, error) (rest.Entity, error) {
	return func(object rest.Entity, err error) (rest.Entity, error) {
		if err == nil {
			return object, nil
		}
		if _, isServer := reference.(*rest.PlacementGroup); isServer && rest.IsHidden(err) {
			err = nil // it is not said that it has to be a server
		}
		return reference.Bare(), err
	}
}

// Entity returns the object of one reference, for the executor: what [References.Fetch] has fetched is not fetched again.
func (l *Loaders) Entity(ctx context.Context, reference rest.Entity) (rest.Entity, error) {
	w := l.want(reference)
	if w.err != nil {
		return reference.Bare(), w.err
	}
	fromList := !w.from.started(ctx, w.id) && w.from.listStarted(ctx)
	return settled(reference)(fetch(ctx, w, fromList))
}

// Few reports whether so many objects of one kind are fetched one by one.
func (l *Loaders) Few(count int) bool {
	return l.BulkThreshold < 0 || count <= cmp.Or(l.BulkThreshold, DefaultBulkThreshold)
}
