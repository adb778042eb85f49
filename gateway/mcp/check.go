package mcp

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// check returns all reasons why a document must not be a tool.
func (t *tool) check(schema *ast.Schema) error {
	found := reasons{}
	if t.operation.Operation == ast.Subscription {
		found.add("a subscription cannot be a tool")
	}
	for _, variable := range t.operation.VariableDefinitions {
		if schema.Types[variable.Type.Name()].Name == "Upload" {
			found.add("the variable $" + variable.Variable + " is a file, which a model cannot send")
		}
	}
	t.eachField(found.addField)
	return found.err()
}

// reasons are the reasons against a document.
type reasons map[string]bool

func (r reasons) add(reason string) { r[reason] = true }

func (r reasons) err() error {
	if len(r) == 0 {
		return nil
	}
	return errors.New(strings.Join(slices.Sorted(maps.Keys(r)), "; "))
}

// addField rejects a field whose value must not reach a model.
func (r reasons) addField(field *ast.Field) {
	switch {
	case field.ObjectDefinition != nil && field.ObjectDefinition.Name == "Secret" && field.Name == "value":
		r.add("Secret.value must not reach a model")
	case field.Name == "__schema" || field.Name == "__type":
		r.add("introspection cannot be a tool")
	}
	for _, argument := range field.Arguments {
		if argument.Name == "includeInternal" {
			r.add(fmt.Sprintf("includeInternal of %#q must not be used, because internal notes must not reach a model", field.Name))
		}
	}
}
