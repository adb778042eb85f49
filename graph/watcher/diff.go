package watcher

import (
	"slices"
	"time"

	"mstudio-graphql/rest"
)

// change is a difference between a digest and what a poll has read.
type change struct {
	id      key
	row     *rest.Conversation // nil if it is gone
	was, is uint64             // bits of the filters that the row matched and matches
	number  uint32

	// If the client has missed it:
	last   int64 // time of the newest message in nanoseconds
	isGone bool
}

// matcher returns the bits of the filters that a row matches.
type matcher func(row *rest.Conversation) uint64

// merge takes over what a poll has read, and returns the differences, oldest first.
func (l *list) merge(r *reading, matches matcher, limit int, now time.Time) []change {
	if r.isSame {
		l.full, l.owed = now, nothing
		return nil
	}
	l.known = nil
	if r.starts {
		l.pass++
		l.invalid = false
		l.owed = min(l.owed, restOfPass)
	}
	l.reserve(len(r.rows))
	l.invalid = l.invalid || r.unreadable
	l.doubt = false
	latest := l.latest(now)
	var changes []change
	for _, row := range slices.Backward(r.distinct()) {
		isOld := !l.learned && (latest == 0 || lastMessageAt(row) <= latest)
		if found := l.see(row, matches, isOld); found != nil {
			changes = append(changes, *found)
		}
	}
	if r.ends && !l.invalid && l.covers(r, limit) {
		changes = append(changes, l.sweep(r)...)
		l.learned = true
		if l.owed == restOfPass {
			l.owed = nothing
		}
		if !l.doubt {
			l.known = r.known
		}
	}
	l.page = r.next
	if r.all {
		l.full, l.surplus = now, r.total-len(l.rows)
	}
	l.trim((limit + pageSize - 1) / pageSize * pageSize)
	return changes
}

// distinct returns each row once: the one with the newest message, because rows move while several pages are read.
func (r *reading) distinct() []*rest.Conversation {
	if len(r.rows) <= pageSize {
		return r.rows
	}
	places := make(map[key]int, len(r.rows))
	rows := make([]*rest.Conversation, 0, len(r.rows))
	for _, row := range r.rows {
		at, isKnown := places[keyOf(row.ID)]
		switch {
		case !isKnown:
			places[keyOf(row.ID)] = len(rows)
			rows = append(rows, row)
		case lastMessageAt(row) >= lastMessageAt(rows[at]):
			rows[at] = row
		}
	}
	return rows
}

// see compares a row that was read. A row that is older than the known one is believed at the second time. An unknown row is
// no change if it is old.
func (l *list) see(read *rest.Conversation, matches matcher, isOld bool) *change {
	id, last, hash := keyOf(read.ID), lastMessageAt(read), hashConversation(read)
	known := l.find(id)
	if known == nil {
		is := matches(read)
		added := row{id: id, last: last, hash: hash, members: is, pass: l.pass}
		if isOld {
			l.insert(added)
			return nil
		}
		added.changed = l.count()
		l.insert(added)
		return &change{id: id, row: read, is: is, number: added.changed}
	}
	known.pass = l.pass
	if last < known.last && !known.doubt {
		known.doubt, l.doubt = true, true
		return nil
	}
	was := known.members
	known.doubt, known.members = false, matches(read)
	if known.hash == hash && known.last == last {
		return nil
	}
	known.last, known.hash, known.changed = last, hash, l.count()
	return &change{id: id, row: read, was: was, is: known.members, number: known.changed}
}

// count returns the number of a new change.
func (l *list) count() uint32 {
	l.number++
	return l.number
}

// covers reports whether a pass has read each row. If rows move while several pages are read, some are on none of them. A
// difference that stays is an error of the length.
func (l *list) covers(r *reading, limit int) bool {
	if !r.all || r.total < 0 {
		return true
	}
	seen := 0
	for i := range l.rows {
		if l.rows[i].pass == l.pass {
			seen++
		}
	}
	return seen >= min(r.total, limit) || !l.full.IsZero() && r.total-seen == l.surplus
}

// sweep removes the rows that two passes have not seen.
func (l *list) sweep(r *reading) (changes []change) {
	l.rows = slices.DeleteFunc(l.rows, func(known row) bool {
		if known.pass == l.pass || !known.doubt {
			return false
		}
		if !r.more || known.last >= r.floor { // else it is among those that are not watched
			changes = append(changes, change{id: known.id, was: known.members, number: l.count()})
			l.remember(removal{known.id, l.number})
		}
		return true
	})
	for i := range l.rows {
		if known := &l.rows[i]; known.pass != l.pass {
			known.doubt = true
			l.doubt = l.doubt || r.all
		}
	}
	return changes
}

func (l *list) remember(gone removal) {
	if len(l.removals) == maxRemovals {
		l.lost = l.removals[0].number
		l.removals = slices.Delete(l.removals, 0, 1)
	}
	l.removals = append(l.removals, gone)
}

// trim drops the oldest rows beyond a maximum.
func (l *list) trim(maximum int) {
	for len(l.rows) > maximum {
		oldest := 0
		for i := range l.rows {
			if l.rows[i].last < l.rows[oldest].last {
				oldest = i
			}
		}
		l.rows = slices.Delete(l.rows, oldest, oldest+1)
	}
}

// since returns the rows that have changed and those that are gone since a change, oldest change first. ok is false if that
// is not known.
func (l *list) since(number uint32) (changes []change, ok bool) {
	if number > l.number || number < l.lost {
		return nil, false
	}
	for i := range l.rows {
		if known := &l.rows[i]; known.changed > number {
			changes = append(changes, change{id: known.id, number: known.changed, last: known.last})
		}
	}
	for _, gone := range l.removals {
		if gone.number > number && l.find(gone.id) == nil {
			changes = append(changes, change{id: gone.id, number: gone.number, isGone: true})
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return int(a.number) - int(b.number) })
	return changes, true
}
