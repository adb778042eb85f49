package main

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// The number of conversations that only one customer sees. The agency also sees the shared ones and the future one.
const (
	agencyOwn     = 496
	bakeryOwn     = 21
	freelancerOwn = 5
	sharedCount   = 3
)

// timelineEnd returns the present of the data: no time in it is later.
func timelineEnd() time.Time { return time.Date(2026, time.August, 21, 15, 30, 0, 0, time.UTC) }

const timelineDays = 535

// seed is the content of the data file: the initial state of every sandbox.
type seed struct {
	Now           timestamp       `json:"now"` // the present of the data; nothing in it is later
	Categories    []*category     `json:"categories"`
	Users         []*user         `json:"users"`
	Callers       []*caller       `json:"callers"`
	Preferences   []*preferences  `json:"preferences"`
	Inventory     inventory       `json:"inventory"`
	Conversations []*conversation `json:"conversations"` // oldest first
}

// newSeed generates all data. Every call returns the same data.
func newSeed() *seed {
	s := &seed{Now: timestamp{timelineEnd()}, Categories: categories()}
	team := employees()
	s.Users = append(s.Users, team...)
	sd := seeder{seed: s, staff: team, texts: loadTexts()}
	agency, bakery, freelancer := nordlicht(), sonnenschein(), alex()
	for _, t := range []*tenant{agency, bakery, freelancer} {
		s.addTenant(t)
	}
	sd.converse(agency, agencyOwn)
	sd.converse(bakery, bakeryOwn)
	sd.converse(freelancer, freelancerOwn)
	sd.share(agency, bakery)
	s.add(futureConversation(agency, team, s.Categories))
	return s
}

// addTenant adds a customer: its users, its token, its preferences and its inventory.
func (s *seed) addTenant(t *tenant) {
	s.Users = append(s.Users, t.users...)
	s.Callers = append(s.Callers, &caller{Token: t.token, CustomerID: t.id, Profile: t.owner(), Colleagues: t.colleagues()})
	s.Preferences = append(s.Preferences, t.preferences(s.Categories))
	s.Inventory.addTenant(t)
}

// add inserts a conversation in the order of creation.
func (s *seed) add(c *conversation) {
	at, _ := slices.BinarySearchFunc(s.Conversations, c, func(a, b *conversation) int {
		return a.CreatedAt.Compare(b.CreatedAt.Time)
	})
	s.Conversations = slices.Insert(s.Conversations, at, c)
}

// seeder generates the conversations of all customers.
type seeder struct {
	seed  *seed
	staff []*user
	texts texts
}

// converse adds n conversations of one customer.
func (sd seeder) converse(owner *tenant, n int) {
	for i := range n {
		sd.seed.add(sd.newThread(owner, strconv.Itoa(i), i).write(lastActivityOf(i, n, owner.key)))
	}
}

// share adds the conversations of the bakery that the agency sees as well.
func (sd seeder) share(agency, bakery *tenant) {
	for i := range sharedCount {
		t := sd.newThread(bakery, "shared-"+strconv.Itoa(i), i)
		t.conv.Customers = append(t.conv.Customers, agency.id)
		t.clients = append(t.clients, agency.users[:2]...)
		c := t.write(lastActivityOf(3*i+1, 3*sharedCount, "shared"))
		c.Visibility = visibilityShared
		c.SharedWith = bakery.reference("customer", t.rng)
		sd.seed.add(c)
	}
}

// lastActivityOf returns the time of the last message of the i-th of n conversations. Most are within the last weeks.
func lastActivityOf(i, n int, key string) time.Time {
	rng := newRand(key, i)
	share := (float64(i) + rng.Float64()) / float64(n)
	age := math.Pow(share, 1.7) * timelineDays * 24 * float64(time.Hour)
	return timelineEnd().Add(-time.Duration(age)).Add(-time.Duration(rng.IntN(3_600_000)) * time.Millisecond)
}

// atDaytime compresses each day into the hours from 5 to 20 UTC. It keeps the order of times.
func atDaytime(t time.Time) timestamp {
	day := t.Truncate(24 * time.Hour)
	return timestamp{day.Add(5*time.Hour + t.Sub(day)*15/24).Truncate(time.Millisecond)}
}
