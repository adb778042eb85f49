package resolvers

import (
	"context"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// EditMessage answers Mutation.editMessage.
func (mutation) EditMessage(ctx context.Context, input generated.EditMessageInput) (*model.EditMessagePayload, error) {
	payload := &model.EditMessagePayload{ConversationID: input.ConversationID, MessageID: input.MessageID}
	if err := editMessage(ctx, input); err != nil {
		names := inputNames{"messageContent": "content"}
		payload.UserErrors, err = names.explain(err, "messageId")
		return payload, err
	}
	startPayload(ctx, input.ConversationID)
	return payload, nil
}

func editMessage(ctx context.Context, input generated.EditMessageInput) error {
	var wrong userErrors
	wrong.checkID(input.ConversationID, "conversationId")
	wrong.checkID(input.MessageID, "messageId")
	if isBlank(input.Content) {
		wrong.add(model.UserErrorRequired, "The text must not be blank.", "content")
	}
	if len(wrong) > 0 {
		return wrong
	}
	return loader.From(ctx).EditMessage(ctx, input.ConversationID, input.MessageID, input.Content)
}

// EditedMessage answers EditMessagePayload.editedMessage.
func (editMessagePayload) EditedMessage(ctx context.Context, payload *model.EditMessagePayload) (*rest.TextMessage, error) {
	if len(payload.UserErrors) > 0 {
		return nil, nil //nolint:nilnil // there are user errors instead
	}
	return writtenMessage(ctx, payload.ConversationID, payload.MessageID)
}
