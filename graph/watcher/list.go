package watcher

import (
	"context"
	"slices"
	"time"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/rest"
)

const (
	// pageSize is the number of rows that one call reads. The rate limit counts calls, so that small pages save nothing.
	pageSize = rest.DefaultLimit
	// fullInterval is the least time between two polls that read the whole list because its length has changed.
	fullInterval = time.Minute
	// owedInterval is the same if another replica has told a change.
	owedInterval = 10 * time.Second
	// maxRemovals is the number of removals that are remembered for cursors.
	maxRemovals = 256
)

// list is the digest of a caller's list, and what the next poll reads of it. Each poll reads the first page, where new
// messages show, and one further page in turn.
type list struct {
	digest

	number   uint32    // of the last change
	removals []removal // the last ones, oldest first
	lost     uint32    // number of the latest removal that is forgotten

	learned bool // whether all rows are known, so that an unknown one is new
	pass    uint16
	owed    owed
	invalid bool // whether a row of this pass could not be read
	page    int  // the next one in turn, from 1
	full    time.Time
	surplus int // length of the list that the API announces, without the rows that are known
	// known is the last page if it was the whole list, and reading it again would change nothing.
	known *rest.Known
}

// owed is the part of a list that polls must still read after a hint of another replica, whose change may be on any page.
type owed int

const (
	nothing    owed = iota
	restOfPass      // the pass that has begun
	wholePass       // one that is to begin
)

// isBehind reports whether polls must go on, though another replica makes them for all.
func (l *list) isBehind() bool {
	return !l.learned || l.owed > nothing || slices.ContainsFunc(l.rows, func(r row) bool { return r.doubt })
}

type removal struct {
	id     key
	number uint32
}

// reading is what a poll has read of the list. A pass reads each page at least once.
type reading struct {
	rows       []*rest.Conversation // oldest page last; a row may be on two pages
	total      int                  // length of the list, -1 if it is unknown
	next       int                  // page of the next poll
	starts     bool                 // whether a pass starts with this poll
	ends       bool                 // whether it ends with it
	all        bool                 // whether the poll has tried to read all pages
	more       bool                 // whether rows follow that are not watched
	floor      int64                // time of the last row
	unreadable bool                 // whether a row has no ID
	known      *rest.Known          // the page, if it is the only one
	isSame     bool                 // whether it is the list's known page, so that its rows were not decoded
}

// query returns the query for a page. The ID makes the order of equal times stable.
func (*list) query(page int) rest.ConversationList {
	return rest.ConversationList{
		Sort:  []rest.ConversationSort{{Field: rest.SortLastMessageAt, Descending: true}, {Field: rest.SortID}},
		Limit: pageSize, Skip: page * pageSize,
	}
}

// read reads the first page and those that the poll needs besides. It does not decode a page that is known. Only an error of the
// first page is one of the poll.
func (l *list) read(ctx context.Context, loaders *loader.Loaders, client *rest.Client, limit int, known *rest.Known, now time.Time) (*reading, error) {
	first, err := loaders.ConversationsUnless(ctx, l.query(0), known)
	if err != nil {
		return nil, err
	}
	r := &reading{total: first.Total, next: 1, starts: true, all: true, isSame: first.IsSame}
	if r.isSame {
		return r, nil
	}
	switch r.ends = r.add(first, 0, limit); {
	case r.ends:
		r.known = first.Known
	case l.wantsAll(client, r.total, limit, now):
		l.readAll(ctx, loaders, limit, r)
	default:
		l.readNext(ctx, loaders, limit, r)
	}
	return r, nil
}

// add adds the rows of a page, and reports whether no rows follow that are watched.
func (r *reading) add(page *rest.ConversationPage, number, limit int) (isLast bool) {
	rows, left := page.Conversations, limit-number*pageSize
	for _, row := range rows[:min(len(rows), left)] {
		if row == nil {
			r.unreadable = true
			continue
		}
		r.rows = append(r.rows, row)
		r.floor = lastMessageAt(row)
	}
	if left <= pageSize && len(rows) >= left {
		r.more = r.total < 0 || r.total > limit
		return true
	}
	if r.total < 0 {
		return len(rows) < pageSize
	}
	return number*pageSize+len(rows) >= r.total || len(rows) == 0
}

// wantsAll reports whether the poll reads all pages: the first one does, so that no change of a row is missed that a client has
// read, and one after the length of the list has changed otherwise than by the rows that are known. It does not if that would
// take more than half of the calls that polls may make in a window.
func (l *list) wantsAll(client *rest.Client, total, limit int, now time.Time) bool {
	isDue := l.full.IsZero() || l.owed == wholePass && now.Sub(l.full) >= owedInterval || total >= 0 && total-len(l.rows) != l.surplus && now.Sub(l.full) >= fullInterval
	if !isDue {
		return false
	}
	rate := client.RateLimit()
	if rate == nil {
		return true
	}
	if total < 0 {
		total = limit
	}
	return float64(min(total, limit)/pageSize) <= rate.LivePerMinute()*rate.Length.Minutes()/2
}

// readAll reads all pages, at once if the length is known.
func (l *list) readAll(ctx context.Context, loaders *loader.Loaders, limit int, r *reading) {
	for number := 1; number*pageSize < min(r.total, limit); number++ {
		loaders.StartConversations(ctx, l.query(number))
	}
	for number := 1; !r.ends; number++ {
		page, err := loaders.Conversations(ctx, l.query(number))
		if err != nil {
			return
		}
		r.ends = r.add(page, number, limit)
	}
}

// readNext reads the page whose turn it is.
func (l *list) readNext(ctx context.Context, loaders *loader.Loaders, limit int, r *reading) {
	number := max(l.page, 1)
	r.all, r.starts, r.next = false, number == 1, number
	page, err := loaders.Conversations(ctx, l.query(number))
	if err != nil {
		r.starts = false
		return
	}
	r.ends = r.add(page, number, limit)
	r.next = number + 1
	if r.ends {
		r.next = 1
	}
}
