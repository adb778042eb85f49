package gateway

import (
	"context"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/vektah/gqlparser/v2/ast"

	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/graph/render"
)

const (
	// maxDocument is the longest query that is kept, in bytes. Longer ones are rare, and may hold what belongs into
	// variables.
	maxDocument = 8 << 10
	// tokenBytes is how many bytes a parsed document takes at most for each word or sign. A list of numbers takes as many,
	// an everyday query half of it; for each byte of its text, one takes twenty times as much as another.
	tokenBytes = 220
	// planFieldBytes is about how many bytes a field of a plan takes.
	planFieldBytes = 256
	// maxDocuments is the memory that all kept documents may take together, in bytes.
	maxDocuments = 32 << 20
)

// documents keeps parsed and validated queries with their plans, up to a number of bytes. The least recently used ones
// go first. They are shared by all callers and hold no data of any.
type documents struct {
	mu    sync.Mutex
	kept  *simplelru.LRU[string, *document]
	bytes int
}

type document struct {
	parsed    *ast.QueryDocument
	plans     *render.PlanCache
	estimates *limits.EstimateCache
	bytes     int
}

func newDocuments() *documents {
	d := &documents{}
	// The count never decides: the shortest query there is counts 16 bytes for each of its own.
	kept, err := simplelru.NewLRU(maxDocuments, func(_ string, gone *document) { d.bytes -= gone.bytes })
	if err != nil {
		panic(err) // only for a size that is not positive
	}
	d.kept = kept
	return d
}

// Get returns a parsed query.
func (d *documents) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	found, ok := d.find(text)
	if !ok {
		return nil, false
	}
	return found.parsed, true
}

// Add keeps a query that has been parsed and validated.
func (d *documents) Add(_ context.Context, text string, parsed *ast.QueryDocument) {
	if len(text) > maxDocument {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept.Contains(text) {
		return
	}
	added := &document{parsed: parsed, plans: render.NewPlanCache(parsed), estimates: limits.NewEstimateCache(parsed)}
	added.plans.Kept = func(fields int) { d.charge(text, added, planFieldBytes*fields) }
	added.estimates.OnAdd = func(bytes int) { d.charge(text, added, bytes) }
	d.kept.Add(text, added)
	d.grow(added, documentBytes(text))
}

// documentBytes returns how many bytes a document takes with its text, which is kept twice: as the key, and in pieces.
func documentBytes(text string) int { return 2*len(text) + tokenBytes*limits.CountTokens(text) }

// charge counts what a document has come to need after it was added.
func (d *documents) charge(text string, owner *document, bytes int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if current, ok := d.kept.Peek(text); ok && current == owner {
		d.grow(owner, bytes)
	}
}

func (d *documents) grow(owner *document, bytes int) {
	owner.bytes += bytes
	for d.bytes += bytes; d.bytes > maxDocuments; {
		d.kept.RemoveOldest()
	}
}

// Plans returns the plans of a query; new ones, for this operation alone, if the query is not kept.
func (d *documents) Plans(text string, parsed *ast.QueryDocument) *render.PlanCache {
	if found, ok := d.find(text); ok && found.parsed == parsed {
		return found.plans
	}
	return render.NewPlanCache(parsed)
}

// estimates returns the estimates of a query; new ones if the query is not kept.
func (d *documents) estimates(text string, parsed *ast.QueryDocument) *limits.EstimateCache {
	if found, ok := d.find(text); ok && found.parsed == parsed {
		return found.estimates
	}
	return limits.NewEstimateCache(parsed)
}

func (d *documents) find(text string) (*document, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.kept.Get(text)
}
