package main

import (
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/vektah/gqlparser/v2/ast"
)

// model is the input of the template.
type model struct {
	Imports   []string
	Objects   []*object
	Abstracts []*abstract
	// Roots are the fields with resolvers whose results are objects.
	Roots []*field

	paths map[string]bool
	used  map[string]bool // abstract types of fields
	data  *codegen.Data
}

// object is an object type with its writer.
type object struct {
	Name, GoType, Implementors string
	Root                       bool
	Stream                     bool // Subscription, whose resolvers do not return the values of its fields
	// Entity is true if references to the object lack some of its fields.
	Entity bool
	Fields []*field
}

// field is a field of an object.
type field struct {
	Object, Name, GoName string
	Index                int
	Types                []string
	Resolver             bool
	Fetched, References  bool
	GoType               string // of a resolver's result
	// Invocation calls the resolver and Marshal renders its result. Both are empty unless the resolver has arguments and no
	// directives, because only then gqlgen's executor is not needed.
	Invocation, Marshal string
	NonNull             bool
	Write               string // statements that write the value
}

// abstract is an interface or a union with its writer.
type abstract struct {
	Name, GoType string
	Cases        []abstractCase
}

type abstractCase struct {
	GoType, Name string
	Index        int
}

func newModel(data *codegen.Data) *model {
	m := &model{paths: map[string]bool{}, used: map[string]bool{}, data: data}
	for _, of := range data.Objects {
		if strings.HasPrefix(of.Name, "__") {
			continue
		}
		m.Objects = append(m.Objects, m.object(of))
	}
	for _, name := range slices.Sorted(maps.Keys(data.Interfaces)) {
		if m.used[name] {
			m.Abstracts = append(m.Abstracts, m.abstract(data.Interfaces[name]))
		}
	}
	m.Imports = slices.Sorted(maps.Keys(m.paths))
	return m
}

func (m *model) object(of *codegen.Object) *object {
	built := &object{Name: of.Name, Implementors: implementors(of), Root: of.Root, Stream: of.Stream}
	if !of.Root {
		built.GoType = m.goType(of.Reference())
	}
	for _, bound := range of.Fields {
		if strings.HasPrefix(bound.Name, "__") {
			continue
		}
		converted := m.field(of, bound, len(built.Fields))
		built.Fields = append(built.Fields, converted)
		built.Entity = built.Entity || converted.Fetched
		if converted.Resolver && len(converted.Types) > 0 {
			m.Roots = append(m.Roots, converted)
		}
	}
	return built
}

// implementors returns the name of gqlgen's variable with the type conditions of an object.
func implementors(of *codegen.Object) string {
	return strings.ToLower(of.Name[:1]) + of.Name[1:] + "Implementors"
}

// field builds a field. Everything except a struct field or a plain getter is treated as a resolver.
func (m *model) field(of *codegen.Object, bound *codegen.Field, index int) *field {
	reference := bound.TypeReference
	built := &field{
		Object: of.Name, Name: bound.Name, GoName: "_" + of.Name + "_" + bound.Name, Index: index,
		Types:   m.possibleTypes(reference.Definition),
		Fetched: isFetched(bound.FieldDefinition), References: refers(bound.FieldDefinition, reference.Definition),
	}
	plain := bound.IsVariable() || bound.IsMethod() && !bound.MethodHasContext && bound.NoErr && len(bound.Args) == 0
	if bound.IsResolver || !plain || of.Root {
		built.Resolver, built.Fetched = true, false
		hasWriter := bound.IsResolver && len(bound.Args) > 0 && !bound.HasDirectives() && !bound.IsBatch()
		if hasWriter || len(built.Types) > 0 { // otherwise the import of its package is not used
			built.GoType = m.goType(reference.GO)
		}
		built.Write = m.write(reference, "value")
		if of.Root && reference.GQL.Elem != nil && reference.Definition.IsAbstractType() {
			built.Write = m.writeList(reference, "value", once)
		}
		if hasWriter {
			built.Invocation, built.Marshal, built.NonNull = m.invocation(of, bound), reference.MarshalFunc(), reference.GQL.NonNull
		}
		return built
	}
	access := "obj." + bound.GoFieldName
	if bound.IsMethod() {
		access += "()"
	}
	built.Write = m.write(reference, access)
	return built
}

// invocation returns the call of a resolver with the arguments in the field's context.
func (m *model) invocation(of *codegen.Object, bound *codegen.Field) string {
	given := []string{"ctx"}
	if !of.Root {
		given = append(given, "obj")
	}
	for _, argument := range bound.Args {
		given = append(given, fmt.Sprintf("field.Args[%q].(%s)", argument.Name, m.goType(argument.TypeReference.GO)))
	}
	return fmt.Sprintf("%s().%s(%s)", of.Name, bound.GoFieldName, strings.Join(given, ", "))
}

// isFetched reports whether references to an object lack the field, if it has no resolver.
func isFetched(of *ast.FieldDefinition) bool {
	cost := of.Directives.ForName("cost")
	return cost != nil && isSet(cost, "shared", "true")
}

// refers reports whether the value may be a reference. mStudio usually sends some types with all fields, so their fields
// have a weight of 0. Fields with only a reference to such a type have @cost.
func refers(of *ast.FieldDefinition, kind *ast.Definition) bool {
	usuallyWhole := slices.ContainsFunc(kind.Fields, func(field *ast.FieldDefinition) bool {
		return isFetched(field) && isSet(field.Directives.ForName("cost"), "weight", "0")
	})
	return !usuallyWhole || of.Directives.ForName("cost") != nil
}

