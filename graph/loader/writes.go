package loader

import (
	"context"
	"errors"

	"mstudio-graphql/rest"
)

// SendMessage writes into a conversation.
func (l *Loaders) SendMessage(ctx context.Context, conversationID string, message rest.NewMessage) (*rest.SentMessage, error) {
	sent, err := l.about(conversationID).SendMessage(ctx, conversationID, message)
	if err != nil {
		l.failed(ctx, conversationID, err)
		return nil, err
	}
	l.wrote(ctx, conversationID, sent.Event)
	return sent, nil
}

// failed forgets what a write may have changed although it failed.
func (l *Loaders) failed(ctx context.Context, conversationID string, err error) {
	if failure, ok := errors.AsType[*rest.Error](err); ok && failure.Outcome != "" {
		l.wrote(ctx, conversationID, "")
	}
}

// wrote makes later reads see a change of a conversation: what is remembered of it is forgotten, and reads wait for
// the event. Lists may show the conversation, at another place than before, so none is kept.
func (l *Loaders) wrote(ctx context.Context, conversationID string, event rest.EventID) {
	id, err := rest.ParseID(conversationID)
	if err != nil {
		return // then there was no write
	}
	l.events.add(id, event)
	l.conversations.loader().Clear(ctx, id)
	l.messages.loader().Clear(ctx, id)
	l.members.loader().Clear(ctx, id)
	l.lists.loader().ClearAll()
	l.walks.loader().ClearAll()
	l.known.Clear()
}
