package watcher

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

const (
	// lingering is how long the digest of a caller is kept after the last subscription, for clients that reconnect.
	lingering = 2 * time.Minute
	// hintInterval is the least time between two polls that hints cause.
	hintInterval = time.Second
	// awaiting is how long polls wait for the events of the caller's writes, so that no poll shows a state from before.
	awaiting = time.Minute
	// maxTickets is the maximum number of conversations of a caller of which digests are kept.
	maxTickets = 64
)

// watcher watches everything that one caller's subscriptions need. It makes one poll at a time.
type watcher struct {
	config *Config
	total  *load  // of all watchers
	fire   func() // makes a poll when the timer ends
	epoch  uint64

	mu      sync.Mutex
	caller  Caller
	subs    []*Subscriber
	filters []filterUse // at most 64; the index is the bit
	list    list        // only polls change it
	tickets map[string]*ticket
	awaited []awaited
	following

	timer    *time.Timer
	queued   bool // whether a poll waits for its turn
	running  bool
	cancel   context.CancelFunc // of the running poll
	ready    bool               // whether a poll has succeeded
	due      time.Time          // of the next poll that reads; zero if the running one decides
	blocked  time.Time          // until when the rate limit is exceeded
	isHinted bool               // whether a hint waits for a poll
	hinted   time.Time          // when the last poll after a hint began
	active   time.Time          // of the last change that is known
	failures int
	load     float64 // polls per second
	jitter   float64 // of the interval
	dead     bool
}

// filterUse is a filter with the number of its subscriptions.
type filterUse struct {
	Filter

	uses int
}

// awaited is the event of a write.
type awaited struct {
	loader.Event

	until time.Time
}

// matches returns the bits of the filters that a row matches.
func (w *watcher) matches(row *rest.Conversation) (bits uint64) {
	for i, filter := range w.filters {
		if filter.uses > 0 && filter.Match(row) {
			bits |= 1 << i
		}
	}
	return bits
}

// join adds a subscription, which starts with the next poll. The caller must hold the lock.
func (w *watcher) join(s *Subscriber) error {
	if limit := w.config.Subscriptions; len(w.subs) >= limit {
		return &model.Error{Code: model.CodeOverloaded, Message: fmt.Sprintf("The caller has %d subscriptions, which is the maximum.", limit)}
	}
	if i := slices.IndexFunc(w.subs, func(other *Subscriber) bool { return other.sub.Key == s.sub.Key }); i >= 0 {
		s.sub = w.subs[i].sub // so that equal subscriptions hold one request in memory
	}
	if target := s.sub.Target; target.Filter != nil {
		s.bit = w.useFilter(*target.Filter)
	} else {
		s.ticket = w.useTicket(target.ConversationID)
	}
	w.subs = append(w.subs, s)
	w.arm(time.Now())
	return nil
}

// useFilter returns the bit of a filter. The rows of a new one count as members, because the client may have them.
func (w *watcher) useFilter(filter Filter) uint64 {
	i := slices.IndexFunc(w.filters, func(f filterUse) bool { return f.uses > 0 && f.Key == filter.Key })
	if i < 0 {
		i = slices.IndexFunc(w.filters, func(f filterUse) bool { return f.uses == 0 })
		if i < 0 {
			i = len(w.filters)
			w.filters = append(w.filters, filterUse{})
		}
		w.filters[i].Filter = filter
		for row := range w.list.rows {
			w.list.rows[row].members |= 1 << i
		}
		w.list.known = nil // the next poll finds out which rows do not match
	}
	w.filters[i].uses++
	return 1 << i
}

func (w *watcher) useTicket(id string) *ticket {
	found := w.tickets[id]
	if found != nil {
		return found
	}
	if w.tickets == nil {
		w.tickets = map[string]*ticket{}
	}
	w.forgetTickets(func(*ticket) bool { return len(w.tickets) >= maxTickets })
	found = &ticket{id: id}
	w.tickets[id] = found
	return found
}

// forgetTickets forgets tickets without a subscription.
func (w *watcher) forgetTickets(which func(*ticket) bool) {
	for id, t := range w.tickets {
		if !w.isWatched(t) && which(t) {
			delete(w.tickets, id)
		}
	}
}

func (w *watcher) isWatched(t *ticket) bool {
	return slices.ContainsFunc(w.subs, func(s *Subscriber) bool { return s.ticket == t })
}

