package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// The tokens that the sandbox accepts; its DemoTokens describes them.
const (
	agencyToken     = "sandbox-agency"
	bakeryToken     = "sandbox-bakery"
	freelancerToken = "sandbox-freelancer"
)

// tenant is a customer with its users and the domains that its conversations mention.
type tenant struct {
	key       string // the names of the IDs below start with it
	id        string
	name      string
	token     string
	users     []*user // the first one is the caller
	domains   []string
	languages []string
	prefers   map[string]int // category name to index in users
	fallback  bool           // whether the first user is preferred for every other category
}

// nordlicht returns the agency: many projects for many clients, in two languages.
func nordlicht() *tenant {
	const key = "nordlicht"
	return &tenant{
		key: key, id: newID("customer", key), name: "Nordlicht Digital GmbH", token: agencyToken,
		users: []*user{
			{ID: newID(key, "user", "0"), Name: "Jana Petersen", Active: new(true), IsEmployee: new(false), AvatarID: newID(key, "avatar", "0")},
			{ID: newID(key, "user", "1"), Name: "Ole Hinrichs", Active: new(true), IsEmployee: new(false), AvatarID: newID(key, "avatar", "1")},
			{ID: newID(key, "user", "2"), Name: "Mareike Lüders", Active: new(true), IsEmployee: new(false)},
			{ID: newID(key, "user", "3"), Name: "Aylin Yıldırım", Active: new(true), AvatarID: newID(key, "avatar", "3")},
			{ID: newID(key, "user", "4"), Name: "Søren Madsen", IsEmployee: new(false)},
			{ID: newID(key, "user", "5"), Name: "Priya Raman", Active: new(true)},
			{ID: newID(key, "user", "6"), Name: "Tjark Brodersen", Active: new(false), IsEmployee: new(false)},
			{ID: newID(key, "user", "7")}, // has left the company; mStudio sends the ID only
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

// sonnenschein returns the bakery: a small shop without preferences.
func sonnenschein() *tenant {
	const key = "sonnenschein"
	return &tenant{
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

// alex returns the freelancer: one user, one domain.
func alex() *tenant {
	const key = "alex"
	return &tenant{
		key: key, id: newID("customer", key), name: "Alex Freelance", token: freelancerToken,
		users: []*user{
			{ID: newID(key, "user", "0"), Name: "Alex Freelance", Active: new(true), IsEmployee: new(false), AvatarID: newID(key, "avatar", "0")},
		},
		domains:   []string{"alex-freelance.example"},
		languages: []string{"en"},
		fallback:  true,
	}
}

// employees returns the support team of mittwald.
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

// owner returns the profile of the caller.
func (t *tenant) owner() profile {
	u := t.users[0]
	first, last := splitName(u.Name)
	since := timestamp{time.Date(2024, time.March, 4, 9, 12, 30, 417e6, time.UTC)}
	return profile{
		ID:           u.ID,
		Person:       person{Title: "other", FirstName: first, LastName: last},
		Email:        "owner@" + t.domains[0],
		PhoneNumber:  "+494066969123",
		AvatarID:     u.AvatarID,
		RegisteredAt: since,
		MFA:          mfa{Active: true, Setup: true},
		CustomerMemberships: map[string]customerMembership{
			t.id: {ID: newID(t.key, "membership"), Role: "owner", MemberSince: since},
		},
	}
}

// colleagues returns the profiles of the other users by user ID. Users who left the company are missing.
func (t *tenant) colleagues() map[string]profile {
	profiles := make(map[string]profile)
	for _, u := range t.users[1:] {
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

// preferences returns the preferred users in wire form.
func (t *tenant) preferences(categories []*category) *preferences {
	p := &preferences{CustomerID: t.id}
	for name, i := range t.prefers {
		if p.PreferredUsers.ByCategory == nil {
			p.PreferredUsers.ByCategory = make(map[string]string)
		}
		p.PreferredUsers.ByCategory[categoryNamed(categories, name).ID] = t.users[i].ID
	}
	if t.fallback {
		p.PreferredUsers.Fallback = t.users[0].ID
	}
	return p
}

// reference returns a reference to an object of the customer: the customer itself, a user, or one of up to nine objects
// of the other types.
func (t *tenant) reference(kind string, rng *rand.Rand) *reference {
	switch kind {
	case "user":
		return &reference{ID: pick(rng, t.users).ID, Aggregate: "user", Domain: "user"}
	case "customer":
		return &reference{ID: t.id, Aggregate: "customer", Domain: "customer"}
	case "project":
		return t.object("project", "project", rng)
	case "placementgroup":
		return t.object("project", "placementgroup", rng)
	case "app":
		return t.object("app", "appinstallation", rng)
	case "extensionInstance":
		return t.object("extension", "extensionInstance", rng)
	case "container":
		return t.object("container", "container", rng)
	}
	return nil
}

func (t *tenant) object(domain, aggregate string, rng *rand.Rand) *reference {
	n := rng.IntN(min(9, len(t.domains)))
	return &reference{ID: newID(t.key, aggregate, strconv.Itoa(n)), Aggregate: aggregate, Domain: domain}
}

func (t *tenant) mailbox(domain string, rng *rand.Rand) string {
	return fmt.Sprintf("%s@%s", pick(rng, []string{"info", "kontakt", "shop", "newsletter", "bestellung", "hello"}), domain)
}
