package resolvers

import (
	"context"
	"errors"
	"slices"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

const (
	// maxLimit is the number of rows in one call with which a page of 100 rows and a neighbor can always be fetched.
	maxLimit = 2 * (model.MaxPage + 1)
	// safeLimit is a limit that mStudio certainly allows.
	safeLimit = rest.DefaultLimit
)

// listPart is a part of a list.
type listPart struct {
	model.Part[*rest.Conversation]

	calls  int  // that fetched it
	isLast bool // whether it reaches the end of the list; the total may count rows that the caller may not see
}

// covers reports whether the part contains all existing rows at the positions from start up to, not including, end.
func (p listPart) covers(start, end int) bool {
	return p.Position <= max(start, 0) && (end <= p.End() || p.isLast)
}

// isWhole reports whether the part is the whole list.
func (p listPart) isWhole() bool { return p.Position == 0 && p.isLast }

// readable returns the rows that are not nil.
func readable(rows []*rest.Conversation) []*rest.Conversation {
	return slices.DeleteFunc(slices.Clone(rows), func(row *rest.Conversation) bool { return row == nil })
}

// indexOf returns the index of the row at a position, or the nearest one. The result is certain unless that row is outside
// the part.
func (p listPart) indexOf(position int) (index int, isCertain bool) {
	index = min(max(position-p.Position, 0), len(p.Rows))
	return index, p.covers(position, position) && (len(p.Rows) > 0 || p.Position == 0)
}

// isCapped reports whether mStudio seems to have reduced a limit above [safeLimit].
func (p listPart) isCapped() bool {
	return len(p.Rows) <= safeLimit && (p.HasMore || p.Total == nil && len(p.Rows) == safeLimit)
}

// fetchPart fetches at least the rows at the positions from start up to, not including, end. It needs at least one position.
func fetchPart(ctx context.Context, list rest.ConversationList, start, end int) (listPart, error) {
	limit, skip := alignedPage(start, end)
	if limit == 0 {
		return fetchSafely(ctx, list, start, end)
	}
	part, err := fetchPage(ctx, list, limit, skip)
	if limit > safeLimit && (isBadInput(err) || err == nil && part.isCapped()) {
		part, err = fetchSafely(ctx, list, start, end)
		part.calls++
	}
	return part, err
}

func isBadInput(err error) bool {
	var failure *rest.Error
	return errors.As(err, &failure) && failure.Code == rest.BadInput
}

// alignedPage returns the smallest page that contains the positions from start up to end. mStudio requires skip to be a
// multiple of limit. The limit is 0 if no page is small enough, which happens only beyond all real lists.
func alignedPage(start, end int) (limit, skip int) {
	for limit = end - start; limit <= maxLimit; limit++ {
		if skip = start / limit * limit; skip+limit >= end {
			return limit, skip
		}
	}
	return 0, 0
}

// fetchSafely fetches the positions from start up to end with more calls, which are concurrent.
func fetchSafely(ctx context.Context, list rest.ConversationList, start, end int) (listPart, error) {
	first := start / safeLimit * safeLimit
	list.Limit = safeLimit
	for list.Skip = first; list.Skip < end; list.Skip += safeLimit {
		loader.From(ctx).StartConversations(ctx, list)
	}
	part, err := fetchPage(ctx, list, safeLimit, first)
	for skip := first + safeLimit; err == nil && !part.isLast && skip < end; skip += safeLimit {
		var next listPart
		next, err = fetchPage(ctx, list, safeLimit, skip)
		next.calls += part.calls
		next.Rows, next.Position = append(slices.Clip(part.Rows), next.Rows...), first
		part = next
	}
	return part, err
}

func fetchPage(ctx context.Context, list rest.ConversationList, limit, skip int) (listPart, error) {
	list.Limit, list.Skip = limit, skip
	page, err := loader.From(ctx).Conversations(ctx, list)
	if err != nil {
		return listPart{}, err
	}
	part := listPart{calls: 1}
	part.Rows, part.Position, part.HasMore = page.Conversations, skip, len(page.Conversations) >= limit
	if page.Total >= 0 {
		part.Total, part.HasMore = &page.Total, part.End() < page.Total
	}
	part.isLast = !part.HasMore || len(part.Rows) < limit
	return part, nil
}
