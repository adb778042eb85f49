package loader

import (
	"cmp"
	"context"
	"maps"
	"reflect"

	"mstudio-graphql/rest"
)

// References fetches the objects that the result of one resolver refers to, step by step: first those that the result
// refers to, then those that these refer to, and so on. At each step it chooses for each type whether to fetch objects
// individually or their list in one call.
//
// The choice depends only on the result and on the choices for the results around it, so the number of calls does not
// depend on timing. References are safe for concurrent use for small steps; see [Loaders.Few].
type References struct {
	loaders *Loaders
	listed  map[*batch]bool
}

// StartReferences returns the References of a result. The key identifies the result; parents yields the keys of the
// results around it, from the inside out.
func (l *Loaders) StartReferences(key any, parents func(yield func(key any) bool)) *References {
	started := &References{loaders: l, listed: map[*batch]bool{}}
	for parent := range parents {
		if outer, found := l.references.Load(parent); found {
			started.listed = maps.Clone(outer.(*References).listed) //nolint:errcheck // the map has no other type
			break
		}
	}
	l.references.Store(key, started)
	return started
}

// request is one reference with the batch that its object belongs to.
type request struct {
	reference rest.Entity
	batch     *batch
	id        string // canonical
	err       error  // of the reference itself
}

// Fetch fetches the objects of one step, and calls got for each in order. An object that is hidden or gone is bare. If an
// object cannot be fetched for another reason, got is called with the error and a bare object.
func (r *References) Fetch(ctx context.Context, references []rest.Entity, got func(index int, object rest.Entity, err error)) {
	requests := make([]request, len(references))
	ids := map[*batch]map[string]struct{}{}
	for i, reference := range references {
		requests[i] = r.loaders.request(reference)
		if requests[i].err != nil {
			continue
		}
		if ids[requests[i].batch] == nil {
			ids[requests[i].batch] = map[string]struct{}{}
		}
		ids[requests[i].batch][requests[i].id] = struct{}{}
	}
	for batch, ids := range ids {
		if batch.list != nil && !r.loaders.Few(len(ids)) {
			r.listed[batch] = true
		}
		batch.start(ctx, ids, r.listed[batch])
	}
	for i, request := range requests {
		object, err := request.load(ctx, r.listed[request.batch])
		got(i, object, err)
	}
}

// request returns the request for a reference. mStudio sends the IDs of references, so an invalid one is its error.
func (l *Loaders) request(reference rest.Entity) request {
	id, err := rest.ParseID(reference.EntityID())
	if err != nil {
		return request{reference: reference, err: &rest.Error{Code: rest.BadResponse}}
	}
	return request{reference: reference, batch: l.batches()[reflect.TypeOf(reference)], id: id}
}

// load returns the object, or a bare one if it cannot be fetched, with an error unless the object is hidden or gone.
func (r request) load(ctx context.Context, fromList bool) (rest.Entity, error) {
	if r.err != nil {
		return r.reference.Bare(""), r.err
	}
	statsOf(ctx).Loads.Add(1)
	object, err := r.batch.load(ctx, r.id, fromList)
	access, err := rest.AccessOf(err)
	if access == rest.AccessVisible {
		return object, nil
	}
	return r.reference.Bare(access), err
}

// Entity returns the object of one reference for gqlgen's executor. It reuses objects that [References.Fetch]
// has fetched.
func (l *Loaders) Entity(ctx context.Context, reference rest.Entity) (rest.Entity, error) {
	r := l.request(reference)
	fromList := r.err == nil && r.batch.list != nil && !r.batch.isIndividual(ctx, r.id) && r.batch.list.has()
	return r.load(ctx, fromList)
}

// EntityByID returns the object of one reference with a call of its own, even if the operation reads the type's list:
// which of the two comes first depends on timing.
func (l *Loaders) EntityByID(ctx context.Context, reference rest.Entity) (rest.Entity, error) {
	return l.request(reference).load(ctx, false)
}

// Few reports whether this number of objects of one type is fetched individually.
func (l *Loaders) Few(count int) bool {
	return l.BulkThreshold < 0 || count <= cmp.Or(l.BulkThreshold, DefaultBulkThreshold)
}
