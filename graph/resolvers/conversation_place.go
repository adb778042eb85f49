package resolvers

import (
	"context"
	"slices"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

const (
	// maxSearchSteps is the maximum number of steps to find a place. A binary search needs fewer for 400,000 rows.
	maxSearchSteps = 16
	// searchReach is the number of rows before and after a position in which a place is looked for.
	searchReach = 50
)

// sortedList is a list that mStudio sorts in an order that the gateway knows.
type sortedList struct {
	rest.ConversationList

	order order[*rest.Conversation]
}

// place is the place between two rows before or after an anchor.
type place struct {
	anchor *anchor
	after  bool
}

// hint returns the position of the row after the place, if no row has entered, left or moved before it.
func (p place) hint() int {
	if p.after {
		return p.anchor.position + 1
	}
	return p.anchor.position
}

// around fetches a part of the list with a place, the given numbers of rows before and after it, and a neighbor of the
// place on either side as evidence. That is one call if the place is where it was, or is near enough. Otherwise it looks
// next to the rows that it has seen, and then searches the list, because the list is sorted. Among rows that do not show
// on which side of them the place is, it fetches the ends of the list once.
func (l sortedList) around(ctx context.Context, place place, before, after int) (listPart, error) {
	low, high := 0, maxPosition // the place is between them
	hasEnds := false            // whether the ends of the list have determined the order
	var report loader.SearchReport
	defer func() { loader.From(ctx).ReportSearch(report) }()
	fetched := func(part listPart) { report.Rows, report.Calls = report.Rows+len(part.Rows), report.Calls+part.calls }
	start := max(place.hint()-before, 0)
	end := start + before + after // also from position 0, because new rows often appear there
	for step := range maxSearchSteps {
		part, err := fetchPart(ctx, l.ConversationList, max(start, 0), end)
		if err != nil {
			return part, err
		}
		fetched(part)
		index, isCertain := l.find(part, place)
		if step > 0 && !isCertain && place.anchor.keys != nil && !l.isOrdered(part, place.anchor) {
			place.anchor.keys = nil // they say nothing in mStudio's order, so only the position remains
			start, end = place.hint()-before, place.hint()+after
			continue
		}
		if (step > 0 || isCertain) && !hasEnds && l.isUnlike(part, place.anchor) {
			ends, err := l.fetchEnds(ctx)
			if err != nil {
				return ends, err
			}
			fetched(ends)
			l.order, hasEnds, low, high = l.placing(ends.Rows), true, 0, maxPosition
			index, isCertain = l.find(part, place)
		}
		position := part.Position + index
		if isCertain && part.covers(position-before, position+after) {
			return part, nil
		}
		if isCertain {
			start, end = position-before, position+after
			continue
		}
		low, high = narrow(part, index, low, high)
		middle := position
		if step > 0 {
			middle = low + (high-low)/2
		}
		start, end = min(middle, high)-searchReach, min(middle, high)+searchReach
	}
	return listPart{}, &model.Error{
		Code:    model.CodeUpstreamBadResponse,
		Message: "The cursor's place was not found because the list keeps changing. Try again.",
	}
}

// narrow returns the bounds of a place that is before all rows of a part, or after all of them.
func narrow(part listPart, index, low, high int) (newLow, newHigh int) {
	if index == 0 {
		high = part.Position
	} else {
		low = part.End()
	}
	if part.Total != nil {
		high = min(high, *part.Total)
	}
	if low > high { // the list has changed since an earlier call
		return 0, high
	}
	return low, high
}

// find returns the index in part of the row after a place. The result is certain if the anchor is in part, or a row on
// either side of the place, or an end of the list. If the rows are not in the gateway's order, for example because mStudio
// compares titles by the rules of a language, and the anchor is not among them, find returns the anchor's former place. The
// result is then certain if the anchor is not near that place either.
func (l sortedList) find(part listPart, place place) (index int, isCertain bool) {
	if place.anchor.keys == nil {
		return part.indexOf(place.hint())
	}
	last, next := -1, len(part.Rows) // the rows next to the place
	order := l.orderOf(part.Rows)
	for i, row := range part.Rows {
		if row == nil {
			continue
		}
		switch compared := order.compareTo(row, place.anchor); {
		case (compared == 0 || l.isAt(row, place.anchor)) && place.after:
			return i + 1, true
		case compared == 0 || l.isAt(row, place.anchor):
			return i, true
		case compared < 0:
			last = i
		case next == len(part.Rows):
			next = i
		}
	}
	if !l.isOrdered(part, place.anchor) || last < 0 && next == len(part.Rows) {
		index, isCertain = part.indexOf(place.hint())
		return index, isCertain && part.covers(place.hint()-searchReach, place.hint()+searchReach)
	}
	switch {
	case last < 0 && part.Position > 0:
		return 0, false
	case next == len(part.Rows) && !part.isLast:
		return next, false
	case place.after:
		return min(last+1, next), true
	}
	return max(last+1, next), true
}

// isOrdered reports whether mStudio's order is the gateway's in a part, and tells where an anchor belongs. Titles need enough
// rows as evidence. Undated rows are evidence only beside a dated one. The ID does not count, because mStudio may compare
// times more exactly than it returns them.
func (l sortedList) isOrdered(part listPart, anchor *anchor) bool {
	order, rows := l.orderOf(part.Rows), readable(part.Rows)
	isUnknown := func(row *rest.Conversation) bool {
		return order[0].isTime && rest.KnownTime(order[0].key(row).at) == nil
	}
	isEnough := len(rows) >= searchReach || part.isWhole() || !sortsBy(l.Sort, rest.SortTitle)
	return len(rows) == 0 || l.isPlaced(anchor) && isEnough && !slices.ContainsFunc(rows, isUnknown) && slices.IsSortedFunc(rows, order[:len(order)-1].compare)
}
