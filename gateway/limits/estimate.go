package limits

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxSteps is after how many selections an estimate gives up and calls the operation too expensive. Selections on
// types that can be several objects are looked at once for each, so their number is not that of the fields.
const maxSteps = 200_000

// amount is what a selection needs at most.
type amount struct{ calls, nodes int }

func (a amount) plus(b amount) amount { return amount{plus(a.calls, b.calls), plus(a.nodes, b.nodes)} }

func (a amount) max(b amount) amount { return amount{max(a.calls, b.calls), max(a.nodes, b.nodes)} }

// estimator adds up one operation, with its variables.
type estimator struct {
	guard     *Guard
	document  *ast.QueryDocument
	variables map[string]any
	steps     int
	scans     map[string]int // calls for each list that is read as a whole
}

// page is what a field hands to the object below it: the size of its lists, if it is a connection, and whether it has
// been sent whole, as the elements of pages are.
type page struct {
	size  int
	lists []string
	whole bool
}

// estimate returns what an operation needs if every page is full, for the worst of the objects that each place can
// have.
func (g *Guard) estimate(document *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any) amount {
	e := &estimator{guard: g, document: document, variables: variables}
	total := e.operation(operation)
	if e.steps > maxSteps {
		return amount{most, most}
	}
	return total
}

func (e *estimator) operation(operation *ast.OperationDefinition) amount {
	total := e.object(e.root(operation.Operation), []ast.SelectionSet{operation.SelectionSet}, page{}, false)
	total.calls = plus(total.calls, e.scanned())
	return total
}

func (e *estimator) root(operation ast.Operation) *ast.Definition {
	switch operation {
	case ast.Mutation:
		return e.guard.schema.Mutation
	case ast.Subscription:
		return e.guard.schema.Subscription
	default:
		return e.guard.schema.Query
	}
}

// group is the selections of one field of the answer: those with the same name in it are one field.
type group struct {
	field *ast.Field
	sets  []ast.SelectionSet
}

// object is what an object needs. referred says that it may be a reference: then the calls for its shared fields are made
// even if such objects are usually sent whole.
func (e *estimator) object(kind *ast.Definition, sets []ast.SelectionSet, given page, referred bool) amount {
	collected := collector{estimator: e, kind: kind, spread: map[string]bool{}, at: map[string]int{}}
	for _, set := range sets {
		collected.collect(set)
	}
	var total, shared amount
	for _, group := range collected.groups {
		price, ok := e.guard.prices[kind.Name][group.field.Name]
		if !ok {
			continue // it is one of introspection
		}
		if price.shared && given.whole {
			price.calls = 0
		}
		if price.shared && !given.whole {
			shared = shared.max(amount{calls: price.calls})
			if referred {
				shared = shared.max(amount{calls: 1})
			}
			price.calls = 0
		}
		total = total.plus(e.field(price, group, given))
	}
	return total.plus(shared)
}

func (e *estimator) field(price price, group group, given page) amount {
	size, items, below := 1, 0, page{}
	switch {
	case len(price.pages) > 0:
		items = e.size(price, group.field)
		below = page{size: items, lists: price.pages}
	case !price.list && len(price.slicing) > 0: // what goes in has a size, and what comes out is one object
		items = e.size(price, group.field)
	case price.size > 0:
		size = e.size(price, group.field)
		items = size
	case price.list && slices.Contains(given.lists, group.field.Name):
		size = given.size
		items = size
	}
	below.whole = price.whole
	e.scan(price, group.field)
	total := amount{calls: plus(price.calls, times(price.perItem, items))}
	if !price.kind.IsCompositeType() {
		return total
	}
	var each amount
	for _, object := range e.guard.schema.GetPossibleTypes(price.kind) {
		each = each.max(e.object(object, group.sets, below, price.kind.IsAbstractType()))
	}
	return total.plus(amount{times(size, each.calls), times(size, plus(each.nodes, 1))})
}

// size is that of a list or page: the largest that an argument names, or what the schema assumes.
func (e *estimator) size(price price, field *ast.Field) int {
	size, given := 0, false
	for _, name := range price.slicing {
		if value, path := argument(field, name); value != nil {
			asked, ok := e.asked(value, path)
			size, given = max(size, asked), given || ok
		}
	}
	if !given {
		return price.size
	}
	return size
}

// asked is the number that a value stands for, or its length if it is a list; ok is false for null. In a variable, it is
// the one at the path.
func (e *estimator) asked(value *ast.Value, path []string) (size int, ok bool) {
	switch value.Kind {
	case ast.Variable:
		return countOf(inside(e.variables[value.Raw], path))
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
		return 1, true // a single value in place of a list
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
			return 1, true // a single value in place of a list
		}
		return numberOf(value), true // the executor would read it as one, too
	}
	switch value := reflect.ValueOf(value); {
	case value.CanInt():
		return int(min(max(value.Int(), 0), most)), true
	case value.CanFloat():
		return int(min(max(value.Float(), 0), most)), true
	case value.Kind() == reflect.Slice:
		return min(value.Len(), most), true
	}
	return 1, true
}

// numberOf reads what may have been written in any way. What is no number, or too long for one, counts as very large.
func numberOf(text string) int {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || value > most {
		return most
	}
	return int(max(value, 0))
}

// collector gathers the fields that an object of one type has in the answer, as the executor will.
type collector struct {
	*estimator

	kind   *ast.Definition
	spread map[string]bool
	groups []group
	at     map[string]int // by name in the answer
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
			if c.runs(selection.Directives) && c.applies(selection.TypeCondition) {
				c.collect(selection.SelectionSet)
			}
		case *ast.FragmentSpread:
			c.follow(selection)
		}
	}
}

func (c *collector) add(field *ast.Field) {
	if !c.runs(field.Directives) {
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
	if c.spread[spread.Name] || !c.runs(spread.Directives) {
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
	abstract := c.guard.schema.Types[condition]
	return abstract != nil && slices.Contains(c.guard.schema.GetPossibleTypes(abstract), c.kind)
}

// runs reports whether @skip and @include let a selection be executed.
func (e *estimator) runs(directives ast.DirectiveList) bool {
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
