package loader

import (
	"context"
	"errors"
	"slices"
	"strings"

	"mstudio-graphql/rest"
)

// notifications stands for the caller's notifications among the conversations with events. Only reads of notifications wait
// for its event, because conversations do not change with them.
const notifications = "00000000-0000-0000-0000-000000000001"

// ErrUnreadUnknown means that a conversation may have unread notifications that mStudio's response does not show.
var ErrUnreadUnknown = errors.New("loader: unknown whether there are notifications")

// Unread states which conversations the caller has unread notifications about.
type Unread struct {
	// about holds the distinct objects that notifications are about, by their IDs and those of their parents, in lower case.
	about         map[string][]rest.NotificationReference
	conversations map[string]struct{}
	// isCertain reports whether all other conversations are read.
	isCertain bool
}

func newUnread(list *rest.UnreadNotifications) *Unread {
	u := &Unread{about: map[string][]rest.NotificationReference{}, conversations: map[string]struct{}{}}
	for _, row := range list.Rows {
		u.add(row.Reference.ID, row.Reference)
		for _, parent := range row.Reference.Parents {
			u.add(parent.ID, row.Reference)
		}
		if id := row.ConversationID(); id != "" {
			u.conversations[strings.ToLower(id)] = struct{}{}
		}
	}
	u.isCertain = list.IsWhole
	return u
}

func (u *Unread) add(id string, about rest.NotificationReference) {
	id, about.Parents = strings.ToLower(id), nil
	isSame := func(known rest.NotificationReference) bool {
		return known.ID == about.ID && known.Aggregate == about.Aggregate && known.Domain == about.Domain
	}
	if !slices.ContainsFunc(u.about[id], isSame) {
		u.about[id] = append(u.about[id], about)
	}
}

// Has reports whether a conversation is unread, or returns nil if that is unknown.
func (u *Unread) Has(conversationID string) *bool {
	if len(u.about[strings.ToLower(conversationID)]) > 0 {
		return new(true)
	}
	if u.isCertain {
		return new(false)
	}
	return nil
}

// Count returns the number of unread conversations, or nil if it is unknown.
func (u *Unread) Count() *int32 {
	if !u.isCertain {
		return nil
	}
	return new(int32(len(u.conversations))) //nolint:gosec // at most as many as a response has notifications
}

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
