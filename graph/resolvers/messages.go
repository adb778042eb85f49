package resolvers

import (
	"slices"
	"strings"
	"time"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

const defaultHistoryPage = 100

// historyBounds is which part of a history is asked for.
type historyBounds struct {
	pageBounds[place]

	conversationID  string
	arguments       model.PageArguments
	includeInternal bool
}

// place is a message's place in a history: its time and, among messages of the same time, its id.
type place struct {
	at time.Time
	id string
}

func newHistoryBounds(conversationID string, arguments model.PageArguments, includeInternal bool) (*historyBounds, error) {
	bounds := &historyBounds{conversationID: conversationID, arguments: arguments, includeInternal: includeInternal}
	var err error
	bounds.pageBounds, err = newPageBounds(bounds.scope(), arguments, parsePlace)
	return bounds, err
}

// scope is what the cursors are of.
func (b *historyBounds) scope() model.Scope {
	scope := model.Scope("messages/" + strings.ToLower(b.conversationID))
	if b.includeInternal {
		scope += "+internal"
	}
	return scope
}

func parsePlace(text string) (*place, error) {
	stamp, id, _ := strings.Cut(text, " ")
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil {
		return nil, model.BadInput("The cursor is not one of this API.")
	}
	return &place{at: at, id: id}, nil
}

func (b *historyBounds) cursor(message rest.Message) string {
	head := message.Head()
	return b.scope().Encode(head.CreatedAt.Format(time.RFC3339Nano) + " " + head.ID)
}

// page cuts the part out of the whole history.
func (b *historyBounds) page(history []rest.Message) *model.MessageConnection {
	visible := b.visible(history)
	start, end := 0, len(visible)
	if b.after != nil {
		start = b.after.behind(visible)
	}
	if b.before != nil {
		end = max(b.before.ahead(visible), start)
	}
	front, back := b.arguments.Cut(end-start, defaultHistoryPage)
	start, end = start+front, end-back
	nodes := visible[start:end]
	total := len(visible)
	return &model.MessageConnection{
		Nodes:       nodes,
		TotalCount:  &total,
		HasPrevious: start > 0,
		HasNext:     end < total,
		Cursor:      func(index int) string { return b.cursor(nodes[index]) },
	}
}

// visible leaves out what is internal. Most histories have nothing that is, and are not copied.
func (b *historyBounds) visible(history []rest.Message) []rest.Message {
	if b.includeInternal || !slices.ContainsFunc(history, isInternal) {
		return history
	}
	return slices.DeleteFunc(slices.Clone(history), isInternal)
}

func isInternal(message rest.Message) bool { return message.Head().Internal }

// behind returns where a page starts that comes after the place. If its message is there twice, that is behind the second
// one, so that whoever walks through the history gets on. If it is gone, that is at the first one that is not older: some
// may be shown twice, but none is missed.
func (p *place) behind(history []rest.Message) int {
	for i, message := range slices.Backward(history) {
		if p.isOf(message.Head()) {
			return i + 1
		}
	}
	isNotOlder := func(message rest.Message) bool { return !message.Head().CreatedAt.Before(p.at) }
	start := slices.IndexFunc(history, isNotOlder)
	switch {
	case start < 0:
		return len(history)
	case history[start].Head().ID == p.id:
		return start + 1 // it has only moved
	}
	return start
}

// ahead returns where a page ends that comes before the place. If its message is gone, that is at the first one that is
// newer.
func (p *place) ahead(history []rest.Message) int {
	end := len(history)
	for i, message := range history {
		head := message.Head()
		if p.isOf(head) {
			return i
		}
		if end == len(history) && head.CreatedAt.After(p.at) {
			end = i
		}
	}
	return end
}

func (p *place) isOf(head *rest.MessageHead) bool {
	return head.ID == p.id && head.CreatedAt.Equal(p.at)
}
