package resolvers

import (
	"context"
	"slices"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

const (
	defaultMessagePage = 100
	maxMessagePage     = 1000 // mStudio returns all messages at once, so a large page costs no further call
)

// Messages resolves Conversation.messages.
func (conversation) Messages(
	ctx context.Context, parent *rest.Conversation,
	first *int32, after *string, last *int32, before *string, includeInternal bool, kinds []generated.MessageKind,
) (*model.MessageConnection, error) {
	arguments := model.PageArguments{First: first, After: after, Last: last, Before: before}
	page, err := newMessagePage(parent.ID, arguments, messageFilter{includeInternal, kinds})
	if err != nil {
		return nil, err
	}
	messages, err := loader.From(ctx).Messages.Load(ctx, parent.ID)
	if err != nil {
		return nil, err
	}
	if !includeInternal && slices.ContainsFunc(messages, isDoubtful) {
		reportHidden(ctx)
	}
	connection := page.slice(messages)
	prefetchDownloads(ctx, connection.Nodes)
	return connection, nil
}

// LastText resolves Conversation.lastText.
func (conversation) LastText(ctx context.Context, parent *rest.Conversation) (*rest.TextMessage, error) {
	messages, err := historyOf(ctx, parent.ID)
	for _, message := range slices.Backward(messages) {
		if text, ok := message.(*rest.TextMessage); ok && !text.IsInternal {
			prefetchDownloads(ctx, []rest.Message{text})
			return text, nil
		}
	}
	return nil, err
}

// messagePage is a page of the messages of a conversation.
type messagePage struct {
	bounds

	arguments model.PageArguments
	filter    messageFilter
	scope     model.Scope
	order     order[rest.Message]
}

func newMessagePage(conversationID string, arguments model.PageArguments, filter messageFilter) (*messagePage, error) {
	if arguments == (model.PageArguments{}) {
		arguments.Last = new(int32(defaultMessagePage))
	}
	page := &messagePage{arguments: arguments, filter: filter, scope: filter.scope(conversationID), order: messageOrder()}
	var err error
	page.bounds, err = newBounds(page.scope, arguments, maxMessagePage, page.order.parse)
	return page, err
}

// messageOrder is the order of a history, except that messages of the same time are in mStudio's order.
func messageOrder() order[rest.Message] {
	return order[rest.Message]{
		{isTime: true, key: func(message rest.Message) sortKey { return sortKey{at: message.Head().CreatedAt} }},
		{key: func(message rest.Message) sortKey { return sortKey{text: message.Head().ID} }},
	}
}

// slice returns the page of all messages of the conversation.
func (p *messagePage) slice(messages []rest.Message) *model.MessageConnection {
	visible := p.filter.apply(messages)
	start, end := 0, len(visible)
	if p.after != nil {
		start = p.indexAfter(visible)
	}
	if p.before != nil {
		end = p.indexBefore(visible)
	}
	cursor := func(i int) string { return p.scope.Encode(p.order.encode(visible[i], i)) }
	return &model.MessageConnection{
		Connection: *model.Whole(visible).Page(start, end, p.arguments, defaultMessagePage, cursor),
		TextCount:  p.filter.countTexts(messages),
	}
}

// indexAfter returns the index at which the page starts, after the anchor. If the message occurs twice, that is after
// the second occurrence, so that paging always advances. If the message is gone, that is at the first message that is not
// older: a page may repeat messages of that time but never skips one.
func (p *messagePage) indexAfter(messages []rest.Message) int {
	keys := p.after.keys
	for i, message := range slices.Backward(messages) {
		if p.order.compareTo(message, p.after) == 0 {
			return i + 1
		}
	}
	isNotOlder := func(message rest.Message) bool { return !message.Head().CreatedAt.Before(keys[0].at) }
	start := slices.IndexFunc(messages, isNotOlder)
	switch {
	case start < 0:
		return len(messages)
	case messages[start].Head().ID == keys[1].text:
		return start + 1 // the message has only another time
	}
	return start
}

// indexBefore returns the index at which the page ends, before the anchor. If the message is gone, that is at the first
// message that is newer.
func (p *messagePage) indexBefore(messages []rest.Message) int {
	end := len(messages)
	for i, message := range messages {
		if p.order.compareTo(message, p.before) == 0 {
			return i
		}
		if end == len(messages) && message.Head().CreatedAt.After(p.before.keys[0].at) {
			end = i
		}
	}
	return end
}

// Conversation resolves MessageItem.conversation. The operation has the conversation already, except after a write.
func (messageItem[T]) Conversation(ctx context.Context, parent T) (*rest.Conversation, error) {
	return loader.From(ctx).Conversation.Load(ctx, parent.Head().ConversationID)
}
