package limits

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// maxEstimates is the maximum number of cached estimates per document. Programs use few page sizes.
	maxEstimates = 8
	// maxShape is the maximum length of a cache key in bytes.
	maxShape = 64
	// estimateBytes is the approximate memory of a cached estimate in bytes, without its key.
	estimateBytes = 128
)

// EstimateCache caches the estimates of one document's operations, keyed by the variables that affect the cost. It is
// safe for concurrent use and holds no caller's data.
type EstimateCache struct {
	// OnAdd, if set, is called with the memory of each added estimate in bytes.
	OnAdd func(bytes int)

	document *ast.QueryDocument

	once   sync.Once
	sizing []string // paths into the variables that affect the cost

	mu      sync.Mutex
	entries map[shape]amount
}

// shape identifies an operation with the sizes and conditions in its variables.
type shape struct {
	operation *ast.OperationDefinition
	values    string
}

// NewEstimateCache returns an empty cache for a document that Parse has accepted.
func NewEstimateCache(document *ast.QueryDocument) *EstimateCache {
	return &EstimateCache{document: document}
}

// CheckCost returns an error if the estimated cost of an operation with its coerced variables exceeds a limit.
func (c *Checker) CheckCost(estimates *EstimateCache, operation *ast.OperationDefinition, variables map[string]any) *ExceededError {
	needed := estimates.get(c, operation, variables)
	if exceeded := check(LimitCost, c.limits.Cost, needed.calls); exceeded != nil {
		return exceeded
	}
	return check(LimitNodes, c.limits.Nodes, needed.nodes)
}

func (e *EstimateCache) get(c *Checker, operation *ast.OperationDefinition, variables map[string]any) amount {
	e.once.Do(func() { e.sizing = c.CostVariables(e.document) })
	key := shape{operation, shapeOf(e.sizing, variables)}
	e.mu.Lock()
	needed, found := e.entries[key]
	e.mu.Unlock()
	if !found {
		needed = c.estimate(e.document, operation, variables)
		if e.add(key, needed) && e.OnAdd != nil {
			e.OnAdd(estimateBytes + len(key.values))
		}
	}
	return needed
}

func (e *EstimateCache) add(key shape, needed amount) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, found := e.entries[key]; found || len(e.entries) >= maxEstimates || len(key.values) > maxShape {
		return false
	}
	if e.entries == nil {
		e.entries = map[shape]amount{}
	}
	e.entries[key] = needed
	return true
}

func shapeOf(sizing []string, variables map[string]any) string {
	var values []byte
	for _, name := range sizing {
		path := strings.Split(name, ".")
		switch value := lookup(variables[path[0]], path[1:]).(type) {
		case bool:
			values = strconv.AppendBool(values, value)
		default:
			if size, given := countOf(value); given {
				values = strconv.AppendInt(values, int64(size), 10)
			}
		}
		values = append(values, ' ')
	}
	return string(values)
}

// CostVariables returns the variables that affect the cost of a document's operations: page sizes, lists and conditions.
// A name such as "input.ids" is a path into a variable.
func (c *Checker) CostVariables(document *ast.QueryDocument) []string {
	found := finder{checker: c}
	for _, operation := range document.Operations {
		found.walk(operation.SelectionSet)
	}
	for _, fragment := range document.Fragments {
		found.walk(fragment.SelectionSet)
	}
	return found.names
}

type finder struct {
	checker *Checker
	names   []string
}

func (f *finder) walk(set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			f.conditions(selection.Directives)
			f.arguments(selection)
			f.walk(selection.SelectionSet)
		case *ast.InlineFragment:
			f.conditions(selection.Directives)
			f.walk(selection.SelectionSet)
		case *ast.FragmentSpread:
			f.conditions(selection.Directives)
		}
	}
}

func (f *finder) conditions(directives ast.DirectiveList) {
	for _, directive := range directives {
		if condition := directive.Arguments.ForName("if"); condition != nil {
			f.add(condition.Value)
		}
	}
}

// arguments adds the arguments that set a size or require reading a full list. A field of an interface has the arguments
// of every implementation.
func (f *finder) arguments(field *ast.Field) {
	if field.ObjectDefinition == nil {
		return
	}
	for _, object := range f.checker.schema.GetPossibleTypes(field.ObjectDefinition) {
		cost := f.checker.costs[object.Name][field.Name]
		for _, name := range slices.Concat(cost.slicing, cost.fullList.neededBy) {
			if value, path := argument(field, name); value != nil {
				f.add(value, path...)
			}
		}
	}
}

// add adds value if it is a variable, with the path to the relevant part of it.
func (f *finder) add(value *ast.Value, path ...string) {
	name := strings.Join(append([]string{value.Raw}, path...), ".")
	if value.Kind == ast.Variable && !slices.Contains(f.names, name) {
		f.names = append(f.names, name)
	}
}