// started returns the subscriptions that get changes. The caller must hold the lock.
func (w *watcher) started(which func(*Subscriber) bool) (subs []*Subscriber) {
	for _, s := range w.subs {
		if s.started && which(s) {
			subs = append(subs, s)
		}
	}
	return subs
}

// leave removes a subscription. With the last one, polling ends at once.
func (w *watcher) leave(s *Subscriber) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.remove(s)
}

func (w *watcher) remove(s *Subscriber) {
	i := slices.Index(w.subs, s)
	if i < 0 {
		return
	}
	w.subs = slices.Delete(w.subs, i, i+1)
	now := time.Now()
	if s.ticket != nil {
		s.ticket.left = now
	}
	for i := range w.filters {
		if s.bit == 1<<i {
			w.filters[i].uses--
		}
	}
	if len(w.subs) == 0 {
		if w.cancel != nil {
			w.cancel()
		}
		w.resign()
		w.arm(now)
	}
}

// wrote makes the next poll begin now and see the events.
func (w *watcher) wrote(events []loader.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for _, event := range events {
		w.awaited = slices.DeleteFunc(w.awaited, func(a awaited) bool { return a.ConversationID == event.ConversationID })
		w.awaited = append(w.awaited, awaited{event, now.Add(awaiting)})
		if t := w.tickets[event.ConversationID]; t != nil {
			t.read = time.Time{} // it may be an edit, which the list does not show
		}
	}
	w.awaited = w.awaited[max(0, len(w.awaited)-maxTickets):]
	w.tell(true)
	w.hint(now)
}

// hint is soon for a change of which nothing is known.
func (w *watcher) hint(now time.Time) {
	w.active = now
	w.soon(now)
}

// soon makes the next poll begin now, or a second after the last one that followed a hint.
func (w *watcher) soon(now time.Time) {
	at := w.hinted.Add(hintInterval)
	if at.Before(now) {
		at = now
	}
	w.hintBy(at, now)
}

// hintBy makes the next poll begin at that time, though another replica polls. Without a subscription, it is the one with which
// the next subscription starts.
func (w *watcher) hintBy(at, now time.Time) {
	w.isHinted = true
	w.setDue(at)
	if len(w.subs) > 0 {
		w.arm(now)
	}
}

// hintAbout is hint if the conversations are in a digest. While another replica leads, it gets the hint too, reads the list, and
// announces a change; then this replica polls, and otherwise after repeatAfter.
func (w *watcher) hintAbout(ids []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	isTicket := func(id string) bool { return w.tickets[strings.ToLower(id)] != nil }
	isRow := func(id string) bool { return w.list.find(keyOf(id)) != nil }
	switch {
	case slices.ContainsFunc(ids, isTicket):
		w.hint(now)
	case !slices.ContainsFunc(ids, isRow):
	case now.Before(w.followed):
		w.active = now
		w.hintBy(now.Add(repeatAfter), now)
	default:
		w.hint(now)
	}
}

// dueBy makes the next poll begin at that time, if it would begin later and the rate limit has room.
func (w *watcher) dueBy(at, now time.Time) {
	w.setDue(at)
	w.arm(now)
}

func (w *watcher) setDue(at time.Time) {
	if at.Before(w.blocked) {
		at = w.blocked
	}
	if w.due.IsZero() || at.Before(w.due) {
		w.due = at
	}
}

// arm sets the timer. Without subscriptions it forgets the watcher.
func (w *watcher) arm(now time.Time) {
	if w.queued || w.running || w.dead {
		return
	}
	wait := w.due.Sub(now)
	switch {
	case len(w.subs) == 0 && w.ready:
		wait = lingering
	case len(w.subs) == 0, slices.ContainsFunc(w.subs, (*Subscriber).isNew):
		wait = 0
	}
	if len(w.subs) == 0 {
		w.setLoad(0)
	}
	if w.timer == nil {
		w.timer = time.AfterFunc(max(wait, 0), w.fire)
		return
	}
	w.timer.Reset(max(wait, 0))
}

// setLoad records how often the watcher is polled.
func (w *watcher) setLoad(perSecond float64) {
	w.total.add(perSecond - w.load)
	w.load = perSecond
}

// doubts reports whether the next poll must confirm something.
func (w *watcher) doubts() bool {
	if w.list.doubt {
		return true
	}
	for _, t := range w.tickets {
		if (t.doubt || t.missing) && w.isWatched(t) {
			return true
		}
	}
	return false
}
