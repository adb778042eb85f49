package loader

import (
	"container/list"
	"sync"
	"time"
)

const (
	// claimTime is how long a claim is kept after its write.
	claimTime = 10 * time.Minute
	// freedTime is how long replicas can see that a write has changed nothing. It must be long enough for those that wait.
	freedTime = 10 * time.Second
	// maxClaims and maxCallerClaims limit the kept claims of all callers and of one. The oldest are forgotten first.
	maxClaims       = 20_000
	maxCallerClaims = 1_000
)

// Claims holds what the writes of all operations have claimed, so that of equal writes only one is made. It is safe for
// concurrent use.
type Claims struct {
	// Shared shares the claims with other replicas. It must not change after the first use. Default: this process knows only its
	// own.
	Shared SharedClaims

	report func(kept, forgotten int)

	mu     sync.Mutex
	byKey  map[digest]*claim     // of running writes and kept
	kept   *list.List            // of *claim, oldest first
	owners map[digest]*list.List // the same, for each caller
}

// NewClaims returns an empty Claims. report, which may be nil, is called with the number of kept claims after each change,
// and how many were forgotten early because there were too many.
func NewClaims(report func(kept, forgotten int)) *Claims {
	if report == nil {
		report = func(int, int) {}
	}
	return &Claims{report: report, byKey: map[digest]*claim{}, kept: list.New(), owners: map[digest]*list.List{}}
}

// claim is a claim of one write. Its fields must not change after it has ended.
type claim struct {
	key, owner digest
	ended      chan struct{} // closed when the write has ended

	endShared func(result []byte, life time.Duration) // nil if other replicas need not learn the end
	isLocal   bool                                    // other replicas may not know the claim, although they should

	isKept  bool
	result  claimResult
	expires time.Time

	inKept, inOwner *list.Element
}

// take returns the claim to a key, and whether it is new. The caller must end a new claim.
func (c *Claims) take(key, owner digest) (taken *claim, isNew bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.expire(time.Now())
	if found := c.byKey[key]; found != nil {
		return found, false
	}
	taken = &claim{key: key, owner: owner, ended: make(chan struct{})}
	c.byKey[key] = taken
	return taken, true
}

// end ends a claim. It is kept, or else the next write may claim the key again.
func (c *Claims) end(ended *claim, result claimResult, keep bool) {
	switch {
	case ended.endShared == nil:
	case keep:
		ended.endShared(result.encode(), claimTime)
	default:
		ended.endShared(nil, freedTime)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(ended.ended)
	ended.result, ended.isKept, ended.expires = result, keep, time.Now().Add(claimTime)
	if !keep {
		delete(c.byKey, ended.key)
		return
	}
	own := c.owners[ended.owner]
	if own == nil {
		own = list.New()
		c.owners[ended.owner] = own
	}
	ended.inKept, ended.inOwner = c.kept.PushBack(ended), own.PushBack(ended)
	forgotten := 0
	for _, full := range []struct {
		of  *list.List
		max int
	}{{own, maxCallerClaims}, {c.kept, maxClaims}} {
		if full.of.Len() > full.max {
			c.forget(full.of)
			forgotten++
		}
	}
	c.report(c.kept.Len(), forgotten)
}

// expire forgets the claims that are over.
func (c *Claims) expire(now time.Time) {
	before := c.kept.Len()
	for front := c.kept.Front(); front != nil && !front.Value.(*claim).expires.After(now); front = c.kept.Front() { //nolint:errcheck,forcetypeassert // it holds nothing else
		c.forget(c.kept)
	}
	if c.kept.Len() < before {
		c.report(c.kept.Len(), 0)
	}
}

// forget forgets the oldest claim of a list.
func (c *Claims) forget(from *list.List) {
	oldest := from.Front().Value.(*claim) //nolint:errcheck,forcetypeassert // it holds nothing else
	delete(c.byKey, oldest.key)
	c.kept.Remove(oldest.inKept)
	own := c.owners[oldest.owner]
	own.Remove(oldest.inOwner)
	if own.Len() == 0 {
		delete(c.owners, oldest.owner)
	}
}
