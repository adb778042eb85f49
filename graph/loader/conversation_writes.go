package loader

import (
	"context"
	"errors"

	"mstudio-graphql/rest"
)

// unknownConversation is one that was opened, and whose id could not be read. No conversation has this id, so that its
// event is waited for by reads of lists alone, in which its caller looks for it.
const unknownConversation = "00000000-0000-0000-0000-000000000000"

// CreateConversation opens a conversation and returns its id.
func (l *Loaders) CreateConversation(ctx context.Context, conversation rest.NewConversation) (id string, err error) {
	created, err := l.client.CreateConversation(ctx, conversation)
	if err != nil {
		l.failed(ctx, unknownConversation, err)
		return "", err
	}
	l.wrote(ctx, created.ID, created.Event)
	return created.ID, nil
}

// UpdateConversation changes what a conversation is about.
func (l *Loaders) UpdateConversation(ctx context.Context, id string, change rest.ConversationChange) error {
	_, err := l.changing(ctx, id, func(c *rest.Client) (*rest.Written, error) { return c.UpdateConversation(ctx, id, change) })
	return err
}

// SetConversationStatus says how far a conversation is.
func (l *Loaders) SetConversationStatus(ctx context.Context, id string, status rest.ConversationStatus) error {
	_, err := l.changing(ctx, id, func(c *rest.Client) (*rest.Written, error) { return c.SetConversationStatus(ctx, id, status) })
	return err
}

// SendMessage writes into a conversation and returns the message's id.
func (l *Loaders) SendMessage(ctx context.Context, conversationID string, message rest.NewMessage) (id string, err error) {
	return l.changing(ctx, conversationID, func(c *rest.Client) (*rest.Written, error) { return c.SendMessage(ctx, conversationID, message) })
}

// EditMessage replaces the text of a message.
func (l *Loaders) EditMessage(ctx context.Context, conversationID, id, content string) error {
	_, err := l.changing(ctx, conversationID, func(c *rest.Client) (*rest.Written, error) { return c.EditMessage(ctx, conversationID, id, content) })
	return err
}

// changing makes a write about a conversation and returns the id in its answer.
func (l *Loaders) changing(ctx context.Context, conversationID string, write func(*rest.Client) (*rest.Written, error)) (string, error) {
	written, err := write(l.about(conversationID))
	if err != nil {
		l.failed(ctx, conversationID, err)
		return "", err
	}
	l.wrote(ctx, conversationID, written.Event)
	return written.ID, nil
}

// failed is wrote for a write that failed, and has changed something all the same, or may have.
func (l *Loaders) failed(ctx context.Context, conversationID string, err error) {
	if failure, ok := errors.AsType[*rest.Error](err); ok && failure.Outcome != "" {
		l.wrote(ctx, conversationID, failure.Event)
	}
}

// wrote makes later reads see a change of a conversation: what is remembered of it is forgotten, and reads wait for
// the event. Lists may show the conversation, at another place than before, so none is kept.
func (l *Loaders) wrote(ctx context.Context, conversationID string, event rest.EventID) {
	id, err := rest.ParseID(conversationID)
	if err != nil {
		return // then there was no write
	}
	l.events.written(Event{id, event})
	l.conversations.loader().Clear(ctx, id)
	l.messages.loader().Clear(ctx, id)
	l.members.loader().Clear(ctx, id)
	l.lists.loader().ClearAll()
	l.fullLists.loader().ClearAll()
	l.known.Clear()
}
