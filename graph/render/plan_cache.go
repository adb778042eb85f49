package render

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// maxPlans is the maximum number of cached plans for one document. A document with six conditional variables has up to
// 64 variants. Plans beyond the limit are compiled for each operation.
const maxPlans = 64

// argumentFields is the memory of stored arguments, which are two maps with their values, in fields.
const argumentFields = 4

// PlanCache holds the plans of one document. It contains no data of callers and is safe for concurrent use.
type PlanCache struct {
	// OnAdd, if set, is called when a plan is added, with its memory in fields. A field with stored arguments counts as
	// several fields.
	OnAdd func(fields int)

	conditions []string // variables in @skip and @include

	mu    sync.Mutex
	plans map[planKey]*Object
}

// planKey identifies a root field of an operation, or all root fields if alias is empty, and the values of the conditions.
type planKey struct {
	operation *ast.OperationDefinition
	alias     string
	values    string
}

// NewPlanCache returns an empty cache for a document.
func NewPlanCache(document *ast.QueryDocument) *PlanCache {
	return &PlanCache{conditions: conditions(document), plans: map[planKey]*Object{}}
}

// Root returns the plan of a root field, or nil if the field has no writer.
func (p *PlanCache) Root(schema Schema, operation *graphql.OperationContext, root string, collected graphql.CollectedField) *Field {
	plan := p.plan(operation, collected.Alias, func(compiling *compiler) *Object {
		if field, ok := compiling.field(schema[root], collected); ok {
			return &Object{Fields: []Field{field}}
		}
		return nil
	}, schema)
	if plan == nil {
		return nil
	}
	return &plan.Fields[0]
}

// Operation returns the plan of all root fields of an operation, or nil if one of them has no writer.
func (p *PlanCache) Operation(schema Schema, operation *graphql.OperationContext, root string) *Object {
	return p.plan(operation, "", func(compiling *compiler) *Object {
		object, _ := compiling.object(schema[root], operation.Operation.SelectionSet)
		return object
	}, schema)
}

// plan returns the cached plan, or compiles and caches it.
func (p *PlanCache) plan(operation *graphql.OperationContext, alias string, compile func(*compiler) *Object, schema Schema) *Object {
	key := planKey{operation.Operation, alias, p.values(operation.Variables)}
	p.mu.Lock()
	plan, cached := p.plans[key]
	p.mu.Unlock()
	if cached {
		return plan
	}
	compiling := &compiler{schema: schema, operation: operation}
	plan = compile(compiling)
	if p.add(key, plan) && p.OnAdd != nil {
		p.OnAdd(compiling.fields + argumentFields*compiling.arguments)
	}
	return plan
}

// compileField returns the plan of a field that is not a root field, or nil if it has no writer. The plan is not cached,
// because only fields rendered by gqlgen's executor need it.
func compileField(schema Schema, operation *graphql.OperationContext, parent string, collected graphql.CollectedField) *Field {
	of := schema[parent]
	if of == nil {
		return nil
	}
	compiling := compiler{schema: schema, operation: operation}
	if field, ok := compiling.field(of, collected); ok {
		return &field
	}
	return nil
}

// add reports whether it added the plan.
func (p *PlanCache) add(key planKey, plan *Object) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, cached := p.plans[key]; cached || len(p.plans) >= maxPlans {
		return false
	}
	p.plans[key] = plan
	return true
}

// values returns the values of the conditions, one byte each.
func (p *PlanCache) values(variables map[string]any) string {
	if len(p.conditions) == 0 {
		return ""
	}
	values := make([]byte, len(p.conditions))
	for i, name := range p.conditions {
		if value, ok := variables[name].(bool); ok && value {
			values[i] = 1
		}
	}
	return string(values)
}

// conditions returns the variables in @skip and @include anywhere in a document.
func conditions(document *ast.QueryDocument) []string {
	var found finder
	for _, operation := range document.Operations {
		found.walk(operation.SelectionSet)
	}
	for _, fragment := range document.Fragments {
		found.walk(fragment.SelectionSet)
	}
	return found.names
}

type finder struct {
	names []string
	seen  map[string]bool
}

func (f *finder) walk(selections ast.SelectionSet) {
	for _, selection := range selections {
		switch selection := selection.(type) {
		case *ast.Field:
			f.note(selection.Directives)
			f.walk(selection.SelectionSet)
		case *ast.InlineFragment:
			f.note(selection.Directives)
			f.walk(selection.SelectionSet)
		case *ast.FragmentSpread:
			f.note(selection.Directives)
		}
	}
}

func (f *finder) note(directives ast.DirectiveList) {
	for _, directive := range directives {
		condition := directive.Arguments.ForName("if")
		if condition == nil || condition.Value.Kind != ast.Variable || f.seen[condition.Value.Raw] {
			continue
		}
		if f.seen == nil {
			f.seen = map[string]bool{}
		}
		f.seen[condition.Value.Raw] = true
		f.names = append(f.names, condition.Value.Raw)
	}
}

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
