package memory

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// ExceededError means that one operation needs more than a caller may hold, so that it would always fail.
type ExceededError struct{ Max, Actual int }

// Error returns both figures.
func (e *ExceededError) Error() string {
	return fmt.Sprintf("memory: the operation needs %d bytes of at most %d", e.Actual, e.Max)
}

// Account counts the memory of one operation. It is safe for concurrent use. A nil account has no limit.
type Account struct {
	budget *Budget
	caller *caller
	failed atomic.Pointer[error]
	// onExceeded is set before the operation starts.
	onExceeded func()

	// The budget's mutex guards these fields.
	used    int64
	settled bool
}

type accountKey struct{}

// With returns a context with the account of its operation.
func With(ctx context.Context, account *Account) context.Context {
	return context.WithValue(ctx, accountKey{}, account)
}

// From returns the account of the operation, or nil if there is none.
func From(ctx context.Context) *Account {
	account, _ := ctx.Value(accountKey{}).(*Account)
	return account
}

// OnExceeded sets a function that is called once if a reservation fails. It must be called before the operation starts.
func (a *Account) OnExceeded(end func()) { a.onExceeded = sync.OnceFunc(end) }

// Err returns the error of the first reservation that failed.
func (a *Account) Err() error {
	if a == nil {
		return nil
	}
	if failed := a.failed.Load(); failed != nil {
		return *failed
	}
	return nil
}

// Failed reports whether a reservation has failed.
func (a *Account) Failed() bool { return a.Err() != nil }

// Reserve reserves bytes, or returns an [*ExceededError], [ErrCallerBusy] or [ErrBusy]. It waits for operations that have
// failed to release theirs. After an error, all further reservations fail.
func (a *Account) Reserve(bytes int) error {
	if a == nil {
		return nil
	}
	garbage, err := a.reserve(int64(bytes))
	if err == nil {
		a.budget.garbage.bound(garbage)
	} else if a.onExceeded != nil {
		a.onExceeded()
	}
	return err
}

// reserve returns how much garbage there may be besides.
func (a *Account) reserve(bytes int64) (garbage int64, err error) {
	b := a.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if a.settled {
		return 0, context.Canceled // a call that was abandoned
	}
	err = a.take(bytes)
	return b.max + b.max/2 - b.all, err
}

// take reserves bytes. The caller must hold the budget's mutex.
func (a *Account) take(bytes int64) error {
	for {
		if err := a.Err(); err != nil {
			return err
		}
		err := a.room(bytes, use.now)
		if err == nil {
			a.add(bytes)
			return nil
		}
		if a.room(bytes, use.soon) != nil {
			a.fail(err)
			return err
		}
		a.budget.released.Wait()
	}
}

// room returns an error if bytes do not fit beside what is held.
func (a *Account) room(bytes int64, held func(use) int64) error {
	needed := a.used + bytes
	switch b := a.budget; {
	case needed > b.share:
		return &ExceededError{Max: int(b.share), Actual: int(needed)}
	case held(a.caller.use)+bytes > b.share:
		return ErrCallerBusy
	case held(b.use)+bytes > b.limit(needed):
		return ErrBusy
	}
	return nil
}

// add changes the memory of the account.
func (a *Account) add(bytes int64) {
	a.used += bytes
	for _, held := range [...]*use{&a.caller.use, &a.budget.use} {
		held.all += bytes
		if a.Failed() {
			held.failed += bytes
		}
	}
	if bytes < 0 {
		a.budget.garbage.released.Add(-bytes)
		a.budget.released.Broadcast()
	}
}

func (a *Account) fail(err error) {
	a.failed.Store(&err)
	a.caller.failed += a.used
	a.budget.failed += a.used
	a.budget.released.Broadcast() // its own goroutines may wait
}

// Release returns reserved bytes.
func (a *Account) Release(bytes int) {
	if a == nil {
		return
	}
	a.budget.mu.Lock()
	defer a.budget.mu.Unlock()
	if !a.settled {
		a.add(-int64(bytes))
	}
}

// Settle ends the operation. From now on it holds only its response, with this number of bytes. Settle returns an error if a
// reservation has failed, or if no memory is left for the response.
func (a *Account) Settle(bytes int) error {
	a.budget.mu.Lock()
	defer a.budget.mu.Unlock()
	a.settled = true
	if a.Failed() {
		bytes = 0
	}
	if more := int64(bytes) - a.used; more > 0 {
		return a.take(more)
	} else if more < 0 {
		a.add(more)
	}
	return a.Err()
}

// Close returns all bytes.
func (a *Account) Close() {
	b := a.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	a.settled = true
	a.add(-a.used)
	b.close(a.caller)
}
