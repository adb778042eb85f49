package limits

import (
	"cmp"
	"slices"
	"sort"

	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// maxSearchSteps is the number of steps of an estimate up to which it is repeated with other page sizes.
	maxSearchSteps = 2000
	// maxPage is the largest page size that an error suggests.
	maxPage = 1000
)

// Estimate is the estimated cost of an operation.
type Estimate struct {
	// MinCalls is the number of calls that the operation makes in any case. It makes none if an argument is rejected.
	MinCalls int `json:"minimum"`
	// TypicalCalls is the number of calls if lists have their typical sizes and requested pages are full.
	TypicalCalls int `json:"typical"`
	// MaxCalls is the number of calls if every page is full and no other list exceeds its assumed size.
	MaxCalls int `json:"maximum"`
	// MaxNodes is the number of objects in the result under the same assumptions.
	MaxNodes int `json:"-"`
	// Costliest is the path of the field with most of the typical calls, in response names. It is empty without calls.
	Costliest string `json:"costliest,omitempty"`
	// Hints name the filters that would make a field cheaper.
	Hints []string `json:"hints,omitempty"`
}

// Estimate estimates an operation of a document that Parse has accepted. variables are coerced values or the values
// that will be sent. A missing variable may have any value.
func (c *Checker) Estimate(document *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any) Estimate {
	e := c.estimator(document, variables)
	needed, least := e.operation(operation), c.MinCalls(document, operation, variables)
	return Estimate{
		MinCalls: least, TypicalCalls: max(least, needed.typical.count()), MaxCalls: needed.calls.count(),
		MaxNodes: needed.nodes.count(), Costliest: needed.typical.at.String(), Hints: e.hints,
	}
}

// CheckCost returns an error if the estimated cost of an operation with its coerced variables exceeds a limit.
func (c *Checker) CheckCost(document *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any) *ExceededError {
	return checkCost(c.estimator(document, variables), operation)
}

func checkCost(e *estimator, operation *ast.OperationDefinition) *ExceededError {
	exceeded := e.check(operation)
	if exceeded != nil && exceeded.Actual < maxCount && e.steps <= maxSearchSteps {
		exceeded.PageSize = sort.Search(maxPage, func(size int) bool { return e.withPages(float64(size)+1).check(operation) != nil })
	}
	return exceeded
}

// check returns an error if the cost of an operation exceeds a limit.
func (e *estimator) check(operation *ast.OperationDefinition) *ExceededError {
	needed, limits := e.operation(operation), e.checker.limits
	eventCalls := maxCount // which no estimate exceeds
	if operation.Operation == ast.Subscription {
		eventCalls = limits.EventCalls
	}
	return cmp.Or(
		needed.typical.check(LimitCost, limits.Cost),
		needed.typical.check(LimitEventCalls, eventCalls),
		needed.introspected.check(LimitIntrospection, maxIntrospection),
		needed.nodes.check(LimitNodes, limits.Nodes),
		needed.values.check(LimitValues, limits.Values),
	)
}

// operation returns the cost of an operation if every field of an abstract type returns its most expensive object.
func (e *estimator) operation(operation *ast.OperationDefinition) amount {
	total := e.object(e.root(operation.Operation), []ast.SelectionSet{operation.SelectionSet}, parent{}, false)
	if e.steps > maxSteps {
		most := quantity{total: maxCount}
		return amount{most, most, most, most, most}
	}
	return total.plus(e.onceCalls)
}

// parent describes the field that returns an object.
type parent struct {
	at       *step
	size     sizes    // of the lists below, if the field returns a connection
	lists    []string // the fields that have this size
	complete bool     // the object is complete, because it is an element of a page
}

// object returns the cost of an object. If mayRefer is true, the object may be a reference, and its shared fields then
// cost a call even if mStudio usually returns the object completely.
func (e *estimator) object(kind *ast.Definition, sets []ast.SelectionSet, above parent, mayRefer bool) amount {
	groups, scalars := e.collect(kind, sets)
	total, shared := amount{values: above.at.objects(float64(scalars))}, amount{}
	for i, group := range groups {
		cost := *group.cost
		at := &step{above.at, group.field.Alias}
		if cost.shared {
			if calls := max(cost.calls, float64(count(mayRefer))); calls > 0 && !above.complete {
				shared = shared.max(at.calls(cost.typical, calls))
			}
			cost.calls, cost.typical = 0, 0
		}
		for _, name := range cost.once {
			e.addOnce(name, at.calls(1, 1))
			cost.calls, cost.typical = 0, 0
		}
		if slices.ContainsFunc(groups[:i], group.sharesCall) {
			cost.calls, cost.typical = 0, 0
		}
		total = total.plus(e.field(cost, group, above, at))
	}
	return total.plus(shared)
}

func (e *estimator) field(cost cost, group group, above parent, at *step) amount {
	if cost.introspects {
		return amount{introspected: at.objects(e.introspected([]any{nil}, group))}
	}
	one := sizes{1, 1, 1}
	items, elements := one, one
	below := parent{at: at, complete: cost.complete}
	switch {
	case cost.size > 0 || len(cost.slicing) > 0:
		items = e.sizes(cost, group.field)
		if below.size, below.lists = items, cost.pages; cost.list {
			elements = items
		}
	case cost.list && slices.Contains(above.lists, group.field.Name):
		items, elements = above.size, above.size
	}
	for _, list := range cost.fullLists {
		e.addFullList(listOf{group.field, list}, at)
	}
	total := e.content(cost, group, below).times(elements)
	if cost.kind.IsCompositeType() {
		total.nodes = total.nodes.plus(at.objects(elements.nodes)).times(float64(1 + len(group.other)))
	} else {
		total.values = at.objects(elements.nodes)
	}
	each := cost.perItem
	if cost.perType > 0 {
		each += cost.perType * e.namedTypes(cost.kind, group.sets)
	}
	return total.plus(at.calls(cost.typical+each*items.typical, cost.calls+each*items.most))
}

// content returns the cost of the fields below one element of a field.
func (e *estimator) content(cost cost, group group, below parent) amount {
	var each amount
	for _, object := range e.checker.schema.GetPossibleTypes(cost.kind) {
		each = each.max(e.object(object, group.sets, below, cost.kind.IsAbstractType()))
	}
	return each
}
