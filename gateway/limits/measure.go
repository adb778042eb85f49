package limits

import (
	"cmp"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// measures are the counts of a selection set. Fragments count once per spread.
type measures struct {
	fields, depth, aliases, directives int
	rootFields                         int // at the selection's own level
}

// and returns the counts of two selections at the same level.
func (m measures) and(other measures) measures {
	return measures{
		fields:     plus(m.fields, other.fields),
		depth:      max(m.depth, other.depth),
		aliases:    plus(m.aliases, other.aliases),
		directives: plus(m.directives, other.directives),
		rootFields: plus(m.rootFields, other.rootFields),
	}
}

// measurer measures each fragment once, regardless of how often it is spread.
type measurer struct {
	named    map[string]*ast.FragmentDefinition
	measured map[*ast.FragmentDefinition]measures
	open     map[*ast.FragmentDefinition]bool // fragments that lead to the current one
	steps    int                              // visited selections
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
			total = total.and(m.field(selection))
		case *ast.InlineFragment:
			inner := m.selections(selection.SelectionSet)
			if selection.TypeCondition != "" {
				inner.depth++ // validation collects the fields of each level again
			}
			total = total.and(inner)
			total.directives = plus(total.directives, len(selection.Directives))
		case *ast.FragmentSpread:
			if fragment := m.named[selection.Name]; fragment != nil { // validation reports unknown fragments
				total = total.and(m.fragment(fragment))
			}
			total.directives = plus(total.directives, len(selection.Directives))
		}
	}
	return total
}

func (m *measurer) field(field *ast.Field) measures {
	inner := m.selections(field.SelectionSet)
	if strings.HasPrefix(field.Name, "__") {
		inner.depth = 0 // introspection nests deeper than any query, and gqlparser limits it during validation
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

// operation measures an operation, including the directives of its variables.
func (m *measurer) operation(operation *ast.OperationDefinition) measures {
	total := m.selections(operation.SelectionSet)
	total.directives = plus(total.directives, len(operation.Directives))
	for _, variable := range operation.VariableDefinitions {
		total.directives = plus(total.directives, len(variable.Directives))
	}
	return total
}

// unused measures the fragments that no operation spreads, because validation reads them too.
func (m *measurer) unused(document *ast.QueryDocument) measures {
	var total measures
	for _, fragment := range document.Fragments {
		if _, reached := m.measured[fragment]; !reached {
			total = total.and(m.fragment(fragment))
		}
	}
	return total
}

// measure compares a document with the limits. circular reports whether a fragment spreads itself, which makes the
// document invalid.
func (l Limits) measure(document *ast.QueryDocument) (exceeded *ExceededError, circular bool) {
	if exceeded := cmp.Or(check(LimitOperations, l.Operations, len(document.Operations)), check(LimitFragments, l.Fragments, len(document.Fragments))); exceeded != nil {
		return exceeded, false
	}
	m := newMeasurer(document)
	var total measures
	for _, operation := range document.Operations {
		counted := m.operation(operation)
		if exceeded := l.measureOperation(operation, counted); exceeded != nil {
			return exceeded, false
		}
		total = total.and(counted)
	}
	return l.measureAll(total.and(m.unused(document))), m.circular
}

func (l Limits) measureOperation(operation *ast.OperationDefinition, counted measures) *ExceededError {
	limit, allowed := LimitRootFields, l.RootFields
	if operation.Operation == ast.Mutation {
		limit, allowed = LimitRootMutations, l.RootMutations
	}
	return cmp.Or(check(LimitVariables, l.Variables, len(operation.VariableDefinitions)), check(limit, allowed, counted.rootFields))
}

func (l Limits) measureAll(total measures) *ExceededError {
	return cmp.Or(
		check(LimitDepth, l.Depth, total.depth),
		check(LimitFields, l.Fields, total.fields),
		check(LimitAliases, l.Aliases, total.aliases),
		check(LimitDirectives, l.Directives, total.directives),
	)
}

// maxCount is where counting stops. The sum of two such counts does not overflow an int, even with 32 bits.
const maxCount = 1<<30 - 1

func plus(a, b int) int { return min(a+b, maxCount) }
