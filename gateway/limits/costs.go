package limits

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// typicalReference is the typical number of calls for a reference: many references of an operation lead to the same object,
// and objects of one type are fetched together.
const typicalReference = 0.25

// cost holds the schema's cost directives for one field.
type cost struct {
	kind *ast.Definition // of the value, or of each element
	list bool
	root bool // the field is one of Query

	introspects bool // the value describes the schema

	calls    float64  // @cost(weight:)
	typical  float64  // @cost(typical:)
	perItem  float64  // @cost(perItem:)
	perType  float64  // @cost(perType:)
	sharing  string   // @cost(sharing:): the field whose call it shares
	shared   bool     // @cost(shared:): counted once for all shared fields of an object
	once     []string // @cost(once:): calls that an operation makes once
	least    float64  // @cost(least:)
	complete bool     // the field returns complete objects, because they are elements of a page or of @cost(perType:)

	fullLists []*fullList // @scan

	size        float64  // @listSize(assumedSize:)
	typicalSize float64  // @listSize(typicalSize:)
	slicing     []string // @listSize(slicingArguments:)
	pages       []string // @listSize(sizedFields:): the size applies to these lists, one level below
}

// fullList is the @scan directive of a field whose resolver may have to read a full list.
type fullList struct {
	name                 string         // @scan(list:), or the field's type
	calls, typical       float64        // @scan(calls:, typical:)
	neededBy, narrowedBy []string       // paths into arguments
	matching             *regexp.Regexp // @scan(matching:), or nil
}

// whole reports whether the field cuts its pages from one call's list, so that further pages cost no call.
func (c cost) whole() bool { return len(c.pages) > 0 && c.calls == 1 }

// costs holds the fields of all object types, by type and name. Fields of interfaces are counted at the objects that
// implement them.
type costs map[string]map[string]*cost

func readCosts(schema *ast.Schema) (costs, error) {
	found := costs{}
	found.addIntrospection(schema)
	for _, definition := range schema.Types {
		if definition.Kind != ast.Object || isIntrospection(definition) {
			continue
		}
		found[definition.Name] = map[string]*cost{}
		for _, field := range definition.Fields {
			if kind := schema.Types[field.Type.Name()]; kind != nil {
				found[definition.Name][field.Name] = readCost(schema, definition, field, kind)
			}
		}
	}
	return found, found.check(schema)
}

func readCost(schema *ast.Schema, parent *ast.Definition, field *ast.FieldDefinition, kind *ast.Definition) *cost {
	read := &cost{kind: kind, list: field.Type.Elem != nil, root: parent == schema.Query, fullLists: readFullLists(field)}
	read.introspects = isIntrospection(kind)
	read.complete = strings.HasSuffix(parent.Name, "Connection") || strings.HasSuffix(parent.Name, "Edge")
	if directive := field.Directives.ForName("cost"); directive != nil {
		read.calls, read.perItem, read.least = number(directive, "weight", 0), number(directive, "perItem", 0), number(directive, "least", 0)
		read.perType = number(directive, "perType", 0)
		if field := directive.Arguments.ForName("sharing"); field != nil {
			read.sharing = field.Value.Raw
		}
		read.once = names(directive, "once")
		read.complete = read.complete || read.perType > 0
		read.typical, read.shared = number(directive, "typical", read.calls), isSet(directive, "shared")
		if read.shared && slices.Contains(parent.Interfaces, "Reference") {
			read.typical = min(read.typical, typicalReference)
		}
	}
	if size := field.Directives.ForName("listSize"); size != nil {
		read.size = number(size, "assumedSize", 0)
		read.typicalSize = number(size, "typicalSize", maxCount)
		read.slicing, read.pages = names(size, "slicingArguments"), names(size, "sizedFields")
	}
	return read
}

func readFullLists(field *ast.FieldDefinition) (lists []*fullList) {
	for _, directive := range field.Directives.ForNames("scan") {
		name, calls := field.Type.Name(), number(directive, "calls", 0)
		if list := directive.Arguments.ForName("list"); list != nil {
			name = list.Value.Raw
		}
		list := &fullList{
			name: name, calls: calls, typical: number(directive, "typical", calls),
			neededBy: names(directive, "neededBy"), narrowedBy: names(directive, "narrowedBy"),
		}
		if pattern := directive.Arguments.ForName("matching"); pattern != nil {
			list.matching = regexp.MustCompile(pattern.Value.Raw)
		}
		lists = append(lists, list)
	}
	return lists
}

// number returns a numeric argument, or absent.
func number(directive *ast.Directive, name string, absent float64) float64 {
	argument := directive.Arguments.ForName(name)
	if argument == nil {
		return absent
	}
	value, err := strconv.ParseFloat(argument.Value.Raw, 64)
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

// isIntrospection reports whether a type describes the schema.
func isIntrospection(definition *ast.Definition) bool {
	return strings.HasPrefix(definition.Name, "__")
}

// addIntrospection adds the fields of the introspection types.
func (c costs) addIntrospection(schema *ast.Schema) {
	for _, definition := range schema.Types {
		if !isIntrospection(definition) || definition.Kind != ast.Object {
			continue
		}
		fields := map[string]*cost{"__typename": {kind: schema.Types["String"], introspects: true}}
		for _, field := range definition.Fields {
			fields[field.Name] = &cost{kind: schema.Types[field.Type.Name()], introspects: true}
		}
		c[definition.Name] = fields
	}
}
