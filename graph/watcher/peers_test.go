package watcher

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"mstudio-graphql/rest"
)

// exchange is what replicas share.
type exchange struct {
	mu       sync.Mutex
	leases   map[rest.SharedCaller]*fakeLease
	replicas []*replica
	delay    time.Duration // of hints
	latency  time.Duration // of leases
	isAway   bool
	isSplit  bool          // everybody leads
	stuck    time.Duration // how long another one leads forever
	isDeaf   bool          // hints are lost and not counted
	rnd      *rand.Rand    // chaos, or nil
	chaos    int           // leases and hints that chaos has spoiled
}

type fakeLease struct {
	holder  *replica
	until   time.Time
	changes uint64
}

// replica is the Peers of a hub.
type replica struct {
	*exchange

	heard  func(rest.SharedCaller, Told)
	hinted func([]string)
	isDead bool
}

func newExchange() *exchange {
	return &exchange{leases: map[rest.SharedCaller]*fakeLease{}, delay: time.Millisecond}
}

func (e *exchange) join() *replica {
	r := &replica{exchange: e}
	e.replicas = append(e.replicas, r)
	return r
}

func (r *replica) Lead(_ context.Context, caller rest.SharedCaller, life, within time.Duration) Lease {
	r.mu.Lock()
	latency := r.latency
	r.mu.Unlock()
	<-time.After(latency)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.isAway || r.happens() {
		return Lease{}
	}
	now := time.Now()
	l := r.leases[caller]
	if l != nil && r.happens() { // lost or stolen
		l.holder, l.until = r.replicas[r.rnd.IntN(len(r.replicas))], now.Add(time.Duration(r.rnd.IntN(30))*time.Second)
	}
	if l == nil || r.happens() {
		l = &fakeLease{changes: rand.Uint64()}
		r.leases[caller] = l
	}
	if r.isSplit || l.holder == nil || l.holder == r || l.until.Sub(now) <= within {
		l.holder, l.until = r, now.Add(life)
	}
	if r.stuck != 0 {
		return Lease{Known: true, Left: r.stuck, Changes: l.changes}
	}
	isTwo := r.happens() // another one leads, too
	return Lease{Known: true, Leads: l.holder == r || isTwo, Left: l.until.Sub(now), Changes: l.changes}
}

// set changes what the server does.
func (e *exchange) set(change func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change()
}

// happens reports whether chaos strikes.
func (e *exchange) happens() bool {
	if e.rnd == nil || e.rnd.IntN(10) > 0 {
		return false
	}
	e.chaos++
	return true
}

func (r *replica) Changed(caller rest.SharedCaller, isHidden bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.isAway || r.isDeaf || r.happens() {
		return
	}
	told := Told{IsHidden: isHidden}
	if l := r.leases[caller]; l != nil {
		l.changes++
		told.Number = l.changes
	}
	for _, other := range r.replicas {
		if other != r {
			other.receive(caller, told)
		}
	}
}

// receive delivers a hint, perhaps twice, late or never.
func (r *replica) receive(caller rest.SharedCaller, told Told) {
	if r.happens() {
		return
	}
	times, delay := 1, r.delay
	if r.happens() {
		times = 2
	}
	for range times {
		if r.happens() {
			delay = time.Duration(r.rnd.IntN(20_000)) * time.Millisecond
		}
		time.AfterFunc(delay, func() { r.heard(caller, told) })
	}
}

func (r *replica) Leave(caller rest.SharedCaller) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l := r.leases[caller]; l != nil && l.holder == r && !r.isAway && !r.isDead {
		l.holder = nil
	}
}

func (r *replica) Replicas() int { return len(r.replicas) }

func (r *replica) Listen(heard func(rest.SharedCaller, Told)) { r.heard = heard }

func (r *replica) Hint(conversationIDs []string) {
	for _, other := range r.replicas {
		if other != r {
			time.AfterFunc(r.delay, func() { other.hinted(conversationIDs) })
		}
	}
}

func (r *replica) ListenHints(hinted func([]string)) { r.hinted = hinted }

// newReplicas returns hubs that share their polls, each with its client.
func newReplicas(t *testing.T, u *upstream, e *exchange, number int, config Config) (hubs []*Hub, clients []*rest.Client) {
	t.Helper()
	for range number {
		config.Peers = e.join()
		hubs, clients = append(hubs, newHub(t, config)), append(clients, newClient(t, u))
	}
	return hubs, clients
}
