package resolvers

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// finishWrite completes a mutation of one conversation. If the write has failed, it returns the user errors or the error;
// otherwise it prefetches the fields of the payload. subject is as in [inputNames.userErrorsOf].
func finishWrite(ctx context.Context, conversationID string, names inputNames, subject string, err error) ([]*model.UserError, error) {
	if err != nil {
		return names.userErrorsOf(err, subject)
	}
	prefetchPayload(ctx, conversationID, graphql.GetFieldContext(ctx).Field.Definition.Type.Name())
	return nil, nil
}

// Conversation resolves the field conversation of the payloads of writes to a conversation.
func (conversationPayload) Conversation(ctx context.Context, payload *model.ConversationPayload) (*rest.Conversation, error) {
	conversation, err := writtenConversation(ctx, valueOf(payload.ConversationID), payload.UserErrors)
	if payload.IsUnchanged {
		return conversation, err
	}
	return conversation, afterWrite(err)
}

// Conversation resolves SendMessagePayload.conversation.
func (messagePayload) Conversation(ctx context.Context, payload *model.MessagePayload) (*rest.Conversation, error) {
	conversation, err := writtenConversation(ctx, payload.ConversationID, payload.UserErrors)
	return conversation, afterWrite(err)
}

// writtenConversation returns a conversation after a write, or null if the write had user errors.
func writtenConversation(ctx context.Context, id string, found []*model.UserError) (*rest.Conversation, error) {
	if len(found) > 0 {
		return nil, nil //nolint:nilnil // the payload has user errors instead
	}
	return loader.From(ctx).Conversation.Load(ctx, id)
}

// SentMessage resolves SendMessagePayload.sentMessage.
func (messagePayload) SentMessage(ctx context.Context, payload *model.MessagePayload) (*rest.TextMessage, error) {
	return writtenMessage(ctx, payload)
}

// EditedMessage resolves EditMessagePayload.editedMessage.
func (messagePayload) EditedMessage(ctx context.Context, payload *model.MessagePayload) (*rest.TextMessage, error) {
	return writtenMessage(ctx, payload)
}

// writtenMessage returns a message after a write, or null if the write had user errors. mStudio has no call for single
// messages, so it loads all of the conversation.
func writtenMessage(ctx context.Context, payload *model.MessagePayload) (*rest.TextMessage, error) {
	if len(payload.UserErrors) > 0 {
		return nil, nil //nolint:nilnil // the payload has user errors instead
	}
	messages, err := loader.From(ctx).Messages.Load(ctx, payload.ConversationID)
	if err != nil {
		return nil, afterWrite(err)
	}
	for _, message := range messages {
		if text, ok := message.(*rest.TextMessage); ok && strings.EqualFold(text.ID, valueOf(payload.MessageID)) {
			return text, nil
		}
	}
	return nil, afterWrite(&rest.Error{Code: rest.NotFound})
}

// ConversationEdge resolves CreateConversationPayload.conversationEdge. In the default order, a conversation with a message is
// the first. The place of one without a message is found by its sort keys.
func (p conversationPayload) ConversationEdge(ctx context.Context, payload *model.ConversationPayload) (*model.ConversationEdge, error) {
	conversation, err := p.Conversation(ctx, payload)
	if conversation == nil {
		return nil, err
	}
	selected, err := newSelection(nil, nil)
	if err != nil {
		return nil, err
	}
	page, err := newListPage(selected.list, model.PageArguments{})
	return &model.ConversationEdge{Cursor: page.cursor(page.list.order, conversation, 0), Node: conversation}, err
}

// MessageEdge resolves SendMessagePayload.messageEdge.
func (messagePayload) MessageEdge(ctx context.Context, payload *model.MessagePayload) (*model.MessageEdge, error) {
	sent, err := writtenMessage(ctx, payload)
	if sent == nil {
		return nil, err
	}
	page, err := newMessagePage(payload.ConversationID, model.PageArguments{}, messageFilter{})
	if err != nil {
		return nil, err
	}
	messages, err := loader.From(ctx).Messages.Load(ctx, payload.ConversationID)
	history := page.slice(messages)
	if i := slices.Index(history.Nodes, rest.Message(sent)); i >= 0 {
		return &model.MessageEdge{Cursor: history.Cursor(i), Node: sent}, nil
	}
	return nil, afterWrite(cmp.Or(err, error(&rest.Error{Code: rest.NotFound})))
}

// afterWrite marks the error of a read after a successful write.
func afterWrite(err error) error {
	failure, ok := errors.AsType[*rest.Error](err)
	if !ok {
		return err
	}
	done := *failure
	done.Outcome = rest.OutcomeDone
	return &done
}
