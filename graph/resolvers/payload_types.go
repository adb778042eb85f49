package resolvers

import (
	"context"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

type (
	createConversationPayload    struct{}
	updateConversationPayload    struct{}
	setConversationStatusPayload struct{}
	closeConversationsPayload    struct{}
	closeConversationResult      struct{}
	sendMessagePayload           struct{}
	editMessagePayload           struct{}
)

// CreateConversationPayload returns the resolvers of CreateConversationPayload.
func (Root) CreateConversationPayload() generated.CreateConversationPayloadResolver {
	return createConversationPayload{}
}

// UpdateConversationPayload returns the resolvers of UpdateConversationPayload.
func (Root) UpdateConversationPayload() generated.UpdateConversationPayloadResolver {
	return updateConversationPayload{}
}

// SetConversationStatusPayload returns the resolvers of SetConversationStatusPayload.
func (Root) SetConversationStatusPayload() generated.SetConversationStatusPayloadResolver {
	return setConversationStatusPayload{}
}

// CloseConversationsPayload returns the resolvers of CloseConversationsPayload.
func (Root) CloseConversationsPayload() generated.CloseConversationsPayloadResolver {
	return closeConversationsPayload{}
}

// CloseConversationResult returns the resolvers of CloseConversationResult.
func (Root) CloseConversationResult() generated.CloseConversationResultResolver {
	return closeConversationResult{}
}

// SendMessagePayload returns the resolvers of SendMessagePayload.
func (Root) SendMessagePayload() generated.SendMessagePayloadResolver { return sendMessagePayload{} }

// EditMessagePayload returns the resolvers of EditMessagePayload.
func (Root) EditMessagePayload() generated.EditMessagePayloadResolver { return editMessagePayload{} }

// Conversation answers CreateConversationPayload.conversation.
func (createConversationPayload) Conversation(ctx context.Context, payload *model.CreateConversationPayload) (*rest.Conversation, error) {
	return writtenConversation(ctx, valueOf(payload.ConversationID), payload.UserErrors)
}

// Conversation answers UpdateConversationPayload.conversation.
func (updateConversationPayload) Conversation(ctx context.Context, payload *model.UpdateConversationPayload) (*rest.Conversation, error) {
	return writtenConversation(ctx, payload.ID, payload.UserErrors)
}

// Conversation answers SetConversationStatusPayload.conversation.
func (setConversationStatusPayload) Conversation(ctx context.Context, payload *model.SetConversationStatusPayload) (*rest.Conversation, error) {
	return writtenConversation(ctx, payload.ID, payload.UserErrors)
}
