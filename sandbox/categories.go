package sandbox

import (
	"net/http"
	"slices"
)

// category sorts conversations by topic and says what they may refer to.
type category struct {
	ID             string   `json:"categoryId"`
	Name           string   `json:"name"`
	ReferenceTypes []string `json:"referenceType"`
}

func (s *Sandbox) listCategories(*caller, *http.Request) (answer, error) {
	return answer{body: s.store.categories}, nil
}

func (s *Sandbox) getCategory(_ *caller, r *http.Request) (answer, error) {
	id, ok := canonicalID(r.PathValue("categoryId"))
	if !ok {
		return answer{}, invalid(notUUID(".categoryId"))
	}
	i := slices.IndexFunc(s.store.categories, func(c *category) bool { return c.ID == id })
	if i < 0 {
		return answer{}, errNotFound
	}
	return answer{body: s.store.categories[i]}, nil
}
