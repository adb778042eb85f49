package limits

import (
	"cmp"
	"slices"
	"unique"

	"github.com/vektah/gqlparser/v2/ast"
)

// group holds the selections of one call on an object: fields with the same name and arguments. The executor merges
// those with the same response name, and the loaders make equal calls once.
type group struct {
	call  unique.Handle[string] // its key; zero until another field has the same name
	field *ast.Field
	cost  *cost
	other []string // response names besides that of field
	sets  []ast.SelectionSet
}

// sharesCall reports whether both groups need the same call: they are pages of one whole list, or one of them is sharing the
// other's call.
func (g group) sharesCall(other group) bool {
	return (g.cost.whole() || g.cost.sharing != "" || other.cost.sharing != "") && g.source() == other.source()
}

func (g group) source() string { return cmp.Or(g.cost.sharing, g.field.Name) }

// collect returns the fields that the executor will resolve on an object, and the number of scalars, which need no call. One
// that is selected twice counts twice.
func (e *estimator) collect(kind *ast.Definition, sets []ast.SelectionSet) (groups []group, scalars int) {
	c := collector{estimator: e, kind: kind, costs: e.checker.costs[kind.Name]}
	for _, set := range sets {
		c.collect(set)
	}
	return c.groups, c.scalars
}

// namedTypes returns the number of possible types of a value that fragments name, by the type itself or by an abstract type
// other than kind, or the number of all possible types if they name none.
func (e *estimator) namedTypes(kind *ast.Definition, sets []ast.SelectionSet) float64 {
	all, named := e.checker.schema.GetPossibleTypes(kind), 0
	for _, possible := range all {
		c := collector{estimator: e, kind: possible, costs: e.checker.costs[possible.Name], abstract: kind.Name}
		for _, set := range sets {
			c.collect(set)
		}
		named += count(c.isNamed)
	}
	return float64(cmp.Or(named, len(all)))
}

type collector struct {
	*estimator

	kind   *ast.Definition
	costs  map[string]*cost // of its fields
	spread []string
	groups []group

	scalars int

	abstract string // the type of the field, for namedTypes
	narrowed bool   // within a fragment on another type
	isNamed  bool   // a field is
}

func (c *collector) collect(set ast.SelectionSet) {
	for _, selection := range set {
		c.steps++
		if c.steps > maxSteps {
			return
		}
		switch selection := selection.(type) {
		case *ast.Field:
			c.add(selection)
		case *ast.InlineFragment:
			if c.isIncluded(selection.Directives) {
				c.enter(selection.TypeCondition, selection.SelectionSet)
			}
		case *ast.FragmentSpread:
			c.follow(selection)
		}
	}
}

func (c *collector) add(field *ast.Field) {
	cost := c.costs[field.Name]
	isFree := cost == nil || !cost.kind.IsCompositeType() && cost.calls == 0 && !cost.shared && !cost.introspects
	isIncluded := c.isIncluded(field.Directives)
	c.isNamed = c.isNamed || c.narrowed && isIncluded
	if isFree || !isIncluded {
		c.scalars += count(isIncluded)
		return
	}
	group := c.groupOf(field, cost)
	group.sets = append(group.sets, field.SelectionSet)
	if field.Alias != group.field.Alias && !slices.Contains(group.other, field.Alias) {
		group.other = append(group.other, field.Alias)
	}
}

// groupOf returns the group of a field. Keys are computed only for fields of the same name, because most objects have none.
func (c *collector) groupOf(field *ast.Field, cost *cost) *group {
	var call unique.Handle[string]
	for i := range c.groups {
		other := &c.groups[i]
		if other.field.Name != field.Name {
			continue
		}
		if other.call == (unique.Handle[string]{}) {
			other.call = c.callOf(other.field)
		}
		if call == (unique.Handle[string]{}) {
			call = c.callOf(field)
		}
		if other.call == call {
			return other
		}
	}
	c.groups = append(c.groups, group{call: call, field: field, cost: cost})
	return &c.groups[len(c.groups)-1]
}

// callOf returns a key for the call of a field. Equal fields of a mutation each write.
func (c *collector) callOf(field *ast.Field) unique.Handle[string] {
	call, known := c.known.calls[field]
	if !known {
		key := field.Alias
		if c.kind != c.checker.schema.Mutation {
			key = callKey(field)
		}
		call = unique.Make(key)
		c.known.calls[field] = call
	}
	return call
}

func (c *collector) follow(spread *ast.FragmentSpread) {
	if slices.Contains(c.spread, spread.Name) || !c.isIncluded(spread.Directives) {
		return
	}
	c.spread = append(c.spread, spread.Name)
	if fragment := c.document.Fragments.ForName(spread.Name); fragment != nil {
		c.enter(fragment.TypeCondition, fragment.SelectionSet)
	}
}

// enter collects the fields of a fragment if it applies to the type.
func (c *collector) enter(condition string, set ast.SelectionSet) {
	if !c.applies(condition) {
		return
	}
	outer := c.narrowed
	c.narrowed = outer || condition != "" && condition != c.abstract
	c.collect(set)
	c.narrowed = outer
}

func (c *collector) applies(condition string) bool {
	if condition == "" || condition == c.kind.Name {
		return true
	}
	abstract := c.checker.schema.Types[condition]
	return abstract != nil && slices.Contains(c.checker.schema.GetPossibleTypes(abstract), c.kind)
}

// isIncluded reports whether @skip and @include permit a selection.
func (e *estimator) isIncluded(directives ast.DirectiveList) bool {
	for _, directive := range directives {
		condition := directive.Arguments.ForName("if")
		if condition == nil {
			continue
		}
		value, _ := e.evaluate(condition.Value) // of another type than Boolean only in a document that was not validated
		holds, _ := value.(bool)
		if directive.Name == "skip" && holds || directive.Name == "include" && !holds {
			return false
		}
	}
	return true
}

func count(holds bool) int {
	if holds {
		return 1
	}
	return 0
}
