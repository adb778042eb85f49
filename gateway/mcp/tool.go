package mcp

import (
	"encoding/json"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway/limits"
)

// tool is a document that a model can run.
type tool struct {
	name, description string
	text              string
	document          *ast.QueryDocument
	operation         *ast.OperationDefinition
	arguments         map[string]argument
	input, output     json.RawMessage
	maxCalls          int
}

// toolkit turns documents into tools.
type toolkit struct {
	schema   *ast.Schema
	checker  *limits.Checker
	maxCalls int // of one call of a tool
}

// definition returns the tool as clients see it.
func (t *tool) definition() *sdk.Tool {
	isWrite := t.isWrite()
	yes := true
	annotations := &sdk.ToolAnnotations{ReadOnlyHint: !isWrite, OpenWorldHint: &yes, IdempotentHint: !isWrite || t.isIdempotent()}
	if isWrite {
		annotations.DestructiveHint = &yes
	}
	return &sdk.Tool{
		Name: t.name, Title: titleOf(t.name), Description: t.description, Annotations: annotations,
		InputSchema: t.input, OutputSchema: t.output,
	}
}

func (t *tool) isWrite() bool { return t.operation.Operation == ast.Mutation }

// isIdempotent reports whether a repetition with the same arguments changes nothing.
func (t *tool) isIdempotent() bool {
	for _, selection := range t.operation.SelectionSet {
		field, ok := selection.(*ast.Field)
		if !ok || !setsState(field.Name) {
			return false
		}
	}
	return true
}

// setsState reports whether a field of Mutation sets a state. The others add something.
func setsState(field string) bool {
	switch field {
	case "updateConversation", "setConversationStatus", "closeConversations", "markConversationsRead", "editMessage":
		return true
	}
	return false
}

// titleOf returns waiting_for_me as Waiting for me.
func titleOf(name string) string {
	title := strings.ReplaceAll(name, "_", " ")
	return strings.ToUpper(title[:1]) + title[1:]
}

// eachField visits the fields of the document.
func (t *tool) eachField(visit func(*ast.Field)) {
	eachField(t.operation.SelectionSet, visit)
	for _, fragment := range t.document.Fragments {
		eachField(fragment.SelectionSet, visit)
	}
}

func eachField(set ast.SelectionSet, visit func(*ast.Field)) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			visit(selection)
			eachField(selection.SelectionSet, visit)
		case *ast.InlineFragment:
			eachField(selection.SelectionSet, visit)
		}
	}
}
