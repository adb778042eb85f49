package limits

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// price is what the schema says about a field: how many calls it makes, and how many objects it has.
type price struct {
	kind *ast.Definition // of the value, or of each element
	list bool

	calls   int  // @cost(weight:)
	perItem int  // @cost(perItem:)
	shared  bool // @cost(shared:): paid once for all fields of the object that say so
	least   int  // @cost(least:)
	scan    scan
	whole   bool // an object is sent whole here, because it is an element of a page

	size    int      // @listSize(assumedSize:)
	slicing []string // @listSize(slicingArguments:)
	pages   []string // @listSize(sizedFields:), if the size is that of lists one level below
}

// prices holds all fields of object types, by type and name, but for introspection. Those of interfaces are paid for at
// the objects.
type prices map[string]map[string]price

func readPrices(schema *ast.Schema) (prices, error) {
	found := prices{}
	for _, definition := range schema.Types {
		if definition.Kind != ast.Object || definition.BuiltIn {
			continue
		}
		found[definition.Name] = map[string]price{}
		for _, field := range definition.Fields {
			if kind := schema.Types[field.Type.Name()]; kind != nil && !strings.HasPrefix(field.Name, "__") {
				found[definition.Name][field.Name] = readPrice(definition, field, kind)
			}
		}
	}
	return found, found.check(schema)
}

func readPrice(parent *ast.Definition, field *ast.FieldDefinition, kind *ast.Definition) price {
	read := price{kind: kind, list: field.Type.Elem != nil, scan: readScan(field)}
	read.whole = strings.HasSuffix(parent.Name, "Connection") || strings.HasSuffix(parent.Name, "Edge")
	if cost := field.Directives.ForName("cost"); cost != nil {
		read.calls, read.perItem, read.least = number(cost, "weight"), number(cost, "perItem"), number(cost, "least")
		read.shared = isSet(cost, "shared")
	}
	if size := field.Directives.ForName("listSize"); size != nil {
		read.size = number(size, "assumedSize")
		read.slicing, read.pages = names(size, "slicingArguments"), names(size, "sizedFields")
	}
	return read
}

// number reads an argument, 0 if it is not given.
func number(directive *ast.Directive, name string) int {
	argument := directive.Arguments.ForName(name)
	if argument == nil {
		return 0
	}
	value, err := strconv.Atoi(argument.Value.Raw)
	if err != nil {
		return most
	}
	return min(max(value, 0), most)
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

// check reports a list of objects whose size is said nowhere, neither at itself nor at each field that leads to it, and a
// field that makes calls for each item of what has no size.
func (p prices) check(schema *ast.Schema) error {
	for parent, fields := range p {
		for name, list := range fields {
			if list.perItem > 0 && !list.list && len(list.slicing) == 0 {
				return fmt.Errorf("guard: %s.%s makes calls for each item, and has no @listSize", parent, name)
			}
			if !list.list || !list.kind.IsCompositeType() || list.size > 0 {
				continue
			}
			if !p.sizedAbove(schema, parent, name) {
				return fmt.Errorf("guard: neither the list %s.%s nor each field that leads to it has a @listSize", parent, name)
			}
		}
	}
	return nil
}

// sizedAbove reports whether every field that leads to a list gives it a size. Nothing leads to those of a root.
func (p prices) sizedAbove(schema *ast.Schema, parent, list string) bool {
	object := schema.Types[parent]
	if object == schema.Query || object == schema.Mutation || object == schema.Subscription {
		return false
	}
	for _, fields := range p {
		for _, above := range fields {
			if slices.Contains(schema.GetPossibleTypes(above.kind), object) && !slices.Contains(above.pages, list) {
				return false
			}
		}
	}
	return true
}
