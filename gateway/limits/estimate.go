package limits

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxSteps is the number of visited selections after which an estimate stops and returns maxCount. Selections on
// abstract types are visited once per possible object, so the steps can exceed the number of fields.
const maxSteps = 200_000

// amount is the maximum cost of a selection.
type amount struct{ calls, nodes int }

func (a amount) plus(b amount) amount { return amount{plus(a.calls, b.calls), plus(a.nodes, b.nodes)} }

func (a amount) max(b amount) amount { return amount{max(a.calls, b.calls), max(a.nodes, b.nodes)} }

// estimator estimates one operation with its variables.
type estimator struct {
	checker   *Checker
	document  *ast.QueryDocument
	variables map[string]any
	steps     int
	fullLists map[string]int // calls per full list
}

// parent describes the field that returns an object.
type parent struct {
	size     int      // of the lists below, if the field returns a connection
	lists    []string // the fields that have this size
	complete bool     // the object is complete, because it is an element of a page
}

// CheckCost returns an error if the estimated cost of an operation with its coerced variables exceeds a limit.
func (c *Checker) CheckCost(document *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any) *ExceededError {
	needed := c.estimate(document, operation, variables)
	if exceeded := check(LimitCost, c.limits.Cost, needed.calls); exceeded != nil {
		return exceeded
	}
	return check(LimitNodes, c.limits.Nodes, needed.nodes)
}

// estimate returns the cost of an operation if every page is full and every field of an abstract type returns its most
// expensive object.
func (c *Checker) estimate(document *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any) amount {
	e := &estimator{checker: c, document: document, variables: variables}
	total := e.operation(operation)
	if e.steps > maxSteps {
		return amount{maxCount, maxCount}
	}
	return total
}

func (e *estimator) operation(operation *ast.OperationDefinition) amount {
	total := e.object(e.root(operation.Operation), []ast.SelectionSet{operation.SelectionSet}, parent{}, false)
	total.calls = plus(total.calls, e.fullListCalls())
	return total
}

func (e *estimator) root(operation ast.Operation) *ast.Definition {
	switch operation {
	case ast.Mutation:
		return e.checker.schema.Mutation
	case ast.Subscription:
		return e.checker.schema.Subscription
	default:
		return e.checker.schema.Query
	}
}

// group holds the selections that share a response name. The executor merges them into one field.
type group struct {
	field *ast.Field
	sets  []ast.SelectionSet
}

// object returns the cost of an object. If mayRefer is true, the object may be a reference, and its shared fields then
// cost a call even if mStudio usually returns the object completely.
func (e *estimator) object(kind *ast.Definition, sets []ast.SelectionSet, above parent, mayRefer bool) amount {
	collected := collector{estimator: e, kind: kind, spread: map[string]bool{}, at: map[string]int{}}
	for _, set := range sets {
		collected.collect(set)
	}
	var total, shared amount
	for _, group := range collected.groups {
		cost, ok := e.checker.costs[kind.Name][group.field.Name]
		if !ok {
			continue // an introspection field
		}
		if cost.shared && above.complete {
			cost.calls = 0
		}
		if cost.shared && !above.complete {
			shared = shared.max(amount{calls: cost.calls})
			if mayRefer {
				shared = shared.max(amount{calls: 1})
			}
			cost.calls = 0
		}
		total = total.plus(e.field(cost, group, above))
	}
	return total.plus(shared)
}

func (e *estimator) field(cost cost, group group, above parent) amount {
	size, items, below := 1, 0, parent{}
	switch {
	case len(cost.pages) > 0:
		items = e.size(cost, group.field)
		below = parent{size: items, lists: cost.pages}
	case !cost.list && len(cost.slicing) > 0: // the input is a list, the result is one object
		items = e.size(cost, group.field)
	case cost.size > 0:
		size = e.size(cost, group.field)
		items = size
	case cost.list && slices.Contains(above.lists, group.field.Name):
		size = above.size
		items = size
	}
	below.complete = cost.complete
	e.addFullList(cost, group.field)
	total := amount{calls: plus(cost.calls, times(cost.perItem, items))}
	if !cost.kind.IsCompositeType() {
		return total
	}
	var each amount
	for _, object := range e.checker.schema.GetPossibleTypes(cost.kind) {
		each = each.max(e.object(object, group.sets, below, cost.kind.IsAbstractType()))
	}
	return total.plus(amount{times(size, each.calls), times(size, plus(each.nodes, 1))})
}

