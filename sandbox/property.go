package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// possession is something that a customer has, and that conversations can be about.
type possession struct {
	id       string
	customer string   // whose it is
	server   string   // which it is on; "" if on none
	seenBy   []string // ids of the customers whose users may see it
	search   string   // what a search term is looked for in
	document any      // as it is shown by itself
	row      any      // as it is shown in a list
}

// shelf is all possessions of one kind, in the order of their lists.
type shelf struct {
	all  []*possession
	byID map[string]*possession
	// hides says that what a caller may not see is answered like what does not exist.
	hides bool
}

func (s *shelf) add(p *possession) {
	if s.byID == nil {
		s.byID = make(map[string]*possession)
	}
	s.all = append(s.all, p)
	s.byID[p.id] = p
}

func (s *shelf) find(c *caller, id string) (*possession, error) {
	found := s.byID[id]
	switch {
	case found == nil:
		return nil, errNotFound
	case slices.Contains(found.seenBy, c.customerID):
		return found, nil
	case s.hides:
		return nil, errNotFound
	}
	return nil, errForbidden
}

// property is everything that the customers have. It never changes.
type property struct {
	customers, projects, servers, apps, extensions, services shelf
}

// getPossession answers a lookup by the id in the path.
func (s *Sandbox) getPossession(kind *shelf, parameter string) http.Handler {
	return s.private(func(c *caller, r *http.Request) (answer, error) {
		id, ok := canonicalID(r.PathValue(parameter))
		if !ok {
			return answer{}, errNotFound
		}
		found, err := kind.find(c, id)
		if err != nil {
			return answer{}, err
		}
		return answer{body: found.document}, nil
	})
}

// listPossessions answers a list, which has pages of its own default size.
func (s *Sandbox) listPossessions(kind *shelf, defaultLimit int) http.Handler {
	return s.private(func(c *caller, r *http.Request) (answer, error) {
		p := parameters{values: r.URL.Query()}
		q := listQuery{limit: p.count("limit", defaultLimit)}
		q.skip = p.skip(q.limit)
		if p.problems != nil {
			return answer{}, invalid(p.problems...)
		}
		found := slices.DeleteFunc(slices.Clone(kind.all), func(one *possession) bool {
			return !slices.Contains(one.seenBy, c.customerID) || !one.matches(r.URL.Query())
		})
		rows := make([]any, 0, len(found))
		for _, one := range found[min(q.skip, len(found)):] {
			if len(rows) == q.limit {
				break
			}
			rows = append(rows, one.row)
		}
		return answer{body: rows, header: q.header(len(found))}, nil
	})
}

// matches applies the filters that the lists have; none of them has all.
func (p *possession) matches(query url.Values) bool {
	term := query.Get("searchTerm") + query.Get("search")
	return strings.Contains(strings.ToLower(p.search), strings.ToLower(term)) &&
		(!query.Has("customerId") || query.Get("customerId") == p.customer) &&
		(!query.Has("serverId") || query.Get("serverId") == p.server)
}
