package watcher

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"sync"

	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/internal/defaults"
	"mstudio-graphql/rest"
)

// maxFilters is the number of filters that a row can remember, and therefore the maximum number of subscriptions of a caller.
const maxFilters = 64

// Hub polls for all callers of a process.
type Hub struct {
	config  Config
	ctx     context.Context //nolint:containedctx // of all polls, until Close
	cancel  context.CancelFunc
	running sync.WaitGroup // polls
	slots   chan struct{}  // one for each poll at a time, so that a storm of new subscriptions does not hold memory

	mu       sync.Mutex
	watchers map[string]*watcher
	shared   map[rest.SharedCaller]*watcher // the same, if there are other replicas
	closed   bool

	load load
}

// New returns a Hub that watches nothing.
func New(config Config) (*Hub, error) {
	if err := defaults.Set(&config); err != nil {
		return nil, err
	}
	if config.Subscriptions > maxFilters {
		return nil, errors.New("watcher: a caller may have at most 64 subscriptions")
	}
	h := &Hub{config: config, watchers: map[string]*watcher{}, shared: map[rest.SharedCaller]*watcher{}, slots: make(chan struct{}, config.Polls)}
	h.load.limit = float64(config.Polls)
	h.ctx, h.cancel = context.WithCancel(context.Background())
	if config.Peers != nil {
		config.Peers.Listen(h.heard)
		config.Peers.ListenHints(h.hinted)
	}
	return h, nil
}

// Subscribe starts a subscription. It returns an error instead if mStudio rejects the caller's token or cannot be reached,
// if `after` belongs to another subscription, or if the caller has too many.
func (h *Hub) Subscribe(ctx context.Context, sub Subscription) (*Subscriber, error) {
	s := &Subscriber{sub: sub, target: sub.Target.hash(), settled: make(chan struct{})}
	if sub.Target.After != "" {
		after, err := parseCursor(sub.Target.After, s.target)
		if err != nil {
			return nil, err
		}
		s.after = &after
	}
	if err := h.join(s); err != nil { //nolint:contextcheck // polls outlive the subscription
		return nil, err
	}
	select {
	case <-s.settled:
		return s.result()
	case <-ctx.Done():
		s.Close()
		return nil, ctx.Err()
	}
}

// result returns a subscription that is settled.
func (s *Subscriber) result() (*Subscriber, error) {
	if s.err != nil {
		return nil, s.err
	}
	return s, nil
}

// join adds a subscription to the caller's watcher.
func (h *Hub) join(s *Subscriber) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return errClosed()
	}
	s.watcher = h.watcherOf(s.sub.Caller)
	s.watcher.mu.Lock()
	defer s.watcher.mu.Unlock()
	return s.watcher.join(s)
}

// watcherOf returns the watcher of a caller. The caller of watcherOf must hold the lock.
func (h *Hub) watcherOf(caller Caller) *watcher {
	w := h.watchers[caller.Key]
	if w == nil {
		w = &watcher{config: &h.config, total: &h.load, caller: caller, epoch: newEpoch()}
		w.fire = func() { h.poll(w) }
		h.watchers[caller.Key] = w
		if h.config.Peers != nil {
			w.following = newFollowing(h.config.Peers, caller.Client.SharedCaller())
			h.shared[w.callerID] = w
		}
	}
	return w
}

func newEpoch() uint64 {
	var random [8]byte
	_, _ = rand.Read(random[:]) // documented never to fail
	return binary.BigEndian.Uint64(random[:])
}

func errClosed() error {
	return &model.Error{Code: model.CodeOverloaded, Message: "The gateway is shutting down."}
}

// enter counts a poll, or returns false after Close.
func (h *Hub) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.running.Add(1)
	}
	return !h.closed
}

// enterPoll waits for the turn of a poll, or returns false after Close.
func (h *Hub) enterPoll() bool {
	select {
	case h.slots <- struct{}{}:
		return true
	case <-h.ctx.Done():
		return false
	}
}

func (h *Hub) leavePoll() { <-h.slots }

// forget removes a watcher that nobody uses.
func (h *Hub) forget(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.subs) == 0 && !w.running && !w.dead {
		h.drop(w, nil)
	}
}

// drop forgets everything about a caller, and returns the subscriptions. Those that have not started fail. The caller of drop
// must hold both locks.
func (h *Hub) drop(w *watcher, err error) []*Subscriber {
	subs := w.subs
	for _, s := range subs {
		if !s.started {
			s.fail(err)
		}
	}
	w.setLoad(0)
	w.resign()
	if h.watchers[w.caller.Key] == w {
		delete(h.watchers, w.caller.Key)
		if h.config.Peers != nil {
			delete(h.shared, w.callerID)
		}
	}
	w.dead, w.caller, w.subs, w.list, w.tickets, w.awaited = true, Caller{}, nil, list{}, nil, nil
	if w.timer != nil {
		w.timer.Stop()
	}
	return subs
}

// dropLocked is drop with the locks.
func (h *Hub) dropLocked(w *watcher, err error) []*Subscriber {
	h.mu.Lock()
	defer h.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	return h.drop(w, err)
}

// expel ends all subscriptions of a caller whose token mStudio rejects, and forgets the token.
func (h *Hub) expel(w *watcher, err error) {
	for _, s := range h.dropLocked(w, err) {
		if s.started {
			s.finish(&End{Errors: s.sub.Fail(err), Unauthenticated: true})
		}
	}
}

// watcherWith returns the watcher of a caller, or nil.
func (h *Hub) watcherWith(caller string) *watcher {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.watchers[caller]
}

func (h *Hub) all() []*watcher {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]*watcher, 0, len(h.watchers))
	for _, w := range h.watchers {
		all = append(all, w)
	}
	return all
}

// Wrote tells the subscriptions of a caller that the caller has written. They are polled at once, also by other replicas.
func (h *Hub) Wrote(caller Caller, events []loader.Event) {
	switch w := h.watcherWith(caller.Key); {
	case w != nil:
		w.wrote(events)
	case h.config.Peers != nil:
		h.config.Peers.Changed(caller.Client.SharedCaller(), true)
	}
}

// heard passes a hint of another replica on to the subscriptions of a caller.
func (h *Hub) heard(caller rest.SharedCaller, told Told) {
	h.mu.Lock()
	w := h.shared[caller]
	h.mu.Unlock()
	if w != nil {
		w.hear(told)
	}
}

// Hint polls at once for the subscriptions to conversations with these IDs, which may have changed, also on other replicas. Each
// caller is polled for at most once a second.
func (h *Hub) Hint(conversationIDs []string) {
	if h.config.Peers != nil {
		h.config.Peers.Hint(conversationIDs)
	}
	h.hinted(conversationIDs)
}

// hinted is Hint for the subscriptions of this replica.
func (h *Hub) hinted(conversationIDs []string) {
	for _, w := range h.all() {
		w.hintAbout(conversationIDs)
	}
}

// State returns what the hub watches.
func (h *Hub) State() State {
	state := State{Stretch: h.load.stretch()}
	for _, w := range h.all() {
		w.mu.Lock()
		if len(w.subs) > 0 {
			state.Callers++
			state.Subscriptions += len(w.subs)
			if w.leads {
				state.Leads++
			}
		}
		w.mu.Unlock()
	}
	return state
}

// Close stops all polls and waits for those that run. No subscription gets further results.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.cancel()
	h.running.Wait()
	for _, w := range h.all() {
		h.dropLocked(w, errClosed())
	}
}
