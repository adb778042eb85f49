package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/view"
)

// explainCommand estimates the mStudio calls of operations.
type explainCommand struct {
	Files     []string `arg:"" name:"file" help:"GraphQL documents with operations, such as query.graphql."`
	Max       int      `placeholder:"CALLS" help:"Fail if an operation needs more mStudio calls. Default: no limit."`
	Compare   string   `enum:"typical,maximum" default:"typical" help:"Number of calls that --max limits: typical, or maximum, if every page is full."`
	Variables string   `type:"existingfile" placeholder:"FILE" help:"JSON object with variables of the operations. The largest page sizes determine the estimate. Default: the defaults in the document, then the page sizes that the schema assumes."`
}

// errTooExpensive is returned if an operation needs more calls than --max.
var errTooExpensive = errors.New("an operation needs more calls than --max")

// run prints an estimate for each operation. It needs no network, because the schema declares the cost of fields.
func (s explainCommand) run(stdout io.Writer) error {
	variables, err := s.readVariables()
	if err != nil {
		return err
	}
	// --max replaces the limits on cost. Limits on the document apply.
	schema := view.Public(generated.NewExecutableSchema(generated.Config{}).Schema())
	checks, err := limits.New(schema, limits.Limits{Cost: math.MaxInt, Nodes: math.MaxInt, Operations: math.MaxInt})
	if err != nil {
		return err
	}
	var problems []error
	for _, file := range s.Files {
		text, err := os.ReadFile(file) //nolint:gosec // the user names the file
		if err != nil {
			return err
		}
		document, errs := checks.Parse(string(text))
		if len(errs) > 0 {
			problems = append(problems, errorsIn(file, errs))
			continue
		}
		problems = append(problems, s.explain(stdout, file, explainer{checks, document, variables}))
	}
	return errors.Join(problems...)
}

// readVariables returns nil if no file is given. It decodes numbers as json.Number.
func (s explainCommand) readVariables() (map[string]any, error) {
	if s.Variables == "" {
		return nil, nil //nolint:nilnil // nil differs from an empty object
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

// errorsIn returns errors with file name and line.
func errorsIn(file string, errs gqlerror.List) error {
	var problems []error
	for _, err := range errs {
		line := 1
		if len(err.Locations) > 0 {
			line = err.Locations[0].Line
		}
		problems = append(problems, fmt.Errorf("%s:%d: %s", file, line, err.Message))
	}
	return errors.Join(problems...)
}

// explainer estimates the operations of one document.
type explainer struct {
	checks    *limits.Checker
	document  *ast.QueryDocument
	variables map[string]any // nil without --variables
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
		estimate := e.checks.Estimate(e.document, operation, variables)
		verdict := ""
		if s.exceeds(estimate) {
			verdict = fmt.Sprintf(" (more than %d)", s.Max)
			problems = append(problems, fmt.Errorf("%s: %w", name, errTooExpensive))
		}
		problems = append(problems, show(stdout, name, estimate, verdict), e.warn(stdout, operation, variables))
	}
	return errors.Join(problems...)
}

func (s explainCommand) exceeds(estimate limits.Estimate) bool {
	if s.Compare == "maximum" {
		return s.Max > 0 && estimate.MaxCalls > s.Max
	}
	return s.Max > 0 && estimate.TypicalCalls > s.Max
}

func show(stdout io.Writer, name string, estimate limits.Estimate, verdict string) error {
	costliest := ""
	if estimate.Costliest != "" {
		costliest = "; most for " + estimate.Costliest
	}
	_, err := fmt.Fprintf(stdout, "%s: typically %d calls, at least %d, at most %d%s%s; up to %d objects\n",
		name, estimate.TypicalCalls, estimate.MinCalls, estimate.MaxCalls, verdict, costliest, estimate.MaxNodes)
	for _, hint := range estimate.Hints {
		_, failed := fmt.Fprintf(stdout, "  %s\n", hint)
		err = errors.Join(err, failed)
	}
	return err
}

// valuesFor returns the coerced variables, or the defaults in the document without --variables.
func (e explainer) valuesFor(operation *ast.OperationDefinition) (map[string]any, error) {
	if e.variables != nil {
		values, errs := e.checks.Variables(operation, e.variables)
		if len(errs) > 0 {
			return nil, errs
		}
		return values, nil
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

// warn prints the variables that may affect the estimate but have no value.
func (e explainer) warn(stdout io.Writer, operation *ast.OperationDefinition, values map[string]any) error {
	var missing []string
	for _, variable := range operation.VariableDefinitions {
		if _, given := values[variable.Variable]; !given && e.mayAffect(operation, variable, values) {
			missing = append(missing, "$"+variable.Variable)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(stdout, "  no value for %s (use --variables)\n", strings.Join(missing, ", "))
	return err
}

// mayAffect reports whether a value of the variable may change the estimate. All values of an enum, an ID or a string have the
// same effect, so it tries one. The least number of calls holds for any value.
func (e explainer) mayAffect(operation *ast.OperationDefinition, variable *ast.VariableDefinition, values map[string]any) bool {
	var sample any = "x"
	of, isList := variable.Definition, variable.Type.Elem != nil
	switch {
	case of.Kind == ast.Enum:
		sample = of.EnumValues[0].Name
	case of.Name != "ID" && of.Name != "String", isList: // each element of a list may need a call
		return true
	}
	if isList {
		sample = []any{sample}
	}
	others := maps.Clone(values)
	others[variable.Variable] = sample
	without, with := e.checks.Estimate(e.document, operation, values), e.checks.Estimate(e.document, operation, others)
	return with.TypicalCalls != without.TypicalCalls || with.MaxCalls != without.MaxCalls || with.MaxNodes != without.MaxNodes
}
