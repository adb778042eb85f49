package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// unknown is the last value of each enum that mStudio fills. It represents the values that this version does not know.
const unknown = "UNKNOWN"

// enum is an enum of the schema with its values in the schema's order.
type enum struct {
	Name   string
	Values []value
	// IsNullable reports whether an absent value is null. Otherwise it is UNKNOWN.
	IsNullable bool
}

// value is a value of an enum with the constants for it. Most values have one constant.
type value struct {
	Name      string
	Constants []constant
}

// exceptions returns the values of the schema for spellings that do not follow the rule of schemaName.
func exceptions() map[string]string {
	return map[string]string{"project_emailadmin": "PROJECT_EMAIL_ADMIN"} // project_email_admin until January 2025
}

// schemaName returns the schema's name for a value in mStudio's spelling: IN_PROGRESS for inProgress and in_progress.
func schemaName(spelling string) string {
	if name, ok := exceptions()[spelling]; ok {
		return name
	}
	var name strings.Builder
	var before rune
	for _, letter := range strings.ReplaceAll(spelling, "-", "_") {
		if unicode.IsUpper(letter) && (unicode.IsLower(before) || unicode.IsDigit(before)) {
			name.WriteByte('_')
		}
		name.WriteRune(unicode.ToUpper(letter))
		before = letter
	}
	return name.String()
}

// pair returns the enums of the schema whose last value is UNKNOWN, sorted by name. The error names every value without a
// constant and every constant without a value.
func pair(schemaText string, constants map[string][]constant) ([]enum, error) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: schemaText})
	if err != nil {
		return nil, err
	}
	var enums []enum
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(schema.Types)) {
		definition := schema.Types[name]
		if definition.Kind != ast.Enum || definition.EnumValues.ForName(unknown) == nil {
			continue
		}
		isNullable, err := nullable(schema, name)
		values, missing := pairValues(definition, constants[name])
		problems = append(problems, err, missing)
		enums = append(enums, enum{Name: name, Values: values, IsNullable: isNullable})
	}
	return enums, errors.Join(problems...)
}

func pairValues(definition *ast.Definition, constants []constant) ([]value, error) {
	var values []value
	var problems []error
	byName := map[string][]constant{}
	for _, constant := range constants {
		name := schemaName(constant.Value)
		byName[name] = append(byName[name], constant)
	}
	for _, defined := range definition.EnumValues {
		if defined.Name == unknown {
			continue
		}
		if byName[defined.Name] == nil {
			problems = append(problems, fmt.Errorf("%s.%s: no constant of type rest.%s", definition.Name, defined.Name, definition.Name))
		}
		values = append(values, value{defined.Name, byName[defined.Name]})
		delete(byName, defined.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		for _, constant := range byName[name] {
			problems = append(problems, fmt.Errorf("rest.%s (%q): no value %s.%s in the schema", constant.Name, constant.Value, definition.Name, name))
		}
	}
	return values, errors.Join(problems...)
}

// nullable reports whether fields of an enum are nullable. Either all of them must be or none, because the code that
// writes an absent value does not know its field.
func nullable(schema *ast.Schema, name string) (bool, error) {
	var some, others bool
	for _, definition := range schema.Types {
		for _, field := range definition.Fields {
			if field.Type.Name() != name {
				continue
			}
			if field.Type.Elem == nil && !field.Type.NonNull {
				some = true
			} else {
				others = true
			}
		}
	}
	if some && others {
		return false, fmt.Errorf("%s: some fields are nullable and others are not", name)
	}
	return some, nil
}
