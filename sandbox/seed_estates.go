package sandbox

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// estate is a customer with its users and everything that its conversations can be about.
type estate struct {
	key       string // makes the ids below
	id        string
	name      string
	token     string
	users     []*user // the first one owns the token
	domains   []string
	languages []string
	prefers   map[string]int // category name to index in users
	fallback  bool           // the first user also takes every other category
}

// nordlicht is the agency: many projects for many clients, in two languages.
func nordlicht() *estate {
	const key = "nordlicht"
	return &estate{
		key: key, id: newID("customer", key), name: "Nordlicht Digital GmbH", token: agencyToken,
		users: []*user{
			{ID: newID(key, "user", "0"), Name: "Jana Petersen", Active: new(true), IsEmployee: new(false), AvatarID: newID(key, "avatar", "0")},
			{ID: newID(key, "user", "1"), Name: "Ole Hinrichs", Active: new(true), IsEmployee: new(false), AvatarID: newID(key, "avatar", "1")},
			{ID: newID(key, "user", "2"), Name: "Mareike Lüders", Active: new(true), IsEmployee: new(false)},
			{ID: newID(key, "user", "3"), Name: "Aylin Yıldırım", Active: new(true), AvatarID: newID(key, "avatar", "3")},
			{ID: newID(key, "user", "4"), Name: "Søren Madsen", IsEmployee: new(false)},
			{ID: newID(key, "user", "5"), Name: "Priya Raman", Active: new(true)},
			{ID: newID(key, "user", "6"), Name: "Tjark Brodersen", Active: new(false), IsEmployee: new(false)},
			{ID: newID(key, "user", "7")}, // left the company: only the id is left, too
		},
		domains: []string{
			"nordlicht.example", "fjord-moebel.example", "kuestenrad.example", "hafenkino.example", "teekontor.example",
			"shop.example.com", "buecherstube.example", "segelschule.example", "www2.example.org", "physio-am-deich.example",
			"wattwandern.example", "api.example.net", "gaertnerei-grün.example", "leuchtturm-verlag.example",
		},
		languages: []string{"de", "de", "en"},
		prefers:   map[string]int{"domain": 1, "email": 2, "webhosting": 3, "accounting": 0},
		fallback:  true,
	}
}

// sonnenschein is the bakery: a small shop whose preferences were never set.
func sonnenschein() *estate {
	const key = "sonnenschein"
	return &estate{
		key: key, id: newID("customer", key), name: "Bäckerei Sonnenschein", token: bakeryToken,
		users: []*user{
			{ID: newID(key, "user", "0"), Name: "Heike Sonntag", Active: new(true), IsEmployee: new(false), AvatarID: newID(key, "avatar", "0")},
			{ID: newID(key, "user", "1"), Name: "Jörg Weißmüller", Active: new(true), IsEmployee: new(false)},
			{ID: newID(key, "user", "2"), Name: "Fatma Öztürk", Active: new(true)},
		},
		domains:   []string{"baeckerei-sonnenschein.example", "broetchen-express.example"},
		languages: []string{"de"},
	}
}

// alex is the freelancer: one person, one domain.
func alex() *estate {
	const key = "alex"
	return &estate{
		key: key, id: newID("customer", key), name: "Alex Freelance", token: freelancerToken,
		users: []*user{
			{ID: newID(key, "user", "0"), Name: "Alex Freelance", Active: new(true), IsEmployee: new(false), AvatarID: newID(key, "avatar", "0")},
		},
		domains:   []string{"alex-freelance.example"},
		languages: []string{"en"},
		fallback:  true,
	}
}

// employees are the mittwald side of all conversations.
func employees() []*user {
	names := []string{
		"Lena Voß", "Matthias Krüger", "Sina Bäumer", "David Okafor", "Katrin Jürgens",
		"Emre Aksoy", "Nele Brandt", "Jonas Weiß", "Paula Grünwald", "Tim Schäfer",
	}
	team := make([]*user, len(names))
	for i, name := range names {
		n := strconv.Itoa(i)
		team[i] = &user{ID: newID("mittwald", "user", n), Name: name, Active: new(i != 8), IsEmployee: new(true)}
		if i%3 != 2 {
			team[i].AvatarID = newID("mittwald", "avatar", n)
		}
	}
	return team
}

// owner is the profile of the user behind the token.
func (e *estate) owner() profile {
	u := e.users[0]
	first, last := splitName(u.Name)
	since := timestamp{time.Date(2024, time.March, 4, 9, 12, 30, 417e6, time.UTC)}
	return profile{
		ID:           u.ID,
		Person:       person{Title: "other", FirstName: first, LastName: last},
		Email:        "owner@" + e.domains[0],
		PhoneNumber:  "+494066969123",
		AvatarID:     u.AvatarID,
		RegisteredAt: since,
		MFA:          mfa{Active: true, Setup: true},
		CustomerMemberships: map[string]customerMembership{
			e.id: {ID: newID(e.key, "membership"), Role: "owner", MemberSince: since},
		},
	}
}

// colleagues are the profiles of the other users, as far as they have names: who has left has none.
func (e *estate) colleagues() map[string]profile {
	profiles := make(map[string]profile)
	for _, u := range e.users[1:] {
		if u.Name == "" {
			continue
		}
		first, last := splitName(u.Name)
		profiles[u.ID] = profile{
			ID: u.ID, Person: person{Title: "other", FirstName: first, LastName: last}, AvatarID: u.AvatarID,
			CustomerMemberships: map[string]customerMembership{},
		}
	}
	return profiles
}

func (e *estate) preferences(categories []*category) *preferences {
	p := &preferences{CustomerID: e.id}
	for name, i := range e.prefers {
		if p.PreferredUsers.ByCategory == nil {
			p.PreferredUsers.ByCategory = make(map[string]string)
		}
		p.PreferredUsers.ByCategory[categoryNamed(categories, name).ID] = e.users[i].ID
	}
	if e.fallback {
		p.PreferredUsers.Fallback = e.users[0].ID
	}
	return p
}

// reference points to something of the customer: the customer itself, a user, or one of up to nine things of a kind.
func (e *estate) reference(kind string, rng *rand.Rand) *reference {
	switch kind {
	case "user":
		return &reference{ID: pick(rng, e.users).ID, Aggregate: "user", Domain: "user"}
	case "customer":
		return &reference{ID: e.id, Aggregate: "customer", Domain: "customer"}
	case "project":
		return e.thing("project", "project", rng)
	case "placementgroup":
		return e.thing("project", "placementgroup", rng)
	case "app":
		return e.thing("app", "appinstallation", rng)
	case "extensionInstance":
		return e.thing("extension", "extensionInstance", rng)
	case "container":
		return e.thing("container", "container", rng)
	}
	return nil
}

func (e *estate) thing(domain, aggregate string, rng *rand.Rand) *reference {
	n := rng.IntN(min(9, len(e.domains)))
	return &reference{ID: newID(e.key, aggregate, strconv.Itoa(n)), Aggregate: aggregate, Domain: domain}
}

func (e *estate) mailbox(domain string, rng *rand.Rand) string {
	return fmt.Sprintf("%s@%s", pick(rng, []string{"info", "kontakt", "shop", "newsletter", "bestellung", "hello"}), domain)
}
