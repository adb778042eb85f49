package rest

import (
	"context"
	"time"

	"mstudio-graphql/internal/lru"
)

const (
	// refusedTime is how long a refused token is not sent again. It is short because the token may become valid.
	refusedTime = 5 * time.Second
	// doubtedTime is refusedTime for a token that the API has accepted before, because the refusal may be an error.
	doubtedTime = time.Second
	// maxAccepted is the maximum number of remembered callers. One that is forgotten is treated as unknown.
	maxAccepted = 10_000
)

// tokens remembers which tokens the API accepts.
type tokens struct {
	refused  *refusals
	accepted *lru.Cache[callerKey, bool] // false for a token that was refused later. It has no token that never was accepted.
}

func newTokens() *tokens {
	return &tokens{refused: newRefusals(), accepted: lru.New(maxAccepted, func(callerKey, bool) int { return 1 })}
}

// withRefusal rejects the calls of a token that the API has refused, so that an invalid token does not cost a call for
// each field of an operation. It ignores calls with a token of their own.
func withRefusal(next handler, known *tokens) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		if c.session.token.IsZero() || c.hasOwnToken() {
			return next(ctx, c)
		}
		caller := c.session.caller()
		if known.refused.left(caller, time.Now()) > 0 {
			return nil, c.fail(Unauthorized, nil)
		}
		got, err := next(ctx, c)
		known.learn(caller, err)
		return got, err
	}
}

// isAccepted reports whether the API has accepted a token, and not refused it since.
func (t *tokens) isAccepted(caller callerKey) bool {
	accepted, _ := t.accepted.Get(caller)
	return accepted
}

// learn records the result of a call. Errors that may not depend on the token say nothing about it.
func (t *tokens) learn(caller callerKey, err error) {
	accepted, _ := t.accepted.Peek(caller)
	switch {
	case hasCode(err, Unauthorized):
		t.refuse(caller, accepted)
	case !accepted && (err == nil || hasCode(err, Forbidden, NotFound, Conflict)):
		t.accepted.Add(caller, true, replace)
	}
}

func (t *tokens) refuse(caller callerKey, accepted bool) {
	now, wait := time.Now(), refusedTime
	if t.refused.left(caller, now) > 0 {
		return // by another call that was in flight
	}
	if accepted {
		wait = doubtedTime
		t.accepted.Add(caller, false, replace)
	}
	t.refused.remember(caller, now, wait)
}

func replace(bool) bool { return true }
