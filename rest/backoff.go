package rest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"time"

	"mstudio-graphql/internal/lru"
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
	key   [32]byte // so that what is in memory says nothing of the tokens
	until *lru.Cache[[32]byte, time.Time]
}

func newBackoffs() *backoffs {
	p := &backoffs{until: lru.New(maxBackoffs, func([32]byte, time.Time) int { return 1 })}
	_, _ = rand.Read(p.key[:]) // never fails, by its documentation
	return p
}

// withBackoff refuses a call whose caller must still wait, as the API would.
func withBackoff(next handler, p *backoffs) handler {
	return func(ctx context.Context, c *call) (*response, error) {
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
	if p.until.Cost() == 0 { // most of the time, and then the token need not be hashed
		return 0
	}
	p.forget(now)
	until, _ := p.until.Peek(p.caller(token))
	return max(until.Sub(now), 0)
}

// remember notes that a caller must wait.
func (p *backoffs) remember(token Token, now time.Time, wait time.Duration) {
	until := now.Add(min(wait, maxBackoff))
	p.until.Add(p.caller(token), until, func(known time.Time) bool { return known.Before(until) })
	p.forget(now)
}

// forget drops those who need not wait any more, from the one who was remembered first. One behind somebody who must
// wait longer stays a little.
func (p *backoffs) forget(now time.Time) {
	p.until.RemoveOldest(func(until time.Time) bool { return !until.After(now) })
}

func (p *backoffs) caller(token Token) [32]byte {
	return sha256.Sum256(append(p.key[:], token.reveal()...))
}