// size returns the size of a list or page: the largest size in its arguments, or the assumed size in the schema.
func (e *estimator) size(cost cost, field *ast.Field) int {
	size, given := 0, false
	for _, name := range cost.slicing {
		if value, path := argument(field, name); value != nil {
			requested, ok := e.requestedSize(value, path)
			size, given = max(size, requested), given || ok
		}
	}
	if !given {
		return cost.size
	}
	return size
}

// requestedSize returns the value of a number or the length of a list. ok is false for null. path leads into the value
// of a variable.
func (e *estimator) requestedSize(value *ast.Value, path []string) (size int, ok bool) {
	switch value.Kind {
	case ast.Variable:
		return countOf(lookup(e.variables[value.Raw], path))
	case ast.ListValue:
		return len(value.Children), true
	case ast.NullValue:
		return 0, false
	case ast.IntValue:
		if value.ExpectedType == nil || value.ExpectedType.Elem == nil {
			return numberOf(value.Raw), true
		}
		return 1, true
	default:
		return 1, true // a single value is a list of one
	}
}

func countOf(value any) (size int, ok bool) {
	switch value := value.(type) {
	case nil:
		return 0, false
	case json.Number:
		return numberOf(value.String()), true
	case string:
		if _, err := strconv.ParseInt(value, 10, 64); errors.Is(err, strconv.ErrSyntax) {
			return 1, true // a single value is a list of one
		}
		return numberOf(value), true // gqlgen would convert it
	}
	switch value := reflect.ValueOf(value); {
	case value.CanInt():
		return int(min(max(value.Int(), 0), maxCount)), true
	case value.CanFloat():
		return int(min(max(value.Float(), 0), maxCount)), true
	case value.Kind() == reflect.Slice:
		return min(value.Len(), maxCount), true
	}
	return 1, true
}

// numberOf parses a number in any notation. It returns maxCount if the number is invalid or too large.
func numberOf(text string) int {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || value > maxCount {
		return maxCount
	}
	return int(max(value, 0))
}

// collector collects the fields that the executor will resolve on an object.
type collector struct {
	*estimator

	kind   *ast.Definition
	spread map[string]bool
	groups []group
	at     map[string]int // index into groups by response name
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
			if c.isIncluded(selection.Directives) && c.applies(selection.TypeCondition) {
				c.collect(selection.SelectionSet)
			}
		case *ast.FragmentSpread:
			c.follow(selection)
		}
	}
}

func (c *collector) add(field *ast.Field) {
	if !c.isIncluded(field.Directives) {
		return
	}
	at, found := c.at[field.Alias]
	if !found {
		at = len(c.groups)
		c.at[field.Alias] = at
		c.groups = append(c.groups, group{field: field})
	}
	c.groups[at].sets = append(c.groups[at].sets, field.SelectionSet)
}

func (c *collector) follow(spread *ast.FragmentSpread) {
	if c.spread[spread.Name] || !c.isIncluded(spread.Directives) {
		return
	}
	c.spread[spread.Name] = true
	if fragment := c.document.Fragments.ForName(spread.Name); fragment != nil && c.applies(fragment.TypeCondition) {
		c.collect(fragment.SelectionSet)
	}
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
		holds := condition.Value.Raw == "true"
		if condition.Value.Kind == ast.Variable {
			holds, _ = e.variables[condition.Value.Raw].(bool)
		}
		if directive.Name == "skip" && holds || directive.Name == "include" && !holds {
			return false
		}
	}
	return true
}
