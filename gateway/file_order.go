package gateway

import (
	"context"
	"maps"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/graph/model"
)

const fileOrderMessage = "Each file can be used once, and they must be sent in the order in which the operation uses them: they are passed on while they arrive."

// refuseMisusedFiles reports files that the operation cannot use as they come, before it has made any call.
func refuseMisusedFiles(ctx context.Context, operation *graphql.OperationContext) gqlerror.List {
	form := uploadFormOf(ctx)
	if form == nil {
		return nil
	}
	uses := fileUses{operation: operation}
	for _, field := range graphql.CollectFields(operation, operation.Operation.SelectionSet, []string{"Query", "Mutation"}) {
		for _, argument := range field.Arguments {
			uses.inValue(argument.Value)
		}
	}
	for _, file := range form.files {
		if !slices.Contains(uses.found, file) {
			return gqlerror.List{gqlerror.Wrap(model.BadInput("The operation does not use a file that map names."))}
		}
	}
	if !slices.Equal(uses.found, form.files) {
		return gqlerror.List{gqlerror.Wrap(model.BadInput(fileOrderMessage))}
	}
	return nil
}

// fileUses collects the files of an operation in the order in which it uses them: its fields run one after another.
type fileUses struct {
	operation *graphql.OperationContext
	found     []*incomingFile
}

func (u *fileUses) inValue(value *ast.Value) {
	if value.Kind == ast.Variable {
		u.inVariable(u.operation.Variables[value.Raw])
		return
	}
	for _, child := range value.Children {
		u.inValue(child.Value)
	}
}

func (u *fileUses) inVariable(value any) {
	switch value := value.(type) {
	case model.Upload:
		if file, ok := value.File.(*incomingFile); ok {
			u.found = append(u.found, file)
		}
	case []model.Upload: // what validation makes of a single one where a list is wanted
		for _, element := range value {
			u.inVariable(element)
		}
	case []any:
		for _, element := range value {
			u.inVariable(element)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			u.inVariable(value[name])
		}
	}
}
