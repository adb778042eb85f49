package main

import (
	"fmt"
	"strconv"
	"time"
)

// The documented kinds of service requests; each has its own meta.
const (
	requestRelocation = "relocation"
	requestCall       = "call"
	requestMailLimit  = "mailSendLimitIncrease"
)

// callRequest is the meta of a callback request. The API documents no member of it.
type callRequest struct{}

// mailLimit is the meta of a request for a higher sending limit.
type mailLimit struct {
	MailAddressID string `json:"mailAddressId"`
	RateLimitID   string `json:"rateLimitId"`
}

// request returns the service request that the topic starts with.
func (t *thread) request() *message {
	m := t.entry(typeServiceRequest)
	m.Content = t.topic.request
	switch t.topic.request {
	case requestRelocation:
		m.Meta = t.relocation()
	case requestMailLimit:
		m.Meta = mailLimit{
			MailAddressID: newID(t.tenant.key, "mailaddress", t.domain),
			RateLimitID:   newID("ratelimit", strconv.Itoa(t.rng.IntN(4))),
		}
	case requestCall:
		m.Meta = callRequest{}
	}
	if t.index%2 == 0 {
		m.Files = []file{} // the member is optional, so some service requests have an empty list
	}
	return m
}

// relocation returns an order whose credentials are obviously invented.
func (t *thread) relocation() relocation {
	by := t.clients[0]
	r := relocation{
		RedirectusKey: 4000 + t.index,
		UserID:        by.ID,
		Source:        t.relocationSource(),
		Target:        t.relocationTarget(),
		Contact:       t.contact(by),
	}
	if t.index%3 == 0 {
		return r // the shortest valid order
	}
	r.Notes = t.fill("Bitte nicht am {day} umziehen.\nLogin im alten Backend: admin / not-a-real-password-{n}")
	r.PreferredDate = timestamp{t.at.Truncate(24 * time.Hour).Add(10*24*time.Hour + 22*time.Hour)}
	r.Domain = &movedDomains{
		AllDomains: t.index%2 == 0,
		Domains:    []movedDomain{{Name: t.domain, AuthCode: fmt.Sprintf("NOT-A-REAL-AUTHCODE-%04d", t.rng.IntN(9999))}, {Name: "www." + t.domain}},
	}
	r.Email = &movedMailboxes{Inboxes: []movedMailbox{
		{Email: "info@" + t.domain, Password: "not-a-real-mailbox-password-1"},
		{Email: "büro@" + t.domain, Password: "not-a-real-mailbox-password-2"},
	}}
	return r
}

func (t *thread) relocationSource() relocationSource {
	return relocationSource{
		Account:          fmt.Sprintf("acc-%05d", t.rng.IntN(99_999)),
		ProviderName:     "Old Hosting (Example)",
		ProviderURL:      "https://panel.old-hosting.example/login?lang=de&next=/",
		ProviderUsername: "web" + strconv.Itoa(t.rng.IntN(999)),
		ProviderPassword: fmt.Sprintf("not-a-real-password-%04d", t.rng.IntN(9999)),
	}
}

func (t *thread) relocationTarget() relocationTarget {
	target := relocationTarget{
		Organisation:   t.tenant.name,
		AccountShortID: fmt.Sprintf("p-%06x", t.rng.IntN(1<<24)),
		Product:        pick(t.rng, []string{"Space Server", "proSpace", "Agentur-Server"}),
		ArticleType:    pick(t.rng, []string{"relocation-basic", "relocation-premium"}),
	}
	if t.index%3 != 0 {
		target.Application = "WordPress"
		target.WithDataCompare = new(t.index%2 == 0)
		target.Prices = []price{{"Umzug Website", 79.9}, {"Umzug Postfach", 4.5}, {"Datenabgleich", 0}}
	}
	return target
}

func (t *thread) contact(u *user) contact {
	first, last := splitName(u.Name)
	c := contact{FirstName: first, LastName: last, Email: "umzug@" + t.domain}
	if t.index%2 == 1 {
		c.Phone = "+49 40 66969 123"
	}
	return c
}
