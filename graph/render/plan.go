package render

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Typename is the Index of __typename, whose value is part of its Key.
const Typename = -1

// Object is the plan for objects of one type.
type Object struct {
	Fields []Field
	// Fetched is the first field that a reference to the object lacks, or nil if there is none.
	Fetched *Field

	of         *Type
	selections ast.SelectionSet
}

// Field is the plan for one member of an object.
type Field struct {
	// Key is the response name in quotes with its colon. For __typename, the value follows.
	Key []byte
	// Index is the case of the field in the writer of the parent's type.
	Index int
	// Objects are the plans for the possible types of the value, in the order of FieldType.Types.
	Objects []*Object
	// HasDeferred is true if the value may contain deferred fields or references.
	HasDeferred bool
	// Fetches is true if the value may contain references to fetch, apart from the results of resolvers in it.
	Fetches bool
	// Resolvers lists the fields with resolvers in the value, so that their calls can be prefetched.
	Resolvers []Resolver
	// Collected is gqlgen's description of the field.
	Collected graphql.CollectedField

	arguments *arguments // nil if they depend on variables
	resolver  bool       // the field itself has a resolver
	fetched   bool       // references to the parent lack the field
	required  bool       // the type does not allow null
}

// Resolver is a field with a resolver anywhere below another field.
type Resolver struct {
	// Object is the type that has the field.
	Object    string
	Collected graphql.CollectedField
	// Within lists the types of the objects around Object, outermost first.
	Within []string
	// Field is its plan.
	Field *Field
	// AfterResolver is true if the object is part of the result of another resolver, so that it is not known yet.
	AfterResolver bool
}

// Selects reports whether the value has any of these fields with resolvers, of an object inside an object of type within, but
// not in the result of another resolver.
func (f *Field) Selects(within, object string, fields ...string) bool {
	return slices.ContainsFunc(f.Resolvers, func(below Resolver) bool {
		return !below.AfterResolver && below.Object == object && slices.Contains(fields, below.Collected.Name) && slices.Contains(below.Within, within)
	})
}

// Named returns the possible types of the value that fragments name, by the type itself or by an abstract type other than
// the field's own. It returns nil for a nil field.
func (f *Field) Named(operation *graphql.OperationContext) []string {
	var names []string
	if f == nil {
		return names
	}
	for _, object := range f.Objects {
		fragments := fragments{operation: operation, of: object.of, own: f.Collected.Definition.Type.Name()}
		if fragments.name(object.selections) {
			names = append(names, object.of.Name)
		}
	}
	return names
}

// Waits reports whether the value waits for more calls than those of the field's own resolver.
func (f *Field) Waits() bool { return f.Fetches || len(f.Resolvers) > 0 }

// fetchesBelow reports whether the value may contain references to fetch, including the results of resolvers in it.
func (f *Field) fetchesBelow() bool {
	return f.Fetches || slices.ContainsFunc(f.Resolvers, func(below Resolver) bool { return below.Field.Fetches })
}

// maxFields is the maximum number of fields in a plan. A short query can select very many by spreading fragments that
// spread others. Larger queries are left to gqlgen's executor, which only visits the types that occur in the result.
const maxFields = 4000

// compiler compiles plans for one operation and its values of @skip and @include.
type compiler struct {
	schema    Schema
	operation *graphql.OperationContext
	fields    int // compiled so far
	arguments int // of these, with stored arguments
}

// field compiles a field of a type. ok is false if the field has no writer, like __schema.
func (c *compiler) field(parent *Type, collected graphql.CollectedField) (field Field, ok bool) {
	key := appendString(nil, collected.Alias)
	key = append(key, ':')
	if collected.Name == "__typename" {
		return Field{Key: appendString(key, parent.Name), Index: Typename, Collected: collected}, true
	}
	kind, known := parent.Fields[collected.Name]
	c.fields++
	if !known || c.fields > maxFields {
		return Field{}, false
	}
	field = Field{Key: key, Index: kind.Index, HasDeferred: kind.Resolver, Collected: collected, resolver: kind.Resolver, fetched: kind.Fetched}
	field.required = collected.Definition.Type.NonNull
	if kind.Resolver && len(collected.Definition.Arguments) > 0 {
		field.arguments = newArguments(collected)
	}
	if field.arguments != nil {
		c.arguments++
	}
	for _, name := range kind.Types {
		object, ok := c.object(c.schema[name], collected.Selections)
		if !ok {
			return Field{}, false
		}
		if !kind.References {
			object.Fetched = nil
		}
		field.Objects = append(field.Objects, object)
		field.below(name, object)
	}
	return field, true
}

// below merges the plan for one type of the value into the field.
func (f *Field) below(of string, object *Object) {
	f.Fetches = f.Fetches || object.Fetched != nil
	f.HasDeferred = f.HasDeferred || f.Fetches
	for i := range object.Fields {
		inner := &object.Fields[i]
		f.HasDeferred = f.HasDeferred || inner.HasDeferred
		f.Fetches = f.Fetches || inner.Fetches && !inner.resolver
		if inner.resolver {
			f.Resolvers = append(f.Resolvers, Resolver{Object: of, Collected: inner.Collected, Field: inner})
		}
		for _, deeper := range inner.Resolvers {
			deeper.Within = append([]string{of}, deeper.Within...)
			deeper.AfterResolver = deeper.AfterResolver || inner.resolver
			f.Resolvers = append(f.Resolvers, deeper)
		}
	}
}

// object compiles the selections on an object of one type. gqlgen's executor collects the fields, so that merging, order
// and conditions are the same.
func (c *compiler) object(of *Type, selections ast.SelectionSet) (object *Object, ok bool) {
	if of == nil {
		return nil, false
	}
	object = &Object{of: of, selections: selections}
	for _, collected := range graphql.CollectFields(c.operation, selections, of.Satisfies) {
		// A field selected on two unrelated types is collected twice. gqlgen's executor also uses the first.
		if slices.ContainsFunc(object.Fields, func(f Field) bool { return f.Collected.Alias == collected.Alias }) {
			continue
		}
		field, ok := c.field(of, collected)
		if !ok {
			return nil, false
		}
		object.Fields = append(object.Fields, field)
	}
	object.Fetched = object.firstFetched()
	return object, true
}

func (o *Object) firstFetched() *Field {
	for i := range o.Fields {
		if o.Fields[i].fetched {
			return &o.Fields[i]
		}
	}
	return nil
}