func isSet(directive *ast.Directive, argument, value string) bool {
	given := directive.Arguments.ForName(argument)
	return given != nil && given.Value.Raw == value
}

// possibleTypes returns the possible object types of a value. It returns nil for a leaf.
func (m *model) possibleTypes(of *ast.Definition) []string {
	switch of.Kind {
	case ast.Object:
		return []string{of.Name}
	case ast.Interface, ast.Union:
		var names []string
		for _, implementor := range byName(m.data.Interfaces[of.Name].Implementors) {
			names = append(names, implementor.Name)
		}
		return names
	default:
		return nil
	}
}

func (m *model) abstract(of *codegen.Interface) *abstract {
	built := &abstract{Name: of.Name, GoType: m.goType(of.Type)}
	for index, implementor := range byName(of.Implementors) {
		goType := implementor.Type
		if _, pointer := goType.(*types.Pointer); !pointer {
			goType = types.NewPointer(goType)
		}
		built.Cases = append(built.Cases, abstractCase{GoType: m.goType(goType), Name: implementor.Name, Index: index})
	}
	return built
}

// byName sorts the implementors and removes duplicates: gqlgen lists each as a value and as a pointer, in no fixed order.
func byName(implementors []codegen.InterfaceImplementor) []codegen.InterfaceImplementor {
	ordered := slices.SortedFunc(slices.Values(implementors), func(a, b codegen.InterfaceImplementor) int {
		return strings.Compare(a.Name, b.Name)
	})
	return slices.CompactFunc(ordered, func(a, b codegen.InterfaceImplementor) bool { return a.Name == b.Name })
}

func (m *model) goType(of types.Type) string {
	return types.TypeString(of, func(imported *types.Package) string {
		if strings.HasSuffix(imported.Path(), "graph/generated") {
			return ""
		}
		m.paths[imported.Path()] = true
		return imported.Name()
	})
}

// write returns the statements that write a value of this type. They return false if the value is not valid for it.
func (m *model) write(reference *config.TypeReference, value string) string {
	if reference.GQL.Elem != nil {
		return m.writeList(reference, value, func(write string) string { return write })
	}
	_, pointer := reference.GO.Underlying().(*types.Pointer)
	switch reference.Definition.Kind { //nolint:exhaustive // the others are leaves
	case ast.Object:
		if !pointer {
			return enter(fmt.Sprintf("r.write%s(f.Objects[0], &%s)", reference.Definition.Name, value))
		}
		return nullable(reference, value, enter(fmt.Sprintf("r.write%s(f.Objects[0], v)", reference.Definition.Name)))
	case ast.Interface, ast.Union:
		m.used[reference.Definition.Name] = true
		return nullable(reference, value, enter(fmt.Sprintf("r.write%s(f, v)", reference.Definition.Name)))
	}
	if pointer {
		return nullable(reference, value, m.leaf(reference, "*v"))
	}
	return m.leaf(reference, value)
}

// nullable wraps statements that write v. For nil, they write null, or return false if the type is non-null.
func nullable(reference *config.TypeReference, value, write string) string {
	null := "r.Null()"
	if reference.GQL.NonNull {
		null = "return false"
	}
	return fmt.Sprintf("if v := %s; v == nil {\n%s\n} else {\n%s\n}", value, null, write)
}

// enter returns false if the writer of the value does.
func enter(write string) string { return "if !" + write + " {\nreturn false\n}" }

// once writes an element only if none before is equal: a client may request an object many times.
func once(write string) string {
	return fmt.Sprintf("if !r.Repeat(i, element) {\n%s\nr.Remember(element)\n}", write)
}

// writeList writes a list. For a non-null type, nil is an empty list, as in gqlgen's executor. wrap completes the statements
// that write an element.
func (m *model) writeList(reference *config.TypeReference, value string, wrap func(string) string) string {
	loop := fmt.Sprintf(`r.OpenList()
for i, element := range v {
	if !r.Element(i) {
		return false
	}
	r.EnterElement(f, i)
	%s
	r.Leave(f)
}
r.CloseList()`, wrap(m.write(reference.Elem(), "element")))
	if reference.GQL.NonNull {
		return fmt.Sprintf("{\nv := %s\n%s\n}", value, loop)
	}
	return nullable(reference, value, loop)
}

// leaf writes a scalar or an enum: strings, booleans and integers directly, types of graph/scalar by their Append
// functions, and all others by gqlgen's marshalers.
func (m *model) leaf(reference *config.TypeReference, value string) string {
	if reference.Marshaler == nil {
		return value + ".MarshalGQL(r)"
	}
	in, name := reference.Marshaler.Pkg(), reference.Marshaler.Name()
	switch {
	case strings.HasSuffix(in.Path(), "graph/scalar"):
		m.paths[in.Path()] = true
		return fmt.Sprintf("r.SetBuffer(%s.%s(r.Buffer(), %s))", in.Name(), strings.Replace(name, "Marshal", "Append", 1), value)
	case name == "MarshalString", name == "MarshalID":
		return fmt.Sprintf("r.String(string(%s))", value)
	case name == "MarshalBoolean":
		return fmt.Sprintf("r.Bool(%s)", value)
	case name == "MarshalInt", name == "MarshalInt32", name == "MarshalInt64":
		return fmt.Sprintf("r.Int(int64(%s))", value)
	}
	m.paths[in.Path()] = true
	call := fmt.Sprintf("%s.%s(%s)", in.Name(), name, value)
	if reference.IsContext {
		return fmt.Sprintf("if %s.MarshalGQLContext(r.ctx, r) != nil {\nreturn false\n}", call)
	}
	return call + ".MarshalGQL(r)"
}
