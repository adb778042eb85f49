package loader

import (
	"slices"
	"strings"

	"mstudio-graphql/rest"
)

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
