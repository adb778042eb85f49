package limits

import (
	"math"
	"slices"
	"sort"
	"unique"

	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// maxSteps is the number of visited selections after which an estimate stops and returns maxCount. Selections on
	// abstract types are visited once per possible object, so the steps can exceed the number of fields.
	maxSteps = 200_000
	// maxSearchSteps is the number of steps of an estimate up to which it is repeated with other page sizes.
	maxSearchSteps = 2000
	// maxValues is the maximum number of scalar values in a result. With 16 bytes each, more would not fit into a caller's
	// share of memory by default.
	maxValues = 2_000_000
	// maxPage is the largest page size that an error suggests.
	maxPage = 1000
)

// Estimate is the estimated cost of an operation.
type Estimate struct {
	// MinCalls is the number of calls that the operation makes in any case. It makes none if an argument is rejected.
	MinCalls int
	// TypicalCalls is the number of calls if lists have their typical sizes and requested pages are full.
	TypicalCalls int
	// MaxCalls is the number of calls if every page is full and no other list exceeds its assumed size.
	MaxCalls int
	// MaxNodes is the number of objects in the result under the same assumptions.
	MaxNodes int
	// Costliest is the path of the field with most of the typical calls, in response names. It is empty without calls.
	Costliest string
	// Hints name the filters that would make a field cheaper.
	Hints []string
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
	e := c.estimator(document, variables)
	exceeded := e.check(operation)
	if exceeded != nil && exceeded.Actual < maxCount && e.steps <= maxSearchSteps {
		exceeded.PageSize = sort.Search(maxPage, func(size int) bool { return e.withPages(float64(size)+1).check(operation) != nil })
	}
	return exceeded
}

// estimator estimates one operation with its variables.
type estimator struct {
	checker   *Checker
	document  *ast.QueryDocument
	variables map[string]any
	largest   float64 // size of a page
	steps     int
	once      map[string]bool // full lists and other things that the operation fetches once
	onceCalls amount
	hints     []string
	known     known
}

// known holds what estimates of the same operation and variables share. A field can be visited thousands of times, and its
// arguments can be as long as the document.
type known struct {
	calls map[*ast.Field]unique.Handle[string]
	lists map[listOf]string
}

func (c *Checker) estimator(document *ast.QueryDocument, variables map[string]any) *estimator {
	shared := known{calls: map[*ast.Field]unique.Handle[string]{}, lists: map[listOf]string{}}
	return &estimator{checker: c, document: document, variables: variables, largest: maxCount, known: shared}
}

// withPages returns an estimator for the same operation whose pages have at most this size.
func (e *estimator) withPages(size float64) *estimator {
	return &estimator{checker: e.checker, document: e.document, variables: e.variables, largest: size, known: e.known}
}

// check returns an error if the cost of an operation exceeds a limit.
func (e *estimator) check(operation *ast.OperationDefinition) *ExceededError {
	needed, limits := e.operation(operation), e.checker.limits
	if exceeded := needed.typical.check(LimitCost, limits.Cost); exceeded != nil {
		return exceeded
	}
	if operation.Operation == ast.Subscription {
		if exceeded := needed.typical.check(LimitEventCalls, limits.EventCalls); exceeded != nil {
			return exceeded
		}
	}
	if exceeded := needed.introspected.check(LimitIntrospection, maxIntrospection); exceeded != nil {
		return exceeded
	}
	if exceeded := needed.nodes.check(LimitNodes, limits.Nodes); exceeded != nil {
		return exceeded
	}
	return needed.values.check(LimitValues, maxValues)
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

// sizes holds the number of elements of a list for each estimate.
type sizes struct{ typical, most, nodes float64 }

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

func count(holds bool) int {
	if holds {
		return 1
	}
	return 0
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

// sizes returns the size of a list or page: the largest size in its arguments, or the assumed size in the schema. Lists
// of Query are those of the caller's account. Arguments of other lists could repeat an object, so objects are counted with
// their requested sizes.
func (e *estimator) sizes(cost cost, field *ast.Field) sizes {
	most, given := 0.0, false
	for _, name := range cost.slicing {
		size, ok := e.requestedSize(field, name)
		most, given = max(most, size), given || ok
	}
	if !given {
		most = cost.size
	}
	if slices.Contains(cost.slicing, "first") { // a client can request a smaller page, but not fewer files or IDs
		most = min(most, e.largest)
	}
	found := sizes{min(most, cost.typicalSize), most, most}
	if cost.root {
		found.nodes = found.typical
	}
	return found
}

// step is a field on the way to another.
type step struct {
	above *step
	name  string
}

// calls returns the cost of calls that the field makes itself.
func (s *step) calls(typical, most float64) amount {
	return amount{typical: quantity{total: typical, most: typical, at: s}, calls: quantity{total: most}}
}

// objects returns the number of objects or values that the field returns.
func (s *step) objects(count float64) quantity { return quantity{total: count, most: count, at: s} }

// maxPath is the approximate maximum length of a path in bytes. Aliases may be as long as the document.
const maxPath = 150

// String returns the path to the field.
func (s *step) String() string {
	switch {
	case s == nil:
		return ""
	case s.above == nil:
		return s.name[:min(len(s.name), maxPath)]
	}
	path := s.above.String() + "." + s.name
	return path[:min(len(path), maxPath)]
}

// amount is the cost of a selection.
type amount struct{ typical, calls, nodes, values, introspected quantity }

func (a amount) plus(b amount) amount {
	return amount{a.typical.plus(b.typical), a.calls.plus(b.calls), a.nodes.plus(b.nodes), a.values.plus(b.values), a.introspected.plus(b.introspected)}
}

func (a amount) max(b amount) amount {
	return amount{a.typical.max(b.typical), a.calls.max(b.calls), a.nodes.max(b.nodes), a.values.max(b.values), a.introspected.max(b.introspected)}
}

func (a amount) times(size sizes) amount {
	return amount{a.typical.times(size.typical), a.calls.times(size.most), a.nodes.times(size.nodes), a.values.times(size.nodes), a.introspected.times(size.nodes)}
}

// quantity is a number of calls, objects or values.
type quantity struct {
	total float64
	most  float64 // the largest part of total that one field adds
	at    *step   // this field
}

func (q quantity) plus(other quantity) quantity {
	sum := q
	if other.most > q.most {
		sum = other
	}
	sum.total = min(q.total+other.total, maxCount)
	return sum
}

func (q quantity) max(other quantity) quantity {
	if other.total > q.total {
		return other
	}
	return q
}

func (q quantity) times(size float64) quantity {
	q.total, q.most = min(q.total*size, maxCount), min(q.most*size, maxCount)
	return q
}

func (q quantity) count() int { return int(math.Ceil(q.total)) }

// check returns an error if the quantity exceeds allowed.
func (q quantity) check(limit Limit, allowed int) *ExceededError {
	exceeded := check(limit, allowed, q.count())
	if exceeded != nil {
		exceeded.Costliest = q.at.String()
	}
	return exceeded
}
