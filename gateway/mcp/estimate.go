package mcp

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"mstudio-graphql/gateway/limits"
)

const estimateName = "estimate_cost"

var errUnknownTool = errors.New("`tool` must be the name of a tool")

// estimation is the result of estimate_cost.
type estimation struct {
	Minimum   int      `json:"minimum"`
	Typical   int      `json:"typical"`
	Maximum   int      `json:"maximum"`
	Limit     int      `json:"limit"`
	Costliest string   `json:"costliest,omitempty"`
	Hints     []string `json:"hints,omitempty"`
}

// estimator is the tool that estimates the calls of another tool.
type estimator struct {
	tools    map[string]*tool
	checker  *limits.Checker
	maxCalls int // of one call of a tool
}

// definition returns the tool as clients see it.
func (e estimator) definition() (*sdk.Tool, error) {
	input, err := json.Marshal(object{
		"type": "object", "required": []string{"tool"}, "additionalProperties": false,
		"properties": object{
			"tool":      object{"type": "string", "enum": slices.Sorted(maps.Keys(e.tools)), "description": "The name of the tool."},
			"arguments": object{"type": "object", "description": "The arguments of the tool."},
		},
	})
	if err != nil {
		return nil, err
	}
	number, no := object{"type": "integer"}, false
	output, err := json.Marshal(object{
		"type": "object", "required": []string{"minimum", "typical", "maximum", "limit"},
		"properties": object{
			"minimum": number, "typical": number, "maximum": number, "limit": number, "costliest": object{"type": "string"},
			"hints": object{"type": "array", "items": object{"type": "string"}},
		},
	})
	return &sdk.Tool{
		Name: estimateName, Title: titleOf(estimateName),
		Description: "Estimate how many mStudio calls a tool makes with these arguments: minimum, typical and maximum; limit is the most that one call of a tool may make. " + costLine(0),
		Annotations: &sdk.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: &no},
		InputSchema: json.RawMessage(input), OutputSchema: json.RawMessage(output),
	}, err
}

// call calls the tool, and returns how the call has ended.
func (e estimator) call(arguments json.RawMessage) (result *sdk.CallToolResult, ended string) {
	var given struct {
		Tool      string          `json:"tool"`
		Arguments json.RawMessage `json:"arguments"`
	}
	if json.Unmarshal(arguments, &given) != nil || e.tools[given.Tool] == nil {
		return invalid(errUnknownTool)
	}
	t := e.tools[given.Tool]
	variables, err := t.variables(given.Arguments)
	if err != nil {
		return invalid(err)
	}
	coerced, errs := e.checker.Variables(t.operation, variables)
	if len(errs) > 0 {
		return failure(describeErrors(errs)), outcomeInvalid
	}
	of := e.checker.Estimate(t.document, t.operation, coerced)
	said, _ := json.Marshal(estimation{of.MinCalls, of.TypicalCalls, of.MaxCalls, e.maxCalls, of.Costliest, of.Hints}) //nolint:errchkjson // numbers and texts
	return &sdk.CallToolResult{StructuredContent: json.RawMessage(said), Content: []sdk.Content{text(string(said))}}, outcomeOK
}
