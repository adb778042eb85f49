package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// inventory holds the objects that customers own and conversations refer to. It never changes.
type inventory struct {
	Customers  collection `json:"customers"`
	Projects   collection `json:"projects"`
	Servers    collection `json:"servers"`
	Apps       collection `json:"apps"`
	Extensions collection `json:"extensions"`
	Services   collection `json:"services"`
}

func (inv *inventory) routes(rt *router) {
	rt.private("GET /v2/customers", inv.Customers.list(1000))
	rt.private("GET /v2/customers/{customerId}", inv.Customers.get("customerId", errForbidden, errNotFound))
	rt.private("GET /v2/projects", inv.Projects.list(10_000))
	rt.private("GET /v2/projects/{projectId}", inv.Projects.get("projectId", errForbidden, errForbidden))
	rt.private("GET /v2/servers", inv.Servers.list(10_000))
	rt.private("GET /v2/servers/{serverId}", inv.Servers.get("serverId", errForbidden, errNotFound))
	rt.private("GET /v2/services", inv.Services.list(1000))
	rt.private("GET /v2/app-installations", inv.Apps.list(noLimit))
	rt.private("GET /v2/extension-instances", inv.Extensions.list(noLimit))
	rt.private("GET /v2/app-installations/{appInstallationId}", inv.Apps.get("appInstallationId", errNotFound, errNotFound))
	rt.private("GET /v2/extension-instances/{extensionInstanceId}", inv.Extensions.get("extensionInstanceId", errForbidden, errNotFound))
}

// noLimit is the default page size of lists for which the API documents none.
const noLimit = 1_000_000

// collection holds all objects of one type, in the order of their list.
type collection []*resource

// resource is one object. Its documents are in wire form: the sandbox never looks into them.
type resource struct {
	ID       string          `json:"id"`
	Customer string          `json:"customer"` // ID of the owner
	Server   string          `json:"server"`   // ID of the server; may be empty
	SeenBy   []string        `json:"seenBy"`   // IDs of the customers whose users may see it
	Search   string          `json:"search"`   // the text that a search term must occur in
	Document json.RawMessage `json:"document"`
	Row      json.RawMessage `json:"row"` // the document in lists; empty if it is the same
}

// get returns an endpoint for the object whose ID is a path parameter. hidden is the error for an object of others, missing
// the one for an unknown ID: the API documents no 404 for projects, and no 403 for apps.
func (c collection) get(parameter string, hidden, missing error) endpoint {
	return func(who *caller, r *http.Request) (response, error) {
		id, _ := canonicalID(r.PathValue(parameter))
		at := slices.IndexFunc(c, func(one *resource) bool { return one.ID == id })
		switch {
		case at < 0:
			return response{}, missing
		case !c[at].visibleTo(who):
			return response{}, hidden
		}
		return response{body: c[at].Document}, nil
	}
}

// list returns an endpoint for the list of a collection. The default page size differs between collections.
func (c collection) list(defaultLimit int) endpoint {
	return func(who *caller, r *http.Request) (response, error) {
		p := parameters{values: r.URL.Query()}
		window := p.window(defaultLimit)
		if err := p.err(); err != nil {
			return response{}, err
		}
		var rows []any
		for _, one := range c {
			if one.visibleTo(who) && one.matches(p.values) {
				rows = append(rows, one.row())
			}
		}
		return window.response(rows), nil
	}
}

func (r *resource) visibleTo(who *caller) bool { return slices.Contains(r.SeenBy, who.CustomerID) }

func (r *resource) row() json.RawMessage {
	if r.Row == nil {
		return r.Document
	}
	return r.Row
}

// matches applies the filters of all lists. Each list of the API has some of them.
func (r *resource) matches(query url.Values) bool {
	term := query.Get("searchTerm") + query.Get("search")
	return strings.Contains(strings.ToLower(r.Search), strings.ToLower(term)) &&
		(!query.Has("customerId") || query.Get("customerId") == r.Customer) &&
		(!query.Has("serverId") || query.Get("serverId") == r.Server)
}

// hasPicture reports whether a file is the picture of an object.
func (inv *inventory) hasPicture(fileID string) bool {
	reference := []byte(`RefId":"` + fileID + `"`) // avatarRefId or imageRefId
	return fileID != "" && slices.ContainsFunc(slices.Concat(inv.Customers, inv.Projects, inv.Servers), func(one *resource) bool {
		return bytes.Contains(one.Document, reference)
	})
}
