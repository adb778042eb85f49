package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"

	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/view"
)

// explainCommand is which operations are explained.
type explainCommand struct {
	Files     []string `arg:"" name:"file" type:"existingfile" help:"Documents with operations, such as query.graphql."`
	Max       int      `placeholder:"CALLS" help:"Fail if an operation may need more calls of mStudio than this. Default: only say how many."`
	Variables string   `type:"existingfile" placeholder:"FILE" help:"JSON object with the variables of the operations. Name the largest pages: they decide. Default: those that the document gives, and for other sizes of pages what the schema assumes."`
}

// errTooExpensive is what the command ends with for operations that may need too much.
var errTooExpensive = errors.New("an operation may need more calls than --max")

// run says what each operation of each document may need. It asks nobody: what fields cost is in the schema.
func (s explainCommand) run(stdout io.Writer) error {
	variables, err := s.readVariables()
	if err != nil {
		return err
	}
	// Only what an operation needs is looked at here, and how a document must be; how much is too much says --max.
	schema := view.Public(generated.NewExecutableSchema(generated.Config{}).Schema())
	checks, err := limits.New(schema, limits.Limits{Cost: math.MaxInt, Nodes: math.MaxInt, Operations: math.MaxInt})
	if err != nil {
		return err
	}
	var problems []error
	for _, file := range s.Files {
		text, err := os.ReadFile(file) //nolint:gosec // named by whoever runs the command
		if err != nil {
			return err
		}
		document, errs := checks.Parse(string(text))
		if len(errs) > 0 {
			problems = append(problems, mistakesIn(file, errs))
			continue
		}
		problems = append(problems, s.explain(stdout, file, explainer{checks, schema, document, variables}))
	}
	return errors.Join(problems...)
}

// readVariables keeps numbers as they are written.
func (s explainCommand) readVariables() (map[string]any, error) {
	if s.Variables == "" {
		return nil, nil //nolint:nilnil // no variables are given, as opposed to none
	}
	file, err := os.Open(s.Variables)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	decoder := json.NewDecoder(file)
	decoder.UseNumber()
	variables := map[string]any{}
	if err := decoder.Decode(&variables); err != nil || variables == nil {
		return nil, fmt.Errorf("%s is not a JSON object", s.Variables)
	}
	return variables, nil
}

func mistakesIn(file string, errs gqlerror.List) error {
	var mistakes []error
	for _, err := range errs {
		line := 1
		if len(err.Locations) > 0 {
			line = err.Locations[0].Line
		}
		mistakes = append(mistakes, fmt.Errorf("%s:%d: %s", file, line, err.Message))
	}
	return errors.Join(mistakes...)
}

// explainer explains the operations of one document.
type explainer struct {
	checks    *limits.Checker
	schema    *ast.Schema
	document  *ast.QueryDocument
	variables map[string]any // nil if none are given
}

func (s explainCommand) explain(stdout io.Writer, file string, e explainer) error {
	var problems []error
	for _, operation := range e.document.Operations {
		name := file
		if operation.Name != "" {
			name += " " + operation.Name
		}
		variables, err := e.valuesFor(operation)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
			continue
		}
		needs := e.checks.Estimate(e.document, operation, variables)
		verdict := ""
		if s.Max > 0 && needs.MaxCalls > s.Max {
			verdict = fmt.Sprintf(" (more than %d)", s.Max)
			problems = append(problems, fmt.Errorf("%s: %w", name, errTooExpensive))
		}
		_, err = fmt.Fprintf(stdout, "%s: %d to %d calls%s, up to %d objects\n", name, needs.MinCalls, needs.MaxCalls, verdict, needs.MaxNodes)
		problems = append(problems, err, e.warn(stdout, operation, variables))
	}
	return errors.Join(problems...)
}

// valuesFor returns the variables as the executor would read them; without any, what the document gives them.
func (e explainer) valuesFor(operation *ast.OperationDefinition) (map[string]any, error) {
	if e.variables != nil {
		return e.read(operation)
	}
	values := map[string]any{}
	for _, variable := range operation.VariableDefinitions {
		if variable.DefaultValue == nil {
			continue
		}
		value, err := variable.DefaultValue.Value(nil)
		if err != nil {
			return nil, err
		}
		values[variable.Variable] = value
	}
	return values, nil
}

// read checks the variables as the gateway does.
func (e explainer) read(operation *ast.OperationDefinition) (map[string]any, error) {
	values, err := validator.VariableValues(e.schema, operation, e.variables)
	if err != nil {
		return nil, err
	}
	if mistake := e.checks.CheckCoercion(operation, values); mistake != nil {
		return nil, mistake
	}
	return values, nil
}

// warn names the variables that decide how much is needed and have no value.
func (e explainer) warn(stdout io.Writer, operation *ast.OperationDefinition, values map[string]any) error {
	var missing []string
	for _, name := range e.checks.CostVariables(e.document) {
		if _, given := values[name]; !given && operation.VariableDefinitions.ForName(name) != nil {
			missing = append(missing, "$"+name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(stdout, "  without a value for %s: see --variables\n", strings.Join(missing, ", "))
	return err
}
