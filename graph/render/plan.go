package render

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Typename is the Index of __typename, whose value is in the key already.
const Typename = -1

// Object is what to write of an object of one type.
type Object struct {
	Fields []Field
	// Fetched is the first field that a reference to the object does not have; nil if a reference will do.
	Fetched *Field

	selections ast.SelectionSet
}

// Field is one member of an object to write.
type Field struct {
	// Key is the response key, quoted and with its colon; for __typename, with the value too.
	Key []byte
	// Index is the case in the writer of the parent's type.
	Index int
	// Objects are the plans for the value, by the position of its type in FieldType.Types.
	Objects []*Object
	// HasDeferred says whether anything in the value has a resolver.
	HasDeferred bool
	// Fetches says whether anything in the value may have to be fetched, leaving out what resolvers return.
	Fetches bool
	// Resolvers are the fields in the value that have one, so that what they need can be started early.
	Resolvers []Resolver
	// Collected is the field as the executor knows it.
	Collected graphql.CollectedField

	arguments *arguments // nil if they can be others each time
	resolver  bool       // whether the field has one itself
	fetched   bool       // whether a reference to the parent does not have it
}

// Resolver is a field with a resolver of its own somewhere below another one.
type Resolver struct {
	// Object is the type that has the field.
	Object    string
	Collected graphql.CollectedField
	// Within are the types that the object lies within, from the outside in.
	Within []string
	// Field is its plan.
	Field *Field
	// AfterResolver says that the object comes from another resolver in between, so that nothing is known of it yet.
	AfterResolver bool
}

// Asks reports whether a field with a resolver is asked for, of an object that lies within one of another type.
func (f *Field) Selects(within, object, field string) bool {
	return slices.ContainsFunc(f.Resolvers, func(below Resolver) bool {
		return below.Object == object && below.Collected.Name == field && slices.Contains(below.Within, within)
	})
}

// Waits reports whether the value has to wait for more than the field's own resolver.
func (f *Field) Waits() bool { return f.Fetches || len(f.Resolvers) > 0 }

// fetchesBelow reports whether anything may have to be fetched for the value, also for what resolvers in it return.
func (f *Field) fetchesBelow() bool {
	return f.Fetches || slices.ContainsFunc(f.Resolvers, func(below Resolver) bool { return below.Field.Fetches })
}

// maxFields is how many fields a plan may have. A short query can name very many by spreading fragments that spread
// others; what is larger than any client's needs is left to the executor, which looks only at the types that come.
const maxFields = 4000

// compiler makes plans for one operation with its values of @skip and @include.
type compiler struct {
	schema    Schema
	operation *graphql.OperationContext
	fields    int // how many there are by now
	arguments int // how many of them keep their arguments
}

// field compiles a field of a type. ok is false for a field that has no writer, such as __schema.
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

// below notes what the field has to know about one type of its value.
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

// object compiles the selections on an object of one type. The executor itself decides what they come to, so that
// merging, order and conditions are its own.
func (c *compiler) object(of *Type, selections ast.SelectionSet) (object *Object, ok bool) {
	if of == nil {
		return nil, false
	}
	object = &Object{selections: selections}
	for _, collected := range graphql.CollectFields(c.operation, selections, of.Satisfies) {
		// Selections on types that know nothing of each other are collected twice. Like the executor, write the first.
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
