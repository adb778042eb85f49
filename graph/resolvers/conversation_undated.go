package resolvers

import (
	"iter"
	"slices"
	"time"

	"mstudio-graphql/rest"
)

// precision is the unit of mStudio's times.
const precision = time.Millisecond

// isUndated reports whether mStudio sorts a row by a time that cannot be read.
func (l sortedList) isUndated(row *rest.Conversation) bool {
	switch {
	case row == nil:
		return false
	case l.Sort[0].Field == rest.SortCreatedAt:
		return rest.KnownTime(row.CreatedAt) == nil
	}
	return l.Sort[0].Field == rest.SortLastMessageAt && row.LastMessage != nil && rest.KnownTime(row.LastMessage.CreatedAt) == nil
}

// orderOf returns the order for consecutive rows of mStudio's list, as placing does. It sorts an undated row directly after the
// row before it. The first rows, if undated, are directly before the first dated one.
func (l sortedList) orderOf(rows []*rest.Conversation) order[*rest.Conversation] {
	placed := l.placing(rows)
	if !slices.ContainsFunc(rows, l.isUndated) {
		return placed
	}
	step := time.Nanosecond // less than precision
	if l.Sort[0].Descending {
		step = -step
	}
	times := map[*rest.Conversation]time.Time{}
	l.date(times, slices.All(rows), step)
	l.date(times, slices.Backward(rows), -step)
	dated := slices.Clone(placed)
	dated[0].key = func(row *rest.Conversation) sortKey {
		at, isKnown := times[row]
		switch {
		case isKnown:
			return sortKey{at: at}
		case l.isUndated(row):
			return sortKey{at: rest.Epoch()}
		}
		return l.order[0].key(row)
	}
	return dated
}

// date sets the times of undated rows to that of the row before them, each a step later.
func (l sortedList) date(times map[*rest.Conversation]time.Time, rows iter.Seq2[int, *rest.Conversation], step time.Duration) {
	var last time.Time
	for _, row := range rows {
		switch at, isKnown := times[row]; {
		case row == nil:
		case isKnown:
			last = at
		case !l.isUndated(row):
			last = l.order[0].key(row).at
		case !last.IsZero():
			last = last.Add(step)
			times[row] = last
		}
	}
}

// isAt reports whether an undated row is that of an anchor. Its time depends on the rows around it.
func (l sortedList) isAt(row *rest.Conversation, anchor *anchor) bool {
	id := slices.IndexFunc(l.Sort, func(key rest.ConversationSort) bool { return key.Field == rest.SortID })
	return l.isUndated(row) && row.ID == anchor.keys[id].text
}

// isPlaced reports whether the keys of an anchor determine its place.
func (l sortedList) isPlaced(anchor *anchor) bool {
	return !l.order[0].isTime || rest.KnownTime(anchor.keys[0].at) != nil
}

// isExact reports whether the keys of an anchor are those that mStudio sorts by. The time of an undated row depends on the rows
// around it, so that two pages may give it different ones.
func (l sortedList) isExact(anchor *anchor) bool {
	for i, column := range l.order {
		if at := anchor.keys[i].at; column.isTime && (rest.KnownTime(at) == nil || at.Nanosecond()%int(precision) != 0) {
			return false
		}
	}
	return true
}
