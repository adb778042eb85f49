package sandbox

import "net/http"

// preferences name the users of a customer that its conversations are assigned to.
type preferences struct {
	CustomerID     string         `json:"customerId"`
	PreferredUsers preferredUsers `json:"preferredUsers"`
}

// preferredUsers maps category ids to user ids; the fallback is for every other category.
type preferredUsers struct {
	ByCategory map[string]string `json:"categoryUserPairs,omitempty"`
	Fallback   string            `json:"fallback,omitempty"`
}

func (s *Sandbox) getPreferences(c *caller, r *http.Request) (answer, error) {
	id, ok := canonicalID(r.PathValue("customerId"))
	if !ok {
		return answer{}, invalid(notUUID(".customerId"))
	}
	p := s.store.preferences[id]
	switch {
	case p == nil:
		return answer{}, errNotFound
	case id != c.customerID:
		return answer{}, errForbidden
	}
	return answer{body: p}, nil
}
