package resolvers

import (
	"context"
	"slices"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

// lacksKey reports whether a row has no value to sort by, because the conversation has no message.
func (l sortedList) lacksKey(row *rest.Conversation) bool { return l.order[0].key(row).at.IsZero() }

// placing returns the order that has rows without a message on the side on which the given rows have them, because mStudio does
// not document that side. If the rows do not show the side, these are the oldest.
func (l sortedList) placing(rows []*rest.Conversation) order[*rest.Conversation] {
	rows = readable(rows)
	if len(rows) == 0 || l.lacksKey(rows[0]) == l.lacksKey(rows[len(rows)-1]) {
		return l.order
	}
	placed := slices.Clone(l.order)
	placed[0].isZeroLatest = l.lacksKey(rows[0]) == placed[0].descending
	return placed
}

// isUnlike reports whether all rows of a part have a message, but the row of an anchor does not, or the other way round. Then only
// the ends of the list show on which side of the part the place is.
func (l sortedList) isUnlike(part listPart, anchor *anchor) bool {
	rows := readable(part.Rows)
	return anchor.keys != nil && len(rows) > 0 && !part.isWhole() && !slices.ContainsFunc(rows, func(row *rest.Conversation) bool {
		return l.lacksKey(row) == anchor.keys[0].at.IsZero()
	})
}

// fetchEnds fetches the first and the last row of the list concurrently.
func (l sortedList) fetchEnds(ctx context.Context) (listPart, error) {
	backward := opposite(l.ConversationList)
	backward.Limit = 1
	loader.From(ctx).StartConversations(ctx, backward)
	first, err := fetchPart(ctx, l.ConversationList, 0, 1)
	if err != nil {
		return first, err
	}
	ends, err := fetchPart(ctx, backward, 0, 1)
	ends.Rows, ends.calls = slices.Concat(first.Rows, ends.Rows), first.calls+ends.calls
	return ends, err
}
