package rest

import (
	"context"
	"errors"
	"net/http"
	"time"

	"mstudio-graphql/rest/budget"
)

// withRateLimit waits until the caller's rate limit has room for the call.
func withRateLimit(next handler) handler {
	return func(ctx context.Context, c *call) (*response, error) {
		if !c.counts() {
			return next(ctx, c)
		}
		if err := c.awaitRoom(ctx); err != nil {
			traceOf(ctx).failed(ctx, err)
			return nil, err
		}
		defer c.giveBack()
		return next(ctx, c)
	}
}

// counts reports whether the call counts against the caller's rate limit.
func (c *call) counts() bool { return !c.session.token.IsZero() && !c.hasOwnToken() }

// awaitRoom waits until the caller's rate limit has room for an attempt.
func (c *call) awaitRoom(ctx context.Context) error {
	if err := c.session.budget().Start(ctx, c.session.operation, c.isWrite()); err != nil {
		failure := errorOf(ctx, err)
		failure.Op = c.op()
		return failure
	}
	c.hasRoom = true
	return nil
}

// giveBack gives back the room of an attempt that was not made.
func (c *call) giveBack() {
	if c.hasRoom {
		c.hasRoom = false
		c.session.budget().GiveBack(c.session.operation)
	}
}

// withRate counts each attempt. If it ignores the rate, only a 429 ends the window. A retry waits for room, too: after a 429
// for the next window.
func withRate(next handler, ignoresRate bool) handler {
	return func(ctx context.Context, c *call) (got *response, err error) {
		if !c.counts() {
			return next(ctx, c)
		}
		if !c.hasRoom {
			if err := c.awaitRoom(ctx); err != nil {
				return nil, err
			}
		}
		end := c.begin()
		defer func() { end(err, ignoresRate) }()
		return next(ctx, c)
	}
}

// begin starts an attempt that the rate limit has room for. end reports its result to the budget.
func (c *call) begin() (end func(err error, ignoresRate bool)) {
	sent := time.Now()
	c.hasRoom, c.status, c.rate, c.exempt = false, 0, nil, false
	return func(err error, ignoresRate bool) {
		ended := budget.Response{
			Sent: sent, Rate: c.rate, Exempt: c.exempt,
			Refused: c.status == http.StatusTooManyRequests, Lost: c.status == 0,
		}
		if ignoresRate {
			ended.Rate = nil
		}
		failure, _ := err.(*Error) //nolint:errorlint // the links below return no other type
		if failure != nil {
			ended.Wait = failure.RetryAfter
		}
		c.session.budget().End(ended)
		if ended.Refused && failure != nil {
			failure.RetryAfter = c.session.budget().RetryAfter()
		}
	}
}

// errorOf returns the *Error for an error of the budget.
func errorOf(ctx context.Context, err error) *Error {
	failure := &Error{Code: contextCode(ctx), cause: err}
	if rejection, ok := errors.AsType[*budget.Rejection](err); ok {
		failure.Code, failure.RetryAfter = RateLimited, rejection.RetryAfter
	}
	return failure
}
