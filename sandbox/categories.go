package sandbox

import "net/http"

// category is a topic of conversations, with the types of object that a conversation of the category can refer to.
type category struct {
	ID             string   `json:"categoryId"`
	Name           string   `json:"name"`
	ReferenceTypes []string `json:"referenceType"`
}

type categories []*category

func (cs categories) routes(rt *router) {
	rt.public("GET /v2/conversation-categories", cs.list)
	rt.public("GET /v2/conversation-categories/{categoryId}", cs.get)
}

func (cs categories) list(*caller, *http.Request) (response, error) {
	return response{body: cs}, nil
}

func (cs categories) get(_ *caller, r *http.Request) (response, error) {
	id, ok := canonicalID(r.PathValue("categoryId"))
	if !ok {
		return response{}, invalid(notUUID(".categoryId"))
	}
	found := cs.find(id)
	if found == nil {
		return response{}, errNotFound
	}
	return response{body: found}, nil
}

// find returns the category with an ID, or nil.
func (cs categories) find(id string) *category {
	for _, c := range cs {
		if c.ID == id {
			return c
		}
	}
	return nil
}
