package loader

import (
	"context"
	"errors"

	"mstudio-graphql/rest"
)

// CreateConversation opens a conversation and returns its ID.
func (l *Loaders) CreateConversation(ctx context.Context, conversation rest.NewConversation) (id string, err error) {
	created, err := l.client.CreateConversation(ctx, conversation)
	if err != nil {
		l.failed(unknownConversation, err)
		return "", err
	}
	l.wrote(created.ID, created.Event)
	return created.ID, nil
}

// UpdateConversation changes fields of a conversation.
func (l *Loaders) UpdateConversation(ctx context.Context, id string, change rest.ConversationChange) error {
	_, err := l.write(id, func(c *rest.Client) (*rest.Written, error) { return c.UpdateConversation(ctx, id, change) })
	return err
}

// SetConversationStatus changes the status of a conversation.
func (l *Loaders) SetConversationStatus(ctx context.Context, id string, status rest.ConversationStatus) error {
	_, err := l.write(id, func(c *rest.Client) (*rest.Written, error) { return c.SetConversationStatus(ctx, id, status) })
	return err
}

// SendMessage adds a message to a conversation and returns the message's ID.
func (l *Loaders) SendMessage(ctx context.Context, conversationID string, message rest.NewMessage) (id string, err error) {
	return l.write(conversationID, func(c *rest.Client) (*rest.Written, error) { return c.SendMessage(ctx, conversationID, message) })
}

// EditMessage replaces the text of a message.
func (l *Loaders) EditMessage(ctx context.Context, conversationID, id, content string) error {
	_, err := l.write(conversationID, func(c *rest.Client) (*rest.Written, error) { return c.EditMessage(ctx, conversationID, id, content) })
	return err
}

// write writes to a conversation and returns the ID in mStudio's response.
func (l *Loaders) write(conversationID string, call func(*rest.Client) (*rest.Written, error)) (string, error) {
	written, err := call(l.clientFor(conversationID))
	if err != nil {
		l.failed(conversationID, err)
		return "", err
	}
	l.wrote(conversationID, written.Event)
	return written.ID, nil
}

// failed handles a failed write, which may nevertheless have changed something.
func (l *Loaders) failed(conversationID string, err error) {
	if failure, ok := errors.AsType[*rest.Error](err); ok && failure.Outcome != "" {
		l.wrote(conversationID, failure.Event)
	}
}

// wrote ensures that later reads return a change of a conversation: they wait for its event, and do not use cached data of
// the conversation. It clears all lists, because the change may move the conversation within them, and with them the single
// conversations that their rows have filled. It also clears the unread state, because mStudio does not document whether a
// write marks notifications as read.
func (l *Loaders) wrote(conversationID string, event rest.EventID) {
	id, err := rest.ParseID(conversationID)
	if err != nil {
		return // mStudio has rejected the write
	}
	l.events.written(Event{id, event})
	for _, clearOf := range l.clearOnWrite {
		clearOf(id)
	}
	l.pages.clear()
	l.rows.clear()
	l.fullLists.clear()
	l.shortIDs.clear()
	l.unread.clear()
	l.Conversation.once.clear()
}

// outcomeOf returns the outcome of a failed write, "" if nothing was changed.
func outcomeOf(err error) rest.Outcome {
	if failure, ok := errors.AsType[*rest.Error](err); ok {
		return failure.Outcome
	}
	return ""
}
