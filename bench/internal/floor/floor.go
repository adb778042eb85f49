// Package floor answers the measured queries by hand, without GraphQL: what a gateway costs above it is what GraphQL
// costs. [Projection] copies bytes of the upstream's documents into the answer, and is as fast as we know how to be;
// [Structs] decodes and encodes with encoding/json, as one would write it on the first day.
//
// Both are made for exactly these queries and believe what the upstream sends. They are measures, not examples.
package floor

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"mstudio-graphql/bench/internal/mstudio"
)

// listing is a request for pages of conversations.
type listing struct {
	first        int
	searches     []string // one page each; none for one page of the whole list
	withMessages bool
}

// Variant is one way to answer.
type Variant interface {
	list(ctx context.Context, token string, wanted listing) ([]byte, error)
	aliases(ctx context.Context, token string, ids []string) ([]byte, error)
	detail(ctx context.Context, token, id string) ([]byte, error)
	viewer(ctx context.Context, token string) ([]byte, error)
}

// Projection returns the floor proper.
func Projection(client *mstudio.Client) Variant { return &projection{client: client} }

// Structs returns the floor that decodes to structs.
func Structs(client *mstudio.Client) Variant { return structs{client} }

// Handler serves a variant: /list, /inbox, /aliases, /detail and /viewer.
func Handler(variant Variant) http.Handler {
	mux := http.NewServeMux()
	answer := func(pattern string, get func(r *http.Request, token string) ([]byte, error)) {
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) { serve(w, r, get) })
	}
	answer("/list", func(r *http.Request, token string) ([]byte, error) {
		return variant.list(r.Context(), token, newListing(r, false))
	})
	answer("/inbox", func(r *http.Request, token string) ([]byte, error) {
		return variant.list(r.Context(), token, newListing(r, true))
	})
	answer("/aliases", func(r *http.Request, token string) ([]byte, error) {
		return variant.aliases(r.Context(), token, r.URL.Query()["id"])
	})
	answer("/detail", func(r *http.Request, token string) ([]byte, error) {
		return variant.detail(r.Context(), token, r.URL.Query().Get("id"))
	})
	answer("/viewer", func(r *http.Request, token string) ([]byte, error) { return variant.viewer(r.Context(), token) })
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

// pages is how many lists are to be fetched.
func (l listing) pages() int { return max(1, len(l.searches)) }

// path is the list of a page.
func (l listing) path(page int) string {
	if len(l.searches) == 0 {
		return mstudio.ListPath(l.first, "")
	}
	return mstudio.ListPath(l.first, l.searches[page])
}

// name is the page's alias in the answer.
func (l listing) name(page int) string {
	if len(l.searches) == 0 {
		return "conversations"
	}
	return l.searches[page]
}

var errMissing = errors.New("upstream does not have what belongs to a conversation")

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
