package uploads

import (
	"maps"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/graph/model"
)

const fileOrderMessage = "Each file in `map` must be used once, and files must be sent in the order of use, without other parts, because they are streamed."

// Check arranges the files in the order in which the operation uses them, because `map` is a JSON object and has no order,
// and waits for the first to begin. It reports files that the operation does not use or uses twice, and a wrong part. A nil
// Form has no files.
func (f *Form) Check(operation *graphql.OperationContext) gqlerror.List {
	if f == nil {
		return nil
	}
	uses := fileUses{operation: operation}
	for _, field := range graphql.CollectFields(operation, operation.Operation.SelectionSet, []string{"Query", "Mutation"}) {
		for _, argument := range field.Arguments {
			uses.inValue(argument.Value)
		}
	}
	for _, incoming := range f.files {
		if !slices.Contains(uses.found, incoming) {
			return gqlerror.List{gqlerror.Wrap(model.BadInput("The operation does not use a file in `map`."))}
		}
	}
	if len(uses.found) > len(f.files) {
		return gqlerror.List{gqlerror.Wrap(model.BadInput(fileOrderMessage))}
	}
	f.files = uses.found
	// Over HTTP/2, the server's own deadline would end the stream of a long upload. The response gets another.
	_ = f.body.controller.SetWriteDeadline(time.Time{})
	f.body.endWithin(f.limits.Idle)
	if err := f.advance(); err != nil {
		return gqlerror.List{gqlerror.Wrap(err)}
	}
	f.body.pause()
	return nil
}

// fileUses collects the files of an operation in the order of use. The root fields of a mutation run one after another.
type fileUses struct {
	operation *graphql.OperationContext
	found     []*file
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
		if incoming, ok := value.File.(*file); ok {
			u.found = append(u.found, incoming)
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
