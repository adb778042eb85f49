package render

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/rest"
)

// Fetcher fetches objects of which only a reference is known. It is safe for concurrent use.
type Fetcher interface {
	// Fetch fetches objects, and calls got for each in order: with an error, and what there is to show, if that failed. It
	// is called with all that one step of the way is known to lead to, so that it can choose how.
	Fetch(ctx context.Context, references []rest.Entity, got func(index int, object rest.Entity, err error))
	// Few reports whether so few are fetched one by one in any case, so that they need not be known together.
	Few(ctx context.Context, count int) bool
}

// Entities is what the writers need for objects of which they meet only a reference.
type Entities interface {
	Fetcher
	// Write writes an object into a writer. It returns false if it cannot.
	Write(w *Writer, plan *Object, object rest.Entity) bool
	// Execute has the executor write an object that Write cannot.
	Execute(ctx context.Context, selections ast.SelectionSet, object rest.Entity) graphql.Marshaler
}

// reference is a place for an object that has to be fetched.
type reference struct {
	offset  int
	path    []step // to the object itself
	plan    *Object
	object  rest.Entity
	err     error
	written *Writer // nil if Write could not
	value   graphql.Marshaler
}

// Reference leaves a place for an object that is incomplete.
func (w *Writer) Reference(plan *Object, object rest.Entity) {
	path := append([]step(nil), w.path...)
	w.references = append(w.references, reference{offset: len(w.buffer), path: path, plan: plan, object: object})
}

// fetch fetches the objects that are referred to, and what they lead to.
func (w *Writer) fetch(ctx context.Context, entities Entities) {
	fetchAll(ctx, entities, pointers(w.references))
}

// follow fetches objects, then those that they refer to, and so on. Each step knows all that the one before has led to,
// whatever of it was answered first: so how many calls are made does not depend on chance. Few objects cannot lead to
// many of one kind, so there each goes its own way, and none waits for another.
func fetchAll(ctx context.Context, entities Entities, step []*reference) {
	switch {
	case len(step) == 0:
	case len(step) > 1 && entities.Few(ctx, len(step)):
		var others sync.WaitGroup
		for i := range step[1:] {
			others.Go(func() { fetchAll(ctx, entities, step[i+1:i+2]) })
		}
		fetchAll(ctx, entities, step[:1])
		others.Wait()
	default:
		fetchAll(ctx, entities, fetchStep(ctx, entities, step))
	}
}

// fetchStep fetches objects, writes them, and returns what they refer to.
func fetchStep(ctx context.Context, entities Entities, step []*reference) []*reference {
	wanted := make([]rest.Entity, len(step))
	for i, one := range step {
		wanted[i] = one.object
	}
	var deeper []*reference
	entities.Fetch(ctx, wanted, func(i int, object rest.Entity, err error) {
		step[i].object, step[i].err = object, err
		if step[i].write(entities) {
			deeper = append(deeper, pointers(step[i].written.references)...)
		}
	})
	return deeper
}

func pointers(references []reference) []*reference {
	all := make([]*reference, len(references))
	for i := range references {
		all[i] = &references[i]
	}
	return all
}

// write writes the object as far as it can be without resolvers. A panic is left to the executor, too.
func (r *reference) write(entities Entities) (ok bool) {
	written := NewWriter()
	written.path = append(written.path, r.path...)
	defer func() {
		if recover() != nil || !ok {
			written.Discard()
			ok = false
			return
		}
		r.written = written
	}()
	return entities.Write(written, r.plan, r.object)
}

// FetchOnly fetches what Finish would.
func (w *Writer) FetchOnly(ctx context.Context, entities Entities) {
	w.fetch(ctx, entities)
	w.discard()
}

// discard gives back the buffers of what was fetched.
func (w *Writer) discard() {
	for i := range w.references {
		if written := w.references[i].written; written != nil {
			written.discard()
			written.Discard()
		}
	}
}

// finish makes the value of what was fetched, and reports an error where the object's first missing field is.
func (r *reference) finish(ctx context.Context, entities Entities) {
	if r.err != nil {
		at := within(ctx, r.path)
		path := append(graphql.GetPath(at), ast.PathName(r.plan.Fetched.Collected.Alias))
		graphql.AddError(at, &gqlerror.Error{Err: r.err, Path: path})
	}
	if r.written == nil {
		r.value = entities.Execute(within(ctx, r.path), r.plan.selections, r.object)
		return
	}
	r.written.finishReferences(ctx, entities)
	r.value = r.written
}

// FirstFetched returns the name in the answer of the first field that a reference to an object of a type does not have.
// ok is false if there is none among the selections.
func firstFetched(schema Schema, operation *graphql.OperationContext, name string, selections ast.SelectionSet) (alias string, ok bool) {
	of := schema[name]
	if of == nil {
		return "", false
	}
	for _, collected := range graphql.CollectFields(operation, selections, of.Satisfies) {
		if of.Fields[collected.Name].Fetched {
			return collected.Alias, true
		}
	}
	return "", false
}
