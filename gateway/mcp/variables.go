package mcp

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

var errInvalidArguments = errors.New("the arguments must be a JSON object")

// variables returns the variables of a call. An argument that is null counts as omitted if it is optional, because models send
// null for unused ones. Errors repeat no value.
func (t *tool) variables(given json.RawMessage) (map[string]any, error) {
	values, err := decodeObject(given)
	if err != nil {
		return nil, err
	}
	for name, value := range values {
		a, known := t.arguments[name]
		switch {
		case !known:
			return nil, fmt.Errorf("the tool has no such argument. Its arguments are: %s", t.argumentNames())
		case value == nil && a.isOptional:
			delete(values, name)
		case a.isPage && !a.allows(value):
			return nil, fmt.Errorf("`%s` must be a number from 1 to %d", name, a.most)
		}
	}
	for _, variable := range t.operation.VariableDefinitions {
		if _, given := values[variable.Variable]; given {
			continue
		}
		if value, tooLarge := t.arguments[variable.Variable].defaultOf(variable); tooLarge {
			values[variable.Variable] = value
		}
	}
	return values, nil
}

func (t *tool) argumentNames() string {
	if len(t.arguments) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(t.arguments)), ", ")
}

// decodeObject returns the members of a JSON object. Numbers keep their text.
func decodeObject(text json.RawMessage) (map[string]any, error) {
	values := map[string]any{}
	if len(text) == 0 {
		return values, nil
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	if err := decoder.Decode(&values); err != nil {
		return nil, errInvalidArguments
	}
	if values == nil { // null
		values = map[string]any{}
	}
	return values, nil
}
