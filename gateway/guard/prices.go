package guard

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// price is what the schema says about a field: how many calls it makes, and how many objects it has.
type price struct {
	kind *ast.Definition // of the value, or of each element
	list bool

	calls   int // @cost(weight:)
	perItem int // @cost(perItem:)

	size    int      // @listSize(assumedSize:)
	slicing []string // @listSize(slicingArguments:)
	pages   []string // @listSize(sizedFields:), if the size is that of lists one level below
}

// prices holds all fields of object types, by type and name. Those of interfaces are paid for at the objects.
type prices map[string]map[string]price

func readPrices(schema *ast.Schema) (prices, error) {
	found := prices{}
	for _, definition := range schema.Types {
		if definition.Kind != ast.Object || definition.BuiltIn {
			continue
		}
		found[definition.Name] = map[string]price{}
		for _, field := range definition.Fields {
			if kind := schema.Types[field.Type.Name()]; kind != nil {
				found[definition.Name][field.Name] = readPrice(field, kind)
			}
		}
	}
	return found, found.check(schema)
}

func readPrice(field *ast.FieldDefinition, kind *ast.Definition) price {
	read := price{kind: kind, list: field.Type.Elem != nil}
	if cost := field.Directives.ForName("cost"); cost != nil {
		read.calls, read.perItem = number(cost, "weight"), number(cost, "perItem")
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

// check reports a list of objects whose size is said nowhere, neither at itself nor at a field that leads to it.
func (p prices) check(schema *ast.Schema) error {
	unsized := map[string][]string{} // lists without a size of their own, by type
	for name, fields := range p {
		for field, price := range fields {
			if price.list && price.kind.IsCompositeType() && price.size == 0 {
				unsized[name] = append(unsized[name], field)
			}
		}
	}
	for name, fields := range p {
		for field, price := range fields {
			for _, object := range schema.GetPossibleTypes(price.kind) {
				for _, list := range unsized[object.Name] {
					if !slices.Contains(price.pages, list) {
						return fmt.Errorf("guard: %s.%s leads to the list %s.%s, and neither has a @listSize", name, field, object.Name, list)
					}
				}
			}
		}
	}
	return nil
}
