package validation

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// singleField reports subscriptions that do not select exactly one field, or select it on a condition. The rule of gqlparser
// compares the names of fields, so that it accepts one field with two aliases.
func singleField(observers *core.Events, addError core.AddErrFunc) {
	observers.OnOperation(func(_ *core.Walker, operation *ast.OperationDefinition) {
		if operation.Operation != ast.Subscription {
			return
		}
		name := "Anonymous Subscription"
		if operation.Name != "" {
			name = `Subscription "` + operation.Name + `"`
		}
		root := rootSelection{fragments: map[string]bool{}, at: operation.Position}
		root.add(operation.SelectionSet)
		if root.problem != "" {
			addError(core.Message("%s must not %s.", name, root.problem), core.At(root.at))
		}
	})
}

// rootSelection is the part of a subscription that selects its field.
type rootSelection struct {
	fragments map[string]bool // seen
	alias     string          // of the first field
	problem   string
	at        *ast.Position // of the problem
}

func (r *rootSelection) add(set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			r.condition(selection.Directives)
			r.field(selection)
		case *ast.InlineFragment:
			r.condition(selection.Directives)
			r.add(selection.SelectionSet)
		case *ast.FragmentSpread:
			r.condition(selection.Directives)
			if !r.fragments[selection.Name] && selection.Definition != nil {
				r.fragments[selection.Name] = true
				r.add(selection.Definition.SelectionSet)
			}
		}
	}
}

func (r *rootSelection) field(selected *ast.Field) {
	switch {
	case strings.HasPrefix(selected.Name, "__"):
		r.report("select an introspection top level field", selected.Position)
	case r.alias != "" && selected.Alias != r.alias:
		r.report("select more than one top level field", selected.Position)
	}
	r.alias = selected.Alias
}

func (r *rootSelection) condition(directives ast.DirectiveList) {
	for _, directive := range directives {
		if directive.Name == "skip" || directive.Name == "include" {
			r.report("use @skip or @include on its top level field", directive.Position)
		}
	}
}

func (r *rootSelection) report(problem string, at *ast.Position) {
	if r.problem == "" {
		r.problem, r.at = problem, at
	}
}
