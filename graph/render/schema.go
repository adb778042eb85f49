package render

// Schema is the object types that have writers, by name.
type Schema map[string]*Type

// Type is an object type.
type Type struct {
	Name string
	// Satisfies are the type conditions that hold for it: itself, its interfaces and its unions.
	Satisfies []string
	Fields    map[string]FieldType
}

// FieldType is a field of an object type.
type FieldType struct {
	// Index is the field's case in the type's writer.
	Index int
	// Types are the object types that its value, or each element of it, may be; none for a leaf.
	Types []string
	// Resolver says that the field has a resolver of its own.
	Resolver bool
	// Fetched says that a reference to the object does not have the field: the object has to be fetched for it.
	Fetched bool
	// References says that the value, or an element of it, may be such a reference.
	References bool
}
