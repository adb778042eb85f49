package resolvers

import (
	"context"
	"slices"
	"strings"
	"time"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

const defaultMessagePage = 100

// Messages resolves Conversation.messages.
func (conversation) Messages(
	ctx context.Context, parent *rest.Conversation,
	first *int32, after *string, last *int32, before *string, includeInternal bool,
) (*model.MessageConnection, error) {
	page, err := newMessagePage(parent.ID, model.PageArguments{First: first, After: after, Last: last, Before: before}, includeInternal)
	if err != nil {
		return nil, err
	}
	messages, err := loader.From(ctx).Messages.Load(ctx, parent.ID)
	if err != nil {
		return nil, err
	}
	connection := page.slice(messages)
	prefetchDownloads(ctx, connection)
	return connection, nil
}

// messagePage is a page of the messages of a conversation.
type messagePage struct {
	bounds[messagePosition]

	conversationID  string
	arguments       model.PageArguments
	includeInternal bool
}

// messagePosition is the position of a message in a conversation: its time and, among messages of the same time, its ID.
type messagePosition struct {
	at time.Time
	id string
}

func newMessagePage(conversationID string, arguments model.PageArguments, includeInternal bool) (*messagePage, error) {
	page := &messagePage{conversationID: conversationID, arguments: arguments, includeInternal: includeInternal}
	var err error
	page.bounds, err = newBounds(page.scope(), arguments, parseMessagePosition)
	return page, err
}

func (p *messagePage) scope() model.Scope {
	scope := model.Scope("messages/" + strings.ToLower(p.conversationID))
	if p.includeInternal {
		scope += "+internal"
	}
	return scope
}

func parseMessagePosition(text string) (messagePosition, error) {
	stamp, id, _ := strings.Cut(text, " ")
	at, err := time.Parse(time.RFC3339Nano, stamp)
	return messagePosition{at: at, id: id}, err
}

func (p *messagePage) cursor(message rest.Message) string {
	head := message.Head()
	return p.scope().Encode(head.CreatedAt.Format(time.RFC3339Nano) + " " + head.ID)
}

// slice returns the page of all messages of the conversation.
func (p *messagePage) slice(messages []rest.Message) *model.MessageConnection {
	visible := p.visible(messages)
	start, end := 0, len(visible)
	if p.after != nil {
		start = p.after.indexAfter(visible)
	}
	if p.before != nil {
		end = p.before.indexBefore(visible)
	}
	return model.Slice(visible, start, end, p.arguments, defaultMessagePage, p.cursor)
}

// visible removes internal messages. It copies the messages only if there are any, which is rare.
func (p *messagePage) visible(messages []rest.Message) []rest.Message {
	if p.includeInternal || !slices.ContainsFunc(messages, isInternal) {
		return messages
	}
	return slices.DeleteFunc(slices.Clone(messages), isInternal)
}

func isInternal(message rest.Message) bool { return message.Head().Internal }

// indexAfter returns the index at which a page after the position starts. If the message occurs twice, that is after the
// second occurrence, so that paging always advances. If the message is gone, that is at the first message that is not
// older: a page may repeat messages but never skips one.
func (p messagePosition) indexAfter(messages []rest.Message) int {
	for i, message := range slices.Backward(messages) {
		if p.isOf(message.Head()) {
			return i + 1
		}
	}
	isNotOlder := func(message rest.Message) bool { return !message.Head().CreatedAt.Before(p.at) }
	start := slices.IndexFunc(messages, isNotOlder)
	switch {
	case start < 0:
		return len(messages)
	case messages[start].Head().ID == p.id:
		return start + 1 // the message has only another time
	}
	return start
}

// indexBefore returns the index at which a page before the position ends. If the message is gone, that is at the first
// message that is newer.
func (p messagePosition) indexBefore(messages []rest.Message) int {
	end := len(messages)
	for i, message := range messages {
		head := message.Head()
		if p.isOf(head) {
			return i
		}
		if end == len(messages) && head.CreatedAt.After(p.at) {
			end = i
		}
	}
	return end
}

func (p messagePosition) isOf(head *rest.MessageHead) bool {
	return head.ID == p.id && head.CreatedAt.Equal(p.at)
}
