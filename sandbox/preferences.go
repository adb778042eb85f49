package sandbox

import (
	"net/http"
	"slices"
)

// preferences name the users to whom a customer's conversations are assigned.
type preferences struct {
	CustomerID     string         `json:"customerId"`
	PreferredUsers preferredUsers `json:"preferredUsers"`
}

// preferredUsers maps category IDs to user IDs. Fallback is the user for every other category.
type preferredUsers struct {
	ByCategory map[string]string `json:"categoryUserPairs,omitempty"`
	Fallback   string            `json:"fallback,omitempty"`
}

type preferencesList []*preferences

func (ps preferencesList) routes(rt *router) {
	rt.private("GET /v2/customers/{customerId}/conversation-preferences", ps.get)
}

func (ps preferencesList) get(c *caller, r *http.Request) (response, error) {
	id, ok := canonicalID(r.PathValue("customerId"))
	if !ok {
		return response{}, invalid(notUUID(".customerId"))
	}
	at := slices.IndexFunc(ps, func(p *preferences) bool { return p.CustomerID == id })
	switch {
	case at < 0:
		return response{}, errNotFound
	case id != c.CustomerID:
		return response{}, errForbidden
	}
	return response{body: ps[at]}, nil
}
