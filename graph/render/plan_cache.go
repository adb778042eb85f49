package render

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// maxPlans is how many plans are kept for one document. A document with six conditions already has more ways to be
// executed; those that are not kept are compiled when they come.
const maxPlans = 64

// argumentFields is how many fields take as much memory as kept arguments, which are two maps and what is in them.
const argumentFields = 4

// PlanCache keeps the plans of one document. It is safe for concurrent use and holds no data of a caller.
type PlanCache struct {
	// Kept, if set, is called with the number of a plan's fields when the plan is kept: so its memory can be counted. One
	// that keeps its arguments counts as several.
	Kept func(fields int)

	conditions []string // variables that decide about @skip and @include

	mu    sync.Mutex
	plans map[planKey]*Object
}

// planKey names a root field of an operation, or all of them if the alias is empty, under the values of the conditions.
type planKey struct {
	operation *ast.OperationDefinition
	alias     string
	values    string
}

// NewPlanCache returns the empty plans of a document.
func NewPlanCache(document *ast.QueryDocument) *PlanCache {
	return &PlanCache{conditions: conditions(document), plans: map[planKey]*Object{}}
}

// Root returns the plan of a root field, nil if it has no writer.
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

// Operation returns the plans of all root fields of an operation, nil if one of them has no writer.
func (p *PlanCache) Operation(schema Schema, operation *graphql.OperationContext, root string) *Object {
	return p.plan(operation, "", func(compiling *compiler) *Object {
		object, _ := compiling.object(schema[root], operation.Operation.SelectionSet)
		return object
	}, schema)
}

// plan returns a plan that is kept, or compiles it.
func (p *PlanCache) plan(operation *graphql.OperationContext, alias string, compile func(*compiler) *Object, schema Schema) *Object {
	key := planKey{operation.Operation, alias, p.values(operation.Variables)}
	p.mu.Lock()
	plan, kept := p.plans[key]
	p.mu.Unlock()
	if kept {
		return plan
	}
	compiling := &compiler{schema: schema, operation: operation}
	plan = compile(compiling)
	if p.keep(key, plan) && p.Kept != nil {
		p.Kept(compiling.fields + argumentFields*compiling.arguments)
	}
	return plan
}

// Below returns the plan of a field that is not a root field. It is compiled anew each time: only the executor asks for
// it, about results without a writer.
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

func (p *PlanCache) keep(key planKey, plan *Object) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, kept := p.plans[key]; kept || len(p.plans) >= maxPlans {
		return false
	}
	p.plans[key] = plan
	return true
}

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

// conditions finds the variables that decide about @skip and @include anywhere in a document.
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

// With hands the plan of a field to its resolver, and to the middleware that is called for it.
func WithPlan(ctx context.Context, plan *Field) context.Context {
	return context.WithValue(ctx, deferredKey{}, &deferredField{field: plan})
}

// Of returns the plan of a field with a resolver, nil if it has none or, for a field that is not a root field, if its
// parent was not projected.
func PlanOf(ctx context.Context, field *graphql.FieldContext) *Field {
	within, _ := ctx.Value(deferredKey{}).(*deferredField)
	if within == nil || within.field == nil || within.field.Collected.Field != field.Field.Field {
		return nil
	}
	return within.field
}

// Shared returns what the writer shares whose hole is being filled, nil if there is none.
func Shared(ctx context.Context) any {
	if within, ok := ctx.Value(deferredKey{}).(*deferredField); ok {
		return within.shared
	}
	return nil
}
