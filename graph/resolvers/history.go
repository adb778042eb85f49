package resolvers

import (
	"context"
	"strings"
	"time"

	"mstudio-graphql/rest"
)

// ClosedAt resolves Conversation.closedAt.
func (conversation) ClosedAt(ctx context.Context, parent *rest.Conversation) (*time.Time, error) {
	closing, err := closingOf(ctx, parent)
	if closing == nil {
		return nil, err
	}
	return rest.KnownTime(closing.CreatedAt), nil
}

// ClosedBy resolves Conversation.closedBy.
func (conversation) ClosedBy(ctx context.Context, parent *rest.Conversation) (*rest.User, error) {
	closing, err := closingOf(ctx, parent)
	if closing == nil {
		return nil, err
	}
	return closing.User, nil
}

// ReopenedCount resolves Conversation.reopenedCount.
func (conversation) ReopenedCount(ctx context.Context, parent *rest.Conversation) (*int32, error) {
	messages, err := historyOf(ctx, parent.ID)
	if err != nil {
		return nil, err
	}
	count := len(closings(messages))
	if count > 0 && parent.IsClosed() {
		count--
	}
	return new(int32(count)), nil //nolint:gosec // a history fits into memory
}

// FirstAnsweredAt resolves Conversation.firstAnsweredAt.
func (conversation) FirstAnsweredAt(ctx context.Context, parent *rest.Conversation) (*time.Time, error) {
	messages, err := historyOf(ctx, parent.ID)
	if answer := firstAnswer(parent, messages); answer != nil {
		return rest.KnownTime(answer.CreatedAt), nil
	}
	return nil, err
}

// closingOf returns the update that closed a conversation, or nil if it is not closed.
func closingOf(ctx context.Context, parent *rest.Conversation) (*rest.StatusUpdate, error) {
	if !parent.IsClosed() {
		return nil, nil //nolint:nilnil // not closed
	}
	messages, err := historyOf(ctx, parent.ID)
	if all := closings(messages); len(all) > 0 {
		return all[len(all)-1], nil
	}
	return nil, err
}

// closings returns the updates that closed a conversation, oldest first. Between two of them it was reopened: by another
// status, or by a text, after which mStudio does not document an update.
func closings(messages []rest.Message) (all []*rest.StatusUpdate) {
	isClosed := false
	for _, message := range messages {
		if message.Head().IsInternal {
			continue
		}
		switch message := message.(type) {
		case *rest.TextMessage:
			isClosed = false
		case *rest.StatusUpdate:
			closes := message.Code == "STATUS_CLOSED"
			if closes && !isClosed {
				all = append(all, message)
			}
			isClosed = closes || isClosed && !strings.HasPrefix(message.Code, "STATUS_")
		}
	}
	return all
}

// firstAnswer returns the first text of an employee after the customer has opened the conversation or written to it.
func firstAnswer(parent *rest.Conversation, messages []rest.Message) *rest.TextMessage {
	isAsked := isCustomer(parent.CreatedBy)
	for _, message := range messages {
		switch message := message.(type) {
		case *rest.ServiceRequest:
			isAsked = true
		case *rest.TextMessage:
			if isAsked && !message.IsInternal && message.CreatedBy != nil && message.CreatedBy.IsStaff() {
				return message
			}
			isAsked = isAsked || isCustomer(message.CreatedBy)
		}
	}
	return nil
}

// isCustomer treats authors without an employee flag as customers, because mStudio does not always send the flag.
func isCustomer(author *rest.User) bool { return author != nil && !author.IsStaff() }
