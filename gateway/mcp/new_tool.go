package mcp

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxName is the maximum length of a tool's name, which some clients enforce.
const maxName = 64

// newTool returns the tool of a document, or all reasons against it.
func (k *toolkit) newTool(text string) (*tool, error) {
	document, errs := k.checker.Parse(text)
	if len(errs) > 0 {
		return nil, errs[0]
	}
	if len(document.Operations) != 1 {
		return nil, errors.New("the document must have one operation")
	}
	t := &tool{text: text, document: document, operation: document.Operations[0]}
	t.name, t.description = snakeCase(t.operation.Name), describe(text, t.operation)
	if err := errors.Join(t.check(k.schema), t.checkName()); err != nil {
		return nil, err
	}
	t.arguments = k.argumentsOf(t)
	if err := k.limit(t); err != nil {
		return nil, err
	}
	t.description = strings.TrimSpace(t.description + "\n" + costLine(t.maxCalls))
	var err error
	if t.input, err = k.inputOf(t); err != nil {
		return nil, err
	}
	t.output, err = k.outputOf(t)
	return t, err
}

func (t *tool) checkName() error {
	switch {
	case t.name == "" || len(t.name) > maxName:
		return fmt.Errorf("the operation must have a name of at most %d characters", maxName)
	case t.description == "":
		return errors.New("the operation must have a description, or a comment before it: a model chooses a tool by it")
	}
	return nil
}

// limit sets the largest sizes of pages and lists, and the number of calls with them.
func (k *toolkit) limit(t *tool) error {
	smallest, largest := map[string]any{}, map[string]any{}
	for name, a := range t.arguments {
		if a.isPage || a.isList {
			smallest[name] = a.ofSize(1)
		}
	}
	if exceeded := k.exceeded(t, smallest); exceeded != nil {
		return exceeded
	}
	for name, a := range t.arguments {
		if !a.isPage && !a.isList {
			continue
		}
		for a.most = a.maximum(); a.most > 1 && k.exceeded(t, with(smallest, name, a.ofSize(a.most))) != nil; {
			a.most--
		}
		t.arguments[name], largest[name] = a, a.ofSize(a.most)
	}
	t.maxCalls = min(k.maxCalls, k.checker.Estimate(t.document, t.operation, withDefaults(t, largest)).MaxCalls)
	return nil
}

// exceeded returns an error if the cost with these variables exceeds a limit.
func (k *toolkit) exceeded(t *tool, variables map[string]any) error {
	if exceeded := k.checker.CheckCost(t.document, t.operation, withDefaults(t, variables)); exceeded != nil {
		return exceeded
	}
	return nil
}

func with(variables map[string]any, name string, value any) map[string]any {
	changed := maps.Clone(variables)
	changed[name] = value
	return changed
}

// withDefaults adds the default values of variables.
func withDefaults(t *tool, variables map[string]any) map[string]any {
	for _, variable := range t.operation.VariableDefinitions {
		if _, given := variables[variable.Variable]; !given && variable.DefaultValue != nil {
			variables[variable.Variable], _ = variable.DefaultValue.Value(nil) // valid like the rest of the document
		}
	}
	return variables
}

func costLine(calls int) string {
	switch calls {
	case 0:
		return "Makes no mStudio call."
	case 1:
		return "Makes at most 1 mStudio call."
	}
	return fmt.Sprintf("Makes at most %d mStudio calls.", calls)
}

// describe returns the description of an operation, or the comment before it.
func describe(text string, operation *ast.OperationDefinition) string {
	if operation.Description != "" {
		return strings.TrimSpace(operation.Description)
	}
	lines := strings.Split(text, "\n")
	var comment []string
	for at := operation.Position.Line - 2; at >= 0; at-- {
		line, isComment := strings.CutPrefix(strings.TrimSpace(lines[at]), "#")
		if !isComment {
			break
		}
		comment = append(comment, strings.TrimSpace(line))
	}
	slices.Reverse(comment)
	return strings.TrimSpace(strings.Join(comment, " "))
}

// snakeCase returns WaitingForMe as waiting_for_me.
func snakeCase(name string) string {
	var snake strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		starts := unicode.IsUpper(r) && i > 0 && runes[i-1] != '_' &&
			(!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if starts {
			snake.WriteByte('_')
		}
		snake.WriteRune(unicode.ToLower(r))
	}
	return snake.String()
}
