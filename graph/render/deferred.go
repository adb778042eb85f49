package render

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// step is one step of a path: into a member or into a list element.
type step struct {
	object string
	field  *Field
	index  int // of a list element, if field is nil
}

// deferredField is a field whose value comes from a resolver.
type deferredField struct {
	offset  int
	path    []step
	field   *Field
	resolve func(context.Context) graphql.Marshaler
	value   graphql.Marshaler
	shared  any
	// first is the index of the same field of an equal list element in the writer's deferred fields, plus one, and original that
	// field. It is set when all deferred fields are known.
	first    int
	original *deferredField
}

// isInvalid reports whether the value is null although the type of the field does not allow it. gqlgen has two kinds of
// null: for fields that a plugin adds, RequiredNull means something else.
func (d *deferredField) isInvalid() bool {
	return d.value == graphql.RequiredNull || d.value == graphql.Null && d.field.required
}

func (d *deferredField) fetchesBelow() bool { return d.field.fetchesBelow() }

// complete calls the resolver. A panic becomes an error and null.
func (d *deferredField) complete(ctx context.Context) {
	d.value = graphql.Null
	ctx = within(ctx, d.path)
	defer func() {
		if panicked := recover(); panicked != nil {
			graphql.AddError(ctx, graphql.Recover(ctx, panicked))
		}
	}()
	d.value = d.resolve(context.WithValue(ctx, deferredKey{}, d))
}

// within returns a context whose GraphQL path ends with path.
func within(ctx context.Context, path []step) context.Context {
	for _, s := range path {
		ctx = graphql.WithFieldContext(ctx, s.context())
	}
	return ctx
}

func (s step) context() *graphql.FieldContext {
	if s.field == nil {
		return &graphql.FieldContext{Index: &s.index}
	}
	return &graphql.FieldContext{Object: s.object, Field: s.field.Collected}
}

// deferredKey is the key of the deferred field that is being completed.
type deferredKey struct{}

// WithPlan passes the plan of a field to its resolver, through [PlanOf].
func WithPlan(ctx context.Context, plan *Field) context.Context {
	return context.WithValue(ctx, deferredKey{}, &deferredField{field: plan})
}

// PlanOf returns the plan of a field with a resolver. It returns nil if there is none, or if gqlgen's executor renders the
// parent.
func PlanOf(ctx context.Context, field *graphql.FieldContext) *Field {
	within, _ := ctx.Value(deferredKey{}).(*deferredField)
	if within == nil || within.field == nil || within.field.Collected.Field != field.Field.Field {
		return nil
	}
	return within.field
}

// Shared returns the value that the writer of the current deferred field shares, or nil if there is none.
func Shared(ctx context.Context) any {
	if within, ok := ctx.Value(deferredKey{}).(*deferredField); ok {
		return within.shared
	}
	return nil
}
