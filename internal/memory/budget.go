// Package memory counts the bytes that operations hold: data from mStudio, rendered results, and responses that clients have
// not read yet. An operation for which no memory is left fails before the process does.
package memory

import (
	"errors"
	"math"
	"sync"
)

const (
	// defaultMax is the memory of all operations if the process has no memory limit, in bytes.
	defaultMax = 128 << 20
	// part is the inverse of the share of Go's memory limit that operations may hold. Half as much may be garbage, and the
	// rest is for the process itself and its caches.
	part = 2
	// shares is the inverse of one caller's share.
	shares = 4
	// spare is the inverse of the part that only operations with at most small bytes may use, so that a few callers with
	// large responses do not shut out all others.
	spare, small = 8, 1 << 20
)

var (
	// ErrBusy means that all operations together hold too much.
	ErrBusy = errors.New("memory: the operations hold all memory")
	// ErrCallerBusy means that the operations of this caller hold too much.
	ErrCallerBusy = errors.New("memory: the operations of the caller hold its whole share")
)

// Default returns the budget for a process with this limit of [runtime/debug.SetMemoryLimit], in bytes.
func Default(limit int64) int {
	if limit <= 0 || limit == math.MaxInt64 {
		return defaultMax
	}
	return int(limit / part)
}

// Share returns the default share of one caller.
func Share(budget int) int { return max(budget/shares, 1) }

// Budget limits the memory of all operations, and of the operations of each caller. It is safe for concurrent use.
type Budget struct {
	max, share int64
	garbage    garbage

	mu sync.Mutex
	use
	callers  map[string]*caller // only callers with open accounts
	released sync.Cond          // with mu
}

// use is the memory that operations hold.
type use struct {
	all    int64
	failed int64 // the part of operations that have failed and will release it
}

func (u use) now() int64  { return u.all }
func (u use) soon() int64 { return u.all - u.failed }

// caller counts the memory of one caller.
type caller struct {
	use

	key      string
	accounts int
}

// NewBudget returns a Budget of maximum bytes, of which one caller, and thus one operation, may hold share.
func NewBudget(maximum, share int) *Budget {
	b := &Budget{max: int64(maximum), share: int64(share), callers: map[string]*caller{}}
	b.released.L = &b.mu
	return b
}

// Use returns the reserved bytes, and how many may be.
func (b *Budget) Use() (used, maximum int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all, b.max
}

// limit returns how much all operations may hold with one that holds this much.
func (b *Budget) limit(operation int64) int64 {
	if operation <= small {
		return b.max
	}
	return b.max - b.max/spare
}

// Open returns the account of a new operation of a caller, which must call Close.
func (b *Budget) Open(key string) *Account {
	b.mu.Lock()
	defer b.mu.Unlock()
	holder := b.callers[key]
	if holder == nil {
		holder = &caller{key: key}
		b.callers[key] = holder
	}
	holder.accounts++
	return &Account{budget: b, caller: holder}
}

// close forgets a caller without open accounts.
func (b *Budget) close(holder *caller) {
	holder.accounts--
	if holder.accounts == 0 {
		delete(b.callers, holder.key)
	}
}
