package limits

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// maxEstimates is how many estimates are kept for one document. Programs ask for few sizes of page.
	maxEstimates = 8
	// maxShape is how long the key of a kept estimate may be, in bytes.
	maxShape = 64
	// estimateBytes is about how many bytes a kept estimate takes, without its key.
	estimateBytes = 128
)

// Estimates keeps what the operations of one document have been estimated to need, for the variables that matter. It
// is safe for concurrent use and holds no data of a caller.
type Estimates struct {
	// Kept, if set, is called with the bytes that an estimate takes when it is kept: so its memory can be counted.
	Kept func(bytes int)

	document *ast.QueryDocument

	once     sync.Once
	deciding []string // variables that an estimate depends on

	mu   sync.Mutex
	kept map[shape]amount
}

// shape is an operation with the sizes and conditions that its variables stand for.
type shape struct {
	operation *ast.OperationDefinition
	values    string
}

// NewEstimates returns the empty estimates of a document that a guard has accepted.
func NewEstimates(document *ast.QueryDocument) *Estimates { return &Estimates{document: document} }

// Check returns a [Refusal] if an operation of the document needs too much, with the variables as the executor has
// read them.
func (g *Guard) Check(estimates *Estimates, operation *ast.OperationDefinition, variables map[string]any) *Refusal {
	needs := estimates.of(g, operation, variables)
	if refused := within(LimitCost, g.limits.Cost, needs.calls); refused != nil {
		return refused
	}
	return within(LimitNodes, g.limits.Nodes, needs.nodes)
}

func (e *Estimates) of(g *Guard, operation *ast.OperationDefinition, variables map[string]any) amount {
	e.once.Do(func() { e.deciding = g.deciding(e.document) })
	key := shape{operation, shapeOf(e.deciding, variables)}
	e.mu.Lock()
	needs, found := e.kept[key]
	e.mu.Unlock()
	if !found {
		needs = g.estimate(e.document, operation, variables)
		if e.keep(key, needs) && e.Kept != nil {
			e.Kept(estimateBytes + len(key.values))
		}
	}
	return needs
}

func (e *Estimates) keep(key shape, needs amount) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, found := e.kept[key]; found || len(e.kept) >= maxEstimates || len(key.values) > maxShape {
		return false
	}
	if e.kept == nil {
		e.kept = map[shape]amount{}
	}
	e.kept[key] = needs
	return true
}

func shapeOf(deciding []string, variables map[string]any) string {
	var values []byte
	for _, name := range deciding {
		path := strings.Split(name, ".")
		switch value := inside(variables[path[0]], path[1:]).(type) {
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

// Deciding names the variables of a document that decide how much its operations need: sizes of pages, lengths of
// lists, and conditions.
func (g *Guard) Deciding(document *ast.QueryDocument) []string { return g.deciding(document) }

// deciding finds the variables, with ways into them, that decide whether something is selected, or how large a list is.
func (g *Guard) deciding(document *ast.QueryDocument) []string {
	found := finder{guard: g}
	for _, operation := range document.Operations {
		found.walk(operation.SelectionSet)
	}
	for _, fragment := range document.Fragments {
		found.walk(fragment.SelectionSet)
	}
	return found.names
}

type finder struct {
	guard *Guard
	names []string
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
			f.note(condition.Value)
		}
	}
}

// arguments notes the sizes, and what makes it necessary to read a whole list. Those of an interface's field count for all objects that implement it.
func (f *finder) arguments(field *ast.Field) {
	if field.ObjectDefinition == nil {
		return
	}
	for _, object := range f.guard.schema.GetPossibleTypes(field.ObjectDefinition) {
		price := f.guard.prices[object.Name][field.Name]
		for _, name := range slices.Concat(price.slicing, price.scan.neededBy) {
			if value, path := argument(field, name); value != nil {
				f.note(value, path...)
			}
		}
	}
}

// note takes a variable with the way to the value in it that decides.
func (f *finder) note(value *ast.Value, path ...string) {
	name := strings.Join(append([]string{value.Raw}, path...), ".")
	if value.Kind == ast.Variable && !slices.Contains(f.names, name) {
		f.names = append(f.names, name)
	}
}
