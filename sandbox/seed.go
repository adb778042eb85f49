package sandbox

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// How many conversations the customers have for themselves. The agency also sees the shared ones and the future one.
const (
	agencyOwn     = 496
	bakeryOwn     = 21
	freelancerOwn = 5
	sharedCount   = 3
)

// seedVersion changes all random choices at once; the ids stay.
const seedVersion = 20260821

// timelineEnd is the present of the sandbox: nothing in it is later.
func timelineEnd() time.Time { return time.Date(2026, time.August, 21, 15, 30, 0, 0, time.UTC) }

const timelineDays = 535

// newID derives an id from names, so that an object keeps its id whatever is added around it.
func newID(names ...string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("mstudio-sandbox/"+strings.Join(names, "/"))).String()
}

// blueprint is the initial state of every sandbox, written once per process and never changed: writing takes about
// twenty times as long as a clone.
var blueprint = sync.OnceValue(seed) //nolint:gochecknoglobals // made once, and cloned by each sandbox

// seed writes the initial state.
func seed() *store {
	s := &store{
		byID:        make(map[string]*conversation),
		categories:  seedCategories(),
		preferences: make(map[string]*preferences),
		users:       make(map[string]*user),
		callers:     make(map[string]*caller),
		avatars:     make(map[string]*user),
		property:    &property{apps: shelf{hides: true}},
	}
	team := employees()
	s.join(team)
	sd := seeder{store: s, staff: team, texts: loadTexts()}
	agency, bakery, freelancer := nordlicht(), sonnenschein(), alex()
	for _, e := range []*estate{agency, bakery, freelancer} {
		s.settle(e)
	}
	sd.converse(agency, agencyOwn)
	sd.converse(bakery, bakeryOwn)
	sd.converse(freelancer, freelancerOwn)
	sd.share(agency, bakery)
	s.add(futureConversation(agency, team, s.categories))
	return s
}

// settle makes a customer known: its users, its token, its preferences and what it has.
func (s *store) settle(e *estate) {
	s.join(e.users)
	s.callers[e.token] = &caller{token: e.token, customerID: e.id, profile: e.owner(), colleagues: e.colleagues()}
	s.preferences[e.id] = e.preferences(s.categories)
	s.endow(e)
}

func (s *store) join(users []*user) {
	for _, u := range users {
		s.users[u.ID] = u
		if u.AvatarID != "" {
			s.avatars[u.AvatarID] = u
		}
	}
}

// seeder writes the conversations of all customers.
type seeder struct {
	store *store
	staff []*user
	texts texts
}

// converse gives a customer n conversations of its own.
func (sd seeder) converse(e *estate, n int) {
	for i := range n {
		sd.store.add(sd.newThread(e, strconv.Itoa(i), i).write(lastActivityOf(i, n, e.key)))
	}
}

// share writes the conversations that the agency looks after for the bakery.
func (sd seeder) share(agency, bakery *estate) {
	for i := range sharedCount {
		t := sd.newThread(bakery, "shared-"+strconv.Itoa(i), i)
		t.conv.customers = append(t.conv.customers, agency.id)
		t.clients = append(t.clients, agency.users[:2]...)
		c := t.write(lastActivityOf(3*i+1, 3*sharedCount, "shared"))
		c.Visibility = visibilityShared
		c.SharedWith = bakery.reference("customer", t.rng)
		sd.store.add(c)
	}
}

// lastActivityOf spreads n conversations over the timeline, most of them over its last weeks.
func lastActivityOf(i, n int, key string) time.Time {
	rng := newRand(key, i)
	share := (float64(i) + rng.Float64()) / float64(n)
	age := math.Pow(share, 1.7) * timelineDays * 24 * float64(time.Hour)
	return timelineEnd().Add(-time.Duration(age)).Add(-time.Duration(rng.IntN(3_600_000)) * time.Millisecond)
}

// atDaytime moves a time out of the night by squeezing its day into the hours from 5 to 20 UTC. Order is kept.
func atDaytime(t time.Time) timestamp {
	day := t.Truncate(24 * time.Hour)
	return timestamp{day.Add(5*time.Hour + t.Sub(day)*15/24).Truncate(time.Millisecond)}
}

// newRand gives every conversation its own source, so that a change to one does not change the next.
func newRand(key string, i int) *rand.Rand {
	sum := uint64(i)
	for _, r := range key {
		sum = sum*31 + uint64(r)<<20
	}
	return rand.New(rand.NewPCG(seedVersion, sum))
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// chance is true in the given percentage of cases.
func chance(rng *rand.Rand, percent int) bool { return rng.IntN(100) < percent }
