package watcher

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"mstudio-graphql/rest"
)

// storm changes an inbox at random, while clients come and go.
type storm struct {
	t    *testing.T
	rnd  *rand.Rand
	u    *upstream
	next int

	hubs    []*Hub // replicas
	clients []*rest.Client
	tabs    []*stormTab
}

// stormTab is a client that follows the rule for clients, with a cache.
type stormTab struct {
	*tab

	filter     *Filter
	usesCursor bool
	cursor     string
	cache      map[string]string // title and status by ID
}

func (s *storm) connect(b *stormTab) {
	target := Target{Filter: b.filter}
	if b.usesCursor {
		target.After = b.cursor
	}
	at := 0
	if len(s.hubs) > 1 {
		at = s.rnd.IntN(len(s.hubs))
	}
	sub, err := s.hubs[at].Subscribe(s.t.Context(), subscription(s.clients[at], target))
	if err != nil {
		return // mStudio was away
	}
	b.tab = &tab{sub, s.t}
}

func (s *storm) disconnect(b *stormTab) {
	if b.tab != nil {
		b.Close()
		b.tab = nil
	}
}

// take applies what has arrived to the client's cache.
func (s *storm) take(b *stormTab) {
	if b.tab == nil {
		return
	}
	for _, e := range b.events() {
		switch {
		case e.Kind == "RESYNC", e.Kind == "SYNCED" && (b.cursor == "" || !b.usesCursor):
			b.cache = s.matching(b.filter)
		case e.Kind == "REMOVED":
			delete(b.cache, e.ID)
		case e.ID != "":
			b.cache[e.ID] = e.Title + " " + e.Status
		}
		b.cursor = e.cursor
	}
}

// matching returns what a client reads.
func (s *storm) matching(filter *Filter) map[string]string {
	s.u.mu.Lock()
	defer s.u.mu.Unlock()
	found := map[string]string{}
	for _, c := range s.u.conversations {
		if filter.Match(&rest.Conversation{Status: rest.ConversationStatus(c.Status)}) {
			found[c.ID] = c.Title + " " + c.Status
		}
	}
	return found
}

// change makes one change. None is undone before a poll can see it: a client may have read what no poll has seen.
func (s *storm) change() {
	s.u.change(func() {
		s.next++
		rows := s.u.conversations
		kind := s.rnd.IntN(10)
		if len(rows) == 0 || kind == 0 {
			c := &conversation{ID: uuidOf(s.next), Title: "new", Status: "open", At: time.Now().UTC()}
			if s.rnd.IntN(4) == 0 {
				c.At = time.Time{}
			}
			s.u.conversations = append(slices.Clone(rows), c)
			return
		}
		at := s.rnd.IntN(len(rows))
		// Nothing that was read before may change, because older states are served, too.
		changed := *rows[at]
		rows = slices.Clone(rows)
		switch {
		case kind == 1 && s.isKnown(changed.ID):
			rows = slices.Delete(rows, at, at+1)
		case kind < 6:
			changed.At = time.Now().UTC()
			rows[at] = &changed
		case kind < 8:
			changed.Status, changed.Title = []string{"open", "closed"}[s.rnd.IntN(2)], fmt.Sprint("title ", s.next)
			rows[at] = &changed
		default:
			changed.Title = fmt.Sprint("title ", s.next)
			rows[at] = &changed
		}
		s.u.conversations = rows
	})
}

// isKnown reports whether a poll of each replica has seen the conversation.
func (s *storm) isKnown(id string) bool {
	return !slices.ContainsFunc(s.hubs, func(h *Hub) bool {
		w := h.watcherWith("caller")
		if w == nil {
			return len(s.hubs) == 1
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.list.find(keyOf(id)) == nil
	})
}

// misbehave makes the upstream fail, omit totals and answer from an older state, or ends that.
func (s *storm) misbehave(isBad bool) {
	s.u.change(func() {
		s.u.broken, s.u.older, s.u.noTotal = nil, nil, false
		if !isBad {
			return
		}
		rnd := rand.New(rand.NewPCG(s.rnd.Uint64(), 2)) // for the upstream's goroutines, which share its lock
		switch s.rnd.IntN(4) {
		case 0:
			s.u.broken = func(*http.Request) int {
				return []int{0, 0, http.StatusInternalServerError}[rnd.IntN(3)]
			}
		case 1:
			s.u.noTotal = true
		case 2:
			older := s.u.conversations
			s.u.older = func() []*conversation {
				if rnd.IntN(3) == 0 {
					return older
				}
				return nil
			}
		}
	})
}

func (s *storm) run(changes int) {
	for range changes {
		s.change()
		time.Sleep(time.Duration(s.rnd.IntN(3000)) * time.Millisecond)
		if s.rnd.IntN(20) == 0 {
			s.misbehave(true)
		}
		b := s.tabs[s.rnd.IntN(len(s.tabs))]
		switch s.rnd.IntN(6) {
		case 0:
			s.disconnect(b)
		case 1, 2, 3:
			s.take(b)
		}
		if b.tab == nil && s.rnd.IntN(2) == 0 {
			s.connect(b)
		}
	}
	s.misbehave(false)
	for _, b := range s.tabs {
		if b.tab == nil {
			s.connect(b)
		}
	}
}

// Whatever changes, fails, and answers late: in the end, the cache of each client equals the list.
func TestStorm(t *testing.T) {
	t.Parallel()
	forSeeds(t, 20, func(t *testing.T, seed uint64) {
		t.Helper()
		convergence(t, seed, 500, nil)
	})
}

// The same holds on three replicas, though leases are lost, stolen and held twice, and hints are lost, late and repeated.
func TestStorm_Replicas(t *testing.T) {
	t.Parallel()
	forSeeds(t, 6, func(t *testing.T, seed uint64) {
		t.Helper()
		e := newExchange()
		e.rnd = rand.New(rand.NewPCG(seed, 3))
		convergence(t, seed, 500, e)
		t.Logf("%d leases and hints were spoiled", e.chaos)
	})
}

func forSeeds(t *testing.T, seeds int, run func(t *testing.T, seed uint64)) {
	t.Helper()
	if testing.Short() {
		seeds = 3
	}
	for seed := range seeds {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { run(t, uint64(seed)) })
		})
	}
}

func convergence(t *testing.T, seed uint64, changes int, exchange *exchange) {
	t.Helper()
	s := &storm{t: t, rnd: rand.New(rand.NewPCG(seed, 1)), u: newUpstream(t), next: 1000}
	s.u.conversations = quietInbox([]int{0, 3, 99, 100, 101, 250}[seed%6])
	s.hubs, s.clients = []*Hub{newHub(t, Config{})}, []*rest.Client{s.u.client}
	if exchange != nil {
		s.hubs, s.clients = newReplicas(t, s.u, exchange, 3, Config{})
	}
	for i := range 6 {
		b := &stormTab{filter: all(), usesCursor: i%3 > 0, cache: map[string]string{}}
		if i%2 == 0 {
			b.filter = open()
		}
		s.tabs = append(s.tabs, b)
		s.connect(b)
	}
	s.run(changes)
	time.Sleep(20 * time.Minute)
	for i, b := range s.tabs {
		s.take(b)
		if diff := gocmp.Diff(s.matching(b.filter), b.cache); diff != "" {
			t.Errorf("seed %d, client %d (-list +cache):\n%s", seed, i, diff)
		}
		s.disconnect(b)
	}
	t.Logf("%d rows, %d calls", len(slices.Collect(maps.Keys(s.matching(all())))), len(s.u.take()))
}

// newestFirst orders conversations as the API does.
func newestFirst(a, b *conversation) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) }
