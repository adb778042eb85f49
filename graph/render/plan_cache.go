package render

import (
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// maxPlans is the maximum number of cached plans for one document. A document with six conditional variables has up to
// 64 variants. Plans beyond the limit are compiled for each operation.
const maxPlans = 64

// argumentFields is the memory of stored arguments, which are two maps with their values, in fields.
const argumentFields = 4

// PlanCache holds the plans of one document. The zero value is empty. It contains no data of callers and is safe for
// concurrent use.
type PlanCache struct {
	// OnAdd, if set, is called when a plan is added, with its memory in fields. A field with stored arguments counts as
	// several fields.
	OnAdd func(fields int)

	mu    sync.Mutex
	plans map[planKey]*Object
}

// planKey identifies a root field of an operation, or all root fields if alias is empty, and the values of the operation's
// Boolean variables: only these can be conditions in @skip and @include.
type planKey struct {
	operation *ast.OperationDefinition
	alias     string
	values    string
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
	key := planKey{operation.Operation, alias, booleans(operation)}
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
	if p.plans == nil {
		p.plans = map[planKey]*Object{}
	}
	p.plans[key] = plan
	return true
}

// booleans returns the values of an operation's Boolean variables, one byte each.
func booleans(operation *graphql.OperationContext) string {
	var values []byte
	for _, variable := range operation.Operation.VariableDefinitions {
		if variable.Type.NamedType != "Boolean" {
			continue
		}
		if value, _ := operation.Variables[variable.Variable].(bool); value {
			values = append(values, 1)
		} else {
			values = append(values, 0)
		}
	}
	return string(values)
}
