// Package floor answers the measured queries without GraphQL, in code written by hand for exactly these queries. It copies
// bytes of the upstream's documents into the response, and trusts what the upstream sends. The difference between a
// gateway and the floor is the cost of GraphQL.
package floor

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"mstudio-graphql/bench/internal/mstudio"
)

// listing is a request for one or more pages of conversations.
type listing struct {
	first        int
	searches     []string // one page each; empty for one page of the whole list
	withMessages bool
}

// Handler serves /list, /inbox, /aliases, /detail and /viewer.
func Handler(client *mstudio.Client) http.Handler {
	p := &projection{client: client}
	mux := http.NewServeMux()
	handle := func(pattern string, get func(r *http.Request, token string) ([]byte, error)) {
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) { serve(w, r, get) })
	}
	handle("/list", func(r *http.Request, token string) ([]byte, error) {
		return p.list(r.Context(), token, newListing(r, false))
	})
	handle("/inbox", func(r *http.Request, token string) ([]byte, error) {
		return p.list(r.Context(), token, newListing(r, true))
	})
	handle("/aliases", func(r *http.Request, token string) ([]byte, error) {
		return p.aliases(r.Context(), token, r.URL.Query()["id"])
	})
	handle("/detail", func(r *http.Request, token string) ([]byte, error) {
		return p.detail(r.Context(), token, r.URL.Query().Get("id"))
	})
	handle("/viewer", func(r *http.Request, token string) ([]byte, error) { return p.viewer(r.Context(), token) })
	return mux
}

func newListing(r *http.Request, withMessages bool) listing {
	query := r.URL.Query()
	wanted := listing{withMessages: withMessages}
	wanted.first, _ = strconv.Atoi(query.Get("first"))
	pages, _ := strconv.Atoi(query.Get("pages"))
	for page := range pages {
		wanted.searches = append(wanted.searches, "p"+strconv.Itoa(page))
	}
	return wanted
}

// pages returns the number of pages to fetch.
func (l listing) pages() int { return max(1, len(l.searches)) }

// path returns the upstream path of a page.
func (l listing) path(page int) string {
	if len(l.searches) == 0 {
		return mstudio.ListPath(l.first, "")
	}
	return mstudio.ListPath(l.first, l.searches[page])
}

// name returns the response name of a page.
func (l listing) name(page int) string {
	if len(l.searches) == 0 {
		return "conversations"
	}
	return l.searches[page]
}

var errMissing = errors.New("upstream lacks messages or members of a conversation")

func serve(w http.ResponseWriter, r *http.Request, get func(r *http.Request, token string) ([]byte, error)) {
	token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !found {
		http.Error(w, "no token", http.StatusUnauthorized)
		return
	}
	body, err := get(r, token)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}
