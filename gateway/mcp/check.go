package mcp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// check returns all reasons why a document must not be a tool.
func (t *tool) check(schema *ast.Schema) error {
	c := &checks{schema: schema, found: map[string]bool{}}
	if t.operation.Operation == ast.Subscription {
		c.reject("a subscription cannot be a tool")
	}
	for _, variable := range t.operation.VariableDefinitions {
		if schema.Types[variable.Type.Name()].Name == "Upload" {
			c.reject("the variable $" + variable.Variable + " is a file, which a model cannot send")
		}
	}
	c.selection(t.operation.SelectionSet)
	for _, fragment := range t.document.Fragments {
		c.selection(fragment.SelectionSet)
	}
	return c.err()
}

// checks collects the reasons against a document.
type checks struct {
	schema *ast.Schema
	found  map[string]bool
}

func (c *checks) reject(reason string) { c.found[reason] = true }

func (c *checks) err() error {
	reasons := make([]string, 0, len(c.found))
	for reason := range c.found {
		reasons = append(reasons, reason)
	}
	slices.Sort(reasons)
	if len(reasons) == 0 {
		return nil
	}
	return errors.New(strings.Join(reasons, "; "))
}

func (c *checks) selection(set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			c.field(selection)
			c.selection(selection.SelectionSet)
		case *ast.InlineFragment:
			c.selection(selection.SelectionSet)
		}
	}
}

// field rejects fields whose values must not reach a model.
func (c *checks) field(field *ast.Field) {
	switch {
	case field.ObjectDefinition != nil && field.ObjectDefinition.Name == "Secret" && field.Name == "value":
		c.reject("Secret.value must not reach a model")
	case field.Name == "__schema" || field.Name == "__type":
		c.reject("introspection cannot be a tool")
	}
	for _, argument := range field.Arguments {
		if argument.Name == "includeInternal" {
			c.reject(fmt.Sprintf("includeInternal of %#q must not be used, because internal notes must not reach a model", field.Name))
		}
	}
}
