package limits

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// cost holds the schema's cost directives for one field.
type cost struct {
	kind *ast.Definition // of the value, or of each element
	list bool

	calls    int  // @cost(weight:)
	perItem  int  // @cost(perItem:)
	shared   bool // @cost(shared:): counted once for all shared fields of an object
	minimum  int  // @cost(least:)
	fullList fullList
	complete bool // the field returns complete objects, because they are elements of a page

	size    int      // @listSize(assumedSize:)
	slicing []string // @listSize(slicingArguments:)
	pages   []string // @listSize(sizedFields:): the size applies to these lists, one level below
}

// costs holds the fields of all object types, by type and name, without introspection. Fields of interfaces are counted
// at the objects that implement them.
type costs map[string]map[string]cost

func readCosts(schema *ast.Schema) (costs, error) {
	found := costs{}
	for _, definition := range schema.Types {
		if definition.Kind != ast.Object || definition.BuiltIn {
			continue
		}
		found[definition.Name] = map[string]cost{}
		for _, field := range definition.Fields {
			if kind := schema.Types[field.Type.Name()]; kind != nil && !strings.HasPrefix(field.Name, "__") {
				found[definition.Name][field.Name] = readCost(definition, field, kind)
			}
		}
	}
	return found, found.check(schema)
}

func readCost(parent *ast.Definition, field *ast.FieldDefinition, kind *ast.Definition) cost {
	read := cost{kind: kind, list: field.Type.Elem != nil, fullList: readFullList(field)}
	read.complete = strings.HasSuffix(parent.Name, "Connection") || strings.HasSuffix(parent.Name, "Edge")
	if directive := field.Directives.ForName("cost"); directive != nil {
		read.calls, read.perItem = number(directive, "weight"), number(directive, "perItem")
		read.minimum, read.shared = number(directive, "least"), isSet(directive, "shared")
	}
	if size := field.Directives.ForName("listSize"); size != nil {
		read.size = number(size, "assumedSize")
		read.slicing, read.pages = names(size, "slicingArguments"), names(size, "sizedFields")
	}
	return read
}

// number returns a numeric argument, or 0 if it is absent.
func number(directive *ast.Directive, name string) int {
	argument := directive.Arguments.ForName(name)
	if argument == nil {
		return 0
	}
	value, err := strconv.Atoi(argument.Value.Raw)
	if err != nil {
		return maxCount
	}
	return min(max(value, 0), maxCount)
}

func isSet(directive *ast.Directive, name string) bool {
	argument := directive.Arguments.ForName(name)
	return argument != nil && argument.Value.Raw == "true"
}

func names(directive *ast.Directive, name string) []string {
	argument := directive.Arguments.ForName(name)
	if argument == nil {
		return nil
	}
	var list []string
	for _, child := range argument.Value.Children {
		list = append(list, child.Value.Raw)
	}
	return list
}

// check returns an error for a list of objects without a size, neither its own nor one from each field that leads to
// it, and for a field with @cost(perItem:) whose number of items is unknown.
func (c costs) check(schema *ast.Schema) error {
	for parent, fields := range c {
		for name, field := range fields {
			if field.perItem > 0 && !field.list && len(field.slicing) == 0 {
				return fmt.Errorf("limits: %s.%s has @cost(perItem:) but no @listSize", parent, name)
			}
			if !field.list || !field.kind.IsCompositeType() || field.size > 0 {
				continue
			}
			if !c.sizedByParents(schema, parent, name) {
				return fmt.Errorf("limits: neither the list %s.%s nor every field that leads to it has @listSize", parent, name)
			}
		}
	}
	return nil
}

// sizedByParents reports whether every field that returns parent gives its list a size. No field returns a root type.
func (c costs) sizedByParents(schema *ast.Schema, parent, list string) bool {
	object := schema.Types[parent]
	if object == schema.Query || object == schema.Mutation || object == schema.Subscription {
		return false
	}
	for _, fields := range c {
		for _, field := range fields {
			if slices.Contains(schema.GetPossibleTypes(field.kind), object) && !slices.Contains(field.pages, list) {
				return false
			}
		}
	}
	return true
}
