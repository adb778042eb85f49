package loader

import (
	"context"
	"errors"
	"strings"

	"mstudio-graphql/rest"
)

// ErrUnreadUnknown means that a conversation may have unread notifications that mStudio's response does not show.
var ErrUnreadUnknown = errors.New("loader: unknown whether there are notifications")

// Unread returns which conversations are unread. It makes one call for all of them.
func (l *Loaders) Unread(ctx context.Context) (*Unread, error) {
	return l.unread.load(ctx, struct{}{}, l.fetchUnread)
}

// StartUnread makes the call of [Loaders.Unread] in the background.
func (l *Loaders) StartUnread(ctx context.Context) { l.unread.start(ctx, struct{}{}, l.fetchUnread) }

func (l *Loaders) fetchUnread(ctx context.Context, _ struct{}) (*Unread, error) {
	list, err := l.clientFor(notifications).UnreadNotifications(ctx)
	if err != nil {
		return nil, err
	}
	return newUnread(list), nil
}

// MarkRead marks the notifications about a conversation as read, those that unread has. It makes one call for each object
// in the conversation that has any, usually the conversation itself, and returns whether there was one. The error is
// [ErrUnreadUnknown] if there was none, but the conversation may be unread.
func (l *Loaders) MarkRead(ctx context.Context, unread *Unread, conversationID string) (marked bool, err error) {
	found := unread.about[strings.ToLower(conversationID)]
	if len(found) == 0 && !unread.isCertain {
		return false, ErrUnreadUnknown
	}
	for _, about := range found {
		event, err := l.client.ReadNotifications(ctx, about)
		if failure, ok := errors.AsType[*rest.Error](err); ok {
			event = failure.Event // the write may have changed something nevertheless
		}
		l.events.written(Event{notifications, event})
		l.unread.clear()
		if err != nil {
			return false, err
		}
	}
	return len(found) > 0, nil
}
