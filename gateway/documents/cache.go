// Package documents stores GraphQL documents: parsed documents with their plans, texts that clients
// registered by hash, and trusted documents. All callers share a Store, and it holds no caller's data.
package documents

import (
	"sync/atomic"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/internal/lru"
)

const (
	// maxDocument is the maximum length of a cached document in bytes.
	maxDocument = 64 << 10
	// tokenBytes is the memory of a parsed document in bytes per token, at most. A list of numbers needs this much, a
	// typical query half of it. Bytes per byte of text vary by a factor of twenty.
	tokenBytes = 220
	// planFieldBytes is the approximate memory of a field in a plan in bytes.
	planFieldBytes = 256
	// maxCache is the maximum memory of all cached documents in bytes.
	maxCache = 32 << 20
)

// Store finds documents by text and by ID. It is safe for concurrent use.
type Store struct {
	cache     *lru.Cache[string, *document]
	persisted *lru.Cache[string, persisted]
	persists  bool
	shared    SharedTexts // nil if this process knows only its own
	trusted   atomic.Pointer[trusted]
}

// document is a parsed and validated document. Its text is the key in the cache.
type document struct {
	parsed   *ast.QueryDocument
	plans    render.PlanCache
	accepted limits.Accepted
}

// New returns an empty Store. maxPersisted is the maximum memory of automatic persisted queries in bytes; if it is not
// positive, they are disabled. shared may be nil.
func New(maxPersisted int, shared SharedTexts) *Store {
	s := &Store{
		cache:     lru.New(maxCache, func(text string, _ *document) int { return documentBytes(text) }),
		persisted: lru.New(maxPersisted, func(_ string, added persisted) int { return len(added.text) + persistedBytes }),
		persists:  maxPersisted > 0,
		shared:    shared,
	}
	s.trusted.Store(&trusted{})
	return s
}

// Parsed returns the parsed document of text. It calls parse if the document is not cached.
func (s *Store) Parsed(text string, parse func(string) (*ast.QueryDocument, gqlerror.List)) (*ast.QueryDocument, gqlerror.List) {
	if found, ok := s.cache.Get(text); ok {
		return found.parsed, nil
	}
	return parse(text)
}

// Keep caches a valid document, and stores its text under its ID unless that is empty (Apollo's automatic persisted
// queries). Only trusted documents, and those of callers whose token mStudio accepts, may be kept, because documents evict each other.
func (s *Store) Keep(text, id string, parsed *ast.QueryDocument) {
	s.persist(keyOf(id), text)
	if _, found := s.cache.Peek(text); found || len(text) > maxDocument {
		return
	}
	added := &document{parsed: parsed}
	added.plans.OnAdd = func(fields int) { s.cache.Grow(text, added, planFieldBytes*fields) }
	s.cache.Add(text, added, nil)
}

// documentBytes returns the approximate memory of a document. Its text counts twice: as the key and as parts of the
// parsed document.
func documentBytes(text string) int {
	return 2*len(text) + tokenBytes*limits.CountTokens(text) + limits.AcceptedBytes
}

// Plans returns the plans of a document. They are new and serve this operation only if the document is not cached.
func (s *Store) Plans(text string, parsed *ast.QueryDocument) *render.PlanCache {
	if found, ok := s.cache.Get(text); ok && found.parsed == parsed {
		return &found.plans
	}
	return &render.PlanCache{}
}

// Accepted returns the record of the document's operations that were within the limits. It is new and serves this operation only
// if the document is not cached.
func (s *Store) Accepted(text string, parsed *ast.QueryDocument) *limits.Accepted {
	if found, ok := s.cache.Get(text); ok && found.parsed == parsed {
		return &found.accepted
	}
	return &limits.Accepted{}
}
