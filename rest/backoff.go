package rest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

const (
	// maxBackoffs is of how many callers it is remembered that they must wait.
	maxBackoffs = 10_000
	// maxBackoff is how long it is remembered at most, whatever the API says.
	maxBackoff = 10 * time.Minute
)

// backoffs remembers which callers the API has told to wait, and until when, so that they do not ask again before: it
// counts what it refuses, too. The API limits each user by itself, so each caller waits by itself.
type backoffs struct {
	key [32]byte // so that what is in memory says nothing of the tokens

	waiting atomic.Int64 // how many are remembered: most of the time none, and nothing needs to be looked up
	mu      sync.Mutex
	until   *simplelru.LRU[[32]byte, time.Time]
}

func newBackoffs() *backoffs {
	p := &backoffs{}
	_, _ = rand.Read(p.key[:]) // never fails, by its documentation
	until, err := simplelru.NewLRU[[32]byte, time.Time](maxBackoffs, nil)
	if err != nil {
		panic(err) // only for a size that is not positive
	}
	p.until = until
	return p
}

// withBackoff refuses a call whose caller must still wait, as the API would.
func withBackoff(next handler, p *backoffs) handler {
	return func(ctx context.Context, c *call) (*answer, error) {
		if wait := p.left(c.client.token, time.Now()); wait > 0 {
			return nil, &Error{Code: RateLimited, Op: c.op(), RetryAfter: wait}
		}
		got, err := next(ctx, c)
		if failure, ok := err.(*Error); ok && failure.RetryAfter > 0 { //nolint:errorlint // the links below return nothing else
			p.remember(c.client.token, time.Now(), failure.RetryAfter)
		}
		return got, err
	}
}

// left returns how long a caller must still wait.
func (p *backoffs) left(token Token, now time.Time) time.Duration {
	if p.waiting.Load() == 0 {
		return 0
	}
	caller := p.caller(token)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(now)
	until, _ := p.until.Peek(caller)
	return max(until.Sub(now), 0)
}

// remember notes that a caller must wait.
func (p *backoffs) remember(token Token, now time.Time, wait time.Duration) {
	until := now.Add(min(wait, maxBackoff))
	caller := p.caller(token)
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, _ := p.until.Peek(caller); known.Before(until) {
		p.until.Add(caller, until)
	}
	p.forget(now)
}

// forget drops those who need not wait any more, from the one who was remembered first. One behind somebody who must
// wait longer stays a little.
func (p *backoffs) forget(now time.Time) {
	for {
		_, until, found := p.until.GetOldest()
		if !found || until.After(now) {
			break
		}
		p.until.RemoveOldest()
	}
	p.waiting.Store(int64(p.until.Len()))
}

func (p *backoffs) caller(token Token) [32]byte {
	return sha256.Sum256(append(p.key[:], token.reveal()...))
}
