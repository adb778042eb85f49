package render

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/rest"
)

// Fetcher fetches the objects of references. It is safe for concurrent use.
type Fetcher interface {
	// Fetch fetches objects and calls got for each, in order. If an object cannot be fetched, got is passed an error and
	// the object to render in its place. references holds all references of one step, so that Fetch can choose the calls.
	Fetch(ctx context.Context, references []rest.Entity, got func(index int, object rest.Entity, err error))
	// Few reports whether this number of references is always fetched one by one, so that they need not form one step.
	Few(ctx context.Context, count int) bool
}

// Entities fetches and renders the objects of references.
type Entities interface {
	Fetcher
	// Write writes an object. It returns false if it cannot.
	Write(w *Writer, plan *Object, object rest.Entity) bool
	// Execute renders an object by gqlgen's executor, for objects that Write cannot write.
	Execute(ctx context.Context, selections ast.SelectionSet, object rest.Entity) graphql.Marshaler
}

// reference is the position of an object that must be fetched.
type reference struct {
	offset  int
	path    []step // to the object itself
	plan    *Object
	object  rest.Entity
	err     error
	written *Writer // nil if Write returned false
	value   graphql.Marshaler
}

// Reference defers an object of which only a reference is known.
func (w *Writer) Reference(plan *Object, object rest.Entity) {
	path := append([]step(nil), w.path...)
	w.references = append(w.references, reference{offset: len(w.buffer), path: path, plan: plan, object: object})
}

// Fetch fetches the objects of all references, and of the references in these objects.
func (w *Writer) Fetch(ctx context.Context, entities Entities) {
	fetchAll(ctx, entities, pointers(w.references))
}

// fetchAll fetches objects, then the objects of the references in them, and so on. A step starts after the step before is
// complete, so the number of calls does not depend on the order of responses. If a step has few references, each is
// fetched on its own with the references below it, because few objects cannot refer to many of one type.
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

// fetchStep fetches and writes objects and returns the references in them.
func fetchStep(ctx context.Context, entities Entities, step []*reference) []*reference {
	wanted := make([]rest.Entity, len(step))
	for i, one := range step {
		wanted[i] = one.object
	}
	var below []*reference
	entities.Fetch(ctx, wanted, func(i int, object rest.Entity, err error) {
		step[i].object, step[i].err = object, err
		if step[i].write(ctx, entities) {
			below = append(below, pointers(step[i].written.references)...)
		}
	})
	return below
}

func pointers(references []reference) []*reference {
	all := make([]*reference, len(references))
	for i := range references {
		all[i] = &references[i]
	}
	return all
}

// write writes the object without its deferred fields. It returns false if the writer does or if it panics.
func (r *reference) write(ctx context.Context, entities Entities) (ok bool) {
	written := NewWriter(ctx)
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

// Discard releases the buffers of the writer and of the objects that it has fetched.
func (w *Writer) Discard() {
	for i := range w.references {
		if written := w.references[i].written; written != nil {
			written.Discard()
		}
	}
	w.release()
}

// finish sets the value. It reports an error at the path of the first field that the reference lacks.
func (r *reference) finish(ctx context.Context, entities Entities) {
	if r.err != nil {
		at := within(ctx, r.path)
		graphql.AddError(at, errorAt(graphql.GetPath(at), r.plan.Fetched.Collected.Field, r.err))
	}
	if r.written == nil {
		r.value = entities.Execute(within(ctx, r.path), r.plan.selections, r.object)
		return
	}
	r.written.finishReferences(ctx, entities)
	r.value = r.written
}

// finishReferences sets the values of all references.
func (w *Writer) finishReferences(ctx context.Context, entities Entities) {
	for i := range w.references {
		w.references[i].finish(ctx, entities)
	}
}

// errorAt returns an error at a field of the object at path.
func errorAt(path ast.Path, field *ast.Field, err error) *gqlerror.Error {
	return &gqlerror.Error{
		Err: err, Path: append(path, ast.PathName(field.Alias)),
		Locations: []gqlerror.Location{{Line: field.Position.Line, Column: field.Position.Column}},
	}
}

// firstFetched returns the first selected field that a reference to the type lacks, or nil if there is none.
func firstFetched(schema Schema, operation *graphql.OperationContext, name string, selections ast.SelectionSet) *ast.Field {
	of := schema[name]
	if of == nil {
		return nil
	}
	for _, collected := range graphql.CollectFields(operation, selections, of.Satisfies) {
		if of.Fields[collected.Name].Fetched {
			return collected.Field
		}
	}
	return nil
}
