package rest

import "context"

// withTurn waits until the caller has a slot and it is the caller's turn.
func withTurn(next handler, q *queue, isKnown func(callerKey) bool) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		c.turn = turn{caller: c.session.caller(), event: c.session.event != "", write: c.isWrite()}
		q.join(&c.turn, isKnown)
		defer q.leave(&c.turn)
		if c.turn.ready != nil {
			select {
			case <-c.turn.ready:
			case <-ctx.Done():
				return nil, c.fail(contextCode(ctx), ctx.Err())
			}
		}
		return next(ctx, c)
	}
}
