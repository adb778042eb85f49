package resolvers

import (
	"context"
	"errors"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/rest"
)

// startPayload starts the calls that the payload of the mutation being resolved needs, after its write. They do not
// need each other's answers, so they run at the same time.
func startPayload(ctx context.Context, conversationID string) {
	field := graphql.GetFieldContext(ctx)
	startWithin(ctx, conversationID, field.Field.Definition.Type.Name())
}

// startWithin starts what an object of the payload needs of one conversation.
func startWithin(ctx context.Context, conversationID, object string) {
	plan := render.PlanOf(ctx, graphql.GetFieldContext(ctx))
	if plan == nil {
		return
	}
	loaders := loader.From(ctx)
	for _, below := range plan.Resolvers {
		switch name := below.Collected.Name; {
		case below.Object == object && name == "conversation":
			loaders.Conversation.Start(ctx, conversationID)
		case below.Object == object && (name == "sentMessage" || name == "editedMessage"):
			loaders.Messages.Start(ctx, conversationID)
		case below.Object == "Conversation" && len(below.Within) > 0 && below.Within[len(below.Within)-1] == object:
			startField(ctx, below.Field, conversationID)
		}
	}
}

// writtenConversation reads a conversation after it was changed; null if it was not.
func writtenConversation(ctx context.Context, id string, refused []*model.UserError) (*rest.Conversation, error) {
	if len(refused) > 0 {
		return nil, nil //nolint:nilnil // there are user errors instead
	}
	conversation, err := loader.From(ctx).Conversation.Load(ctx, id)
	return conversation, afterWrite(err)
}

// writtenMessage reads a message after it was written. mStudio shows messages only with their history.
func writtenMessage(ctx context.Context, conversationID, id string) (*rest.TextMessage, error) {
	history, err := loader.From(ctx).Messages.Load(ctx, conversationID)
	if err != nil {
		return nil, afterWrite(err)
	}
	for _, message := range history {
		if text, ok := message.(*rest.TextMessage); ok && sameID(text.ID, id) {
			return text, nil
		}
	}
	return nil, afterWrite(&rest.Error{Code: rest.NotFound})
}

// afterWrite says beside the error of a read that the write before it has succeeded.
func afterWrite(err error) error {
	failure, ok := errors.AsType[*rest.Error](err)
	if !ok {
		return err
	}
	done := *failure
	done.Outcome = rest.OutcomeDone
	return &done
}

func sameID(a, b string) bool { return strings.EqualFold(a, b) }

// valueOf is the zero value for what is not given.
func valueOf[T any](given *T) (value T) {
	if given != nil {
		value = *given
	}
	return value
}
