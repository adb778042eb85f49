package render

// Schema holds the object types that have writers, by name.
type Schema map[string]*Type

// Type is an object type.
type Type struct {
	Name string
	// Satisfies lists the type conditions that match the type: itself, its interfaces and its unions.
	Satisfies []string
	Fields    map[string]FieldType
}

// FieldType is a field of an object type.
type FieldType struct {
	// Index is the case of the field in the type's writer.
	Index int
	// Types lists the possible object types of the value or of its list elements. It is empty for a leaf.
	Types []string
	// Resolver is true if the field has a resolver.
	Resolver bool
	// Fetched is true if a reference to the object lacks the field, so that the object must be fetched for it.
	Fetched bool
	// References is true if the value or one of its elements may be a reference.
	References bool
}
