// Package resolvers resolves the fields of the schema that need an upstream call: each resolver turns arguments into one
// call of a loader, and the result of the call into its own. There is one file per section of the schema.
package resolvers

import (
	"context"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/markdown"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// Root implements the root of the generated resolvers.
type Root struct {
	// OnReveal is called before a secret is revealed to the caller. If it is nil, secrets are not revealed.
	OnReveal func(ctx context.Context, message rest.MessageHead)
	// Files creates links to files.
	Files FileLinks
	// MaxUploadBytes is the gateway's limit for a file of a message. Zero means none.
	MaxUploadBytes int64
	// ConversationURL is the address of a conversation in mStudio, with {id} or {shortId} in it. Empty means none.
	ConversationURL string
	// Texts renders the texts of messages.
	Texts *markdown.Renderer
	// SubgraphSDL is the schema that a router composes with other subgraphs.
	SubgraphSDL string
}

// FileLinks creates links to files.
type FileLinks interface {
	// Link returns a link to a file, either for saving it (attachment) or for showing it.
	Link(ctx context.Context, file *rest.UploadedFile, access *rest.FileAccess, attachment bool) (*model.FileDownload, error)
}

var _ generated.ResolverRoot = Root{}

type (
	query                struct{ Root }
	mutation             struct{}
	subscription         struct{}
	conversationCounts   struct{}
	conversation         struct{ url string }
	customer             struct{}
	project              struct{}
	preferredUser        struct{}
	secret               struct{ Root }
	uploadedFile         struct{ Root }
	conversationsPayload struct{}
	conversationPayload  struct{}
	messagePayload       struct{}
	category             struct{}
	textMessage          struct {
		messageItem[*rest.TextMessage]

		texts *markdown.Renderer
	}
	user struct{}
)

// messageItem resolves the fields of MessageItem for one type of item.
type messageItem[T rest.Message] struct{}

// Query returns the resolvers of Query.
func (r Root) Query() generated.QueryResolver { return query{r} }

// Mutation returns the resolvers of Mutation.
func (Root) Mutation() generated.MutationResolver { return mutation{} }

// Subscription returns the resolvers of Subscription.
func (Root) Subscription() generated.SubscriptionResolver { return subscription{} }

// Conversation returns the resolvers of Conversation.
func (r Root) Conversation() generated.ConversationResolver { return conversation{r.ConversationURL} }

// ConversationCounts returns the resolvers of ConversationCounts.
func (Root) ConversationCounts() generated.ConversationCountsResolver { return conversationCounts{} }

// Customer returns the resolvers of Customer.
func (Root) Customer() generated.CustomerResolver { return customer{} }

// Project returns the resolvers of Project.
func (Root) Project() generated.ProjectResolver { return project{} }

// PreferredUser returns the resolvers of PreferredUser.
func (Root) PreferredUser() generated.PreferredUserResolver { return preferredUser{} }

// Secret returns the resolvers of Secret.
func (r Root) Secret() generated.SecretResolver { return secret{r} }

// UploadedFile returns the resolvers of UploadedFile.
func (r Root) UploadedFile() generated.UploadedFileResolver { return uploadedFile{r} }

// TextMessage returns the resolvers of TextMessage.
func (r Root) TextMessage() generated.TextMessageResolver { return textMessage{texts: r.Texts} }

// StatusUpdate returns the resolvers of StatusUpdate.
func (Root) StatusUpdate() generated.StatusUpdateResolver { return messageItem[*rest.StatusUpdate]{} }

// ServiceRequest returns the resolvers of ServiceRequest.
func (Root) ServiceRequest() generated.ServiceRequestResolver {
	return messageItem[*rest.ServiceRequest]{}
}

// UnknownMessage returns the resolvers of UnknownMessage.
func (Root) UnknownMessage() generated.UnknownMessageResolver {
	return messageItem[*rest.UnknownMessage]{}
}

// ConversationCategory returns the resolvers of ConversationCategory.
func (Root) ConversationCategory() generated.ConversationCategoryResolver { return category{} }

// CreateConversationPayload returns the resolvers of CreateConversationPayload.
func (Root) CreateConversationPayload() generated.CreateConversationPayloadResolver {
	return conversationPayload{}
}

// UpdateConversationPayload returns the resolvers of UpdateConversationPayload.
func (Root) UpdateConversationPayload() generated.UpdateConversationPayloadResolver {
	return conversationPayload{}
}

// SetConversationStatusPayload returns the resolvers of SetConversationStatusPayload.
func (Root) SetConversationStatusPayload() generated.SetConversationStatusPayloadResolver {
	return conversationPayload{}
}

// CloseConversationsPayload returns the resolvers of CloseConversationsPayload.
func (Root) CloseConversationsPayload() generated.CloseConversationsPayloadResolver {
	return conversationsPayload{}
}

// CloseConversationResult returns the resolvers of CloseConversationResult.
func (Root) CloseConversationResult() generated.CloseConversationResultResolver {
	return conversationPayload{}
}

// MarkConversationsReadPayload returns the resolvers of MarkConversationsReadPayload.
func (Root) MarkConversationsReadPayload() generated.MarkConversationsReadPayloadResolver {
	return conversationsPayload{}
}

// MarkConversationReadResult returns the resolvers of MarkConversationReadResult.
func (Root) MarkConversationReadResult() generated.MarkConversationReadResultResolver {
	return conversationPayload{}
}

// User returns the resolvers of User.
func (Root) User() generated.UserResolver { return user{} }

// SendMessagePayload returns the resolvers of SendMessagePayload.
func (Root) SendMessagePayload() generated.SendMessagePayloadResolver { return messagePayload{} }

// EditMessagePayload returns the resolvers of EditMessagePayload.
func (Root) EditMessagePayload() generated.EditMessagePayloadResolver { return messagePayload{} }

// byArgument returns the object whose ID is an argument, or an error for an invalid ID.
func byArgument[T any](ctx context.Context, id string, load func(context.Context, string) (T, error)) (value T, err error) {
	if id, err = rest.ParseID(id); err != nil {
		return value, err
	}
	return load(ctx, id)
}

// orNull returns null if mStudio does not have an object. It is for lookups by an ID that the client has chosen; if an
// object that mStudio refers to is missing, that remains an error.
func orNull[T any](value T, err error) (T, error) {
	var null T
	if rest.IsNotFound(err) {
		return null, nil
	}
	return value, err
}

// valueOf returns the value of an optional argument, or the zero value without one.
func valueOf[T any](given *T) (value T) {
	if given != nil {
		value = *given
	}
	return value
}
