package limits

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// measures is what a selection has, with its fragments wherever they are spread.
type measures struct {
	fields, depth, aliases, directives int
	rootFields                         int // at the selection's own level
}

// beside is what two selections have together that stand at the same level.
func (m measures) beside(other measures) measures {
	return measures{
		fields:     plus(m.fields, other.fields),
		depth:      max(m.depth, other.depth),
		aliases:    plus(m.aliases, other.aliases),
		directives: plus(m.directives, other.directives),
		rootFields: plus(m.rootFields, other.rootFields),
	}
}

// measurer measures each fragment once, however often it is spread.
type measurer struct {
	named    map[string]*ast.FragmentDefinition
	measured map[*ast.FragmentDefinition]measures
	open     map[*ast.FragmentDefinition]bool // those that the current one was reached through
	steps    int                              // selections looked at
	circular bool
}

func newMeasurer(document *ast.QueryDocument) *measurer {
	m := &measurer{
		named:    map[string]*ast.FragmentDefinition{},
		measured: map[*ast.FragmentDefinition]measures{},
		open:     map[*ast.FragmentDefinition]bool{},
	}
	for _, fragment := range document.Fragments {
		if m.named[fragment.Name] == nil {
			m.named[fragment.Name] = fragment
		}
	}
	return m
}

func (m *measurer) selections(set ast.SelectionSet) measures {
	var total measures
	for _, selection := range set {
		m.steps++
		switch selection := selection.(type) {
		case *ast.Field:
			total = total.beside(m.field(selection))
		case *ast.InlineFragment:
			total = total.beside(m.selections(selection.SelectionSet))
			total.directives = plus(total.directives, len(selection.Directives))
		case *ast.FragmentSpread:
			if fragment := m.named[selection.Name]; fragment != nil { // else validation reports it
				total = total.beside(m.fragment(fragment))
			}
			total.directives = plus(total.directives, len(selection.Directives))
		}
	}
	return total
}

func (m *measurer) field(field *ast.Field) measures {
	inner := m.selections(field.SelectionSet)
	if strings.HasPrefix(field.Name, "__") {
		inner.depth = 0 // introspection nests deeper than any query, and validation has a limit for it
	}
	counted := measures{
		fields:     plus(inner.fields, 1),
		depth:      inner.depth + 1,
		aliases:    inner.aliases,
		directives: plus(inner.directives, len(field.Directives)),
		rootFields: 1,
	}
	if field.Alias != field.Name {
		counted.aliases = plus(counted.aliases, 1)
	}
	return counted
}

func (m *measurer) fragment(fragment *ast.FragmentDefinition) measures {
	if known, ok := m.measured[fragment]; ok {
		return known
	}
	if m.open[fragment] {
		m.circular = true
		return measures{}
	}
	m.open[fragment] = true
	total := m.selections(fragment.SelectionSet)
	total.directives = plus(total.directives, len(fragment.Directives))
	delete(m.open, fragment)
	m.measured[fragment] = total
	return total
}

// operation measures an operation. Its variables may have directives too.
func (m *measurer) operation(operation *ast.OperationDefinition) measures {
	total := m.selections(operation.SelectionSet)
	total.directives = plus(total.directives, len(operation.Directives))
	for _, variable := range operation.VariableDefinitions {
		total.directives = plus(total.directives, len(variable.Directives))
	}
	return total
}

// unused measures the fragments that no operation reaches: validation reads them as well.
func (m *measurer) unused(document *ast.QueryDocument) measures {
	var total measures
	for _, fragment := range document.Fragments {
		if _, reached := m.measured[fragment]; !reached {
			total = total.beside(m.fragment(fragment))
		}
	}
	return total
}

// measure compares a document with its limits. circular reports whether a fragment spreads itself: then there is no
// end to what it has, and it cannot be executed.
func (l Limits) measure(document *ast.QueryDocument) (refused *Refusal, circular bool) {
	if refused := within(LimitOperations, l.Operations, len(document.Operations)); refused != nil {
		return refused, false
	}
	if refused := within(LimitFragments, l.Fragments, len(document.Fragments)); refused != nil {
		return refused, false
	}
	m := newMeasurer(document)
	var total measures
	for _, operation := range document.Operations {
		counted := m.operation(operation)
		if refused := l.measureOperation(operation, counted); refused != nil {
			return refused, false
		}
		total = total.beside(counted)
	}
	return l.measureAll(total.beside(m.unused(document))), m.circular
}

func (l Limits) measureOperation(operation *ast.OperationDefinition, counted measures) *Refusal {
	if refused := within(LimitVariables, l.Variables, len(operation.VariableDefinitions)); refused != nil {
		return refused
	}
	if operation.Operation == ast.Mutation {
		return within(LimitRootMutations, l.RootMutations, counted.rootFields)
	}
	return within(LimitRootFields, l.RootFields, counted.rootFields)
}

func (l Limits) measureAll(total measures) *Refusal {
	for _, refused := range []*Refusal{
		within(LimitDepth, l.Depth, total.depth),
		within(LimitFields, l.Fields, total.fields),
		within(LimitAliases, l.Aliases, total.aliases),
		within(LimitDirectives, l.Directives, total.directives),
	} {
		if refused != nil {
			return refused
		}
	}
	return nil
}
